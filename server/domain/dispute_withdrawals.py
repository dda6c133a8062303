"""An objection taken back by whoever raised it, before it is ruled (M2).

Owns who may withdraw what until when. It refuses to change the objection: a withdrawal stands beside it, and what was
withdrawn is not raised again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from server.domain.access import Actor
from server.domain.disputes import Dispute, Ruling
from server.domain.policy.registry import part_of
from server.domain.problems import Category, Finding, kind


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Who took an objection back, when, and in which words."""

    id: str
    dispute_id: str
    withdrawn_by: str
    withdrawn_at: datetime
    words: str


DISPUTE_NOT_YOURS = kind(
    "dispute_not_yours",
    Category.REFUSED,
    "异议只能由提出人撤回",
    "An objection is withdrawn by whoever raised it",
    remedy=("请由提出人撤回，或由经理裁决。", "Let who raised it do so, or let the manager rule."),
    clause="M2",
)
DISPUTE_WITHDRAWN = kind(
    "dispute_withdrawn",
    Category.CONFLICT,
    "该异议已撤回",
    "This objection was withdrawn already",
    remedy=("撤回后不再更改。", "A withdrawal does not change."),
    clause="M2",
)
DISPUTE_RULED = kind(
    "dispute_ruled",
    Category.CONFLICT,
    "该异议已裁决，不能撤回",
    "This objection was ruled and can no longer be withdrawn",
    remedy=("裁决为最终结果，不再更改。", "A ruling is final and does not change."),
    clause="M3",
)


@part_of("M2", codes=("dispute_not_yours", "dispute_withdrawn"))
@part_of("M3", codes=("dispute_ruled",))
def withdrawal_findings(
    actor: Actor, dispute: Dispute, ruling: Ruling | None, earlier: Withdrawal | None
) -> list[Finding]:
    """By whoever raised it, once, before the manager's sitting."""
    if actor.account_id != dispute.filed_by:
        return [Finding(DISPUTE_NOT_YOURS)]
    if ruling is not None:
        return [Finding(DISPUTE_RULED)]
    return [] if earlier is None else [Finding(DISPUTE_WITHDRAWN)]
