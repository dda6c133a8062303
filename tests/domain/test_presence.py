"""V1: two check-ins belong together by time, place and way; a code belongs to a person, a visit and half a minute."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from server.domain.policy.editions import HANDBOOK
from server.domain.presence import (
    code_fits,
    code_valid_until,
    distance_m,
    presence_code,
    separation_m,
    v1_present,
)
from server.domain.visits import CheckDirection, CheckIn, CheckInWay

AT = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
TEAM = ("lead", "partner")
METRE = 1 / 111_195.08  # degrees of latitude on the mean sphere


def check_in(
    who: str, minutes: float = 0, metres: float = 0, accuracy: float = 0, **changes: object
) -> CheckIn:
    row = CheckIn(
        id=f"{who}-{minutes}-{metres}",
        visit_id="v",
        account_id=who,
        direction=CheckDirection.IN,
        way=CheckInWay.OWN_DEVICE,
        at=AT + timedelta(minutes=minutes),
        latitude=35.0 + metres * METRE,
        longitude=113.9,
        accuracy_m=accuracy,
        device_id="d",
        provisional=False,
        verified_by=None,
        refusal=None,
        received_at=AT,
    )
    return replace(row, **changes)  # type: ignore[arg-type]


def test_the_distance_is_that_of_the_sphere() -> None:
    assert distance_m(35.0, 113.9, 36.0, 113.9) == pytest.approx(111_195.08, abs=0.01)
    assert distance_m(0, 179.5, 0, -179.5) == pytest.approx(111_195.08, abs=0.01)


@pytest.mark.parametrize(("metres", "together"), [(199.9, True), (200.0, True), (200.2, False)])
def test_two_hundred_metres(metres: float, together: bool) -> None:
    found = v1_present([check_in("lead"), check_in("partner", metres=metres)], TEAM, HANDBOOK)
    assert found.present == (TEAM if together else ("lead",))
    refusal = found.refusals[f"partner-0-{metres}"]
    assert refusal == (None if together else "check_ins_too_far_apart")


def test_both_accuracies_count_in_the_agents_favour() -> None:
    pair = [check_in("lead", accuracy=30), check_in("partner", metres=249, accuracy=20)]
    assert separation_m(*pair) == pytest.approx(199, abs=0.1)
    assert v1_present(pair, TEAM, HANDBOOK).present == TEAM
    assert separation_m(check_in("lead", accuracy=50), check_in("partner", metres=10)) == 0


@pytest.mark.parametrize(
    ("minutes", "together"), [(14, True), (15, True), (15 + 1 / 60, False), (-15, True), (-16, False)]
)
def test_fifteen_minutes(minutes: float, together: bool) -> None:
    found = v1_present([check_in("lead"), check_in("partner", minutes)], TEAM, HANDBOOK)
    first = ("lead",) if minutes > 0 else ("partner",)
    assert found.present == (TEAM if together else first)
    assert ("check_ins_too_long_apart" in found.refusals.values()) is not together


def test_a_second_try_makes_good_a_first_one_that_was_too_far() -> None:
    far, near = check_in("partner", metres=500), check_in("partner", minutes=5)
    found = v1_present([check_in("lead"), far, near], TEAM, HANDBOOK)
    assert found.present == TEAM
    assert found.refusals == {"lead-0-0": None, far.id: "another_check_in_counts", near.id: None}


def test_a_check_in_without_a_place_shows_nothing_of_the_other() -> None:
    found = v1_present(
        [check_in("lead"), check_in("partner", 1, latitude=None, longitude=None)], TEAM, HANDBOOK
    )
    assert found.present == ("lead",)
    assert found.refusals["partner-1-0"] == "check_in_place_unknown"


@pytest.mark.parametrize("refusal", ["device_not_issued", "presence_code_wrong"])
def test_what_was_refused_for_itself_stays_refused(refusal: str) -> None:
    found = v1_present([check_in("lead"), check_in("partner", refusal=refusal)], TEAM, HANDBOOK)
    assert found.present == ("lead",)
    assert found.refusals["partner-0-0"] == refusal


def test_a_trainee_is_not_asked() -> None:
    found = v1_present([check_in("lead"), check_in("trainee")], TEAM, HANDBOOK)
    assert found.present == ("lead",)
    assert "trainee-0-0" not in found.refusals


def test_the_order_of_arrival_changes_nothing() -> None:
    rows = [check_in("lead"), check_in("partner", 20), check_in("partner", 3, 250), check_in("lead", 10)]
    assert v1_present(rows, TEAM, HANDBOOK) == v1_present(rows[::-1], TEAM, HANDBOOK)
    assert v1_present(rows, TEAM, HANDBOOK).counted == {"lead-10-0", "partner-20-0"}


def test_signatures_at_the_desk_wait_for_the_manager_and_do_not_mix_with_a_device() -> None:
    desk = {"way": CheckInWay.DESK, "latitude": None, "longitude": None, "provisional": True}
    signed = [check_in("lead", **desk), check_in("partner", 200, **desk)]
    assert v1_present(signed, TEAM, HANDBOOK).present == ()
    confirmed = [replace(row, provisional=False) for row in signed]
    assert v1_present(confirmed, TEAM, HANDBOOK).present == TEAM
    mixed = [check_in("lead"), check_in("partner", 1, **desk | {"provisional": False})]
    assert v1_present(mixed, TEAM, HANDBOOK).refusals["partner-1-0"] == "desk_needs_both"


def test_a_code_holds_for_its_half_minute_and_the_ones_beside_it() -> None:
    code = presence_code("secret", "v", AT)
    assert len(code) == 6
    assert code_valid_until(AT) == AT + timedelta(seconds=30)
    fits = [code_fits("secret", "v", AT + timedelta(seconds=s), code) for s in (-31, -30, 0, 59, 60)]
    assert fits == [False, True, True, True, False]


def test_a_code_belongs_to_one_person_and_one_visit() -> None:
    code = presence_code("secret", "v", AT)
    assert not code_fits("other secret", "v", AT, code)
    assert not code_fits("secret", "other visit", AT, code)
