"""The tables of resumable uploads and of their pieces; the bytes of a piece lie in the object store."""

from __future__ import annotations

import sqlalchemy as sa

from server.domain.evidence import EvidenceKind
from server.domain.uploads import UploadState
from storage.rows.columns import METADATA, choice, id_column, instant, integer, number, reference, text

# In the words of the index, or SQLite does not see that a question is answered by it.
NOT_KEPT = sa.text(f"state != '{UploadState.KEPT}'")

uploads = sa.Table(
    "uploads",
    METADATA,
    id_column(),
    reference("visit_id", "visits.id"),
    reference("account_id", "accounts.id", index=False),
    text("device_id", nullable=True),
    choice("kind", EvidenceKind),
    integer("run", nullable=True),
    text("filename"),
    text("declared_type", nullable=True),
    text("declared_sha256", nullable=True),
    instant("captured_at", nullable=True),
    number("latitude", nullable=True),
    number("longitude", nullable=True),
    number("accuracy_m", nullable=True),
    text("metadata"),
    integer("length", nullable=True),
    integer("offset"),
    choice("state", UploadState),
    text("problem_code", nullable=True),
    text("evidence_id", nullable=True),
    text("lease_token", nullable=True),
    text("lease_holder", nullable=True),
    instant("lease_until", nullable=True),
    instant("created_at"),
    instant("moved_at"),
    instant("finished_at", nullable=True),
    # Of those that were kept the evidence is counted.
    sa.Index("ix_uploads_day", "account_id", "created_at", sqlite_where=NOT_KEPT, postgresql_where=NOT_KEPT),
    sa.Index("ix_uploads_device", "device_id", "created_at"),
    sa.Index("ix_uploads_idle", "state", "moved_at"),
)

upload_pieces = sa.Table(
    "upload_pieces",
    METADATA,
    id_column(),
    reference("upload_id", "uploads.id", index=False),
    integer("start"),
    integer("size"),
    text("object_key", unique=True),
    sa.UniqueConstraint("upload_id", "start"),
)
