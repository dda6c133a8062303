"""Statements that every request asks: their SQL and conversions are made once, and SQLite is handed them straight.

Owns the way past what SQLAlchemy does anew each time, which takes longer than SQLite does. Refuses to go it where
somebody listens to statements, or on PostgreSQL, where the way to the server is longer than all of it; and to name an
error itself: what the driver refuses is asked once more by the long way.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from storage.rows.watching import SeenRows

Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Plan:
    """`given` are the parameters in order: name and conversion; `usual` holds where nobody gives one."""

    sql: str
    given: Sequence[tuple[str, Convert | None]]
    usual: Mapping[str, Any]
    taken: Sequence[tuple[int, Convert]]

    def parameters(self, asked: Mapping[str, Any]) -> list[Any]:
        told = {**self.usual, **asked} if self.usual else asked
        return [told[name] if convert is None else convert(told[name]) for name, convert in self.given]

    def row(self, found: Sequence[Any]) -> Sequence[Any]:
        if not self.taken:
            return found
        values = list(found)
        for place, convert in self.taken:
            values[place] = convert(values[place])
        return values


class Prepared:
    """One statement with named parameters; of an INSERT or an UPDATE, `asked` names the columns that are written."""

    def __init__(self, statement: sa.Select[Any] | sa.Insert | sa.Update) -> None:
        self._statement = statement
        self._plans: dict[tuple[str, ...], _Plan] = {}

    def rows(self, connection: sa.Connection, asked: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        """What a SELECT finds."""
        if not _straight(connection):
            return connection.execute(self._statement, asked).fetchall()
        plan = self._plan(connection.dialect, ())
        try:
            found = _found(connection, plan, asked)
        except sqlite3.Error:
            return connection.execute(self._statement, asked).fetchall()
        return [plan.row(row) for row in found] if plan.taken else found

    def columns(self, connection: sa.Connection, asked: Mapping[str, Any]) -> list[Sequence[Any]]:
        """What a SELECT finds, a column after the other; nothing where it finds nothing.

        Many rows are converted in two thirds of the time when each conversion goes down its own column.
        """
        if not _straight(connection):
            return list(zip(*connection.execute(self._statement, asked).fetchall(), strict=True))
        plan = self._plan(connection.dialect, ())
        try:
            found = _found(connection, plan, asked)
        except sqlite3.Error:
            return list(zip(*connection.execute(self._statement, asked).fetchall(), strict=True))
        columns: list[Sequence[Any]] = list(zip(*found, strict=True))
        for place, convert in plan.taken if columns else ():
            columns[place] = list(map(convert, columns[place]))
        return columns

    def scalar(self, connection: sa.Connection, asked: Mapping[str, Any]) -> Any:
        """The one value of the one row."""
        ((value,),) = self.rows(connection, asked)
        return value

    def write(self, connection: sa.Connection, asked: Mapping[str, Any]) -> int:
        """How many rows an INSERT or an UPDATE wrote."""
        if not _straight(connection):
            return connection.execute(self._statement, asked).rowcount
        plan = self._plan(connection.dialect, tuple(asked))
        try:
            return _driver(connection).execute(plan.sql, plan.parameters(asked)).rowcount
        except sqlite3.Error:
            return connection.execute(self._statement, asked).rowcount

    def write_all(self, connection: sa.Connection, columns: Mapping[str, Sequence[Any]]) -> None:
        """Insert many rows, told a column after the other; SQLite takes them in one call, and whoever listens hears it.

        PostgreSQL is told by SQLAlchemy, which has it take a thousand rows in a statement.
        """
        if connection.dialect.name != "sqlite":
            rows = zip(*columns.values(), strict=True)
            connection.execute(self._statement, [dict(zip(columns, row, strict=True)) for row in rows])
            return
        plan = self._plan(connection.dialect, tuple(columns))
        told = [
            columns[name] if convert is None else map(convert, columns[name]) for name, convert in plan.given
        ]
        connection.exec_driver_sql(plan.sql, list(zip(*told, strict=True)))

    def _plan(self, dialect: sa.Dialect, written: tuple[str, ...]) -> _Plan:
        plan = self._plans.get(written)
        if plan is None:
            plan = self._plans[written] = _planned(self._statement, dialect, written)
        return plan


def _planned(statement: Any, dialect: sa.Dialect, written: Iterable[str]) -> _Plan:
    compiled = statement.compile(dialect=dialect, column_keys=list(written) or None)
    bound = {name: compiled.binds[name] for name in compiled.positiontup or ()}
    given = [
        (name, bound[name].type.dialect_impl(dialect).bind_processor(dialect))
        for name in compiled.positiontup or ()
    ]
    usual = {name: bind.effective_value for name, bind in bound.items() if not bind.required}
    columns = statement.selected_columns if isinstance(statement, sa.Select) else ()
    converts = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
    taken = [(place, convert) for place, convert in enumerate(converts) if convert is not None]
    return _Plan(str(compiled), given, usual, taken)


def _found(connection: sa.Connection, plan: _Plan, asked: Mapping[str, Any]) -> list[Any]:
    parameters = plan.parameters(asked)
    found = _driver(connection).execute(plan.sql, parameters).fetchall()
    seen: SeenRows | None = connection.get_execution_options().get("seen")
    if seen is not None:
        seen.note(plan.sql, tuple(parameters), found)
    return found


def _straight(connection: sa.Connection) -> bool:
    """Whether nobody listens but who is told by `_found`."""
    if connection.dialect.name != "sqlite":
        return False
    listening = connection.dispatch.before_cursor_execute
    return not listening or (
        len(listening) == 1 and connection.get_execution_options().get("seen") is not None
    )


def _driver(connection: sa.Connection) -> sqlite3.Connection:
    found: Any = connection.connection.driver_connection
    driver: sqlite3.Connection = found
    return driver
