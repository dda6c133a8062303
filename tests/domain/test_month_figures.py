"""M6's figures: nothing divided by nothing, who counts as met, ways from stop to stop of a team's day."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import pytest

from server.domain.month_figures import VisitMade, figures_by_agent, m6_figures
from server.domain.presence import distance_m
from tests.support.rows import at

ZHENGZHOU, XINXIANG, KAIFENG = (34.75, 113.62), (35.30, 113.92), (34.80, 114.31)


def made(number: int, hour: int, place: tuple[float, float] | None, *, day: str = "2026-03-10", met: bool = False,
         reached: bool = False, agents: tuple[str, ...] = ("a", "b")) -> VisitMade:  # fmt: skip
    latitude, longitude = place or (None, None)
    began = at(day, "00:00:00") + timedelta(hours=hour)
    return VisitMade(str(number), began, agents, met, reached or met, latitude, longitude)


def test_of_no_visits_there_is_no_share_and_nothing_a_visit() -> None:
    found = m6_figures([], 500)
    assert (found.met_share, found.reached_share, found.fen_a_visit, found.fen_a_kilometre) == (None,) * 4
    assert (found.visits, found.metres, found.credited_fen) == (0, 0, 500)


def test_shares_are_parts_of_all_visits_that_began() -> None:
    found = m6_figures(
        [made(1, 9, None, met=True), made(2, 10, None, reached=True), made(3, 11, None)], 1_000
    )
    assert (found.met_share, found.reached_share) == (Fraction(1, 3), Fraction(2, 3))
    assert (found.fen_a_visit, found.unplaced) == (333, 3)


def test_a_way_leads_from_stop_to_stop_in_the_order_of_the_clock() -> None:
    stops = [made(2, 11, XINXIANG), made(1, 9, ZHENGZHOU), made(3, 14, KAIFENG), made(4, 12, None)]
    found = m6_figures(stops, 1_000_000)
    assert found.metres == pytest.approx(distance_m(*ZHENGZHOU, *XINXIANG) + distance_m(*XINXIANG, *KAIFENG))
    assert found.fen_a_kilometre == int(1_000_000 * 1000 / found.metres)
    assert found.unplaced == 1


def test_each_team_and_each_day_has_a_way_of_its_own() -> None:
    other_team = m6_figures([made(1, 9, ZHENGZHOU), made(2, 10, XINXIANG, agents=("c", "d"))], 100)
    # 23:59 and 00:00 in Shanghai are two days
    midnight = m6_figures([made(1, 23, ZHENGZHOU), made(2, 24, XINXIANG)], 100)
    assert (other_team.metres, midnight.metres) == (0, 0)
    assert midnight.fen_a_kilometre is None
    assert m6_figures([made(1, 22, ZHENGZHOU), made(2, 23, XINXIANG)], 100).metres > 60_000


def test_a_visit_counts_for_both_and_money_by_the_own_share() -> None:
    found = figures_by_agent(
        [made(1, 9, None, met=True), made(2, 10, None, agents=("a", "c"))], {"a": 300, "d": 50}
    )
    assert {id_: (one.visits, one.met, one.credited_fen) for id_, one in found.items()} == {
        "a": (2, 1, 300), "b": (1, 1, 0), "c": (1, 0, 0), "d": (0, 0, 50),
    }  # fmt: skip
    assert found["d"].fen_a_visit is None
