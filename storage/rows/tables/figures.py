"""Tables of a month's figures as a job has added them up (M6)."""

from __future__ import annotations

import sqlalchemy as sa

from storage.rows.columns import METADATA, id_column, instant, integer, reference, text, text_type

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
