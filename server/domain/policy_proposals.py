"""A policy document on its way (section 9, M5, S21): proposed by one person, approved by another, read by everybody.

Owns who may decide on what. It refuses a document that cannot be read, and one's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from server.domain.access import Actor
from server.domain.policy.registry import part_of
from server.domain.problems import Category, Finding, kind


class ProposalState(StrEnum):
    PROPOSED = "proposed"
    PUBLISHED = "published"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class PolicyProposal:
    """A document of all editions, or with `client_id` that client's overlay; `changes` are those of the day on which it
    was decided on."""

    id: str
    client_id: str | None
    document: str
    reason: str
    state: ProposalState
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    decision_note: str | None
    changes: Sequence[Mapping[str, Any]]
    version: int


@dataclass(frozen=True, slots=True)
class PolicyDocument:
    """A document as it was published. The newest of the firm, and of each client, holds."""

    id: str
    client_id: str | None
    document: str
    published_at: datetime
    published_by: str | None


@dataclass(frozen=True, slots=True)
class PolicyReading:
    """Who read a published document when (M5)."""

    id: str
    document_id: str
    account_id: str
    read_at: datetime


PROPOSAL_OWN = kind(
    "policy_proposal_own",
    Category.REFUSED,
    "提出人不能批准自己的制度文件",
    "Whoever proposed a policy does not decide on it",
    remedy=("请由另一人批准。", "Let somebody else decide."),
    clause="M5",
)
PROPOSAL_DECIDED = kind(
    "policy_proposal_decided",
    Category.CONFLICT,
    "该制度文件已有决定",
    "This proposal was decided already",
    remedy=("请重新提出。", "Propose it again."),
    clause="M5",
)


@part_of("M5", codes=("policy_proposal_own", "policy_proposal_decided"))
def decision_findings(actor: Actor, proposal: PolicyProposal) -> list[Finding]:
    """Once, by another person than who proposed it."""
    if proposal.state is not ProposalState.PROPOSED:
        return [Finding(PROPOSAL_DECIDED)]
    return [Finding(PROPOSAL_OWN)] if actor.account_id == proposal.proposed_by else []
