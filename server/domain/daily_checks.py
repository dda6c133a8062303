"""IT's daily check of persons, machines and accounts (S17): what deviates on a day, and what a tick may say.

Owns what counts as a difference between who worked, on which machine and under which account. Refuses to judge it: IT
looks, notes what was found and signs; the tick says what it has seen and never changes.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from server.domain.policy.registry import kept_at
from server.domain.problems import Category, Finding, kind
from server.domain.visits import DeviceHandout


class Deviation(StrEnum):
    """In the order in which they are shown: the gravest first."""

    AFTER_LEAVING = "after_leaving"  # S1: an account is closed the day its person leaves
    DEVICE_OF_ANOTHER = "device_of_another"  # V20, S1: a login on a device that its person did not hold then
    IN_ANOTHERS_NAME = "in_anothers_name"  # S19: IT opened a login to send what lay on a phone
    MACHINES_AT_ONCE = (
        "machines_at_once"  # S1 专号专用、专机专用: two machines without a register at one time
    )
    DEVICE_OVERDUE = "device_overdue"  # V20


DAILY_CHECK_TO_COME = kind(
    "daily_check_to_come",
    Category.REFUSED,
    "{on} 还没有到，不能核对",
    "{on} is still to come and cannot be checked",
    remedy=("请在当天作业结束后核对。", "Check it once its work is done."),
    clause="S17",
)
DAILY_CHECK_UNEXPLAINED = kind(
    "daily_check_unexplained",
    Category.REFUSED,
    "有差异的须写明核实的情况",
    "What deviates needs a note of what was found out",
    remedy=("请写明差异的原因和处理。", "Say why it deviates and what was done."),
    clause="S17",
)
DAILY_CHECK_DONE = kind(
    "daily_check_done",
    Category.CONFLICT,
    "{name} 已于 {at} 核对，此后没有新的差异",
    "{name} checked it at {at}, and nothing new deviates since",
    remedy=("不必重复核对。", "There is nothing to check again."),
    clause="S17",
)
DAILY_CHECK_CHANGED = kind(
    "daily_check_changed",
    Category.CONFLICT,
    "打开本页之后差异有变化，没有登记",
    "What deviates has changed since the page was opened; nothing was recorded",
    remedy=("请刷新后核实再核对。", "Reload, look again, then check."),
    clause="S17",
)


@dataclass(frozen=True, slots=True)
class Login:
    """A login as the check sees it. `machine` tells browsers apart; `until` is when it can last have been used."""

    machine: str
    device_id: str | None
    begins: datetime
    until: datetime
    in_anothers_name: bool


@dataclass(frozen=True, slots=True)
class DailyCheck:
    """A tick: who looked at an account's day, when, what deviated then, what was found out."""

    id: str
    on: date
    account_id: str
    deviations: tuple[Deviation, ...]
    note: str
    checked_by: str
    checked_at: datetime


def deviations(
    on: date,
    left_on: date | None,
    logins: Sequence[Login],
    handouts: Sequence[DeviceHandout],
    now: datetime,
    day_ends: datetime,
) -> tuple[Deviation, ...]:
    """What does not fit together of one person's day; `handouts` are those of the day's devices to this person."""
    found = set[Deviation]()
    own = [login for login in logins if not login.in_anothers_name]
    if len(own) < len(logins):
        found.add(Deviation.IN_ANOTHERS_NAME)
    if own and left_on is not None and left_on < on:
        found.add(Deviation.AFTER_LEAVING)
    if any(login.device_id is not None and not _held(login, handouts) for login in own):
        found.add(Deviation.DEVICE_OF_ANOTHER)
    if _at_once([login for login in own if login.device_id is None]):
        found.add(Deviation.MACHINES_AT_ONCE)
    looked_at = min(now, day_ends)
    if any(
        one.due_at < looked_at and (one.returned_at is None or one.returned_at > one.due_at)
        for one in handouts
    ):
        found.add(Deviation.DEVICE_OVERDUE)
    return tuple(one for one in Deviation if one in found)


def check_findings(
    on: date,
    today: date,
    seen: Collection[Deviation],
    now_found: Collection[Deviation],
    note: str,
) -> list[Finding]:
    """S17 「由IT负责在每天作业时间结束后及时核对操作人员、作业计算机与催收系统登陆账号」: what a tick needs."""
    if on > today:
        return [Finding(DAILY_CHECK_TO_COME, "on", {"on": on})]
    if set(seen) != set(now_found):
        return [Finding(DAILY_CHECK_CHANGED, "deviations")]
    if now_found and not note.strip():
        return [Finding(DAILY_CHECK_UNEXPLAINED, "note")]
    return []


def holds(check: DailyCheck | None, found: Collection[Deviation]) -> bool:
    """Whether the day stands as it was ticked: a login that came later and fits in changes nothing."""
    return check is not None and set(check.deviations) == set(found)


def _held(login: Login, handouts: Sequence[DeviceHandout]) -> bool:
    """Whether the device was in this person's hands when the login began."""
    return any(
        one.device_id == login.device_id
        and one.issued_at <= login.begins
        and (one.returned_at is None or login.begins <= one.returned_at)
        for one in handouts
    )


def _at_once(logins: Sequence[Login]) -> bool:
    """Whether two machines were in use together for more than the moment of moving from one to the other."""
    moving = timedelta(minutes=1)
    ordered = sorted(logins, key=lambda login: (login.begins, login.until))
    return any(
        earlier.machine != later.machine and later.begins + moving < earlier.until
        for number, earlier in enumerate(ordered)
        for later in ordered[number + 1 :]
    )


kept_at("S17", "server/domain/daily_checks.py: deviations, check_findings")
