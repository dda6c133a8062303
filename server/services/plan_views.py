"""A plan as it is read: teams with people and hours, visits with case number and district, what each reader may see.

A branch's plan is read whole by those who reach the branch. Others see published plans that have a visit of theirs,
and on them only those visits and their teams (S13).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from server.domain.access import Actor, Owned, Permission, reach, within
from server.domain.placements import HoldReason
from server.domain.plan_rules import PlannedVisit
from server.domain.plans import PlanState, TravelApproval, VisitPlan, VisitTeam
from server.domain.problems import NOT_FOUND, problem
from server.domain.visits import VisitState
from server.services.plan_facts import planned_visits, teams_of
from server.services.ports.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class PersonOnPlan:
    account_id: str
    name: str


@dataclass(frozen=True, slots=True)
class VisitOnPlan:
    """A stop of a team: no name, no amount, no full address."""

    id: str
    placement_id: str
    case_number: str
    city: str
    county: str
    county_code: str
    address_kind: str
    position: int
    state: VisitState
    hold_reason: HoldReason | None
    valid_from: datetime | None
    valid_until: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class TeamOnPlan:
    id: str
    plan_id: str
    lead: PersonOnPlan
    partner: PersonOnPlan
    trainee: PersonOnPlan | None
    starts_at: datetime
    ends_at: datetime
    position: int
    visits: list[VisitOnPlan]
    version: int


@dataclass(frozen=True, slots=True)
class PlanContents:
    id: str
    branch_id: str
    day: date
    state: PlanState
    published_at: datetime | None
    published_by: str | None
    teams: list[TeamOnPlan]
    travel_approvals: list[TravelApproval]
    version: int


def read_plan(uow: UnitOfWork, actor: Actor, plan_id: str) -> PlanContents:
    """The plan as far as the actor may see it; what holds nothing for the actor is not found."""
    plan = uow.visit_plans.get(plan_id)
    if plan is None:
        raise problem(NOT_FOUND, what=f"visit_plan {plan_id}")
    reached = reach(actor, Permission.PLANS_READ)
    stops = planned_visits(uow, uow.visits.having(plan_id=plan.id))
    teams = teams_of(uow, plan)
    if within(reached, Owned(frozenset(), branch_id=plan.branch_id)):
        return _contents(uow, plan, teams, stops, uow.travel_approvals.having(plan_id=plan.id))
    owned = _owned(uow, stops)
    seen = [stop for stop in stops if within(reached, owned[stop.visit.id])]
    if plan.state is not PlanState.PUBLISHED or not seen:
        raise problem(NOT_FOUND, what=f"visit_plan {plan_id}")
    visited = {stop.visit.team_id for stop in seen}
    return _contents(uow, plan, [team for team in teams if team.id in visited], seen, [])


def read_team(uow: UnitOfWork, team: VisitTeam) -> TeamOnPlan:
    """One team with its visits, for the one who has just changed it."""
    stops = planned_visits(uow, uow.visits.having(team_id=team.id))
    return _teams(uow, [team], stops)[0]


def _contents(
    uow: UnitOfWork,
    plan: VisitPlan,
    teams: Sequence[VisitTeam],
    stops: Sequence[PlannedVisit],
    approvals: list[TravelApproval],
) -> PlanContents:
    return PlanContents(
        id=plan.id,
        branch_id=plan.branch_id,
        day=plan.day,
        state=plan.state,
        published_at=plan.published_at,
        published_by=plan.published_by,
        teams=_teams(uow, teams, stops),
        travel_approvals=approvals,
        version=plan.version,
    )


def _teams(uow: UnitOfWork, teams: Sequence[VisitTeam], stops: Sequence[PlannedVisit]) -> list[TeamOnPlan]:
    members = {m for t in teams for m in (t.lead_id, t.partner_id, t.trainee_id) if m is not None}
    people = {
        account.id: PersonOnPlan(account.id, account.display_name)
        for account in uow.accounts.by_ids(members).values()
    }
    by_team: dict[str, list[PlannedVisit]] = defaultdict(list)
    for stop in sorted(stops, key=lambda stop: (stop.visit.position, stop.visit.id)):
        by_team[stop.visit.team_id or ""].append(stop)
    return [
        TeamOnPlan(
            id=team.id,
            plan_id=team.plan_id,
            lead=people[team.lead_id],
            partner=people[team.partner_id],
            trainee=None if team.trainee_id is None else people[team.trainee_id],
            starts_at=team.starts_at,
            ends_at=team.ends_at,
            position=team.position,
            visits=[_stop(stop) for stop in by_team[team.id]],
            version=team.version,
        )
        for team in teams
    ]


def _stop(stop: PlannedVisit) -> VisitOnPlan:
    visit, address = stop.visit, stop.address
    return VisitOnPlan(
        id=visit.id,
        placement_id=visit.placement_id,
        case_number=stop.placement.case_number,
        city=address.city,
        county=address.county,
        county_code=address.county_code,
        address_kind=address.kind,
        position=visit.position,
        state=visit.state,
        hold_reason=None if stop.hold is None else stop.hold.reason,
        valid_from=visit.valid_from,
        valid_until=visit.valid_until,
        version=visit.version,
    )


def _owned(uow: UnitOfWork, stops: Sequence[PlannedVisit]) -> dict[str, Owned]:
    """Whose each visit is: its case's collector, that one's team, the project, and the people frozen on it."""
    collectors = uow.accounts.by_ids(stop.placement.collector_id for stop in stops)
    owned = {}
    for stop in stops:
        visit, placement = stop.visit, stop.placement
        on_it = (placement.collector_id, visit.lead_id, visit.partner_id, visit.trainee_id)
        own = frozenset(member for member in on_it if member is not None)
        team_id = collectors[placement.collector_id].team_id
        owned[visit.id] = Owned(own, team_id, placement.project_id, placement.branch_id)
    return owned
