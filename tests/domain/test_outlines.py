"""How far a point lies from a county: within, at its edges, in its holes, on its islands."""

from __future__ import annotations

import math

import pytest

from server.domain.outlines import distance_to_outline_m
from server.domain.presence import distance_m

# A square of a fifth of a degree, without a smaller square in its middle, and with an island to the east.
SQUARE = [(113.0, 35.0), (113.2, 35.0), (113.2, 35.2), (113.0, 35.2)]
HOLE = [(113.08, 35.08), (113.12, 35.08), (113.12, 35.12), (113.08, 35.12)]
ISLAND = [(113.3, 35.0), (113.31, 35.0), (113.31, 35.01), (113.3, 35.01)]
COUNTY = [SQUARE, HOLE, ISLAND]
METRE = 1 / 111_195.08


@pytest.mark.parametrize(
    "place", [(35.01, 113.01), (35.19, 113.19), (35.1, 113.07), (35.005, 113.305), (35.0799, 113.1)]
)
def test_within_is_no_distance(place: tuple[float, float]) -> None:
    assert distance_to_outline_m(COUNTY, *place) == 0.0


@pytest.mark.parametrize("metres", [1, 999, 1000, 1001, 5000])
def test_beyond_an_edge_the_distance_is_the_perpendicular(metres: int) -> None:
    assert distance_to_outline_m(COUNTY, 35.2 + metres * METRE, 113.1) == pytest.approx(metres, abs=0.05)
    assert distance_to_outline_m(COUNTY, 35.0 - metres * METRE, 113.1) == pytest.approx(metres, abs=0.05)


def test_a_metre_on_this_side_and_on_that() -> None:
    assert distance_to_outline_m(COUNTY, 35.2 - METRE, 113.1) == 0.0
    assert distance_to_outline_m(COUNTY, 35.2, 113.1) == pytest.approx(0.0, abs=0.01)
    assert distance_to_outline_m(COUNTY, 35.2 + METRE, 113.1) == pytest.approx(1.0, abs=0.01)


def test_beyond_a_corner_the_corner_is_nearest() -> None:
    north_east = 35.2 + 0.003, 113.2 + 0.004
    assert distance_to_outline_m(COUNTY, *north_east) == pytest.approx(
        distance_m(35.2, 113.2, *north_east), rel=0.001
    )


def test_a_hole_is_outside_and_its_edge_is_nearest() -> None:
    to_edge = distance_m(35.1, 113.1, 35.1, 113.12)
    assert distance_to_outline_m(COUNTY, 35.1, 113.1) == pytest.approx(to_edge, rel=0.001)


def test_between_mainland_and_island_the_nearer_counts() -> None:
    assert distance_to_outline_m(COUNTY, 35.005, 113.29) == pytest.approx(
        distance_m(35.005, 113.29, 35.005, 113.3), rel=0.001
    )
    assert distance_to_outline_m(COUNTY, 35.005, 113.21) == pytest.approx(
        distance_m(35.005, 113.21, 35.005, 113.2), rel=0.001
    )


def test_a_ring_that_repeats_a_corner_is_the_same_ring() -> None:
    repeated = [[*SQUARE, SQUARE[0]]]
    for place in ((35.1, 113.1), (35.3, 113.1)):
        assert distance_to_outline_m(repeated, *place) == distance_to_outline_m([SQUARE], *place)


def test_far_away_is_far_and_never_wrong_in_kind() -> None:
    beijing = distance_to_outline_m(COUNTY, 39.9, 116.4)
    assert beijing == pytest.approx(distance_m(39.9, 116.4, 35.2, 113.2), rel=0.03)
    assert math.isfinite(beijing)
