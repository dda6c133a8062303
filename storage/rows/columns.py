"""Column types and table helpers: instants, days, fen, choices, lists, JSON, and sealed personal numbers (S6).

Owns how a Python value lies in SQLite and in PostgreSQL. A sealed field `telephone` lies in three columns:
`telephone_sealed` (AES-256-GCM), `telephone_key` and `telephone_tail_key` (keyed hashes of the whole value and of its
last four characters), so that it is found by either without being readable.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

METADATA = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def text_type() -> sa.types.TypeEngine[str]:
    """Text that sorts by code point on both databases (PostgreSQL needs to be told)."""
    return sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def _utc(value: datetime | None) -> datetime | None:
    return value if value is None or value.tzinfo is UTC else value.astimezone(UTC)


def _utc_of_text(text: str | None) -> datetime | None:
    return None if text is None else _utc(datetime.fromisoformat(text))


class Instant(sa.types.TypeDecorator[datetime]):
    """An aware instant, in UTC. On SQLite fixed-width ISO text, so that text order is time order."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> Any:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(sa.TIMESTAMP(timezone=True))
        return dialect.type_descriptor(sa.Text())

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant must be aware")
        value = value.astimezone(UTC)
        return value if dialect.name == "postgresql" else value.isoformat(timespec="microseconds")

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> Callable[[Any], datetime | None]:
        return _utc if dialect.name == "postgresql" else _utc_of_text


class Choice(sa.types.TypeDecorator[StrEnum]):
    """One of a StrEnum's values, stored as its text."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> Any:
        return dialect.type_descriptor(sa.Text(collation="C" if dialect.name == "postgresql" else None))

    def __init__(self, choices: type[StrEnum]) -> None:
        super().__init__()
        self.choices = choices

    def process_bind_param(self, value: StrEnum | str | None, dialect: sa.Dialect) -> str | None:
        return None if value is None else str(self.choices(value))

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> Callable[[Any], StrEnum | None]:
        """A look into a table; an enumeration that is called takes ten times as long, and rows have several."""
        of_text: dict[str | None, StrEnum | None] = {choice.value: choice for choice in self.choices}
        return (of_text | {None: None}).__getitem__


class Values(sa.types.TypeDecorator[tuple[Any, ...]]):
    """A short tuple of texts or of a StrEnum's values, stored as a JSON list."""

    impl = sa.JSON
    cache_ok = True

    def __init__(self, of: type[StrEnum] | type[str] = str) -> None:
        super().__init__()
        self.of = of

    def load_dialect_impl(self, dialect: sa.Dialect) -> Any:
        return dialect.type_descriptor(JSONB() if dialect.name == "postgresql" else sa.JSON())

    def process_bind_param(self, value: Iterable[Any] | None, dialect: sa.Dialect) -> list[str] | None:
        return None if value is None else [str(item) for item in value]

    def process_result_value(self, value: list[str] | None, dialect: sa.Dialect) -> tuple[Any, ...] | None:
        return None if value is None else tuple(self.of(item) for item in value)


def json_type() -> sa.types.TypeEngine[Any]:
    return sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def id_column() -> sa.Column[str]:
    return sa.Column("id", text_type(), primary_key=True)


def reference(name: str, to: str, *, nullable: bool = False, index: bool = True) -> sa.Column[str]:
    """A foreign key to `table.column`; indexed unless said otherwise."""
    return sa.Column(name, text_type(), sa.ForeignKey(to), nullable=nullable, index=index)


def text(name: str, *, nullable: bool = False, **options: Any) -> sa.Column[str]:
    return sa.Column(name, text_type(), nullable=nullable, **options)


def instant(name: str, *, nullable: bool = False, **options: Any) -> sa.Column[datetime]:
    return sa.Column(name, Instant(), nullable=nullable, **options)


def day(name: str, *, nullable: bool = False, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, sa.Date(), nullable=nullable, **options)


def integer(name: str, *, nullable: bool = False, **options: Any) -> sa.Column[int]:
    """A whole number of up to 64 bits; fen, milliseconds and bytes fit."""
    return sa.Column(name, sa.BigInteger(), nullable=nullable, **options)


def number(name: str, *, nullable: bool = False) -> sa.Column[float]:
    """A measured figure such as a coordinate or an accuracy; never money."""
    return sa.Column(name, sa.Double(), nullable=nullable)


def flag(name: str, *, nullable: bool = False) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=nullable)


def binary(name: str) -> sa.Column[bytes]:
    """Bytes that only programs read, such as a print."""
    return sa.Column(name, sa.LargeBinary(), nullable=False)


def choice(name: str, choices: type[StrEnum], *, nullable: bool = False, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, Choice(choices), nullable=nullable, **options)


def values(name: str, of: type[StrEnum] | type[str] = str) -> sa.Column[Any]:
    return sa.Column(name, Values(of), nullable=False)


def json(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, json_type(), nullable=nullable)


def version() -> sa.Column[int]:
    return sa.Column("version", sa.BigInteger(), nullable=False)


def sealed(name: str, *, nullable: bool = False) -> list[sa.Column[Any]]:
    """The three columns of a sealed field; unpack with `*`."""
    info = {"sealed": name}
    return [
        sa.Column(f"{name}_sealed", sa.LargeBinary(), nullable=nullable, info=info | {"part": "sealed"}),
        sa.Column(f"{name}_key", text_type(), nullable=nullable, index=True, info=info | {"part": "key"}),
        sa.Column(
            f"{name}_tail_key", text_type(), nullable=nullable, index=True, info=info | {"part": "tail"}
        ),
    ]
