"""What is believed of a file where it and the phone differ, and how the visit stood when it came."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from server.domain.evidence import Capture, notes_on_visit, settled
from server.domain.visits import VisitState
from tests.support import visit_values as values

NOON = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
WALL = datetime(2026, 3, 10, 11, 30)


def test_a_time_without_offset_is_that_of_the_wall() -> None:
    found, notes = settled(Capture(at=WALL), Capture(), NOON)
    assert found.at == datetime(2026, 3, 10, 3, 30, tzinfo=UTC)
    assert notes == ("zone_assumed",)


@pytest.mark.parametrize("year", [1, 1990, 2200, 9999])
def test_a_clock_that_was_never_set_is_not_believed(year: int) -> None:
    never_set = datetime(year, 1, 1, tzinfo=timezone(timedelta(hours=14)))
    said = Capture(at=NOON - timedelta(minutes=1))
    assert settled(Capture(at=never_set), said, NOON) == (said, ("time_unusable",))


@pytest.mark.parametrize(("seconds", "notes"), [(0, ()), (600, ()), (601, ("time_in_future",))])
def test_ten_minutes_into_the_future_are_a_clock_that_drifts(seconds: int, notes: tuple[str, ...]) -> None:
    assert settled(Capture(), Capture(at=NOON + timedelta(seconds=seconds)), NOON)[1] == notes


def test_nothing_said_and_nothing_shown_is_nothing_known() -> None:
    assert settled(Capture(), Capture(), NOON) == (Capture(), ())


def test_a_place_takes_its_accuracy_from_where_it_comes_from() -> None:
    shown, said = Capture(None, 35.0, 113.0, None), Capture(None, 35.0, 113.0, 8.0)
    assert settled(shown, said, NOON)[0].accuracy_m is None
    assert settled(Capture(accuracy_m=5.0), said, NOON)[0].accuracy_m == 8.0


@pytest.mark.parametrize(("degrees", "notes"), [(0.00179, ()), (0.00181, ("place_differs",))])
def test_two_hundred_metres_are_one_place(degrees: float, notes: tuple[str, ...]) -> None:
    shown, said = Capture(None, 35.0, 113.0), Capture(None, 35.0 + degrees, 113.0)
    assert settled(shown, said, NOON)[1] == notes


def test_how_the_visit_stood_is_noted() -> None:
    case = values.placement(values.debtor())
    home = values.address(case)
    held = values.visit(case, to=home, started_at=NOON, hold_id="h")
    assert notes_on_visit(held) == ("visit_on_hold",)
    never = values.visit(case, to=home, started_at=None, state=VisitState.CANCELLED, voided_at=NOON)
    assert notes_on_visit(never) == ("visit_cancelled", "visit_voided", "visit_not_started")
