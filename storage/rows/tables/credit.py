"""Tables of credit: runs, lines and shares as they are computed, and the months that have been published."""

from __future__ import annotations

import sqlalchemy as sa

from server.domain.credit import StatementState
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
    values,
    version,
)

credit_runs = sa.Table(
    "credit_runs",
    METADATA,
    id_column(),
    reference("placement_id", "placements.id"),
    text("cause"),
    json("facts"),
    values("editions"),
    text("digest"),
    instant("computed_at"),
    flag("current"),
    sa.Index(
        "uq_credit_runs_current",
        "placement_id",
        unique=True,
        sqlite_where=sa.text("current"),
        postgresql_where=sa.text("current"),
    ),
)

credit_lines = sa.Table(
    "credit_lines",
    METADATA,
    id_column(),
    reference("run_id", "credit_runs.id", index=False),  # the first of two that are unique together
    reference("placement_id", "placements.id"),
    reference("repayment_id", "repayments.id"),
    text("month"),
    day("paid_on"),
    integer("amount_fen"),
    reference("visit_id", "visits.id", nullable=True, index=False),  # asked for with its case
    reference("nearest_visit_id", "visits.id", nullable=True, index=False),
    flag("visited"),
    text("basis", nullable=True),
    text("clause", nullable=True),
    day("window_from", nullable=True),
    day("window_to", nullable=True),
    flag("extended"),
    text("commission"),
    text("reason", nullable=True),
    json("trace"),
    sa.UniqueConstraint("run_id", "repayment_id"),
    sa.CheckConstraint("(visit_id IS NULL) <> (reason IS NULL)", name="credited_or_reasoned"),
    sa.Index("ix_credit_lines_month", "month", "paid_on", "id"),
)

credit_shares = sa.Table(
    "credit_shares",
    METADATA,
    id_column(),
    reference("line_id", "credit_lines.id", index=False),  # as above
    reference("account_id", "accounts.id"),
    integer("position"),
    integer("amount_fen"),
    sa.UniqueConstraint("line_id", "account_id"),
)

monthly_statements = sa.Table(
    "monthly_statements",
    METADATA,
    id_column(),
    text("month"),
    reference("branch_id", "branches.id"),
    choice("state", StatementState),
    instant("published_at"),
    text("published_by", nullable=True),
    flag("published_late"),
    day("objections_until"),
    day("evidence_until"),
    instant("closed_at", nullable=True),
    text("closed_by", nullable=True),
    version(),
    sa.UniqueConstraint("month", "branch_id"),
)
