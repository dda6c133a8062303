"""What is said to the database meanwhile, for tests that count it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from tests.conftest import Desk


@contextmanager
def statements_of(desk: Desk) -> Iterator[list[str]]:
    """The statements that reach the database; many rows written by one statement are one."""
    said: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        said.append(statement)

    sa.event.listen(desk.installation.engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        sa.event.remove(desk.installation.engine, "before_cursor_execute", note)
