"""A day's routes over HTTP: order of entry and a shorter one with their legs; taken over before publication, or not."""

from __future__ import annotations

from typing import Any

import pytest

from server.domain.plans import PlanState, VisitPlan, VisitTeam
from server.domain.visits import Visit, VisitState
from tests.conftest import Desk
from tests.support.builders import make_address, make_placement, make_visit
from tests.support.cast import AGENT, COLLECTOR, DISPATCHER, MANAGER, OUTSIDE_DISPATCHER
from tests.support.geography import make_point
from tests.support.on_site import METRE
from tests.support.plan_builders import make_plan, make_team


class Day:
    """A team whose stops lie on one meridian, so many kilometres north of its south end; None: nobody knows where."""

    def __init__(
        self,
        desk: Desk,
        *kilometres: float | None,
        state: VisitState = VisitState.PLANNED,
        plan_state: PlanState = PlanState.DRAFT,
    ) -> None:
        self.desk = desk
        self.plan: VisitPlan = make_plan(desk, state=plan_state)
        self.team: VisitTeam = make_team(desk, self.plan)
        self.visits = [self._stop(at, position, state) for position, at in enumerate(kilometres)]

    def _stop(self, at: float | None, position: int, state: VisitState) -> Visit:
        placement = make_placement(self.desk)
        address = make_address(self.desk, placement)
        if at is not None:
            make_point(self.desk, address, 35.0 + at * 1000 * METRE, 113.9)
        on_plan = {"plan_id": self.plan.id, "team_id": self.team.id, "position": position}
        team = {} if state is not VisitState.PLANNED else {"lead": None, "partner": None}
        return make_visit(self.desk, placement, address, state, **team, **on_plan)

    def ids(self, *order: int) -> list[str]:
        return [self.visits[at].id for at in order]

    def route(self) -> Any:
        (route,) = self.desk.ok(self.desk.get(DISPATCHER, f"/api/v1/visit-plans/{self.plan.id}/routes"))[
            "items"
        ]
        return route

    def take(self, visit_ids: list[str], version: int = 1) -> Any:
        path = f"/api/v1/visit-teams/{self.team.id}/take-route"
        return self.desk.post(
            DISPATCHER, path, {"visit_ids": visit_ids}, headers={"If-Match": f'"{version}"'}
        )


def legs(way: Any) -> list[int]:
    return [round(leg["distance_m"], -1) for leg in way["legs"]]


def test_who_does_not_reach_the_plan_finds_no_routes(desk: Desk) -> None:
    day = Day(desk, 0, 2, 1)
    path = f"/api/v1/visit-plans/{day.plan.id}/routes"
    desk.refused(desk.get(OUTSIDE_DISPATCHER, path), 404, "not_found")
    desk.refused(desk.get(AGENT, path), 404, "not_found")  # a draft is the desk's alone


def test_the_order_of_entry_and_a_shorter_one_with_their_legs(desk: Desk) -> None:
    day = Day(desk, 0, 10, 1, 9)
    route = day.route()
    assert (route["team_id"], route["without_point"]) == (day.team.id, [])
    assert route["entered"]["visit_ids"] == day.ids(0, 1, 2, 3)
    assert legs(route["entered"]) == [10_000, 9_000, 8_000]
    assert route["entered"]["total_m"] == pytest.approx(27_000, abs=5)
    assert route["better"]["visit_ids"] == day.ids(0, 2, 3, 1)
    assert legs(route["better"]) == [1_000, 8_000, 1_000]
    assert route["better"]["total_m"] == pytest.approx(10_000, abs=5)
    assert [leg["to_visit_id"] for leg in route["better"]["legs"]] == day.ids(2, 3, 1)
    assert "latitude" not in str(route)


def test_an_order_that_is_the_shortest_has_no_better_one(desk: Desk) -> None:
    assert Day(desk, 0, 1, 5).route()["better"] is None


def test_stops_whose_place_nobody_knows_are_named_and_left_at_the_end(desk: Desk) -> None:
    day = Day(desk, 0, None, 10, 1)
    route = day.route()
    assert route["without_point"] == day.ids(1)
    assert route["entered"]["visit_ids"] == day.ids(0, 1, 2, 3)
    assert legs(route["entered"]) == [10_000, 9_000]
    assert route["better"]["visit_ids"] == day.ids(0, 3, 2, 1)


@pytest.mark.parametrize("kilometres", [(), (3,), (None, None, None), (0, None, 7)])
def test_with_fewer_than_three_known_stops_there_is_nothing_to_improve(
    kilometres: tuple[float | None, ...], desk: Desk
) -> None:
    route = Day(desk, *kilometres).route()
    assert route["better"] is None
    assert len(route["entered"]["visit_ids"]) == len(kilometres)


def test_once_a_visit_has_begun_no_other_order_is_shown(desk: Desk) -> None:
    day = Day(desk, 0, 10, 1, state=VisitState.IN_PROGRESS)
    assert day.route()["better"] is None
    assert legs(day.route()["entered"]) == [10_000, 9_000]


def test_the_team_sees_the_route_of_its_published_day(desk: Desk) -> None:
    day = Day(desk, 0, 10, 1, state=VisitState.PUBLISHED, plan_state=PlanState.PUBLISHED)
    shown = desk.ok(desk.get(AGENT, f"/api/v1/visit-plans/{day.plan.id}/routes"))["items"]
    assert [route["better"]["visit_ids"] for route in shown] == [day.ids(0, 2, 1)]


def test_only_the_dispatcher_takes_a_route_over(desk: Desk) -> None:
    day = Day(desk, 0, 10, 1)
    path = f"/api/v1/visit-teams/{day.team.id}/take-route"
    for member in (COLLECTOR, AGENT, MANAGER):
        desk.refused(desk.post(member, path, {"visit_ids": day.ids(0, 2, 1)}), 403, "forbidden")
    desk.refused(
        desk.post(OUTSIDE_DISPATCHER, path, {"visit_ids": day.ids(0, 2, 1)}, headers={"If-Match": '"1"'}),
        404,
        "not_found",
    )
    desk.refused(desk.post(DISPATCHER, path, {"visit_ids": day.ids(0, 2, 1)}), 428, "if_match_needed")
    desk.refused(day.take(day.ids(0, 2, 1), version=9), 412, "stale")


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 2, 0), (0, 2), (0, 2, 1, 1)])
def test_an_order_that_is_not_the_one_shown_is_refused(order: tuple[int, ...], desk: Desk) -> None:
    day = Day(desk, 0, 10, 1)
    refused = desk.refused(day.take(day.ids(*order)), 409, "route_differs")
    assert refused["errors"][0]["field"] == "visit_ids"


def test_where_there_is_no_better_order_none_is_taken(desk: Desk) -> None:
    day = Day(desk, 0, 1, 2)
    desk.refused(day.take(day.ids(0, 1, 2)), 409, "route_differs")


def test_a_published_team_keeps_its_order(desk: Desk) -> None:
    day = Day(desk, 0, 10, 1, state=VisitState.PUBLISHED)
    desk.refused(day.take(day.ids(0, 2, 1)), 409, "team_published")


def test_the_better_order_is_taken_over_and_then_there_is_none_better(desk: Desk) -> None:
    day = Day(desk, 0, None, 10, 1)
    better = day.route()["better"]["visit_ids"]
    taken = desk.ok(day.take(better))
    assert [visit["id"] for visit in taken["visits"]] == better
    route = day.route()
    assert (route["entered"]["visit_ids"], route["better"]) == (better, None)
    assert route["version"] == taken["version"] == 2
