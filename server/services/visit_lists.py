"""Sending and reading the lists of published plans: R9 to the collectors, V5 to the branch group, R15 to the gate."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from server.domain.access import Actor, Owned, Permission, Post, Scope, reach, within
from server.domain.audit import AuditEntry
from server.domain.people import Account
from server.domain.plan_rules import PlannedVisit, members_of
from server.domain.plans import VisitPlan, VisitTeam
from server.domain.problems import refuse_if
from server.domain.visit_lists import (
    AttendanceLine,
    ListedPerson,
    ListedTeam,
    ListedVisit,
    attendance,
    group_list_findings,
    group_parts,
    published_list,
)
from server.domain.visits import Visit, VisitState
from server.services import notices
from server.services.ports.unit_of_work import UnitOfWork

ATTENDANCE_READERS = (Permission.ATTENDANCE_READ, Permission.PLANS_READ)
LISTED = (VisitState.PUBLISHED, VisitState.IN_PROGRESS, VisitState.COMPLETED, VisitState.FAILED)


def tell_of_publication(uow: UnitOfWork, plan: VisitPlan, visits: Sequence[Visit]) -> None:
    """R9: the list and the agents' telephones to all collectors, the list to the group; R15: the list to the gate."""
    teams = listed_teams(uow, visits)
    lines, telephones = published_list(teams)
    words = {"day": plan.day.isoformat(), "visits": len(visits), "list": "\n".join(lines)}
    notices.tell(uow, _collectors(uow, plan, visits), "plan_published", words, confidential=telephones)
    agents = [line.account_id for line in attendance(teams)]
    notices.tell(uow, agents, "plan_published", words, f"/visit-plans/{plan.id}", confidential=telephones)
    for part in group_parts(teams):
        notices.tell_group(uow, plan.branch_id, "plan_published", words | {"list": part})
    gate = uow.accounts.with_post(Post.ADMINISTRATION, plan.branch_id)
    out = "\n".join(f"{line.name} {line.employee_number} {line.districts}" for line in attendance(teams))
    told = {"day": plan.day.isoformat(), "list": out}
    notices.tell(uow, [account.id for account in gate], "attendance_list", told)


def tell_of_swap(
    uow: UnitOfWork,
    plan: VisitPlan,
    team: VisitTeam,
    visits: Sequence[PlannedVisit],
    *,
    leaves: str,
    joins: str,
) -> None:
    """The team, the one who left, the collectors of its cases and the gate hear of a swap at once."""
    people = uow.accounts.by_ids([leaves, joins])
    collectors = [planned.placement.collector_id for planned in visits]
    gate = [account.id for account in uow.accounts.with_post(Post.ADMINISTRATION, plan.branch_id)]
    words = {
        "day": plan.day.isoformat(),
        "leaves": people[leaves].display_name,
        "joins": people[joins].display_name,
        "cases": "、".join(planned.placement.case_number for planned in visits),
    }
    joined = people[joins]
    notices.tell(
        uow,
        [*members_of(team), leaves, *collectors, *gate],
        "team_swapped",
        words,
        confidential=f"{joined.display_name} {joined.telephone or '无登记电话'}",
    )


def send_to_group(uow: UnitOfWork, actor: Actor, day: date) -> tuple[int, int]:
    """V5: the published visits of the day to the branch group; an agent sends the own teams', a dispatcher all.

    Returns how many visits were listed and how many robots were given them.
    """
    branch_id = actor.branch_id
    robots = [] if branch_id is None else uow.webhooks.having(branch_id=branch_id, enabled=True)
    visits = [] if branch_id is None else _visits_on(uow, day, [branch_id])
    if not actor.may(Permission.PLANS_WRITE):
        visits = [v for v in visits if actor.account_id in (v.lead_id, v.partner_id, v.trainee_id)]
    teams = listed_teams(uow, visits)
    refuse_if(group_list_findings(teams, robots=len(robots), day=day.isoformat()))
    assert branch_id is not None
    for part in group_parts(teams):
        words = {"day": day.isoformat(), "visits": len(visits), "list": part}
        notices.tell_group(uow, branch_id, "visit_list", words)
    detail = {"day": day.isoformat(), "visit_ids": [visit.id for visit in visits]}
    uow.audit(AuditEntry("visit_list.sent", "branch", branch_id, detail))
    return len(visits), len(robots)


def attendance_on(uow: UnitOfWork, actor: Actor, day: date) -> list[AttendanceLine]:
    """R15: who is out on a day by published plans, as far as the actor reaches; everybody sees the own line."""
    reached = reach(actor, *ATTENDANCE_READERS)
    branches = None if reached.scope is Scope.ALL else [b for b in (actor.branch_id,) if b is not None]
    lines = attendance(listed_teams(uow, _visits_on(uow, day, branches)))
    people = uow.accounts.by_ids(line.account_id for line in lines)
    return [line for line in lines if within(reached, _place_of(people[line.account_id]))]


def listed_teams(uow: UnitOfWork, visits: Iterable[Visit]) -> list[ListedTeam]:
    """The visits by team, by the people that were frozen on them, in the order of the day."""
    by_team: dict[tuple[str, str, str, str], list[Visit]] = defaultdict(list)
    for visit in visits:
        key = (visit.team_id or "", visit.lead_id or "", visit.partner_id or "", visit.trainee_id or "")
        by_team[key].append(visit)
    listed = [visit for of_team in by_team.values() for visit in of_team]
    teams = uow.visit_teams.by_ids(key[0] for key in by_team)
    placements = uow.placements.by_ids(visit.placement_id for visit in listed)
    addresses = uow.addresses.by_ids(visit.address_id for visit in listed)
    people = uow.accounts.by_ids(member for key in by_team for member in key[1:] if member)
    made = []
    for (team_id, lead, partner, trainee), of_team in by_team.items():
        team = teams[team_id]
        agents = tuple(_person(people[agent]) for agent in (lead, partner))
        lines = tuple(
            ListedVisit(
                placements[visit.placement_id].case_number,
                addresses[visit.address_id].county or addresses[visit.address_id].city,
            )
            for visit in sorted(of_team, key=lambda visit: (visit.position, visit.id))
        )
        trainee_listed = _person(people[trainee]) if trainee else None
        made.append(ListedTeam(team.id, team.starts_at, team.ends_at, agents, trainee_listed, lines))
    return sorted(made, key=lambda team: (team.starts_at, teams[team.team_id].position, team.team_id))


def _visits_on(uow: UnitOfWork, day: date, branch_ids: list[str] | None) -> list[Visit]:
    plans = uow.visit_plans.published_on(day, branch_ids)
    visits = uow.visits.having_any("plan_id", [plan.id for plan in plans])
    return [visit for visit in visits if visit.state in LISTED and visit.lead_id and visit.partner_id]


def _collectors(uow: UnitOfWork, plan: VisitPlan, visits: Sequence[Visit]) -> list[str]:
    of_branch = [
        account.id
        for post in (Post.COLLECTOR, Post.TEAM_LEAD)
        for account in uow.accounts.with_post(post, plan.branch_id)
    ]
    placements = uow.placements.by_ids(visit.placement_id for visit in visits)
    return [*of_branch, *(placement.collector_id for placement in placements.values())]


def _person(account: Account) -> ListedPerson:
    return ListedPerson(account.id, account.display_name, account.employee_number, account.telephone)


def _place_of(account: Account) -> Owned:
    return Owned(frozenset({account.id}), account.team_id, account.project_id, account.branch_id)
