"""A day's route: never longer than the order of entry, the shortest where it can be told, the same each time."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.routes import EXACT_STOPS, Metres, better_order, length_m, two_opt

Place = tuple[float, float]
PLACES = st.tuples(st.floats(0, 30_000), st.floats(0, 30_000))


def metres_of(places: Sequence[Place]) -> Metres:
    return [[math.dist(one, other) for other in places] for one in places]


def line(*kilometres: float) -> Metres:
    return metres_of([(at * 1000, 0.0) for at in kilometres])


def test_of_fewer_than_three_stops_there_is_nothing_to_order() -> None:
    for count in range(3):
        assert better_order(line(*range(count))) is None


def test_an_order_that_is_the_shortest_has_no_better_one() -> None:
    assert better_order(line(0, 1, 2, 3)) is None
    assert better_order(line(3, 2, 1, 0)) is None
    assert better_order(line(*range(30))) is None


def test_a_zigzag_is_straightened() -> None:
    assert better_order(line(0, 2, 1, 3)) == (0, 2, 1, 3)
    assert length_m((0, 2, 1, 3), line(0, 2, 1, 3)) == 3000


@pytest.mark.parametrize(("saved_m", "found"), [(0.5, False), (1.0, True), (1.5, True)])
def test_less_than_a_metre_is_no_better_way(saved_m: float, found: bool) -> None:
    last_m = 1000.0 + saved_m
    metres = [[0.0, last_m, 1000.0], [last_m, 0.0, 2.0], [1000.0, 2.0, 0.0]]
    assert (better_order(metres) is not None) is found


def test_stops_at_one_place_cost_nothing_and_break_nothing() -> None:
    assert better_order(metres_of([(0.0, 0.0)] * 12)) is None
    assert better_order(metres_of([(0.0, 0.0), (9.0, 0.0), (0.0, 0.0)])) in {(0, 2, 1), (1, 0, 2)}


@given(st.lists(PLACES, min_size=3, max_size=7))
def test_up_to_ten_stops_no_order_at_all_is_shorter(places: list[Place]) -> None:
    metres = metres_of(places)
    shortest = min(length_m(order, metres) for order in itertools.permutations(range(len(places))))
    found = better_order(metres)
    if found is None:
        assert length_m(range(len(places)), metres) <= shortest + 1.0
    else:
        assert length_m(found, metres) == pytest.approx(shortest)


@given(st.lists(PLACES, min_size=EXACT_STOPS + 1, max_size=25))
def test_with_more_stops_it_is_never_longer_than_the_order_of_entry(places: list[Place]) -> None:
    metres = metres_of(places)
    entered = tuple(range(len(places)))
    improved = two_opt(entered, metres)
    assert sorted(improved) == list(entered)
    assert length_m(improved, metres) <= length_m(entered, metres) + 1e-6
    found = better_order(metres)
    if found is not None:
        assert sorted(found) == list(entered)
        assert length_m(found, metres) <= length_m(entered, metres) - 1.0
        assert found == better_order(metres)
