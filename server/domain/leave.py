"""Leave: days on which somebody is not there, entered and withdrawn by personnel, and asked of every plan (R15, V1).

Owns what may be entered. Refuses to erase: leave that was entered by mistake is withdrawn with a reason and stays. Why
somebody is away is personnel's business; a plan is told only that the person is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from server.domain.policy.registry import part_of
from server.domain.problems import Category, Finding, kind

LONGEST_DAYS = 366


class LeaveKind(StrEnum):
    ANNUAL = "annual"
    PERSONAL = "personal"
    SICK = "sick"
    FAMILY = "family"  # 婚、产、丧
    TRAINING = "training"
    OTHER = "other"


LEAVE_BACKWARDS = kind(
    "leave_backwards",
    Category.REFUSED,
    "请假从 {first_day} 到 {last_day}：结束日不能早于开始日，也不能超过 {longest} 天",
    "Leave from {first_day} to {last_day}: it must not end before it begins, nor last longer than {longest} days",
    remedy=("请更正日期；更长的分段登记。", "Correct the days; enter longer leave in parts."),
    clause="R15",
)
LEAVE_OVERLAPS = kind(
    "leave_overlaps",
    Category.CONFLICT,
    "{name} 在 {first_day} 至 {last_day} 已登记请假",
    "{name} is on leave already from {first_day} to {last_day}",
    remedy=("请先撤销原来的请假，或错开日期。", "Withdraw that leave first, or choose other days."),
    clause="R15",
)
LEAVE_WITHDRAWN = kind(
    "leave_withdrawn",
    Category.CONFLICT,
    "这次请假已撤销",
    "This leave has been withdrawn already",
    remedy=("请刷新后查看。", "Reload to see it."),
    clause="R15",
)


@dataclass(frozen=True, slots=True)
class Leave:
    """Whole days of one person, both ends included. `version` grows with the withdrawal."""

    id: str
    account_id: str
    first_day: date
    last_day: date
    kind: LeaveKind
    note: str
    entered_by: str
    entered_at: datetime
    withdrawn_at: datetime | None
    withdrawn_by: str | None
    withdrawn_reason: str | None
    version: int

    def covers(self, day: date) -> bool:
        return self.withdrawn_at is None and self.first_day <= day <= self.last_day


@part_of("R15", codes=("leave_backwards", "leave_overlaps"))
def entry_findings(first_day: date, last_day: date, standing: Iterable[Leave], name: str) -> list[Finding]:
    """R15: attendance knows who is there: days in their order, and no day twice."""
    if last_day < first_day or (last_day - first_day).days >= LONGEST_DAYS:
        given = {"first_day": first_day, "last_day": last_day, "longest": LONGEST_DAYS}
        return [Finding(LEAVE_BACKWARDS, "last_day", given)]
    return [
        Finding(
            LEAVE_OVERLAPS,
            "first_day",
            {"name": name, "first_day": one.first_day, "last_day": one.last_day},
        )
        for one in standing
        if one.withdrawn_at is None and one.first_day <= last_day and first_day <= one.last_day
    ]


@part_of("R15", codes=("leave_withdrawn",))
def withdrawal_findings(leave: Leave) -> list[Finding]:
    return [] if leave.withdrawn_at is None else [Finding(LEAVE_WITHDRAWN, None)]
