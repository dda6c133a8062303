"""A branch's month: when it may be published, how long one may object, what a line's evidence is worth (M1, M2, M4).

Owns the order of the months and of what happens to one: draft, published, objections, rulings, closed. It refuses to
compute credit: `server.domain.policy` does, and a month only freezes what was computed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from server.domain.calendar import days_after
from server.domain.credit import MonthlyStatement, StatementState, month_bounds, month_of
from server.domain.money import format_fen
from server.domain.policy.editions import Edition
from server.domain.policy.registry import clause, part_of
from server.domain.problems import Category, Finding, kind

MONTH_NOT_OVER = kind(
    "month_not_over",
    Category.REFUSED,
    "{month} 尚未结束，{day} 起方可公布",
    "{month} is not over; it may be published from {day}",
    remedy=("请在次月月初公布。", "Publish it at the beginning of the next month."),
    clause="M1",
)
MONTH_OUT_OF_ORDER = kind(
    "month_out_of_order",
    Category.REFUSED,
    "月份须依次公布：现应公布 {expected}，不是 {month}",
    "Months are published one after the other: {expected} is next, not {month}",
    remedy=("请先公布 {expected}。", "Publish {expected} first."),
    clause="M1",
)
MONTH_NOT_SCORED = kind(
    "month_not_scored",
    Category.REFUSED,
    "{month} 还有 {unscored} 笔回款未核算，差额 {difference} 元",
    "{unscored} repayments of {month} are not scored yet; the difference is {difference} yuan",
    remedy=("请等待核算任务完成后再公布。", "Wait for the scoring jobs, then publish."),
    clause="M1",
)
MONTH_PUBLISHED = kind(
    "month_published",
    Category.CONFLICT,
    "{month} 已由 {by} 公布，内容已冻结",
    "{month} was published by {by}; it is frozen",
    remedy=(
        "此后查明的事项列入下一个未公布月份的调整。",
        "What is learnt later is adjusted in the next open month.",
    ),
    clause="M1",
)


class MonthPhase(StrEnum):
    """What may happen to a month now."""

    DRAFT = "draft"
    OBJECTIONS = "objections"  # M2
    RULINGS = "rulings"  # M3: nobody may object any more, and it is not closed
    CLOSED = "closed"


def phase_of(statement: MonthlyStatement | None, today: date) -> MonthPhase:
    """The last day for objections is one of them."""
    if statement is None:
        return MonthPhase.DRAFT
    if statement.state is StatementState.CLOSED:
        return MonthPhase.CLOSED
    return MonthPhase.OBJECTIONS if today <= statement.objections_until else MonthPhase.RULINGS


@dataclass(frozen=True, slots=True)
class Readiness:
    """What is asked of a month before it is published. `last` is the last one that was published, `expected` the
    earliest after it that has lines; `difference_fen` is what the repayments have more than the lines."""

    last: str | None
    expected: str | None
    unscored: int
    difference_fen: int


@clause("M1", codes=("month_not_over", "month_out_of_order", "month_not_scored", "month_published"))
def m1_publish_findings(
    month: str, today: date, published_by: str | None, readiness: Readiness
) -> list[Finding]:
    """A month is published once, when it is over, in the order of the months, and to the fen.

    「客服每个月月初把上月所有外访且回款借款人汇总标记发给外访」
    """
    if published_by is not None:
        return [Finding(MONTH_PUBLISHED, "month", {"month": month, "by": published_by})]
    first_day = days_after(month_bounds(month)[1], 1)
    if today < first_day:
        return [Finding(MONTH_NOT_OVER, "month", {"month": month, "day": first_day.isoformat()})]
    expected = readiness.expected
    if (
        readiness.last is not None and month < readiness.last
    ):  # left out for good: it would adjust what came after it
        expected = expected or month_of(days_after(month_bounds(readiness.last)[1], 1))
    if expected is not None and expected != month:
        return [Finding(MONTH_OUT_OF_ORDER, "month", {"month": month, "expected": expected})]
    if readiness.unscored or readiness.difference_fen:
        difference = format_fen(readiness.difference_fen)
        told = {"month": month, "unscored": readiness.unscored, "difference": difference}
        return [Finding(MONTH_NOT_SCORED, "month", told)]
    return []


def published_late(month: str, today: date, edition: Edition) -> bool:
    """M1: the first days of the next month are over. It is said, not refused: an unpublished month helps nobody."""
    return today > days_after(month_bounds(month)[1], edition.publish_days)


class EvidenceLabel(StrEnum):
    """What a line's evidence is worth. The label never changes the line that was computed."""

    PROVISIONAL = "provisional"  # the month is a draft
    HELD = "held"  # published, and something named is missing
    CONFIRMED = "confirmed"


class MissingKind(StrEnum):
    """What can be missing from the evidence of a visit."""

    PHOTO = "photo"
    RECORDING = "recording"
    COUNTERSIGNATURE = "countersignature"  # S16: IT's name on what the desk took in
    COUNTERFOIL = "counterfoil"  # V6
    WHOLE_BYTES = "whole_bytes"  # a stored file differs from its record


@dataclass(frozen=True, slots=True)
class MissingItem:
    """`item_id` is that of the evidence or the letter; None for evidence that nobody has sent."""

    kind: MissingKind
    item_id: str | None


@dataclass(frozen=True, slots=True)
class VisitProof:
    """What is on file of a visit, as far as a label asks."""

    photos: int
    recordings: int
    uncountersigned: Sequence[str]
    damaged: Sequence[str]
    letters_without_counterfoil: Sequence[str]


def missing_of(proof: VisitProof, edition: Edition) -> tuple[MissingItem, ...]:
    """What the policy wants of a visit's evidence and is not there, in the order in which it is asked for."""
    lacking = [
        (proof.photos == 0, MissingKind.PHOTO),
        (proof.recordings == 0, MissingKind.RECORDING),
    ]
    absent = [what for missing, what in lacking if missing]
    if edition.evidence_required == "either" and len(absent) < len(lacking):
        absent = []
    found = [MissingItem(what, None) for what in absent]
    found += [MissingItem(MissingKind.COUNTERSIGNATURE, id_) for id_ in proof.uncountersigned]
    found += [MissingItem(MissingKind.COUNTERFOIL, id_) for id_ in proof.letters_without_counterfoil]
    found += [MissingItem(MissingKind.WHOLE_BYTES, id_) for id_ in proof.damaged]
    return tuple(found)


def label_of(missing: Sequence[MissingItem], state: StatementState) -> EvidenceLabel:
    if state is StatementState.DRAFT:
        return EvidenceLabel.PROVISIONAL
    return EvidenceLabel.HELD if missing else EvidenceLabel.CONFIRMED


MONTH_NOT_PUBLISHED = kind(
    "month_not_published",
    Category.CONFLICT,
    "{month} 尚未公布",
    "{month} is not published yet",
    remedy=("请先由外访客服公布该月。", "Let a dispatcher publish it first."),
    clause="M1",
)
MONTH_CLOSED = kind(
    "month_closed",
    Category.CONFLICT,
    "{month} 已由 {by} 结账，内容不再改变",
    "{month} was closed by {by}; it never changes",
    remedy=(
        "此后查明的事项列入下一个未公布月份的调整。",
        "What is learnt later is adjusted in the next open month.",
    ),
    clause="M4",
)
OBJECTIONS_OPEN = kind(
    "objections_open",
    Category.REFUSED,
    "异议期至 {day}（含当日），期满后方可结账",
    "Agents may object until {day}, that day included; it can be closed after that",
    remedy=("请在异议期满后结账。", "Close it when that day is over."),
    clause="M2",
)


@part_of("M1", codes=("month_not_published",))
@part_of("M2", codes=("objections_open",))
@part_of("M4", codes=("month_closed",))
def close_findings(
    month: str, statement: MonthlyStatement | None, closed_by: str | None, today: date
) -> list[Finding]:
    """A month is closed once, when nobody may object any more."""
    match phase_of(statement, today):
        case MonthPhase.DRAFT:
            return [Finding(MONTH_NOT_PUBLISHED, "month", {"month": month})]
        case MonthPhase.CLOSED:
            return [Finding(MONTH_CLOSED, "month", {"month": month, "by": closed_by})]
        case MonthPhase.OBJECTIONS:
            assert statement is not None
            return [Finding(OBJECTIONS_OPEN, "month", {"day": statement.objections_until.isoformat()})]
        case MonthPhase.RULINGS:
            return []
