"""Tables of what phones signed: manifests as they came, the captures and gaps they list, the coverage of visits."""

from __future__ import annotations

import sqlalchemy as sa

from server.domain.capture_manifests import CaptureKind, GapCause
from storage.rows.columns import (
    METADATA,
    choice,
    id_column,
    instant,
    integer,
    json,
    number,
    reference,
    text,
    text_type,
    version,
)

capture_manifests = sa.Table(
    "capture_manifests",
    METADATA,
    id_column(),
    reference("visit_id", "visits.id"),
    reference("account_id", "accounts.id"),
    text("key_id"),  # as it was named: an unknown key is kept and flagged
    text("signed"),
    text("signature"),
    text("sha256"),
    instant("received_at"),
    json("findings"),
    instant("judged_at", nullable=True),
    version(),
)

captures = sa.Table(
    "captures",
    METADATA,
    id_column(),
    reference("manifest_id", "capture_manifests.id"),
    reference("visit_id", "visits.id"),
    integer("position"),
    integer("seq"),
    choice("kind", CaptureKind),
    text("item_id", index=True),  # no reference: it may never come
    text("sha256"),
    text("previous"),
    integer("monotonic_ms"),
    instant("at"),
    number("latitude", nullable=True),
    number("longitude", nullable=True),
    number("accuracy_m", nullable=True),
    integer("run", nullable=True),
    integer("offset", nullable=True),
    integer("size", nullable=True),
    integer("duration_ms", nullable=True),
    text("stored_sha256", nullable=True),
)

recording_gaps = sa.Table(
    "recording_gaps",
    METADATA,
    id_column(),
    reference("manifest_id", "capture_manifests.id"),
    reference("visit_id", "visits.id"),
    instant("begins_at"),
    instant("ends_at"),
    choice("cause", GapCause),
)

recording_coverages = sa.Table(
    "recording_coverages",
    METADATA,
    sa.Column("id", text_type(), sa.ForeignKey("visits.id"), primary_key=True),
    integer("visit_ms", nullable=True),
    integer("recorded_ms", nullable=True),
    integer("per_mille", nullable=True, index=True),
    instant("measured_at"),
)
