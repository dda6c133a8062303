"""The day's route of a team: how long the order of entry is, and a shorter order where there is one (M6: kilometres).

Owns what is shown of it: visits by id and metres, never where somebody lives. Refuses to force an order: the dispatcher
takes it over before publication, or leaves it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from server.domain.coordinates import Point
from server.domain.plan_problems import ROUTE_DIFFERS, TEAM_PUBLISHED
from server.domain.plans import VisitPlan, VisitTeam
from server.domain.problems import problem
from server.domain.routes import better_order
from server.domain.visits import Visit, VisitState
from server.services.places import known_points
from server.services.plan_views import PlanContents
from server.services.ports.places import Distances
from server.services.ports.unit_of_work import UnitOfWork
from server.services.visit_plans import OPEN_ON_PLAN, assign_visits

_NO_STOP = (VisitState.CANCELLED, VisitState.FAILED)


@dataclass(frozen=True, slots=True)
class Leg:
    from_visit_id: str
    to_visit_id: str
    distance_m: float


@dataclass(frozen=True, slots=True)
class Way:
    """An order of all stops; legs lead from each stop whose address has a point to the next such."""

    visit_ids: list[str]
    legs: list[Leg]
    total_m: float


@dataclass(frozen=True, slots=True)
class TeamRoute:
    """`better` is None where no order is shorter, and once a visit of the team has begun."""

    team_id: str
    entered: Way
    better: Way | None
    without_point: list[str]
    version: int


def routes_of(uow: UnitOfWork, distances: Distances, plan: PlanContents) -> list[TeamRoute]:
    """The routes of the teams that the reader sees, over the visits that the reader sees."""
    visits = uow.visits.by_ids(stop.id for team in plan.teams for stop in team.visits)
    points = _points(uow, list(visits.values()))
    return [
        _route(distances, team.id, team.version, [visits[stop.id] for stop in team.visits], points)
        for team in plan.teams
    ]


def take_over(
    uow: UnitOfWork, distances: Distances, plan: VisitPlan, team: VisitTeam, visit_ids: Sequence[str]
) -> VisitTeam:
    """Give the team's visits the better order that was shown; refused when by now another one would be."""
    visits = sorted(uow.visits.having(team_id=team.id), key=lambda visit: (visit.position, visit.id))
    if any(visit.lead_id is not None for visit in visits):
        raise problem(TEAM_PUBLISHED, team_id=team.id)
    better = _route(distances, team.id, team.version, visits, _points(uow, visits)).better
    if better is None or better.visit_ids != list(visit_ids):
        raise problem(ROUTE_DIFFERS, "visit_ids", team_id=team.id)
    return assign_visits(uow, plan, team, better.visit_ids)


def _points(uow: UnitOfWork, visits: Sequence[Visit]) -> dict[str, Point]:
    """By visit id."""
    addresses = uow.addresses.by_ids(visit.address_id for visit in visits)
    known = known_points(uow, addresses.values())
    return {
        visit.id: Point(point.latitude, point.longitude)
        for visit in visits
        if (point := known.get(visit.address_id)) is not None
    }


def _route(
    distances: Distances, team_id: str, version: int, listed: Sequence[Visit], points: dict[str, Point]
) -> TeamRoute:
    visits = [visit for visit in listed if visit.state not in _NO_STOP]
    placed = [visit.id for visit in visits if visit.id in points]
    unplaced = [visit.id for visit in visits if visit.id not in points]
    metres = distances.between([points[visit_id] for visit_id in placed])
    still_open = all(visit.state in OPEN_ON_PLAN for visit in visits)
    found = better_order(metres) if still_open else None
    return TeamRoute(
        team_id,
        _way([visit.id for visit in visits], placed, range(len(placed)), metres),
        None if found is None else _way([*(placed[at] for at in found), *unplaced], placed, found, metres),
        unplaced,
        version,
    )


def _way(
    visit_ids: list[str], placed: Sequence[str], order: Sequence[int], metres: Sequence[Sequence[float]]
) -> Way:
    legs = [Leg(placed[one], placed[other], metres[one][other]) for one, other in pairwise(order)]
    return Way(visit_ids, legs, round(sum(leg.distance_m for leg in legs), 1))
