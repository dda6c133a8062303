"""Tables of the ledger: the lines of published months and their shares; `storage.rows.seals` keeps them as they are."""

from __future__ import annotations

import sqlalchemy as sa

from server.domain.credit import LineKind
from storage.rows.columns import (
    METADATA,
    choice,
    day,
    flag,
    id_column,
    instant,
    integer,
    json,
    reference,
    text,
)

statement_lines = sa.Table(
    "statement_lines",
    METADATA,
    id_column(),
    reference("statement_id", "monthly_statements.id", index=False),
    text("month"),
    choice("kind", LineKind),
    reference("corrects_id", "statement_lines.id", nullable=True),
    reference("computed_id", "credit_lines.id"),
    text("ruling_id", nullable=True),
    reference("placement_id", "placements.id"),
    reference("client_id", "clients.id", index=False),
    reference("collector_id", "accounts.id", index=False),
    text("team_id", nullable=True),
    reference("repayment_id", "repayments.id"),
    day("paid_on"),
    integer("amount_fen"),
    reference("visit_id", "visits.id", nullable=True, index=False),
    reference("nearest_visit_id", "visits.id", nullable=True, index=False),
    flag("visited"),
    text("basis", nullable=True),
    text("clause", nullable=True),
    day("window_from", nullable=True),
    day("window_to", nullable=True),
    flag("extended"),
    text("commission"),
    text("reason", nullable=True),
    json("outcome"),
    flag("sealed"),
    sa.Index("ix_statement_lines_month", "month", "paid_on", "id"),
    sa.Index("ix_statement_lines_statement", "statement_id", "id"),
    sa.Index("ix_statement_lines_collector", "collector_id", "month"),
    # A repayment is booked once; everything after that corrects a line, and a line is taken back once.
    sa.Index(
        "uq_statement_lines_booked",
        "repayment_id",
        unique=True,
        sqlite_where=sa.text("corrects_id IS NULL"),
        postgresql_where=sa.text("corrects_id IS NULL"),
    ),
    sa.Index(
        "uq_statement_lines_corrected",
        "corrects_id",
        "kind",
        unique=True,
    ),
)

statement_shares = sa.Table(
    "statement_shares",
    METADATA,
    id_column(),
    reference("line_id", "statement_lines.id"),
    reference("account_id", "accounts.id"),
    integer("position"),
    integer("amount_fen"),
    sa.UniqueConstraint("line_id", "account_id"),
)

statement_files = sa.Table(
    "statement_files",
    METADATA,
    id_column(),
    reference("statement_id", "monthly_statements.id", index=False),
    text("format"),
    text("media_type"),
    text("object_key", unique=True),
    integer("size"),
    text("sha256"),
    instant("made_at"),
    sa.UniqueConstraint("statement_id", "format"),
)
