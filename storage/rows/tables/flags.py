"""The tables of fingerprints, one row an item of evidence, and of the flags on visits."""

from __future__ import annotations

import sqlalchemy as sa

from server.domain.evidence_flags import FlagCode, FlagDecision, FlagState
from server.domain.fingerprints import PrintKind
from storage.rows.columns import (
    METADATA,
    binary,
    choice,
    id_column,
    instant,
    integer,
    json,
    number,
    reference,
    text,
    version,
)

fingerprints = sa.Table(
    "fingerprints",
    METADATA,
    id_column(),
    reference("visit_id", "visits.id"),
    choice("kind", PrintKind),
    binary("print"),
    integer("width", nullable=True),
    integer("height", nullable=True),
    text("make", nullable=True),
    text("model", nullable=True),
    text("software", nullable=True),
    number("silent_share", nullable=True),
    number("clipped_share", nullable=True),
    instant("made_at", index=True),
)

evidence_flags = sa.Table(
    "evidence_flags",
    METADATA,
    id_column(),
    reference("visit_id", "visits.id"),
    reference("item_id", "evidence_items.id", nullable=True),
    choice("code", FlagCode),
    text("other_item_id", nullable=True),
    reference("other_visit_id", "visits.id", nullable=True),
    number("score"),
    json("evidence"),
    choice("state", FlagState, index=True),
    instant("raised_at"),
    text("answer", nullable=True),
    text("answered_by", nullable=True),
    instant("answered_at", nullable=True),
    choice("decision", FlagDecision, nullable=True),
    text("decided_by", nullable=True),
    instant("decided_at", nullable=True),
    text("decision_reason", nullable=True),
    version(),
)
