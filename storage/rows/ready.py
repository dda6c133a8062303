"""Rows made ready before the writer's turn: sealed, converted, with their statement; the turn only hands them over.

Owns the way from dumped rows to what the driver takes. A file of 20,000 cases is 80,000 rows, and everybody else's
writes wait while they are written (docs/adr/0003).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.rows.columns import Instant

_BATCH = 1000
Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class ReadyRows:
    """`rows` as the driver takes them, by position or by name; `moments` are places that say when it is written."""

    statement: str
    rows: list[Any]
    moments: Mapping[Any, Convert]

    def write(self, connection: sa.Connection, moment: datetime) -> None:
        """Insert the rows; what was made ready as of then is written as of now, in the order of the turns."""
        for place, convert in self.moments.items():
            written = convert(moment)
            for row in self.rows:
                row[place] = written
        for start in range(0, len(self.rows), _BATCH):
            batch = self.rows[start : start + _BATCH]
            connection.exec_driver_sql(self.statement, [_as_taken(row) for row in batch])


def make_ready(
    table: sa.Table, dumped: Sequence[Mapping[str, Any]], dialect: sa.Dialect, moment: datetime
) -> ReadyRows:
    """`dumped` has at least one row, and each the same columns; those that hold `moment` itself are written late."""
    names = list(dumped[0])
    compiled = sa.insert(table).compile(dialect=dialect, column_keys=names)
    order = compiled.positiontup or names
    converts = [_convert(table.c[name], dialect) for name in order]
    late = {
        place if compiled.positional else name: convert
        for place, (name, convert) in enumerate(zip(order, converts, strict=True))
        if isinstance(table.c[name].type, Instant) and all(row[name] is moment for row in dumped)
    }
    columns = [[convert(row[name]) for row in dumped] for name, convert in zip(order, converts, strict=True)]
    rows: list[Any] = [list(values) for values in zip(*columns, strict=True)]
    if not compiled.positional:
        rows = [dict(zip(order, row, strict=True)) for row in rows]
    return ReadyRows(str(compiled), rows, late)


def _convert(column: sa.Column[Any], dialect: sa.Dialect) -> Convert:
    convert: Convert | None = column.type.dialect_impl(dialect).bind_processor(dialect)
    return convert or _as_it_is


def _as_it_is(value: Any) -> Any:
    return value


def _as_taken(row: Any) -> Any:
    """SQLAlchemy takes rows by position as tuples only."""
    return tuple(row) if isinstance(row, list) else row
