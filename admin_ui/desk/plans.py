"""Plans at the desk: the days, one day's teams with their visits, publishing, print (R9, R12).

Owns the forms. Refuses what the plan's rules refuse, and an edit of a team that somebody else has changed since.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Response, redirect

from admin_ui.lists import next_page
from admin_ui.page import page
from api_schemas.desk import DayForm, TeamForm, VisitChoice
from api_schemas.plans import PlanQuery
from server.domain.access import Permission, Reach, Scope, reach
from server.domain.calendar import SHANGHAI
from server.domain.plans import PlanState, VisitPlan
from server.domain.visits import VisitState
from server.services import plan_views, publication, visit_plans, visit_reading
from server.services.ports.paging import PAGE_LIMIT, PageRequest
from server.web.endpoint import Call

LIST = "/desk/plans"
ONE = f"{LIST}/<uuid:plan_id>"


@page(
    "GET",
    LIST,
    needs=[Permission.PLANS_READ],
    template="plans.html",
    query=PlanQuery,
    clauses=("R9", "R12", "V5"),
)
def plan_list(call: Call) -> dict[str, Any]:
    """The days that are planned within reach, the latest first."""
    found = call.uow.visit_plans.page(
        PageRequest(call.query["limit"], call.query.get("after")),
        reach(call.actor, Permission.PLANS_READ),
        first_day=call.query["first_day"],
        last_day=call.query["last_day"],
        state=call.query["state"],
    )
    return {
        "plans": found.items,
        "next": next_page(LIST, found.next),
        "writes": call.actor.may(Permission.PLANS_WRITE),
        "form_id": call.uow.new_id(),
    }


@page(
    "GET",
    ONE,
    needs=[Permission.PLANS_READ],
    template="plan.html",
    reads_personal=True,
    clauses=("R9", "R12", "R16", "V1", "V9", "V11"),
)
def show_plan(call: Call) -> dict[str, Any]:
    """One day: teams with their visits, what forbids publication, what waits for a plan, who may stand in a team."""
    contents = plan_views.read_plan(call.uow, call.actor, call.path["plan_id"])
    given: dict[str, Any] = {
        "plan": contents,
        "writes": False,
        "conflicts": None,
        "agents": [],
        "waiting": [],
    }
    if call.actor.may(Permission.PLANS_WRITE):
        plan = _plan(call)
        given |= {
            "writes": True,
            "conflicts": visit_plans.conflicts(call.uow, plan),
            "agents": visit_plans.availability(call.uow, plan),
            "waiting": _waiting(call, plan),
        }
    return given | {"form_id": call.uow.new_id(), "draft": contents.state is PlanState.DRAFT}


@page("POST", LIST, needs=[Permission.PLANS_WRITE], template=None, fields=DayForm)
def open_plan(call: Call) -> Response:
    """Open the plan of a day; there is one a branch and day."""
    plan = visit_plans.open_plan(call.uow, call.actor, call.body["id"], call.body["day"], None)
    return _to(plan.id)


@page("POST", f"{ONE}/teams", needs=[Permission.PLANS_WRITE], template=None, fields=TeamForm)
def add_team(call: Call) -> Response:
    """Add a team of two, the lead first (V1), for an interval of the day (V9)."""
    plan, values = _plan(call), dict(call.body)
    for name in ("starts_at", "ends_at"):
        clock = datetime.strptime(values[name], "%H:%M").time()  # noqa: DTZ007 - a wall clock of the plan's day
        values[name] = datetime.combine(plan.day, clock, SHANGHAI)
    visit_plans.add_team(call.uow, plan, values.pop("id"), values)
    return _to(plan.id)


@page(
    "POST",
    "/desk/teams/<uuid:team_id>/visits",
    needs=[Permission.PLANS_WRITE],
    template=None,
    fields=VisitChoice,
    versioned=True,
)
def change_visits(call: Call) -> Response:
    """Give the team one visit more, at the end of its day, or have one of its visits wait again."""
    plan, team = visit_plans.team_within(call.uow, call.actor, call.path["team_id"])
    call.check_version(team.version)
    held = sorted(call.uow.visits.having(team_id=team.id), key=lambda visit: (visit.position, visit.id))
    ids = [visit.id for visit in held if visit.state in (VisitState.PLANNED, VisitState.PUBLISHED)]
    chosen = call.body["visit_id"]
    wanted = [id_ for id_ in ids if id_ != chosen] + ([chosen] if call.body["act"] == "add" else [])
    visit_plans.assign_visits(call.uow, plan, team, wanted)
    return _to(plan.id)


@page("POST", f"{ONE}/publish", needs=[Permission.PLANS_WRITE], template=None, versioned=True)
def publish_plan(call: Call) -> Response:
    """Publish what was looked at: visits get their lease, the lists go out (R9, R15)."""
    plan = _plan(call)
    call.check_version(plan.version)
    publication.publish(call.uow, plan)
    return _to(plan.id)


def _plan(call: Call) -> VisitPlan:
    return visit_plans.plan_within(call.uow, call.actor, call.path["plan_id"], Permission.PLANS_WRITE)


def _waiting(call: Call, plan: VisitPlan) -> list[Any]:
    """Visits of the plan's branch that wait for a plan, by district, so that a team's day lies together."""
    of_branch = Reach(Scope.BRANCH, call.actor.account_id, None, None, plan.branch_id)
    found = call.uow.visits.page(PageRequest(PAGE_LIMIT), of_branch, state=VisitState.ACCEPTED)
    lines = visit_reading.briefs(call.uow, found.items)
    return sorted(lines, key=lambda line: (line.address.county_code, line.visit.id))


def _to(plan_id: str) -> Response:
    return redirect(f"{LIST}/{plan_id}", 303)  # type: ignore[return-value]
