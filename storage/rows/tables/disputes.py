"""Tables of objections, withdrawals and rulings; all are written once and never changed (`storage.rows.seals`)."""

from __future__ import annotations

import sqlalchemy as sa

from server.domain.disputes import Ground, RulingOutcome
from storage.rows.columns import METADATA, choice, id_column, instant, json, reference, text, values

disputes = sa.Table(
    "disputes",
    METADATA,
    id_column(),
    reference("line_id", "statement_lines.id", index=False),
    reference("statement_id", "monthly_statements.id"),
    reference("placement_id", "placements.id"),
    reference("filed_by", "accounts.id"),
    instant("filed_at"),
    choice("ground", Ground),
    text("words"),
    reference("claimed_visit_id", "visits.id", nullable=True, index=False),
    values("attachments"),
    reference("run_id", "credit_runs.id", index=False),
    values("editions"),
    json("evidence"),
    json("effect"),
    sa.UniqueConstraint("line_id", "filed_by"),
)

dispute_withdrawals = sa.Table(
    "dispute_withdrawals",
    METADATA,
    id_column(),
    reference("dispute_id", "disputes.id", index=False),
    reference("withdrawn_by", "accounts.id", index=False),
    instant("withdrawn_at"),
    text("words"),
    sa.UniqueConstraint("dispute_id"),
)

rulings = sa.Table(
    "rulings",
    METADATA,
    id_column(),
    reference("dispute_id", "disputes.id", index=False),
    reference("line_id", "statement_lines.id"),
    reference("statement_id", "monthly_statements.id"),
    choice("outcome", RulingOutcome),
    text("reasons"),
    reference("visit_id", "visits.id", nullable=True, index=False),
    reference("ruled_by", "accounts.id", index=False),
    instant("ruled_at"),
    sa.UniqueConstraint("dispute_id"),
)
