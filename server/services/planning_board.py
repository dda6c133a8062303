"""The planning board: what waits for a day's plan with all that speaks against going there, and a visit put in its
place.

Owns what is known of each visit before it is dropped on a team, so that nothing is refused that could have been seen.
Refuses what the plan's rules refuse. A constant number of queries, whatever waits.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from server.domain.access import Reach, Scope
from server.domain.calendar import local_day
from server.domain.pack_sketch import Mark, MarkKind, Sketch, sketch
from server.domain.placements import Address, Placement, placement_end
from server.domain.plan_rules import (
    PlannedVisit,
    plan_warnings,
    r16_travel_approved,
    visit_findings,
)
from server.domain.plans import VisitPlan, VisitTeam
from server.domain.problems import NOT_FOUND, WRONG_STATE, Finding, problem
from server.domain.visits import AddressOutcome, Visit, VisitState
from server.services import plan_facts, routes, visit_plans
from server.services.places import known_points
from server.services.plan_views import PlanContents
from server.services.ports.paging import PageRequest
from server.services.ports.places import Distances
from server.services.ports.unit_of_work import UnitOfWork
from server.services.routes import TeamRoute

WAITING_SHOWN = 100  # more is narrowed to a district; a hundred cards are what one person looks through


@dataclass(frozen=True, slots=True)
class Earlier:
    """The last visit to the same address that ended, and how many there were."""

    day: date
    outcome: AddressOutcome | None
    times: int


@dataclass(frozen=True, slots=True)
class Card:
    """A visit as the board shows it. `forbidding` keeps it off this day, `warnings` are to be known."""

    visit: Visit
    placement: Placement
    address: Address
    forbidding: list[Finding]
    warnings: list[Finding]
    ends_on: date
    earlier: Earlier | None


@dataclass(frozen=True, slots=True)
class Board:
    """`cards` by visit id, of what waits and of what stands on the plan; `waiting` by district, first what may go.
    `marks` by visit id, of those whose place is known; `ways` are each team's stops in their order."""

    waiting: list[Card]
    more: bool
    cards: Mapping[str, Card]
    routes: Mapping[str, TeamRoute]
    marks: Mapping[str, Mark]
    ways: Sequence[Sequence[Mark]]

    @property
    def sketch(self) -> Sketch | None:
        return sketch(list(self.marks.values()))


def board(
    uow: UnitOfWork,
    distances: Distances,
    plan: VisitPlan,
    contents: PlanContents,
    county_code: str | None = None,
) -> Board:
    """The board of a day; `county_code` narrows what waits to one district."""
    of_branch = Reach(Scope.BRANCH, "", None, None, plan.branch_id)
    page = uow.visits.page(
        PageRequest(WAITING_SHOWN), of_branch, state=VisitState.ACCEPTED, county_code=county_code
    )
    placed = uow.visits.by_ids(stop.id for team in contents.teams for stop in team.visits)
    cards = _cards(uow, plan, [*page.items, *placed.values()])
    waiting = sorted(
        (cards[visit.id] for visit in page.items),
        key=lambda card: (card.address.county_code, bool(card.forbidding), card.ends_on, card.visit.id),
    )
    found = {route.team_id: route for route in routes.routes_of(uow, distances, contents)}
    marks = _marks(uow, contents, waiting, cards)
    ways = [[marks[stop.id] for stop in team.visits if stop.id in marks] for team in contents.teams]
    return Board(waiting, page.next is not None, cards, found, marks, ways)


def place(
    uow: UnitOfWork, plan: VisitPlan, visit_id: str, team_id: str | None, position: int | None
) -> VisitTeam:
    """Put a visit on a team before its `position`th stop, or at its end; without a team it waits again."""
    visit = uow.visits.need(visit_id)
    team = _team(uow, plan, visit, team_id)
    held = sorted(uow.visits.having(team_id=team.id), key=lambda one: (one.position, one.id))
    order = [one.id for one in held if one.state in visit_plans.OPEN_ON_PLAN and one.id != visit_id]
    if team_id is not None:
        order.insert(len(order) if position is None else position, visit_id)
    return visit_plans.assign_visits(uow, plan, team, order)


def _team(uow: UnitOfWork, plan: VisitPlan, visit: Visit, team_id: str | None) -> VisitTeam:
    if team_id is None and (visit.team_id is None or visit.plan_id != plan.id):
        raise problem(WRONG_STATE, state=visit.state, verb_zh="移出计划", verb_en="taken off the plan")
    team = uow.visit_teams.need(team_id or visit.team_id or "")
    if team.plan_id != plan.id:
        raise problem(NOT_FOUND, "team_id", what=f"visit_team {team.id}")
    return team


def _cards(uow: UnitOfWork, plan: VisitPlan, visits: Sequence[Visit]) -> dict[str, Card]:
    """What speaks against each visit alone; what a team lacks is told beside the team."""
    planned = plan_facts.planned_visits(uow, visits)
    earlier = _earlier(uow, {one.visit.address_id for one in planned})
    travel = _Travel(uow, plan)
    return {one.visit.id: _card(one, plan, travel, earlier) for one in planned}


class _Travel:
    """R11 and R16 of one visit at a time, by the rules of the whole plan."""

    def __init__(self, uow: UnitOfWork, plan: VisitPlan) -> None:
        self._facts = plan_facts.facts_of_teams(uow, plan, [], [])

    def warnings(self, planned: PlannedVisit) -> list[Finding]:
        alone = dataclasses.replace(self._facts, visits=[planned])
        return plan_warnings(alone) + r16_travel_approved(alone)


def _card(planned: PlannedVisit, plan: VisitPlan, travel: _Travel, earlier: Mapping[str, Earlier]) -> Card:
    return Card(
        planned.visit,
        planned.placement,
        planned.address,
        visit_findings(planned, plan.day),
        travel.warnings(planned),
        placement_end(planned.placement),
        earlier.get(planned.address.id),
    )


def _earlier(uow: UnitOfWork, address_ids: Collection[str]) -> dict[str, Earlier]:
    """By address: who went there three days ago and found nobody need not go again tomorrow."""
    found: dict[str, Earlier] = {}
    for address_id, started_at, outcome in uow.visits.ended_at_addresses(address_ids):
        times = 1 if address_id not in found else found[address_id].times + 1
        found[address_id] = Earlier(local_day(started_at), outcome, times)
    return found


def _marks(
    uow: UnitOfWork, contents: PlanContents, waiting: Sequence[Card], cards: Mapping[str, Card]
) -> dict[str, Mark]:
    """Stops by team and order (2.3 is the third stop of the second team), then what waits, without a number."""
    labels = {
        stop.id: f"{number}.{order}"
        for number, team in enumerate(contents.teams, start=1)
        for order, stop in enumerate(team.visits, start=1)
    }
    shown = [(cards[id_], label) for id_, label in labels.items()] + [(card, "") for card in waiting]
    points = known_points(uow, (card.address for card, _ in shown))
    return {
        card.visit.id: Mark(MarkKind.ADDRESS, label, point.latitude, point.longitude, 0.0)
        for card, label in shown
        if (point := points.get(card.address.id)) is not None
    }
