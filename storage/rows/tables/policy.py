"""Tables of the policy: documents that were proposed and published, and who read them (section 9, M5, S21)."""

from __future__ import annotations

import sqlalchemy as sa

from server.domain.policy_proposals import ProposalState
from storage.rows.columns import METADATA, choice, id_column, instant, json, reference, text, version

policy_documents = sa.Table(
    "policy_documents",
    METADATA,
    id_column(),
    reference("client_id", "clients.id", nullable=True, index=False),
    text("document"),
    instant("published_at"),
    text("published_by", nullable=True),
)

policy_proposals = sa.Table(
    "policy_proposals",
    METADATA,
    id_column(),
    reference("client_id", "clients.id", nullable=True, index=False),
    text("document"),
    text("reason"),
    choice("state", ProposalState),
    reference("proposed_by", "accounts.id", index=False),
    instant("proposed_at"),
    reference("decided_by", "accounts.id", nullable=True, index=False),
    instant("decided_at", nullable=True),
    text("decision_note", nullable=True),
    json("changes"),
    version(),
)

policy_readings = sa.Table(
    "policy_readings",
    METADATA,
    id_column(),
    reference("document_id", "policy_documents.id", index=False),
    reference("account_id", "accounts.id", index=False),
    instant("read_at"),
    sa.UniqueConstraint("document_id", "account_id"),
)
