"""Datums: what was converted comes back to under a centimetre, and outside of China nothing moves."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.coordinates import Datum, Point, converted, shifted
from server.domain.presence import distance_m

DATUMS = list(Datum)
# Between the westernmost and the easternmost county, the southernmost and the northernmost.
IN_CHINA = st.builds(
    Point, latitude=st.floats(3.4, 53.6), longitude=st.floats(73.5, 135.1), datum=st.sampled_from(DATUMS)
)


def apart_m(one: Point, other: Point) -> float:
    assert one.datum is other.datum
    return distance_m(one.latitude, one.longitude, other.latitude, other.longitude)


# Pairs that the common converters for JavaScript and Python print of 天安门 (coordtransform and its ports); their way
# back to WGS-84 subtracts the shift once, so of that way only our own return is a reference.
PAIRS = [
    (Point(39.915, 116.404), Point(39.91640428150164, 116.41024449916938, Datum.GCJ02)),
    (Point(39.915, 116.404, Datum.GCJ02), Point(39.92133699351021, 116.41036949371029, Datum.BD09)),
]


@pytest.mark.parametrize(("point", "expected"), PAIRS)
def test_known_points_are_converted_as_everybody_converts_them(point: Point, expected: Point) -> None:
    assert apart_m(converted(point, expected.datum), expected) < 0.001
    assert apart_m(converted(expected, point.datum), point) < 0.001


@given(IN_CHINA, st.sampled_from(DATUMS), st.sampled_from(DATUMS))
def test_the_way_back_ends_where_it_began(point: Point, by: Datum, also_by: Datum) -> None:
    there = converted(converted(point, by), also_by)
    assert there.datum is also_by
    assert apart_m(converted(there, point.datum), point) < 0.01


def test_subtracting_the_shift_once_would_miss_by_metres() -> None:
    """Why the inverse is iterated: the usual short cut, on the same points."""

    def short_cut(point: Point) -> Point:
        again = converted(Point(point.latitude, point.longitude), Datum.GCJ02)
        return Point(2 * point.latitude - again.latitude, 2 * point.longitude - again.longitude)

    worst: dict[Callable[[Point], Point], float] = {}
    for inverse in (short_cut, lambda point: converted(point, Datum.WGS84)):
        places = [Point(20 + row * 1.1, 75 + column * 1.3) for row in range(30) for column in range(46)]
        worst[inverse] = max(apart_m(inverse(converted(one, Datum.GCJ02)), one) for one in places)
    one_step, iterated = worst.values()
    assert one_step > 3
    assert iterated < 0.001


def test_the_shift_itself_is_hundreds_of_metres() -> None:
    """A point whose datum is forgotten is in another street."""
    zhengzhou = Point(34.7466, 113.6254)
    for datum, least, most in ((Datum.GCJ02, 300, 800), (Datum.BD09, 500, 1800)):
        taken_for_wgs = converted(zhengzhou, datum)
        off = distance_m(
            zhengzhou.latitude, zhengzhou.longitude, taken_for_wgs.latitude, taken_for_wgs.longitude
        )
        assert least < off < most


@pytest.mark.parametrize("place", [(51.5, -0.12), (-33.9, 151.2), (40.7, -74.0), (35.7, 139.7), (0.0, 110.0)])
def test_outside_of_china_the_datums_are_the_same(place: tuple[float, float]) -> None:
    assert not shifted(*place)
    for datum in DATUMS:
        there = converted(Point(*place), datum)
        assert (there.latitude, there.longitude) == place
        assert converted(there, Datum.WGS84) == Point(*place)
