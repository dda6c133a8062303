"""Rows made ready before the writer's turn: sealed, converted, with their statement; the turn only hands them over.

Owns the way from dumped columns to what the driver takes. A file of 20,000 cases is 80,000 rows, and everybody else's
writes wait while they are written (docs/adr/0003).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.rows.columns import Instant

_BATCH = 1000
Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class ReadyRows:
    """`rows` are lists as the driver takes them; `moments` are the places in them that say when they are written."""

    statement: str
    rows: list[list[Any]]
    moments: Mapping[int, Convert]
    copied: bool

    def write(self, connection: sa.Connection, moment: datetime) -> None:
        """Insert the rows; what was made ready as of then is written as of now, in the order of the turns."""
        for place, convert in self.moments.items():
            written = convert(moment)
            for row in self.rows:
                row[place] = written
        if self.copied:
            self._copy(connection)
            return
        for start in range(0, len(self.rows), _BATCH):
            connection.exec_driver_sql(self.statement, [tuple(r) for r in self.rows[start : start + _BATCH]])

    def _copy(self, connection: sa.Connection) -> None:
        """PostgreSQL takes rows in a stream in a fraction of the time that it takes statements in."""
        driver: Any = connection.connection.driver_connection
        with driver.cursor() as cursor, cursor.copy(self.statement) as stream:
            for row in self.rows:
                stream.write_row(row)


def make_ready(
    table: sa.Table, told: Mapping[str, Sequence[Any]], dialect: sa.Dialect, moment: datetime
) -> ReadyRows:
    """`told` has at least one row, a column after the other; those that hold `moment` itself are written late."""
    copied = dialect.name == "postgresql"
    names, statement = _copying(table, told, dialect) if copied else _inserting(table, told, dialect)
    converts = [_convert(table.c[name], dialect) for name in names]
    late = {
        place: converts[place]
        for place, name in enumerate(names)
        if isinstance(table.c[name].type, Instant) and all(value is moment for value in told[name])
    }
    columns = [map(convert, told[name]) for name, convert in zip(names, converts, strict=True)]
    rows = [list(values) for values in zip(*columns, strict=True)]
    return ReadyRows(statement, rows, late, copied)


def _inserting(table: sa.Table, names: Iterable[str], dialect: sa.Dialect) -> tuple[list[str], str]:
    compiled = sa.insert(table).compile(dialect=dialect, column_keys=list(names))
    return list(compiled.positiontup or ()), str(compiled)


def _copying(table: sa.Table, names: Iterable[str], dialect: sa.Dialect) -> tuple[list[str], str]:
    order, quoted = list(names), dialect.identifier_preparer
    columns = ", ".join(quoted.format_column(table.c[name]) for name in order)
    return order, f"COPY {quoted.format_table(table)} ({columns}) FROM STDIN"


def _convert(column: sa.Column[Any], dialect: sa.Dialect) -> Convert:
    convert: Convert | None = column.type.dialect_impl(dialect).bind_processor(dialect)
    return convert or _as_it_is


def _as_it_is(value: Any) -> Any:
    return value
