"""Table of IT's daily checks of persons, machines and accounts (S17)."""

from __future__ import annotations

import sqlalchemy as sa

from server.domain.daily_checks import Deviation
from storage.rows.columns import METADATA, day, id_column, instant, reference, text, values

daily_checks = sa.Table(
    "daily_checks",
    METADATA,
    id_column(),
    day("on", index=True),
    reference("account_id", "accounts.id"),
    values("deviations", Deviation),
    text("note"),
    reference("checked_by", "accounts.id", index=False),
    instant("checked_at"),
)
