"""What a repayment and its reversals must be (A5, SCORING_FORMAT.md): signs, the original, never more than it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from server.domain.calendar import local_day
from server.domain.placements import Placement, Repayment
from server.domain.policy.registry import part_of
from server.domain.problems import Category, Finding, kind

_CORRECT = ("请与委托方的回款明细核对。", "Check with the client's list of repayments.")

NOT_POSITIVE = kind(
    "repayment_not_positive",
    Category.REFUSED,
    "回款金额必须大于零；冲回须填写原流水号",
    "A repayment is greater than zero; a reversal names its original",
    remedy=_CORRECT,
    clause="A5",
)
NOT_NEGATIVE = kind(
    "reversal_not_negative",
    Category.REFUSED,
    "冲回金额必须小于零",
    "A reversal is less than zero",
    remedy=_CORRECT,
    clause="A5",
)
ORIGINAL_UNKNOWN = kind(
    "reversal_original_unknown",
    Category.REFUSED,
    "没有找到被冲回的回款 {reference}，或它属于另一案件",
    "The repayment {reference} to be reversed is not on file, or belongs to another case",
    remedy=("原回款须先导入，或在同一文件中。", "Import the original first, or in the same file."),
    clause="A5",
)
ORIGINAL_REVERSAL = kind(
    "reversal_of_reversal",
    Category.REFUSED,
    "{reference} 本身是冲回，不能再被冲回",
    "{reference} is itself a reversal",
    remedy=_CORRECT,
    clause="A5",
)
REVERSED_TOO_MUCH = kind(
    "reversal_too_much",
    Category.REFUSED,
    "冲回合计超过原回款 {reference} 的金额",
    "The reversals exceed the repayment {reference}",
    remedy=_CORRECT,
    clause="A5",
)
REPAYMENT_DIFFERS = kind(
    "repayment_differs",
    Category.CONFLICT,
    "流水号 {reference} 已导入，但内容不同",
    "The reference {reference} is on file with other content",
    remedy=(
        "已入账的回款不能改写；更正须以冲回和新流水号导入。",
        "A repayment on file is never rewritten; import a reversal and a new one.",
    ),
)
TIME_OF_OTHER_DAY = kind(
    "repayment_time_of_other_day",
    Category.INVALID,
    "回款时间不在回款日期当天",
    "The time of the repayment is not of its day",
    remedy=_CORRECT,
)


@part_of(
    "A5",
    codes=(
        "repayment_not_positive",
        "reversal_not_negative",
        "reversal_original_unknown",
        "reversal_of_reversal",
        "reversal_too_much",
    ),
)
def amount_findings(repayment: Repayment, original: Repayment | None, reverses: str | None) -> list[Finding]:
    """A5: signs and the original. `reverses` is the original's reference as the client gives it."""
    if reverses is None:
        return [] if repayment.amount_fen > 0 else [Finding(NOT_POSITIVE, "amount")]
    if repayment.amount_fen >= 0:
        return [Finding(NOT_NEGATIVE, "amount")]
    if original is None or original.placement_id != repayment.placement_id:
        return [Finding(ORIGINAL_UNKNOWN, "reverses", {"reference": reverses})]
    if original.reverses_id is not None or original.amount_fen < 0:
        return [Finding(ORIGINAL_REVERSAL, "reverses", {"reference": reverses})]
    return []


def reversed_findings(original: Repayment, reversals: Iterable[Repayment]) -> list[Finding]:
    """A5: the reversals of a repayment never exceed it."""
    if original.amount_fen + sum(reversal.amount_fen for reversal in reversals) >= 0:
        return []
    return [Finding(REVERSED_TOO_MUCH, "amount", {"reference": original.reference})]


def time_findings(repayment: Repayment) -> list[Finding]:
    """W5 compares the time with the visit's start, so it must be of the day it is posted on."""
    at: datetime | None = repayment.paid_at
    return [] if at is None or local_day(at) == repayment.paid_on else [Finding(TIME_OF_OTHER_DAY, "paid_at")]


def repaid_in_full(placement: Placement, repayments: Iterable[Repayment]) -> bool:
    """Whether the net of all repayments has reached the placed amount: nothing is left to visit for."""
    return sum(repayment.amount_fen for repayment in repayments) >= placement.placed_fen
