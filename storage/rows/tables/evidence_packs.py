"""The table of evidence packs: the register of what left the house as evidence; the bytes lie under `object_key`."""

from __future__ import annotations

import sqlalchemy as sa

from server.domain.access import Post
from server.domain.evidence_packs import PackRecipient, PackState
from storage.rows.columns import (
    METADATA,
    choice,
    id_column,
    instant,
    integer,
    reference,
    sealed,
    text,
    values,
    version,
)

evidence_packs = sa.Table(
    "evidence_packs",
    METADATA,
    id_column(),
    reference("placement_id", "placements.id"),
    reference("visit_id", "visits.id", nullable=True),
    choice("recipient", PackRecipient),
    text("recipient_name"),
    text("purpose"),
    choice("state", PackState),
    reference("proposed_by", "accounts.id", index=False),
    choice("proposed_post", Post),
    instant("proposed_at"),
    text("decided_by", nullable=True),
    choice("decided_post", Post, nullable=True),
    instant("decided_at", nullable=True),
    text("reason", nullable=True),
    integer("items"),
    text("job_id", nullable=True),
    text("object_key", nullable=True, unique=True),
    integer("size", nullable=True),
    text("sha256", nullable=True),
    *sealed("password", nullable=True),
    instant("ready_at", nullable=True),
    instant("expires_at", nullable=True),
    values("downloaded_by"),
    values("password_seen_by"),
    version(),
)
