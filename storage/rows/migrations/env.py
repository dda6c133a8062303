"""Alembic's environment: migrations run on the connection that `storage.rows.migrate` hands over."""

from __future__ import annotations

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext

from storage.rows.columns import Choice, Instant, Values
from storage.rows.tables import METADATA


def _render(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Types of ours by the names they have in `storage.rows.columns`; a choice is text to the database."""
    if kind != "type":
        return False
    if isinstance(item, Instant):
        return "columns.Instant()"
    if isinstance(item, Values | sa.JSON):
        return "columns.json_type()"
    if isinstance(item, Choice | sa.Text):
        return "columns.text_type()"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection, target_metadata=METADATA, render_item=_render, transactional_ddl=False
)
with context.begin_transaction():
    context.run_migrations()
