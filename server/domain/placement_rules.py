"""When a placement's mandate begins and ends: retention, recall, the case that is sent again. Clauses R14 and W4."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from server.domain.placements import Placement, placement_end
from server.domain.policy.registry import clause, part_of
from server.domain.problems import Category, Finding, kind

SENT_AGAIN = kind(
    "placement_sent_again",
    Category.REFUSED,
    "案件 {case_number} 委托方此前已委托过（{opened_on} 开案）：本次是留案还是重复委案？",
    "Case {case_number} was placed before (opened {opened_on}): is it retained, or placed again?",
    remedy=(
        "请在“再次委案”列填写“留案”或“重复委案”。",
        'Write "retained" or "repeated" into the column "sent again".',
    ),
    clause="W4",
)
NOTHING_TO_RETAIN = kind(
    "placement_nothing_to_retain",
    Category.REFUSED,
    "案件 {case_number} 没有可留案的委案",
    "Case {case_number} has no placement that could be retained",
    remedy=(
        "请核对委托方与案件编号；新案请留空。",
        "Check client and case number; leave it blank for a new case.",
    ),
    clause="W4",
)
NOT_LONGER = kind(
    "placement_not_longer",
    Category.REFUSED,
    "留案至 {until} 并不晚于现在的委案结束日 {ends_on}",
    "Retention until {until} is not later than the present end {ends_on}",
    remedy=("请填写更晚的留案日期。", "Give a later day."),
    clause="W4",
)
STILL_OPEN = kind(
    "placement_still_open",
    Category.REFUSED,
    "案件 {case_number} 的上一次委案至 {ends_on} 才结束，不能在 {opened_on} 重复委案",
    "The former placement of case {case_number} ends on {ends_on} only and cannot be placed again on {opened_on}",
    remedy=(
        "如已退案请先登记退案；否则应为留案。",
        "Record its recall first, or declare it as retained.",
    ),
    clause="W4",
)
ALREADY_ENDED = kind(
    "placement_ended",
    Category.REFUSED,
    "案件 {case_number} 的委案已于 {ended_on} 结束",
    "The placement of case {case_number} ended on {ended_on}",
    remedy=("委案结束后不能再办理此项。", "Nothing of this kind can be done after the end."),
    clause="R14",
)
RECALL_PAST = kind(
    "placement_recall_past",
    Category.REFUSED,
    "退案日期 {recall_on} 早于今天 {today} 或开案日 {opened_on}",
    "The recall day {recall_on} is before today {today} or before the opening {opened_on}",
    remedy=("退案日期应为今天或以后。", "Give today or a later day."),
    clause="R14",
)
CANCELLED_BY_END = "placement_ended"


@clause("R14", codes=("placement_ended",))
def r14_over(placement: Placement, today: date) -> bool:
    """A mandate ends with the placement; its last day still belongs to it.

    「退案时…所有相关的书面资料同时交由部门经理」
    """
    return placement.ended_on is not None or today > placement_end(placement)


def open_findings(placement: Placement, today: date) -> list[Finding]:
    """R14: what needs a running mandate is refused after its end."""
    if not r14_over(placement, today):
        return []
    facts = {"case_number": placement.case_number, "ended_on": placement_end(placement).isoformat()}
    return [Finding(ALREADY_ENDED, None, facts)]


class SentAgain(StrEnum):
    """What the client says of a case that it sends again (W4)."""

    RETAINED = "retained"  # 留案
    REPEATED = "repeated"  # 重复委案


@part_of("W4", codes=("placement_sent_again", "placement_nothing_to_retain"))
def sent_again_findings(
    case_number: str, former: Placement | None, declared: SentAgain | None
) -> list[Finding]:
    """W4: a case that the client sends again must say which of the two it is; the product never guesses."""
    if former is None and declared is SentAgain.RETAINED:
        return [Finding(NOTHING_TO_RETAIN, "again", {"case_number": case_number})]
    if former is not None and declared is None:
        facts = {"case_number": case_number, "opened_on": former.opened_on.isoformat()}
        return [Finding(SENT_AGAIN, "again", facts)]
    return []


@part_of("W4", codes=("placement_not_longer",))
def retention_findings(placement: Placement, until: date) -> list[Finding]:
    """W4: 留案 makes the placement longer; a day that does not is a mistake."""
    ends_on = placement_end(placement)
    if until > ends_on:
        return []
    return [Finding(NOT_LONGER, "until", {"until": until.isoformat(), "ends_on": ends_on.isoformat()})]


@part_of("R14", codes=("placement_recall_past",))
def recall_findings(placement: Placement, recall_on: date, today: date) -> list[Finding]:
    """R14: a recall is for today or later, and not before the opening."""
    if recall_on >= max(today, placement.opened_on):
        return []
    facts = {
        "recall_on": recall_on.isoformat(),
        "today": today.isoformat(),
        "opened_on": placement.opened_on.isoformat(),
    }
    return [Finding(RECALL_PAST, "recall_on", facts)]


@part_of("W4", codes=("placement_still_open",))
def repeat_findings(former: Placement, opened_on: date) -> list[Finding]:
    """W4: 重复委案 is another placement, so the former one is over before it opens."""
    ends_on = placement_end(former)
    if opened_on > ends_on or (former.ended_on is not None and opened_on >= former.ended_on):
        return []
    facts = {
        "case_number": former.case_number,
        "ends_on": ends_on.isoformat(),
        "opened_on": opened_on.isoformat(),
    }
    return [Finding(STILL_OPEN, "opened_on", facts)]
