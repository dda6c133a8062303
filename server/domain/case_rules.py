"""What records of a case must be: things that have happened, promises not due before they were made, once a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from server.domain.problems import Category, Finding, kind

DAY_AHEAD = kind(
    "day_ahead",
    Category.INVALID,
    "日期 {day} 在将来，事情还没有发生",
    "The day {day} lies in the future",
    remedy=("请填写今天或以前的日期。", "Give today or an earlier day."),
)
DUE_BEFORE_MADE = kind(
    "promise_due_before_made",
    Category.INVALID,
    "承诺还款日期 {due_on} 早于承诺日期 {made_on}",
    "The promise is due on {due_on}, before it was made on {made_on}",
    remedy=("请核对两个日期。", "Check both days."),
)
REFERRED_TWICE = kind(
    "referral_on_record",
    Category.CONFLICT,
    "{day} 的报经侦已登记",
    "A referral of {day} is on record already",
    remedy=("无需重复登记。", "It need not be recorded again."),
)


def day_findings(field: str, day: date, today: date) -> list[Finding]:
    """What has not happened yet is no fact."""
    return [] if day <= today else [Finding(DAY_AHEAD, field, {"day": day.isoformat()})]


def promise_findings(made_on: date, due_on: date, today: date) -> list[Finding]:
    found = day_findings("made_on", made_on, today)
    if due_on < made_on:
        facts = {"due_on": due_on.isoformat(), "made_on": made_on.isoformat()}
        found.append(Finding(DUE_BEFORE_MADE, "due_on", facts))
    return found


def referral_findings(referred_on: date, held: Iterable[date], today: date) -> list[Finding]:
    """W6: one referral a day; of several the earliest cut holds, so a second of the day would say nothing."""
    found = day_findings("referred_on", referred_on, today)
    if referred_on in held:
        found.append(Finding(REFERRED_TWICE, "referred_on", {"day": referred_on.isoformat()}))
    return found
