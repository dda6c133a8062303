"""Tables that follow every request: the audit trail and the first answers of client-made ids."""

from __future__ import annotations

import sqlalchemy as sa

from storage.rows.columns import METADATA, id_column, instant, integer, json, text

audit_lines = sa.Table(
    "audit_lines",
    METADATA,
    sa.Column("seq", sa.BigInteger(), primary_key=True, autoincrement=False),
    instant("at"),
    text("actor_id", nullable=True, index=True),
    text("action"),
    text("subject_kind"),
    text("subject_id", nullable=True),
    json("detail"),
    text("purpose", nullable=True),
    text("previous"),
    text("digest"),
    sa.Index("ix_audit_lines_subject", "subject_kind", "subject_id"),
    sa.Index("ix_audit_lines_action", "action", "seq"),
)

first_answers = sa.Table(
    "first_answers",
    METADATA,
    id_column(),  # the client-made id
    text("account_id"),
    text("route"),
    text("digest"),  # of what was sent, so that a reused id with other content is told
    integer("status"),
    json("body"),
    text("etag", nullable=True),
    instant("answered_at"),
)
