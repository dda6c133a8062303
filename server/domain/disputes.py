"""Objections to lines of a published month, and the manager's rulings on them (M2, M3).

Owns who may object to what, what a claim would change for whom, who may rule and when a sitting is whole. It refuses
the dispatcher as a party: no road leads from an objection to the dispatcher's desk.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from server.domain.access import Actor, Post
from server.domain.adjusting import Shares
from server.domain.calendar import local_day
from server.domain.credit import LedgerLine, LineKind
from server.domain.months import MonthPhase
from server.domain.policy.attribution import a2_shares, a3_to_visit
from server.domain.policy.editions import Edition
from server.domain.policy.facts import PlacementFacts
from server.domain.policy.registry import clause, part_of
from server.domain.problems import NOT_FOUND, Category, Finding, kind


class Ground(StrEnum):
    """On what an objection rests; each has its clauses in `GROUNDS`."""

    CONTACT = "contact"
    RELAY = "relay"
    LETTER = "letter"
    EVIDENCE = "evidence"
    PRESENCE = "presence"
    WINDOW = "window"
    NEAREST = "nearest"
    PROMISE = "promise"
    SHARE = "share"
    OTHER = "other"


GROUNDS: Mapping[Ground, tuple[str, str]] = {
    Ground.CONTACT: (
        "已见到或电联借款人、直系亲属（C1、C2）",
        "the debtor or a direct relative was reached (C1, C2)",
    ),
    Ground.RELAY: ("已转告（C3）", "it was relayed (C3)"),
    Ground.LETTER: ("留函有效或已回电（C4、C5）", "the letter counts, or was acknowledged (C4, C5)"),
    Ground.EVIDENCE: ("照片、录音齐全（X3）", "photo and recording are there (X3)"),
    Ground.PRESENCE: ("两人均在场（X2）", "both were present (X2)"),
    Ground.WINDOW: ("回款在有效期内（W1 至 W6）", "the repayment is within the window (W1 to W6)"),
    Ground.NEAREST: ("应计入另一次外访（A1）", "another visit should have it (A1)"),
    Ground.PROMISE: ("承诺还款不影响（X4）", "the promise does not stand against it (X4)"),
    Ground.SHARE: ("分配有误（A2）", "the shares are wrong (A2)"),
    Ground.OTHER: ("其他", "other"),
}


class RulingOutcome(StrEnum):
    UPHELD = "upheld"
    PARTLY = "partly"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True)
class Dispute:
    """An objection to a line with what it saw: the run (facts, editions, trace), the digests of the evidence on file.

    `claimed_visit_id` should be credited, or nobody where it is None; `effect` is what each would have, in fen.
    """

    id: str
    line_id: str
    statement_id: str
    placement_id: str
    filed_by: str
    filed_at: datetime
    ground: Ground
    words: str
    claimed_visit_id: str | None
    attachments: tuple[str, ...]
    run_id: str
    editions: tuple[str, ...]
    evidence: Sequence[Mapping[str, Any]]
    effect: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Ruling:
    """The manager's word on an objection: final. The line that was computed stays beside it."""

    id: str
    dispute_id: str
    line_id: str
    statement_id: str
    outcome: RulingOutcome
    reasons: str
    visit_id: str | None
    ruled_by: str
    ruled_at: datetime


@dataclass(frozen=True, slots=True)
class Proposed:
    """What a manager is about to rule: `visit_id` and `shares` are those of a partly upheld objection."""

    dispute_id: str
    outcome: RulingOutcome
    reasons: str
    visit_id: str | None
    shares: Shares


OBJECTIONS_OVER = kind(
    "objections_over",
    Category.REFUSED,
    "异议期已于 {day} 结束",
    "The time for objections ended on {day}",
    remedy=("逾期不再受理；经理的裁决为最终结果。", "It is over; what the manager rules is final."),
    clause="M2",
)
DISPATCHER_NO_PARTY = kind(
    "dispatcher_no_party",
    Category.REFUSED,
    "外访客服不是异议的当事人",
    "A dispatcher is no party to an objection",
    remedy=("异议由外访员向经理提出。", "Agents object, to the manager."),
    clause="M2",
)
NO_SHARE_IN_LINE = kind(
    "no_share_in_line",
    Category.REFUSED,
    "您在该笔回款中没有份额，所主张的外访也不是您参加的",
    "You have no share in this line, and the visit that you claim is not yours",
    remedy=(
        "只能就本人有份额或应有份额的回款提出异议。",
        "Object to lines in which you have or would have a share.",
    ),
    clause="M2",
)
COLLECTOR_MAY_NOT_OBJECT = kind(
    "collector_may_not_object",
    Category.REFUSED,
    "现行制度不允许法务提出异议",
    "The policy in force does not let collectors object",
    remedy=("请向经理反映。", "Speak to the manager."),
    clause="M2",
)
LINE_NOT_OPEN_TO_OBJECTION = kind(
    "line_not_open_to_objection",
    Category.CONFLICT,
    "该明细已被冲销、更正或裁决，或您已对其提出异议",
    "This line was taken back, corrected or ruled, or you have objected to it already",
    remedy=("请查看现行明细。", "See which line stands now."),
    clause="M2",
)
RULING_MANAGER_ONLY = kind(
    "ruling_manager_only",
    Category.REFUSED,
    "异议只能由经理裁决",
    "Only a manager rules",
    remedy=("请由经理办理。", "Let a manager do it."),
    clause="M3",
)
RULING_OWN_CREDIT = kind(
    "ruling_own_credit",
    Category.REFUSED,
    "裁决人从该笔回款中受益，须回避（异议 {dispute}）",
    "You earn from this line and may not rule on it (dispute {dispute})",
    remedy=("请由另一位经理裁决。", "Let another manager rule."),
    clause="M3",
)
SITTING_INCOMPLETE = kind(
    "sitting_incomplete",
    Category.REFUSED,
    "本月异议须一次裁决完毕，尚缺 {missing}",
    "All objections of the month are ruled in one sitting; {missing} is left out",
    remedy=("请一并裁决。", "Rule on all of them together."),
    clause="M3",
)
NOTHING_TO_RULE = kind(
    "nothing_to_rule",
    Category.CONFLICT,
    "{month} 没有待裁决的异议",
    "No objection of {month} waits for a ruling",
    remedy=("裁决为最终结果，不再更改。", "A ruling is final and does not change."),
    clause="M3",
)
RULING_SHARES = kind(
    "ruling_shares",
    Category.REFUSED,
    "部分支持须写明外访及份额，份额与回款同号，合计须等于 {amount} 元，且只能分给该案外访员",
    "A partly upheld objection names a visit of the case and shares of the case's agents, none of the other sign, "
    "that add up to {amount} yuan",
    remedy=("请更正份额。", "Correct the shares."),
    clause="M3",
)
RULING_TAKES_NO_SHARES = kind(
    "ruling_takes_no_shares",
    Category.REFUSED,
    "全部支持或驳回时不填外访和份额：支持即按异议所主张的外访",
    "An objection that is upheld or dismissed takes neither a visit nor shares: upheld, it is the visit that it claims",
    remedy=("请去掉外访和份额，或改为部分支持。", "Leave both out, or uphold it in part."),
    clause="M3",
)
RULINGS_CONTRADICT = kind(
    "rulings_contradict",
    Category.REFUSED,
    "同一明细的两项异议不能都支持",
    "Two objections to one line cannot both be upheld",
    remedy=("请至多支持其中一项。", "Uphold one of them at most."),
    clause="M3",
)
DISPUTES_OPEN = kind(
    "disputes_open",
    Category.REFUSED,
    "{month} 还有 {count} 项异议未裁决",
    "{count} objections of {month} are not ruled yet",
    remedy=("请先裁决。", "Rule on them first."),
    clause="M3",
)


@clause(
    "M2",
    codes=(
        "objections_over",
        "dispatcher_no_party",
        "no_share_in_line",
        "collector_may_not_object",
        "line_not_open_to_objection",
    ),
)
def m2_dispute_findings(
    actor: Actor,
    line: LedgerLine,
    phase: MonthPhase,
    last_day: str,
    stands: bool,
    party: Party,
    edition: Edition,
) -> list[Finding]:
    """Agents object to lines in which they have or would have a share, for some days, to the manager.

    「外访可提出异议」「法务和外访不得以任何理由找客服理论」
    """
    if Post.DISPATCHER in actor.posts:
        return [Finding(DISPATCHER_NO_PARTY)]
    if phase is not MonthPhase.OBJECTIONS:
        return [Finding(OBJECTIONS_OVER, None, {"day": last_day})]
    if party is Party.COLLECTOR and not edition.collector_may_object:
        return [Finding(COLLECTOR_MAY_NOT_OBJECT)]
    if party is Party.NONE:
        return [Finding(NO_SHARE_IN_LINE, "claimed_visit_id")]
    if not stands or line.kind in (LineKind.COUNTER, LineKind.RULED):
        return [Finding(LINE_NOT_OPEN_TO_OBJECTION)]
    return []


class Party(StrEnum):
    """As what somebody objects."""

    AGENT = "agent"
    COLLECTOR = "collector"
    NONE = "none"


def party_of(account_id: str, line: LedgerLine, shares: Shares, claimed: Shares) -> Party:
    """An agent has a share or would have one; the case's collector is a party where the policy says so."""
    if account_id in dict(shares) or account_id in dict(claimed):
        return Party.AGENT
    return Party.COLLECTOR if account_id == line.collector_id else Party.NONE


def claimed_shares(facts: PlacementFacts, visit_id: str | None, ground: Ground, fen: int) -> Shares | None:
    """What the visit's agents would have; None for a visit that is not of the frozen facts. Where presence itself is
    disputed, or nobody is recorded as present, the whole team would."""
    if visit_id is None:
        return ()
    for visit in facts.visits:
        if visit.id == visit_id:
            if ground is Ground.PRESENCE or not visit.present:
                visit = dataclasses.replace(visit, present=visit.agents)
            sign = -1 if fen < 0 else 1  # a reversal is shared as what it takes back was (A5)
            return tuple((agent, sign * part) for agent, part in a2_shares(visit, abs(fen)))
    return None


def agents_of(facts: PlacementFacts) -> tuple[str, ...]:
    """Everybody who was sent on a visit of the case, in the order of the visits."""
    return tuple(dict.fromkeys(agent for visit in facts.visits for agent in visit.agents))


def ruled_commission(facts: PlacementFacts, visit_id: str | None, line: LedgerLine) -> str:
    """The collector's commission on a ruled line: A4 stays, A3 is asked of the visit that the ruling credits."""
    if line.commission == "none":
        return line.commission
    days = [local_day(visit.started_at) for visit in facts.visits if visit.id == visit_id]
    return "to_visit" if days and a3_to_visit(facts, days[0]) is not None else "normal"


def effect_of(before: Shares, after: Shares) -> list[dict[str, Any]]:
    """What would change for whom, by account: the fen that each has and would have."""
    has, would = dict(before), dict(after)
    return [
        {"account_id": id_, "before_fen": has.get(id_, 0), "after_fen": would.get(id_, 0)}
        for id_ in dict.fromkeys([*has, *would])
        if has.get(id_, 0) != would.get(id_, 0)
    ]


def earns_from(actor: Actor, dispute: Dispute, line: LedgerLine, facts: PlacementFacts) -> bool:
    """Whether somebody would rule on own credit: the own case or team, a visit of the case, a share, the objection."""
    touched = {one["account_id"] for one in dispute.effect}
    own = {line.collector_id, dispute.filed_by} | touched | set(agents_of(facts))
    return actor.account_id in own or (actor.team_id is not None and actor.team_id == line.team_id)


@clause(
    "M3",
    codes=(
        "ruling_manager_only",
        "ruling_own_credit",
        "sitting_incomplete",
        "nothing_to_rule",
        "rulings_contradict",
        "ruling_shares",
        "ruling_takes_no_shares",
    ),
)
def m3_sitting_findings(
    actor: Actor,
    month: str,
    waiting: Mapping[str, LedgerLine],
    own: Collection[str],
    proposed: Sequence[Proposed],
) -> list[Finding]:
    """All open objections of a month in one sitting, by a manager, who leaves out those that are the manager's own.

    「异议借款人由经理月初统一判定」「有争议的最终解释权为经理」
    `waiting` are the lines that stand where it was objected, by the objections' ids, `own` those from which the actor
    earns. What an earlier ruling books is final.
    """
    if Post.MANAGER not in actor.posts:
        return [Finding(RULING_MANAGER_ONLY)]
    if not waiting:
        return [Finding(NOTHING_TO_RULE, "month", {"month": month})]
    ruled = [one.dispute_id for one in proposed]
    for place, id_ in enumerate(ruled):
        if id_ not in waiting or id_ in ruled[:place]:
            return [Finding(NOT_FOUND, f"rulings[{place}].dispute_id", {"what": f"dispute {id_}"})]
    findings = [
        Finding(RULING_OWN_CREDIT, f"rulings[{place}].dispute_id", {"dispute": id_})
        for place, id_ in enumerate(ruled)
        if id_ in own
    ]
    missing = sorted(waiting.keys() - set(ruled) - set(own))
    if missing:
        findings.append(Finding(SITTING_INCOMPLETE, "rulings", {"missing": ", ".join(missing)}))
    findings += [
        Finding(RULING_TAKES_NO_SHARES, f"rulings[{place}].{'visit_id' if one.visit_id else 'shares'}")
        for place, one in enumerate(proposed)
        if one.outcome is not RulingOutcome.PARTLY and (one.visit_id or one.shares)
    ]
    granted = [waiting[one.dispute_id] for one in proposed if one.outcome is not RulingOutcome.DISMISSED]
    open_lines = {line.id for line in granted if line.kind is not LineKind.RULED}
    if len(granted) != len(open_lines):
        findings.append(Finding(RULINGS_CONTRADICT, "rulings"))
    return findings


@part_of("M3", codes=("disputes_open",))
def disputes_open_findings(month: str, count: int) -> list[Finding]:
    """A month is closed when every objection to it is ruled."""
    return [Finding(DISPUTES_OPEN, "month", {"month": month, "count": count})] if count else []
