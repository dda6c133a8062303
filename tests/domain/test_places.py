"""The place of a visit: each threshold a metre before, at and after; accuracy counts for the agents; contradictions."""

from __future__ import annotations

import pytest

from server.domain.outlines import distance_to_outline_m
from server.domain.places import (
    Against,
    KnownPoint,
    Observation,
    Observed,
    PlaceVerdict,
    Reference,
    VisitPlace,
    near_point,
    verdict_of,
    visit_place,
    within_county,
)
from tests.domain.test_outlines import METRE, SQUARE

INSIDE, UNSURE, OUTSIDE = PlaceVerdict
DOOR = 35.0, 113.95
POINT = near_point(KnownPoint(*DOOR, 0.0, Against.GEOCODED))
COUNTY = within_county([SQUARE])


def seen(metres: float, accuracy_m: float = 0.0, source: Observed = Observed.CHECK_IN) -> Observation:
    """So many metres north of the door."""
    return Observation(source, f"{source}-{metres:08.1f}", DOOR[0] + metres * METRE, DOOR[1], accuracy_m)


def place(*observations: Observation, reference: Reference | None = POINT) -> VisitPlace:
    found = visit_place(observations, reference)
    assert found is not None
    return found


def code(found: VisitPlace) -> str | None:
    return None if found.flag is None else found.flag.kind.code


def test_nothing_seen_is_no_place_at_all() -> None:
    assert visit_place([], POINT) is None
    assert visit_place([], None) is None


def test_nothing_to_measure_against_is_unsure_and_no_flag() -> None:
    found = place(seen(0), reference=None)
    assert (found.verdict, found.against, found.distance_m, code(found)) == (
        UNSURE,
        Against.NOTHING,
        None,
        None,
    )
    assert [one.verdict for one in found.observations] == [UNSURE]


@pytest.mark.parametrize(
    ("metres", "verdict", "flag"),
    [
        (0, INSIDE, None),
        (499, INSIDE, None),
        (500, INSIDE, None),
        (501, UNSURE, None),
        (1999, UNSURE, None),
        (2000, UNSURE, None),
        (2001, OUTSIDE, "place_far_from_address"),
        (4999, OUTSIDE, "place_far_from_address"),
        (5000, OUTSIDE, "place_far_from_address"),
        (5001, OUTSIDE, "place_elsewhere"),
    ],
)
def test_against_a_point(metres: int, verdict: PlaceVerdict, flag: str | None) -> None:
    found = place(seen(metres))
    assert (found.verdict, code(found)) == (verdict, flag)
    assert found.distance_m == pytest.approx(metres, abs=0.2)
    assert found.clause == ("V8" if flag == "place_elsewhere" else "V1")


@pytest.mark.parametrize(
    ("metres", "verdict", "flag"),
    [
        (-50, INSIDE, None),
        (999, INSIDE, None),
        (1000, INSIDE, None),
        (1001, UNSURE, None),
        (1999, UNSURE, None),
        (2000, UNSURE, None),
        (2001, OUTSIDE, "place_far_from_address"),
        (5000, OUTSIDE, "place_far_from_address"),
        (5001, OUTSIDE, "place_elsewhere"),
    ],
)
def test_against_the_outline_of_a_county(metres: int, verdict: PlaceVerdict, flag: str | None) -> None:
    north = Observation(Observed.CHECK_IN, "one", 35.2 + metres * METRE, 113.1, 0.0)
    found = place(north, reference=COUNTY)
    assert (found.verdict, code(found), found.against) == (verdict, flag, Against.COUNTY_OUTLINE)
    assert found.distance_m == pytest.approx(max(metres, 0), abs=0.2)
    assert distance_to_outline_m([SQUARE], north.latitude, north.longitude) == pytest.approx(
        found.distance_m, abs=0.2
    )


@pytest.mark.parametrize(
    ("accuracy_m", "verdict"), [(1499, UNSURE), (1500, INSIDE), (1501, INSIDE), (0, UNSURE)]
)
def test_a_circle_that_overlaps_counts_for_the_agents(accuracy_m: float, verdict: PlaceVerdict) -> None:
    assert place(seen(2000, accuracy_m)).verdict is verdict


def test_both_circles_are_taken_off_and_told_together() -> None:
    reference = near_point(KnownPoint(*DOOR, 300.0, Against.EARLIER_VISIT))
    found = place(seen(2600, 300.0), reference=reference)
    assert (found.verdict, found.accuracy_m, found.against) == (UNSURE, 600.0, Against.EARLIER_VISIT)
    assert place(seen(2601, 300.0), reference=reference).verdict is OUTSIDE


@pytest.mark.parametrize(
    ("metres", "accuracy_m", "verdict"),
    [(60_000, 5_000, OUTSIDE), (60_000, 5_001, UNSURE), (500, 5_001, INSIDE), (60_000, 1_000_000, UNSURE)],
)
def test_a_circle_wider_than_an_alarm_proves_nothing(
    metres: float, accuracy_m: float, verdict: PlaceVerdict
) -> None:
    """A phone that knows only its town is inside anywhere; it is not held against the agents either."""
    assert verdict_of(metres, accuracy_m, POINT) is verdict
    found = place(seen(metres, accuracy_m))
    assert found.verdict is verdict
    assert (code(found) is None) is (verdict is not OUTSIDE)


def test_of_several_check_ins_the_best_for_the_team_decides() -> None:
    found = place(seen(4000), seen(90), seen(700))
    assert (found.verdict, found.distance_m) == (INSIDE, pytest.approx(90, abs=0.2))
    assert [one.verdict for one in found.observations] == [OUTSIDE, INSIDE, UNSURE]


def photo(metres: float) -> Observation:
    return seen(metres, source=Observed.PHOTO)


@pytest.mark.parametrize(
    ("check_in", "of_photo", "verdict"),
    [
        (0, 0, INSIDE),
        (0, 1000, INSIDE),
        (1000, 0, INSIDE),
        (1000, 1000, UNSURE),
        (0, 9000, UNSURE),
        (9000, 0, UNSURE),
        (9000, 1000, UNSURE),
        (9000, 9000, OUTSIDE),
    ],
)
def test_check_ins_and_photos_must_both_be_outside(
    check_in: float, of_photo: float, verdict: PlaceVerdict
) -> None:
    found = place(photo(of_photo), seen(check_in))
    assert found.verdict is verdict
    assert found.distance_m == pytest.approx(check_in, abs=0.5)


def test_photos_alone_are_judged_too() -> None:
    found = place(photo(3000))
    assert (found.verdict, code(found)) == (OUTSIDE, "place_far_from_address")
    assert "3000" in found.flag.zh() if found.flag else False
