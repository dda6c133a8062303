"""What a transaction was told, and whether a later one would be told the same.

Owns the comparison only: what is done with rows that moved is the use case's to decide. A long judgement is made while
others write, and its turn begins by asking again, in the driver's own values, without making entities of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

_Question = tuple[str, Any]


@dataclass(slots=True)
class SeenRows:
    """The statements of a transaction with their answers, as far as these are known."""

    questions: list[_Question] = field(default_factory=list)
    answered: list[tuple[_Question, Sequence[Any]]] = field(default_factory=list)

    def note(self, statement: str, parameters: Any, answer: Sequence[Any]) -> None:
        self.answered.append(((statement, parameters), answer))

    def still(self, connection: sa.Connection) -> bool:
        return all(_ask(connection, question) == answer for question, answer in self.answered)


@contextmanager
def watched(connection: sa.Connection) -> Iterator[SeenRows]:
    """Note every statement; when done, ask each again in the same snapshot, for its answer as the driver gives it. What
    is handed to the driver straight (`storage.rows.prepared`) is noted there with its answer."""
    seen = SeenRows()

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        seen.questions.append((statement, parameters))

    sa.event.listen(connection, "before_cursor_execute", note)
    connection.execution_options(seen=seen)
    try:
        yield seen
    finally:
        connection.execution_options(seen=None)
        sa.event.remove(connection, "before_cursor_execute", note)
    for question in seen.questions:
        seen.note(*question, _ask(connection, question))


def _ask(connection: sa.Connection, question: _Question) -> Sequence[Any]:
    statement, parameters = question
    return connection.exec_driver_sql(statement, parameters).fetchall()
