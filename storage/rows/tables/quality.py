"""Tables of QA: a month's sample, the visits in it, what was found on them (S12)."""

from __future__ import annotations

import sqlalchemy as sa

from server.domain.quality import Breach, DrawnBy, Verdict
from storage.rows.columns import (
    METADATA,
    choice,
    flag,
    id_column,
    instant,
    integer,
    reference,
    text,
    values,
)

quality_samples = sa.Table(
    "quality_samples",
    METADATA,
    id_column(),
    text("month", unique=True),
    text("seed"),
    integer("population"),
    text("frame_sha256"),
    instant("drawn_at"),
    reference("drawn_by", "accounts.id", index=False),
)

quality_items = sa.Table(
    "quality_items",
    METADATA,
    id_column(),
    reference("sample_id", "quality_samples.id"),
    reference("visit_id", "visits.id"),
    integer("position"),
    choice("drawn_by", DrawnBy),
    integer("weight"),
    sa.UniqueConstraint("sample_id", "visit_id"),
)

quality_checks = sa.Table(
    "quality_checks",
    METADATA,
    id_column(),
    reference("item_id", "quality_items.id"),
    choice("verdict", Verdict),
    values("breaches", Breach),
    text("note"),
    flag("void_proposed"),
    reference("checked_by", "accounts.id", index=False),
    instant("checked_at"),
)
