"""Gathers what the rules of a plan ask: teams, agents, certificates, other bookings, and each visit with its case.

Reads only, and in a constant number of queries whatever the number of visits.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta

from server.domain.access import Post
from server.domain.calendar import SHANGHAI
from server.domain.people import Account
from server.domain.placements import Hold
from server.domain.plan_rules import PlanFacts, PlannedVisit, members_of
from server.domain.plans import PlanState, VisitPlan, VisitTeam
from server.domain.requests import WaiverKind
from server.domain.visits import Visit, VisitState
from server.services.address_standings import standings
from server.services.holds import stops
from server.services.ports.unit_of_work import UnitOfWork


def teams_of(uow: UnitOfWork, plan: VisitPlan) -> list[VisitTeam]:
    """The plan's teams in their order."""
    return sorted(uow.visit_teams.having(plan_id=plan.id), key=lambda team: (team.position, team.id))


def plan_facts(uow: UnitOfWork, plan: VisitPlan) -> PlanFacts:
    """The facts of a plan for publication: on one that is published already, those of what waits to be added."""
    waiting = uow.visits.having(plan_id=plan.id, state=VisitState.PLANNED)
    teams = teams_of(uow, plan)
    if plan.state is PlanState.PUBLISHED:
        with_waiting = {visit.team_id for visit in waiting}
        teams = [team for team in teams if team.id in with_waiting]
    return facts_of_teams(uow, plan, teams, planned_visits(uow, waiting))


def facts_of_teams(
    uow: UnitOfWork, plan: VisitPlan, teams: Sequence[VisitTeam], visits: Sequence[PlannedVisit]
) -> PlanFacts:
    """The facts about these teams of a plan; every other team of that day counts as a booking elsewhere."""
    own = {team.id for team in teams}
    everybody = {member for team in teams for member in members_of(team)}
    agents = uow.accounts.with_post(Post.FIELD_AGENT, plan.branch_id)
    names = {account.id: account.display_name for account in uow.accounts.by_ids(everybody).values()}
    return PlanFacts(
        day=plan.day,
        city_code=uow.organisation.branch(plan.branch_id).city_code,
        teams=teams,
        elsewhere=[team for team in teams_on(uow, plan.day) if team.id not in own],
        agents=frozenset(agent.id for agent in agents),
        names=names,
        certificates=uow.certificates.of_accounts(everybody),
        visits=visits,
        approvals=uow.travel_approvals.having(plan_id=plan.id),
        on_leave=frozenset(uow.leave.on_day(everybody, plan.day)),
    )


def teams_on(uow: UnitOfWork, day: date) -> list[VisitTeam]:
    """Every team of that day, of every branch: an agent who is lent out is booked all the same."""
    start = datetime.combine(day, time(0), SHANGHAI)
    return uow.visit_teams.between(start, start + timedelta(days=1))


def planned_visits(uow: UnitOfWork, visits: Iterable[Visit]) -> list[PlannedVisit]:
    """The visits with their cases, addresses, holds, blocks and promises, in the order given.

    A promise counts when it was made by phone and judged able (R11); the latest due date of them stands.
    """
    listed = list(visits)
    placements = uow.placements.by_ids(visit.placement_id for visit in listed)
    addresses = uow.addresses.by_ids(visit.address_id for visit in listed)
    standing = standings(uow, addresses.values())
    holds: dict[str, list[Hold]] = defaultdict(list)
    for hold in uow.holds.having_any("placement_id", placements):
        holds[hold.placement_id].append(hold)
    promises: dict[str, date] = {}
    for promise in uow.promises.having_any("placement_id", placements):
        if promise.by_phone and promise.judged_able:
            latest = promises.get(promise.placement_id, promise.due_on)
            promises[promise.placement_id] = max(latest, promise.due_on)
    explained = _explained(uow, listed)
    debtors = {placement.debtor_id for placement in placements.values()}
    blocks = uow.contact_blocks.having_any("debtor_id", debtors)
    blocked = {block.debtor_id for block in blocks if block.lifted_at is None}
    return [
        PlannedVisit(
            visit=visit,
            placement=placements[visit.placement_id],
            address=addresses[visit.address_id],
            standing=standing[visit.address_id],
            hold=next((hold for hold in holds[visit.placement_id] if stops(hold, visit)), None),
            person_blocked=placements[visit.placement_id].debtor_id in blocked,
            promise_due_on=promises.get(visit.placement_id),
            promise_explained=visit.id in explained,
        )
        for visit in listed
    ]


def _explained(uow: UnitOfWork, visits: Sequence[Visit]) -> set[str]:
    """R11: visits whose request had its written explanation accepted, for this address or for all of them."""
    granted = [
        waiver
        for waiver in uow.waivers.having_any(
            "request_id", {visit.request_id for visit in visits if visit.request_id is not None}
        )
        if waiver.kind is WaiverKind.PROMISE and waiver.granted
    ]
    covered = {(waiver.request_id, waiver.address_id) for waiver in granted}
    return {
        visit.id
        for visit in visits
        if (visit.request_id, None) in covered or (visit.request_id, visit.address_id) in covered
    }


def agents_of_branch(uow: UnitOfWork, branch_id: str) -> list[Account]:
    return uow.accounts.with_post(Post.FIELD_AGENT, branch_id)
