"""The table of evidence items; their bytes lie in the object store under `object_key`."""

from __future__ import annotations

import sqlalchemy as sa

from server.domain.coordinates import Datum
from server.domain.evidence import EvidenceKind, EvidenceSource
from storage.rows.columns import (
    METADATA,
    choice,
    flag,
    id_column,
    instant,
    integer,
    number,
    reference,
    text,
    values,
    version,
)

evidence_items = sa.Table(
    "evidence_items",
    METADATA,
    id_column(),
    reference("visit_id", "visits.id"),
    choice("kind", EvidenceKind),
    reference("account_id", "accounts.id"),
    choice("source", EvidenceSource),
    text("brought_by", nullable=True),
    text("bring_reason", nullable=True),
    text("filename"),
    text("media_type"),
    integer("size"),
    text("sha256", index=True),
    text("object_key", unique=True),
    text("thumbnail_key", nullable=True),
    instant("captured_at", nullable=True),
    number("latitude", nullable=True),
    number("longitude", nullable=True),
    number("accuracy_m", nullable=True),
    integer("width", nullable=True),
    integer("height", nullable=True),
    integer("duration_ms", nullable=True),
    integer("run", nullable=True),
    values("notes"),
    instant("received_at"),
    flag("late"),
    version(),
    text("countersigned_by", nullable=True),
    instant("countersigned_at", nullable=True),
    choice("datum", Datum),
    text("playable_key", nullable=True),
    text("playable_type", nullable=True),
    text("peaks_key", nullable=True),
)
