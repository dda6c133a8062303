"""What deviates of a person's day, and what a tick needs (S17): each boundary one minute to either side."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from server.domain.daily_checks import (
    DailyCheck,
    Deviation,
    Login,
    check_findings,
    deviations,
    holds,
)
from server.domain.visits import DeviceHandout

DAY = date(2026, 3, 10)
NINE = datetime(2026, 3, 10, 1, tzinfo=UTC)
MIDNIGHT = datetime(2026, 3, 10, 16, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LOGIN = Login("Firefox", None, NINE, NINE + 60 * MINUTE, False)
HANDOUT = DeviceHandout(
    "h", "phone", "chen", NINE, "wang", "完好", NINE + timedelta(hours=9), None, None, None, 1
)


def found(
    *logins: Login,
    handouts: tuple[DeviceHandout, ...] = (),
    left: date | None = None,
    now: datetime = MIDNIGHT,
) -> tuple[Deviation, ...]:
    return deviations(DAY, left, logins, handouts, now, MIDNIGHT)


def test_a_day_in_which_everything_fits_deviates_in_nothing() -> None:
    assert found(LOGIN) == ()
    assert found() == ()
    assert found(LOGIN, replace(LOGIN, begins=NINE + 90 * MINUTE, until=MIDNIGHT)) == ()


def test_two_machines_at_once_are_more_than_a_move_from_one_to_the_other() -> None:
    for minutes, at_once in ((57, True), (58, True), (59, False), (60, False)):
        later = replace(LOGIN, machine="Edge", begins=NINE + minutes * MINUTE, until=MIDNIGHT)
        assert (Deviation.MACHINES_AT_ONCE in found(LOGIN, later)) is at_once, minutes
        assert found(LOGIN, replace(later, machine="Firefox")) == ()
        assert (
            found(LOGIN, replace(later, device_id="phone"), handouts=(replace(HANDOUT, due_at=MIDNIGHT),))
            == ()
        )


def test_a_device_is_held_from_its_handing_out_to_its_return() -> None:
    held = replace(HANDOUT, returned_at=NINE + 60 * MINUTE)
    for minutes, fits in ((-1, False), (0, True), (1, True), (59, True), (60, True), (61, False)):
        login = replace(LOGIN, device_id="phone", begins=NINE + minutes * MINUTE)
        assert (found(login, handouts=(held,)) == ()) is fits, minutes
    assert found(replace(LOGIN, device_id="other"), handouts=(held,)) == (Deviation.DEVICE_OF_ANOTHER,)


def test_a_device_is_overdue_from_its_time_on_until_it_came_back() -> None:
    due = HANDOUT.due_at
    for now, late in ((due - MINUTE, False), (due, False), (due + MINUTE, True)):
        assert (found(handouts=(HANDOUT,), now=now) == (Deviation.DEVICE_OVERDUE,)) is late, now
    for back, late in ((due - MINUTE, False), (due, False), (due + MINUTE, True)):
        assert (found(handouts=(replace(HANDOUT, returned_at=back),)) != ()) is late, back
    tomorrow = replace(HANDOUT, due_at=MIDNIGHT + MINUTE)
    assert found(handouts=(tomorrow,), now=MIDNIGHT + 9 * MINUTE) == (), "the day was over before it was due"


def test_who_left_may_work_on_the_last_day_and_no_longer() -> None:
    for days, deviates in ((-1, True), (0, False), (1, False)):
        left = DAY + timedelta(days=days)
        assert (found(LOGIN, left=left) == (Deviation.AFTER_LEAVING,)) is deviates, days
    sent = replace(LOGIN, in_anothers_name=True)
    assert found(sent, left=DAY - timedelta(days=1)) == (Deviation.IN_ANOTHERS_NAME,)


def test_the_gravest_stands_first() -> None:
    stray = replace(LOGIN, device_id="stray")
    assert found(stray, handouts=(HANDOUT,), left=date(2026, 3, 1)) == (
        Deviation.AFTER_LEAVING, Deviation.DEVICE_OF_ANOTHER, Deviation.DEVICE_OVERDUE,
    )  # fmt: skip


def test_a_tick_is_of_a_day_that_has_come_of_what_was_seen_and_with_a_note() -> None:
    some = (Deviation.DEVICE_OVERDUE,)

    def refused(on: date, seen: tuple[Deviation, ...], there: tuple[Deviation, ...], note: str) -> list[str]:
        return [one.kind.code for one in check_findings(on, DAY, seen, there, note)]

    assert refused(DAY + timedelta(days=1), (), (), "") == ["daily_check_to_come"]
    assert refused(DAY, (), some, "x") == ["daily_check_changed"]
    assert refused(DAY, some, (), "x") == ["daily_check_changed"]
    assert refused(DAY, some, some, " ") == ["daily_check_unexplained"]
    assert refused(DAY, some, some, "x") == refused(DAY, (), (), "") == []
    assert refused(DAY - timedelta(days=400), (), (), "") == []


def test_a_tick_holds_while_the_same_deviates() -> None:
    check = DailyCheck("c", DAY, "chen", (Deviation.DEVICE_OVERDUE,), "x", "tao", MIDNIGHT)
    assert holds(check, [Deviation.DEVICE_OVERDUE])
    assert not holds(check, [])
    assert not holds(check, [Deviation.DEVICE_OVERDUE, Deviation.MACHINES_AT_ONCE])
    assert not holds(None, [])
