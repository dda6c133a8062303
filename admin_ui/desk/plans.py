"""Plans at the desk: the days, one day's teams with their visits, publishing, print (R9, R12).

Owns the forms. Refuses what the plan's rules refuse, and an edit of a team that somebody else has changed since.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Response

from admin_ui.forms import see_other
from admin_ui.lists import next_page
from admin_ui.map_view import MapView, Pin, map_of
from admin_ui.page import page
from api_schemas.desk import BoardQuery, DayForm, TeamChange, TeamForm, VisitChoice
from api_schemas.plans import PlanQuery
from server.domain.access import Permission, reach
from server.domain.audit import AuditEntry
from server.domain.calendar import SHANGHAI
from server.domain.plans import PlanState, TravelKind, VisitPlan
from server.services import plan_views, planning_board, publication, visit_plans
from server.services.planning_board import Board
from server.services.ports.paging import PageRequest
from server.services.visit_plans import OPEN_ON_PLAN
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
    query=BoardQuery,
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
        "board": None,
        "map": None,
        "stands_open": OPEN_ON_PLAN,
    }
    if call.actor.may(Permission.PLANS_WRITE):
        plan = plan_of(call)
        county = call.query["county_code"]
        board = planning_board.board(call.uow, call.house.distances, plan, contents, county)
        call.uow.audit(AuditEntry("visit.listed", "visit", None, {"ids": list(board.cards)}))
        given |= {
            "writes": True,
            "conflicts": visit_plans.conflicts(call.uow, plan),
            "agents": visit_plans.availability(call.uow, plan),
            "board": board,
            "map": _map(call, board),
            "county": county,
            "travel_kinds": list(TravelKind),
        }
    return given | {"form_id": call.uow.new_id(), "draft": contents.state is PlanState.DRAFT}


def _map(call: Call, board: Board) -> MapView | None:
    """What waits and what is planned, each by its case; a team's stops are joined in their order."""
    pins = []
    for id_, mark in board.marks.items():
        title = f"{mark.label} {board.cards[id_].placement.case_number}".strip()
        pins.append(Pin(mark, "stop", mark.label, title, f"/desk/visits/{id_}"))
    return map_of(call, pins, board.ways)


@page("POST", LIST, needs=[Permission.PLANS_WRITE], template=None, fields=DayForm)
def open_plan(call: Call) -> Response:
    """Open the plan of a day; there is one a branch and day."""
    plan = visit_plans.open_plan(call.uow, call.actor, call.body["id"], call.body["day"], None)
    return to_plan(plan.id)


@page("POST", f"{ONE}/teams", needs=[Permission.PLANS_WRITE], template=None, fields=TeamForm)
def add_team(call: Call) -> Response:
    """Add a team of two, the lead first (V1), for an interval of the day (V9)."""
    plan, values = plan_of(call), dict(call.body)
    visit_plans.add_team(call.uow, plan, values.pop("id"), on_the_day(plan, values))
    return to_plan(plan.id)


@page(
    "POST",
    "/desk/teams/<uuid:team_id>/edit",
    needs=[Permission.PLANS_WRITE],
    template=None,
    fields=TeamChange,
    versioned=True,
)
def change_team(call: Call) -> Response:
    """Other people or other hours for a team that is not published."""
    plan, team = visit_plans.team_within(call.uow, call.actor, call.path["team_id"])
    call.check_version(team.version)
    visit_plans.edit_team(call.uow, plan, team, on_the_day(plan, dict(call.body)))
    return to_plan(plan.id)


@page(
    "POST",
    "/desk/teams/<uuid:team_id>/remove",
    needs=[Permission.PLANS_WRITE],
    template=None,
    versioned=True,
)
def drop_team(call: Call) -> Response:
    """Take a team off the plan; its visits wait again."""
    plan, team = visit_plans.team_within(call.uow, call.actor, call.path["team_id"])
    call.check_version(team.version)
    visit_plans.remove_team(call.uow, plan, team)
    return to_plan(plan.id)


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
    ids = [visit.id for visit in held if visit.state in OPEN_ON_PLAN]
    chosen = call.body["visit_id"]
    wanted = [id_ for id_ in ids if id_ != chosen] + ([chosen] if call.body["act"] == "add" else [])
    visit_plans.assign_visits(call.uow, plan, team, wanted)
    return to_plan(plan.id)


@page("POST", f"{ONE}/publish", needs=[Permission.PLANS_WRITE], template=None, versioned=True)
def publish_plan(call: Call) -> Response:
    """Publish what was looked at: visits get their lease, the lists go out (R9, R15)."""
    plan = plan_of(call)
    call.check_version(plan.version)
    publication.publish(call.uow, plan)
    return to_plan(plan.id)


def plan_of(call: Call) -> VisitPlan:
    return visit_plans.plan_within(call.uow, call.actor, call.path["plan_id"], Permission.PLANS_WRITE)


def on_the_day(plan: VisitPlan, values: dict[str, Any]) -> dict[str, Any]:
    """The hours of a team as moments of the plan's day."""
    for name in ("starts_at", "ends_at"):
        clock = datetime.strptime(values[name], "%H:%M").time()  # noqa: DTZ007 - a wall clock of the plan's day
        values[name] = datetime.combine(plan.day, clock, SHANGHAI)
    return values


def to_plan(plan_id: str) -> Response:
    return see_other(f"{LIST}/{plan_id}")
