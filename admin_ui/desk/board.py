"""What a dispatcher does on the board of a day: a visit put in its place, a shorter route, somebody swapped, a visit
withdrawn or planned again (R12, R16, V1, V11).

Owns the forms, which keys and drops of the page send as well. Refuses what the plan's rules refuse, and a move on a
board that somebody else has changed since.
"""

from __future__ import annotations

from flask import Response

from admin_ui.desk.plans import ONE, plan_of, to_plan
from admin_ui.page import page
from api_schemas.desk import PlaceForm, RouteForm, SwapForm, TravelForm, WithdrawForm
from server.domain.access import Permission
from server.domain.problems import WRONG_STATE, problem
from server.services import planning_board, publication, routes, travel, visit_plans
from server.services.scopes import visit_within
from server.web.endpoint import Call

_TEAM = "/desk/teams/<uuid:team_id>"
_VISIT = "/desk/visits/<uuid:visit_id>"


@page(
    "POST",
    f"{ONE}/place",
    needs=[Permission.PLANS_WRITE],
    template=None,
    fields=PlaceForm,
    versioned=True,
)
def place_visit(call: Call) -> Response:
    """Put a visit on a team, elsewhere in its order, or have it wait again; by key, by drop or by form."""
    plan = plan_of(call)
    call.check_version(plan.version)
    body = call.body
    planning_board.place(call.uow, plan, body["visit_id"], body["team_id"], body["position"])
    return to_plan(plan.id)


@page(
    "POST", f"{_TEAM}/route", needs=[Permission.PLANS_WRITE], template=None, fields=RouteForm, versioned=True
)
def take_route(call: Call) -> Response:
    """M6: take the shorter order over that was shown."""
    plan, team = visit_plans.team_within(call.uow, call.actor, call.path["team_id"])
    call.check_version(team.version)
    routes.take_over(call.uow, call.house.distances, plan, team, call.body["order"].split())
    return to_plan(plan.id)


@page("POST", f"{_TEAM}/swap", needs=[Permission.PLANS_WRITE], template=None, fields=SwapForm, versioned=True)
def swap_partner(call: Call) -> Response:
    """Somebody takes another's place in a published team, as on a morning when one is ill."""
    plan, team = visit_plans.team_within(call.uow, call.actor, call.path["team_id"])
    call.check_version(team.version)
    body = call.body
    publication.swap_member(call.uow, plan, team, body["leaves"], body["joins"], body["reason"])
    return to_plan(plan.id)


@page("POST", f"{_VISIT}/withdraw", needs=[Permission.PLANS_WRITE], template=None, fields=WithdrawForm)
def withdraw_from_plan(call: Call) -> Response:
    """Take a published visit off its plan, with a reason; it waits for another day where that is asked."""
    visit, _ = visit_within(call.uow, call.actor, call.path["visit_id"], Permission.PLANS_WRITE)
    if visit.plan_id is None:
        raise problem(WRONG_STATE, state=visit.state, verb_zh="撤回", verb_en="withdrawn")
    plan = visit_plans.plan_within(call.uow, call.actor, visit.plan_id, Permission.PLANS_WRITE)
    again = call.body["again"] == "yes"
    publication.withdraw_visit(call.uow, plan, visit, call.body["reason"], again=again)
    return to_plan(plan.id)


@page("POST", f"{_VISIT}/plan-again", needs=[Permission.PLANS_WRITE], template="planned_again.html")
def plan_visit_again(call: Call) -> dict[str, object]:
    """A failed visit, or one whose lease ran out, waits again as a new visit of the same request."""
    visit, placement = visit_within(call.uow, call.actor, call.path["visit_id"], Permission.PLANS_WRITE)
    return {"fresh": publication.plan_again(call.uow, visit), "placement": placement}


@page("POST", f"{ONE}/travel", needs=[Permission.PLANS_WRITE], template=None, fields=TravelForm)
def ask_for_travel(call: Call) -> Response:
    """R16: ask the manager for the cities of the plan, or record that the manager was told by phone."""
    plan, body = plan_of(call), call.body
    travel.ask(call.uow, call.actor, plan, body["id"], body["kind"], body["reason"])
    return to_plan(plan.id)
