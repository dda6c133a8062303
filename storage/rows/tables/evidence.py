"""The tables of evidence items, whose bytes lie in the object store under `object_key`, and of what differs there."""

from __future__ import annotations

import sqlalchemy as sa

from server.domain.coordinates import Datum
from server.domain.evidence import EvidenceKind, EvidenceSource
from server.domain.integrity import Difference
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
    reference("account_id", "accounts.id", index=False),
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
    instant("verified_at", nullable=True, index=True),
    text("screen_key", nullable=True),
    sa.Index("ix_evidence_items_account_id_captured_at", "account_id", "captured_at"),
    # A day's bytes are summed for each upload, and read from here alone.
    sa.Index("ix_evidence_items_day", "account_id", "received_at", "source", "size"),
)

evidence_differences = sa.Table(
    "evidence_differences",
    METADATA,
    id_column(),
    text("evidence_id", nullable=True, index=True),  # no reference: the row may be what is gone
    text("object_key", index=True),
    choice("difference", Difference),
    text("detail", nullable=True),
    instant("found_at"),
    instant("mended_at", nullable=True, index=True),
)

recording_marks = sa.Table(
    "recording_marks",
    METADATA,
    id_column(),
    reference("evidence_id", "evidence_items.id", index=False),
    reference("account_id", "accounts.id", index=False),
    integer("at_ms"),
    text("words"),
    instant("made_at"),
    instant("removed_at", nullable=True),
    version(),
    sa.Index("ix_recording_marks_evidence_id_at_ms_id", "evidence_id", "at_ms", "id"),
)
