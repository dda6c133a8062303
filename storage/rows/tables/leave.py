"""Table of leave (R15)."""

from __future__ import annotations

import sqlalchemy as sa

from server.domain.leave import LeaveKind
from storage.rows.columns import METADATA, choice, day, id_column, instant, reference, text, version

leave = sa.Table(
    "leave",
    METADATA,
    id_column(),
    reference("account_id", "accounts.id"),
    day("first_day"),
    day("last_day", index=True),
    choice("kind", LeaveKind),
    text("note"),
    reference("entered_by", "accounts.id", index=False),
    instant("entered_at"),
    instant("withdrawn_at", nullable=True),
    reference("withdrawn_by", "accounts.id", nullable=True, index=False),
    text("withdrawn_reason", nullable=True),
    version(),
)
