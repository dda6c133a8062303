"""Tables of a month as a job has added it up: its figures (M6), and what its lines count for whom (F1 to F3)."""

from __future__ import annotations

import sqlalchemy as sa

from storage.rows.columns import (
    METADATA,
    flag,
    id_column,
    instant,
    integer,
    json,
    reference,
    text,
    text_type,
)

month_figures = sa.Table(
    "month_figures",
    METADATA,
    id_column(),
    text("month"),
    reference("branch_id", "branches.id", index=False),
    reference("client_id", "clients.id", index=False),
    reference("project_id", "projects.id", index=False),
    text("account_id", nullable=True),
    text("figure"),
    integer("count"),
    integer("amount"),
    sa.Index("ix_month_figures_month", "month", "branch_id", "project_id"),
)

month_countings = sa.Table(
    "month_countings",
    METADATA,
    sa.Column("month", text_type(), primary_key=True),
    instant("counted_at"),
)

month_line_sums = sa.Table(
    "month_line_sums",
    METADATA,
    id_column(),
    text("month", index=True),
    reference("account_id", "accounts.id", index=False),
    flag("of_desk"),
    flag("credited"),
    text("commission"),
    text("statement_id", nullable=True),
    integer("fen"),
)

month_moving_lines = sa.Table(
    "month_moving_lines",
    METADATA,
    id_column(),
    text("month", index=True),
    text("line_id"),
    reference("collector_id", "accounts.id", index=False),
    integer("amount_fen"),
    json("shares"),
    text("statement_id", nullable=True),
    integer("desk_before_fen"),
    integer("shares_before_fen"),
)
