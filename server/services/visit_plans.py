"""Making a visit plan: opening the day, forming teams, giving them accepted visits in order (V1, V9, V11, R12, R16).

A draft may hold conflicts, which are shown; publication refuses them (`publication`). Every change raises the plan's
version, so that what is published is what was looked at.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from server.domain.access import Actor, Owned, Permission, reach, within
from server.domain.audit import AuditEntry
from server.domain.calendar import local_day
from server.domain.people import Account, certificate_in_force
from server.domain.plan_problems import PLAN_EXISTS, PUBLISHED_STAYS, TEAM_PUBLISHED
from server.domain.plan_rules import (
    day_findings,
    members_of,
    plan_findings,
    plan_warnings,
    team_findings,
    visit_findings,
)
from server.domain.plans import PlanState, VisitPlan, VisitTeam
from server.domain.problems import NOT_FOUND, WRONG_STATE, Finding, problem, refuse_if
from server.domain.visits import Visit, VisitState
from server.services import plan_facts
from server.services.ports.unit_of_work import UnitOfWork

OPEN_ON_PLAN = (VisitState.PLANNED, VisitState.PUBLISHED)


@dataclass(frozen=True, slots=True)
class Conflicts:
    """What forbids publication, and what should be known before it."""

    forbidding: list[Finding]
    warnings: list[Finding]


@dataclass(frozen=True, slots=True)
class Availability:
    """An agent on the day of a plan: certificate in force, the teams that book the person, the last day of leave."""

    account: Account
    certified: bool
    certificate_until: date | None
    booked: list[VisitTeam]
    away_until: date | None


def plan_within(uow: UnitOfWork, actor: Actor, plan_id: str, *permissions: Permission) -> VisitPlan:
    """The plan of a branch that the actor reaches as a whole (S13); out of reach is not found."""
    plan = uow.visit_plans.get(plan_id)
    if plan is None or not within(reach(actor, *permissions), Owned(frozenset(), branch_id=plan.branch_id)):
        raise problem(NOT_FOUND, what=f"visit_plan {plan_id}")
    return plan


def team_within(uow: UnitOfWork, actor: Actor, team_id: str) -> tuple[VisitPlan, VisitTeam]:
    """The team with its plan, for one who may change it."""
    team = uow.visit_teams.get(team_id)
    if team is None:
        raise problem(NOT_FOUND, what=f"visit_team {team_id}")
    return plan_within(uow, actor, team.plan_id, Permission.PLANS_WRITE), team


def open_plan(uow: UnitOfWork, actor: Actor, plan_id: str, day: date, branch_id: str | None) -> VisitPlan:
    """The plan of a branch for a day that is not past; there is one a branch and day."""
    of_branch = branch_id or actor.branch_id
    reached = reach(actor, Permission.PLANS_WRITE)
    if of_branch is None or not within(reached, Owned(frozenset(), branch_id=of_branch)):
        raise problem(NOT_FOUND, "branch_id", what=f"branch {of_branch}")
    uow.organisation.branch(of_branch)
    refuse_if(day_findings(day, local_day(uow.now)))
    for held in uow.visit_plans.having(branch_id=of_branch, day=day):
        raise problem(PLAN_EXISTS, "day", day=day, plan_id=held.id)
    plan = uow.visit_plans.add(
        VisitPlan(plan_id, of_branch, day, PlanState.DRAFT, actor.account_id, None, None, 1)
    )
    uow.audit(AuditEntry("plan.opened", "visit_plan", plan.id, {"day": day.isoformat()}))
    return plan


def add_team(uow: UnitOfWork, plan: VisitPlan, team_id: str, values: Mapping[str, Any]) -> VisitTeam:
    """A team at the end of the plan's order. Who may stand in it and when is checked; bookings are conflicts."""
    position = 1 + max((team.position for team in uow.visit_teams.having(plan_id=plan.id)), default=-1)
    team = VisitTeam(id=team_id, plan_id=plan.id, position=position, version=1, **values)
    _refuse_team(uow, plan, team)
    uow.visit_teams.add(team)
    _touch(uow, plan, "plan.team_added", _people(team))
    return team


def edit_team(uow: UnitOfWork, plan: VisitPlan, team: VisitTeam, changes: Mapping[str, Any]) -> VisitTeam:
    """Change members, hours or place of a team none of whose visits is published; after that people are swapped."""
    if any(visit.lead_id is not None for visit in uow.visits.having(team_id=team.id)):
        raise problem(TEAM_PUBLISHED, team_id=team.id)
    edited = dataclasses.replace(team, **changes)
    _refuse_team(uow, plan, edited)
    edited = uow.visit_teams.save(edited)
    _touch(uow, plan, "plan.team_edited", _people(edited))
    return edited


def remove_team(uow: UnitOfWork, plan: VisitPlan, team: VisitTeam) -> None:
    """Take a team off the plan; its visits wait again. A team that was published stays on record."""
    visits = uow.visits.having(team_id=team.id)
    if any(visit.lead_id is not None for visit in visits):
        raise problem(TEAM_PUBLISHED, team_id=team.id)
    for visit in visits:
        _unassign(uow, visit)
    uow.visit_teams.remove(team.id)
    _touch(uow, plan, "plan.team_removed", _people(team))


def assign_visits(uow: UnitOfWork, plan: VisitPlan, team: VisitTeam, visit_ids: Sequence[str]) -> VisitTeam:
    """Give the team these visits in this order: accepted ones come onto the plan, those left out wait again.

    A published visit is not taken off like this (it is withdrawn, with a reason), but may change its place.
    """
    wanted = _visits_of_branch(uow, plan, visit_ids)
    held = [visit for visit in uow.visits.having(team_id=team.id) if visit.state in OPEN_ON_PLAN]
    left_out = [visit for visit in held if visit.id not in wanted]
    findings = [
        Finding(PUBLISHED_STAYS, "visit_ids", {"visit_id": visit.id})
        for visit in left_out
        if visit.state is VisitState.PUBLISHED
    ]
    held_ids = {visit.id for visit in held}
    coming = [visit for visit in wanted.values() if visit.id not in held_ids]
    findings += [finding for visit in coming for finding in _assignable(plan, visit)]
    for planned in plan_facts.planned_visits(uow, coming):
        findings += visit_findings(planned, plan.day)
    refuse_if(findings)
    for visit in left_out:
        _unassign(uow, visit)
    _touch_teams_left(uow, team, coming)
    for position, visit_id in enumerate(visit_ids):
        _place(uow, plan, team, wanted[visit_id], position)
    saved = uow.visit_teams.save(team)
    _touch(uow, plan, "plan.visits_assigned", {"team_id": team.id, "visit_ids": list(visit_ids)})
    return saved


def conflicts(uow: UnitOfWork, plan: VisitPlan) -> Conflicts:
    """Everything that forbids publication, by clause, and what would not count."""
    facts = plan_facts.plan_facts(uow, plan)
    edition = uow.policy.in_force_on(plan.day)
    return Conflicts(plan_findings(facts, now=uow.now, edition=edition), plan_warnings(facts))


def availability(uow: UnitOfWork, plan: VisitPlan) -> list[Availability]:
    """V11, leave and bookings of every agent of the branch on the plan's day."""
    agents = plan_facts.agents_of_branch(uow, plan.branch_id)
    certificates = uow.certificates.of_accounts(agent.id for agent in agents)
    teams = plan_facts.teams_on(uow, plan.day)
    leave = uow.leave.on_day((agent.id for agent in agents), plan.day)
    found = []
    for agent in agents:
        certificate = certificates.get(agent.id)
        until = None if certificate is None else certificate.valid_until
        booked = sorted((t for t in teams if agent.id in members_of(t)), key=lambda team: team.starts_at)
        away_until = leave[agent.id].last_day if agent.id in leave else None
        in_force = certificate_in_force(certificate, plan.day)
        found.append(Availability(agent, in_force, until, booked, away_until))
    return found


def _refuse_team(uow: UnitOfWork, plan: VisitPlan, team: VisitTeam) -> None:
    facts = plan_facts.facts_of_teams(uow, plan, [team], [])
    refuse_if(team_findings(team, facts, edition=uow.policy.in_force_on(plan.day)))


def _visits_of_branch(uow: UnitOfWork, plan: VisitPlan, visit_ids: Sequence[str]) -> dict[str, Visit]:
    found = uow.visits.by_ids(visit_ids)
    placements = uow.placements.by_ids(visit.placement_id for visit in found.values())
    for visit_id in visit_ids:
        visit = found.get(visit_id)
        if visit is None or placements[visit.placement_id].branch_id != plan.branch_id:
            raise problem(NOT_FOUND, "visit_ids", what=f"visit {visit_id}")
    return found


def _assignable(plan: VisitPlan, visit: Visit) -> list[Finding]:
    """A visit that waits, or one that another team of the same draft has."""
    waits = visit.state is VisitState.ACCEPTED
    moves = visit.state is VisitState.PLANNED and visit.plan_id == plan.id
    if waits or moves:
        return []
    shown = {"visit_id": visit.id, "state": visit.state}
    return [Finding(WRONG_STATE, "visit_ids", shown | {"verb_zh": "排入计划", "verb_en": "put on the plan"})]


def _touch_teams_left(uow: UnitOfWork, team: VisitTeam, coming: Sequence[Visit]) -> None:
    """A visit that changes teams changes both: whoever edits the other one must read it again."""
    for team_id in sorted({v.team_id for v in coming if v.team_id is not None and v.team_id != team.id}):
        uow.visit_teams.save(uow.visit_teams.need(team_id))


def _place(uow: UnitOfWork, plan: VisitPlan, team: VisitTeam, visit: Visit, position: int) -> None:
    if visit.state is VisitState.PUBLISHED:
        uow.visits.save(dataclasses.replace(visit, position=position))
        return
    cleared = _without_lease(visit)
    uow.visits.save(
        dataclasses.replace(
            cleared, state=VisitState.PLANNED, plan_id=plan.id, team_id=team.id, position=position
        )
    )


def _unassign(uow: UnitOfWork, visit: Visit) -> None:
    state = VisitState.ACCEPTED if visit.state is VisitState.PLANNED else visit.state
    cleared = _without_lease(visit)
    uow.visits.save(dataclasses.replace(cleared, state=state, plan_id=None, team_id=None, position=0))


def _without_lease(visit: Visit) -> Visit:
    return dataclasses.replace(
        visit, lead_id=None, partner_id=None, trainee_id=None, valid_from=None, valid_until=None
    )


def _people(team: VisitTeam) -> dict[str, object]:
    return {"team_id": team.id, "members": members_of(team)}


def _touch(uow: UnitOfWork, plan: VisitPlan, action: str, detail: Mapping[str, object]) -> None:
    """The plan's version stands for everything on it."""
    uow.visit_plans.save(plan)
    uow.audit(AuditEntry(action, "visit_plan", plan.id, detail))
