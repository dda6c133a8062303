"""What is said of a visit while it runs: nothing of one that is over, each alarm at its edge, the gravest first."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

from server.domain.live import CLAUSE, Alarm, Running, alarms
from server.domain.placements import Hold
from server.domain.policy.editions import HANDBOOK
from server.domain.visits import CheckIn, Visit, VisitState
from tests.domain.test_plan_rules import HOLD, VISIT
from tests.support import visit_values as values

START = datetime(2026, 3, 11, 1, 0, tzinfo=UTC)
UNTIL = START + timedelta(hours=3)
RUNNING = dataclasses.replace(
    VISIT, state=VisitState.IN_PROGRESS, lead_id="chenlei", partner_id="wangqiang", valid_from=START,
    valid_until=UNTIL, started_at=START,
)  # fmt: skip


def came(account_id: str = "chenlei", at: datetime = START, **changes: object) -> CheckIn:
    return values.check_in(RUNNING, account_id, at, **changes)


def said(
    visit: Visit = RUNNING,
    *,
    present: int = 2,
    now: datetime = START,
    hold: Hold | None = None,
    of: list[CheckIn] | None = None,
) -> list[Alarm]:
    return alarms(Running(visit, present, [came()] if of is None else of, hold), HANDBOOK, now)


@pytest.mark.parametrize("state", [VisitState.COMPLETED, VisitState.FAILED, VisitState.CANCELLED], ids=str)
def test_nothing_is_said_of_what_is_over(state: VisitState) -> None:
    over = dataclasses.replace(RUNNING, state=state, ended_at=UNTIL)
    assert said(over, present=1, now=UNTIL + timedelta(days=1), hold=HOLD) == []


@pytest.mark.parametrize(
    ("minutes", "alarm"),
    [(14, Alarm.PARTNER_AWAITED), (15, Alarm.PARTNER_AWAITED), (16, Alarm.PARTNER_MISSING)],
)
def test_a_partner_is_awaited_for_the_minutes_of_the_policy(minutes: int, alarm: Alarm) -> None:
    assert said(present=1, now=START + timedelta(minutes=minutes)) == [alarm]


def test_a_refused_check_in_starts_no_wait_and_two_present_are_no_alarm() -> None:
    later = came(at=START + timedelta(minutes=10))
    refused = came(refusal="device_not_issued")
    now = START + timedelta(minutes=20)
    assert said(present=0, now=now, of=[refused, later]) == [Alarm.PARTNER_AWAITED]
    assert said(present=2, now=now) == []


@pytest.mark.parametrize(("seconds", "expected"), [(-1, []), (0, []), (1, [Alarm.OVERDUE])])
def test_a_team_is_overdue_past_its_hours(seconds: int, expected: list[Alarm]) -> None:
    assert said(now=UNTIL + timedelta(seconds=seconds)) == expected


@pytest.mark.parametrize(("seconds", "expected"), [(-1, []), (0, []), (1, [Alarm.LEASE_OVER])])
def test_a_visit_that_did_not_begin_is_told_when_its_hours_are_over(
    seconds: int, expected: list[Alarm]
) -> None:
    published = dataclasses.replace(RUNNING, state=VisitState.PUBLISHED, started_at=None)
    assert said(published, present=0, now=UNTIL + timedelta(seconds=seconds), of=[]) == expected


def test_the_gravest_comes_first_and_each_names_its_clause() -> None:
    late = UNTIL + timedelta(minutes=1)
    assert said(present=1, now=late, hold=HOLD) == [Alarm.PARTNER_MISSING, Alarm.OVERDUE, Alarm.HELD]
    assert CLAUSE.keys() == set(Alarm)
