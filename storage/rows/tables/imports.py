"""The tables of imported files, and of what they changed in rows that were on file."""

from __future__ import annotations

import sqlalchemy as sa

from server.domain.imports import ChangedRow, ImportKind, ImportState
from storage.rows.columns import (
    METADATA,
    choice,
    flag,
    id_column,
    instant,
    integer,
    json,
    reference,
    text,
    version,
)

import_files = sa.Table(
    "import_files",
    METADATA,
    id_column(),
    choice("kind", ImportKind),
    text("filename"),
    text("sha256", index=True),
    integer("size"),
    choice("state", ImportState),
    flag("dry_run"),
    reference("branch_id", "branches.id", nullable=True),
    text("object_key", nullable=True),
    integer("rows"),
    json("problems"),
    json("result"),
    text("job_id", nullable=True),
    text("uploaded_by"),
    instant("uploaded_at"),
    text("confirmed_by", nullable=True),
    instant("confirmed_at", nullable=True),
    instant("finished_at", nullable=True),
    instant("destroyed_at", nullable=True),
    text("undo_reason", nullable=True),
    text("undo_asked_by", nullable=True),
    instant("undo_asked_at", nullable=True),
    text("undone_by", nullable=True),
    instant("undone_at", nullable=True),
    version(),
)

import_changes = sa.Table(
    "import_changes",
    METADATA,
    id_column(),
    reference("import_id", "import_files.id"),
    choice("subject", ChangedRow),
    text("row_id", index=True),
    json("before"),
    integer("version_after"),
)
