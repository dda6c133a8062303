"""What an incident leads to (F7): found how, at fault or not, pacified or not; the matrix proposes, a manager decides.

Owns the axes, the consequences and who decides. It refuses to hold the matrix itself: it is the
edition's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from server.domain.access import Actor
from server.domain.policy.editions import Edition
from server.domain.policy.registry import clause
from server.domain.problems import Category, Finding, kind
from server.domain.visits import Incident


class FoundHow(StrEnum):
    SELF_REPORTED = "self_reported"  # 主动反馈
    INSPECTION = "inspection"  # 检查发现
    CONCEALED = "concealed"  # 故意隐瞒


class Consequence(StrEnum):
    NONE = "none"
    EXEMPT = "exempt"  # 免责
    REWARD = "reward"  # 奖励
    FINE = "fine"  # 处罚
    SUSPEND_AND_TRANSFER = "suspend_and_transfer"  # 停案调离
    DISMISSAL = "dismissal"  # 清退


@dataclass(frozen=True, slots=True)
class IncidentDecision:
    """What the matrix proposed and what was decided for a person; `decided_on` says in which month it counts (F6)."""

    id: str
    incident_id: str
    account_id: str
    found: FoundHow
    at_fault: bool
    pacified: bool
    proposed: Consequence
    proposed_fen: int
    consequence: Consequence
    amount_fen: int
    reasons: str
    decided_by: str
    decided_at: datetime
    decided_on: date


INCIDENT_OWN = kind(
    "incident_own",
    Category.REFUSED,
    "不能处理涉及本人或本人上报的事件",
    "Nobody decides on an incident about oneself, or that one has reported oneself",
    remedy=("请由另一位经理处理。", "Let another manager decide."),
    clause="F7",
)
INCIDENT_DECIDED = kind(
    "incident_decided",
    Category.CONFLICT,
    "该事件已有处理结果",
    "This incident was decided already",
    remedy=("处理结果不再更改。", "A decision does not change."),
    clause="F7",
)
INCIDENT_OF_ANOTHER = kind(
    "incident_of_another",
    Category.REFUSED,
    "该事件涉及的是另一人",
    "The incident is about somebody else",
    remedy=("请选择事件所涉及的人员。", "Name whom it is about."),
    clause="F7",
)
INCIDENT_SELF_REPORTED = kind(
    "incident_self_reported",
    Category.REFUSED,
    "本人主动上报的事件按“主动反馈”处理",
    "What somebody told of the own fault counts as reported by oneself",
    remedy=("请选择主动反馈。", "Choose self_reported."),
    clause="F7",
)
CONSEQUENCE_AMOUNT = kind(
    "consequence_amount",
    Category.REFUSED,
    "只有奖励和处罚有金额，且必须大于零",
    "A reward and a fine have an amount above nothing, and no other consequence has one",
    remedy=("请更正金额。", "Correct the amount."),
    clause="F7",
)


@clause(
    "F7",
    codes=(
        "incident_own",
        "incident_decided",
        "incident_of_another",
        "incident_self_reported",
        "consequence_amount",
    ),
)
def f7_decision_findings(
    actor: Actor, incident: Incident, decided: bool, found: FoundHow, chosen: tuple[str, Consequence, int]
) -> list[Finding]:
    """Once, by a manager whom it does not touch; who told of it oneself is treated so.

    「合规奖懲: 主动反馈 / 检查发现 / 故意隐瞒 × 有责 / 无责 × 安抚与否」
    """
    account_id, consequence, fen = chosen
    if decided:
        return [Finding(INCIDENT_DECIDED)]
    if actor.account_id in (account_id, incident.about_account_id):
        return [Finding(INCIDENT_OWN)]
    if incident.about_account_id not in (None, account_id):
        return [Finding(INCIDENT_OF_ANOTHER, "account_id")]
    if incident.self_reported and found is not FoundHow.SELF_REPORTED:
        return [Finding(INCIDENT_SELF_REPORTED, "found")]
    if (consequence in (Consequence.REWARD, Consequence.FINE)) != (fen > 0) or fen < 0:
        return [Finding(CONSEQUENCE_AMOUNT, "amount")]
    return []


def proposed_by_matrix(
    found: FoundHow, at_fault: bool, pacified: bool, edition: Edition
) -> tuple[Consequence, int]:
    """The consequence of the edition's matrix, and its fen."""
    case = (
        found.value,
        "at_fault" if at_fault else "no_fault",
        "pacified" if pacified else "not_pacified",
    )
    rows = {row[:3]: row[3:] for row in edition.incident_matrix}
    consequence, fen = rows[case]
    return Consequence(consequence), fen


@dataclass(frozen=True, slots=True)
class Compliance:
    """What the decisions of a month are for somebody's pay (F6, F7)."""

    faults: int = 0
    dismissed: bool = False
    rewards_fen: int = 0


def compliance_of(decisions: Iterable[IncidentDecision], month: str) -> Compliance:
    """Those that were decided in the month."""
    of_month = [one for one in decisions if f"{one.decided_on:%Y-%m}" == month]
    return Compliance(
        sum(one.at_fault for one in of_month),
        any(one.consequence is Consequence.DISMISSAL for one in of_month),
        sum(one.amount_fen for one in of_month if one.consequence is Consequence.REWARD),
    )
