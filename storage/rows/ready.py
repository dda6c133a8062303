"""Rows made ready before the writer's turn: sealed, converted, with their statement; the turn only hands them over.

Owns the way from dumped columns to what the driver takes. A file of 20,000 cases is 80,000 rows, and everybody else's
writes wait while they are written (docs/adr/0003).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from storage.rows.columns import Instant

_BATCH = 1000
Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class ReadyRows:
    """`rows` are as the driver takes them; `moments` are the places in them that say when they are written."""

    statement: str
    rows: list[tuple[Any, ...]]
    moments: Mapping[int, Convert]
    copied: bool

    def write(self, connection: sa.Connection, moment: datetime) -> None:
        """Insert the rows; what was made ready as of then is written as of now, in the order of the turns."""
        rows = self._as_of(moment)
        if self.copied:
            self._copy(connection, rows)
            return
        for start in range(0, len(rows), _BATCH):
            connection.exec_driver_sql(self.statement, rows[start : start + _BATCH])

    def _as_of(self, moment: datetime) -> list[tuple[Any, ...]]:
        if not self.moments:
            return self.rows
        columns = list(zip(*self.rows, strict=True))
        for place, convert in self.moments.items():
            columns[place] = (convert(moment),) * len(self.rows)
        return list(zip(*columns, strict=True))

    def _copy(self, connection: sa.Connection, rows: Sequence[Sequence[Any]]) -> None:
        """PostgreSQL takes rows in a stream in a fraction of the time that it takes statements in."""
        driver: Any = connection.connection.driver_connection
        with driver.cursor() as cursor, cursor.copy(self.statement) as stream:
            for row in rows:
                stream.write_row(row)


def make_ready(
    table: sa.Table, told: Mapping[str, Sequence[Any]], dialect: sa.Dialect, moment: datetime
) -> ReadyRows:
    """`told` has at least one row, a column after the other; those that hold `moment` itself are written late."""
    copied = dialect.name == "postgresql"
    way = _copying if copied else _inserting
    names, statement, converts = way(table, tuple(told), dialect)
    late = {
        place: converts[place] or _as_it_is
        for place, name in enumerate(names)
        if isinstance(table.c[name].type, Instant) and all(value is moment for value in told[name])
    }
    columns = [
        told[name] if convert is None or place in late else map(convert, told[name])
        for place, (name, convert) in enumerate(zip(names, converts, strict=True))
    ]
    return ReadyRows(statement, list(zip(*columns, strict=True)), late, copied)


# To compile a statement takes as long as to make ten placements ready, and they come by the hundred or less.
_Way = tuple[Sequence[str], str, Sequence[Convert | None]]


@lru_cache(maxsize=64)
def _inserting(table: sa.Table, names: tuple[str, ...], dialect: sa.Dialect) -> _Way:
    compiled = sa.insert(table).compile(dialect=dialect, column_keys=list(names))
    order = list(compiled.positiontup or ())
    return order, str(compiled), _converts(table, order, dialect)


@lru_cache(maxsize=64)
def _copying(table: sa.Table, names: tuple[str, ...], dialect: sa.Dialect) -> _Way:
    quoted = dialect.identifier_preparer
    columns = ", ".join(quoted.format_column(table.c[name]) for name in names)
    statement = f"COPY {quoted.format_table(table)} ({columns}) FROM STDIN"
    return names, statement, _converts(table, names, dialect)


def _converts(table: sa.Table, names: Iterable[str], dialect: sa.Dialect) -> list[Convert | None]:
    return [table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in names]


def _as_it_is(value: Any) -> Any:
    return value
