"""Routes of visit plans: days, teams, assignment, conflicts, publication, travel approvals."""

from __future__ import annotations

from flask_smorest import Blueprint

from api_schemas.base import Reason
from api_schemas.plans import (
    AgentsOnDay,
    ConflictsView,
    PlanContentsView,
    PlanNew,
    PlanPage,
    PlanQuery,
    PlanView,
    Swap,
    TeamEdit,
    TeamNew,
    TeamView,
    TeamVisits,
    TravelDecision,
    TravelNew,
    TravelPage,
    TravelQuery,
    TravelView,
    VisitWaiting,
    Withdrawal,
)
from server.domain.access import Permission, reach
from server.domain.plan_problems import (
    AGENT_BOOKED_TWICE,
    ALREADY_PLANNED_AGAIN,
    PLAN_EMPTY,
    PLAN_EXISTS,
    PUBLISHED_STAYS,
    TEAM_NOT_TWO,
    TEAM_PUBLISHED,
    TRAVEL_NOT_NEEDED,
)
from server.domain.plans import TravelApproval, VisitPlan
from server.domain.problems import NOT_FOUND, WRONG_STATE, Finding, problem
from server.domain.visits import Visit
from server.services import plan_views, publication, travel, visit_plans
from server.services.plan_views import PlanContents, TeamOnPlan
from server.services.ports.paging import Page, PageRequest
from server.services.scopes import visit_within
from server.web.endpoint import Call, endpoint

blueprint = Blueprint(
    "plans", __name__, url_prefix="/api/v1", description="Visit plans (R9, R12, R15, R16, V1, V5, V11)"
)


@endpoint(blueprint, "GET", "/visit-plans", needs=[Permission.PLANS_READ], query=PlanQuery, answer=PlanPage)
def list_plans(call: Call) -> Page[VisitPlan]:
    """Plans within reach, the latest day first."""
    return call.uow.visit_plans.page(
        PageRequest(call.query["limit"], call.query.get("after")),
        reach(call.actor, Permission.PLANS_READ),
        first_day=call.query["first_day"],
        last_day=call.query["last_day"],
        state=call.query["state"],
    )


@endpoint(
    blueprint,
    "POST",
    "/visit-plans",
    needs=[Permission.PLANS_WRITE],
    body=PlanNew,
    answer=PlanView,
    status=201,
    once=True,
    problems=[PLAN_EXISTS, NOT_FOUND],
)
def open_plan(call: Call) -> VisitPlan:
    """Open the plan of a day; there is one a branch and day."""
    body = call.body
    return visit_plans.open_plan(call.uow, call.actor, body["id"], body["day"], body["branch_id"])


@endpoint(
    blueprint,
    "GET",
    "/visit-plans/<uuid:plan_id>",
    needs=[Permission.PLANS_READ],
    answer=PlanContentsView,
)
def show_plan(call: Call) -> PlanContents:
    """A plan with its teams and visits; who does not reach the branch sees the own visits of a published one."""
    return plan_views.read_plan(call.uow, call.actor, call.path["plan_id"])


@endpoint(
    blueprint,
    "GET",
    "/visit-plans/<uuid:plan_id>/conflicts",
    needs=[Permission.PLANS_WRITE, Permission.TRAVEL_APPROVE],
    answer=ConflictsView,
)
def show_conflicts(call: Call) -> dict[str, object]:
    """Everything that forbids publication, by clause; and which visits would not count."""
    plan = visit_plans.plan_within(
        call.uow, call.actor, call.path["plan_id"], Permission.PLANS_WRITE, Permission.TRAVEL_APPROVE
    )
    found = visit_plans.conflicts(call.uow, plan)
    return {
        "forbidding": [_conflict(finding) for finding in found.forbidding],
        "warnings": [_conflict(finding) for finding in found.warnings],
    }


@endpoint(
    blueprint,
    "GET",
    "/visit-plans/<uuid:plan_id>/agents",
    needs=[Permission.PLANS_WRITE],
    answer=AgentsOnDay,
)
def show_agents(call: Call) -> dict[str, object]:
    """The branch's agents on the plan's day: certificate in force (V11), intervals that book them, leave."""
    plan = _plan(call)
    return {"items": visit_plans.availability(call.uow, plan)}


@endpoint(
    blueprint,
    "POST",
    "/visit-plans/<uuid:plan_id>/publish",
    needs=[Permission.PLANS_WRITE],
    answer=PlanContentsView,
    versioned=True,
    problems=[WRONG_STATE, PLAN_EMPTY],
)
def publish_plan(call: Call) -> PlanContents:
    """Publish what was looked at (If-Match): visits get their lease, R9 goes to the collectors, R15 to the gate."""
    plan = _plan(call)
    call.check_version(plan.version)
    publication.publish(call.uow, plan)
    return plan_views.read_plan(call.uow, call.actor, plan.id)


@endpoint(
    blueprint,
    "POST",
    "/visit-plans/<uuid:plan_id>/teams",
    needs=[Permission.PLANS_WRITE],
    body=TeamNew,
    answer=TeamView,
    status=201,
    once=True,
    problems=[TEAM_NOT_TWO],
)
def add_team(call: Call) -> TeamOnPlan:
    """Add a team at the end of the plan's order."""
    values = dict(call.body)
    team = visit_plans.add_team(call.uow, _plan(call), values.pop("id"), values)
    return plan_views.read_team(call.uow, team)


@endpoint(
    blueprint,
    "PATCH",
    "/visit-teams/<uuid:team_id>",
    needs=[Permission.PLANS_WRITE],
    body=TeamEdit,
    answer=TeamView,
    versioned=True,
    problems=[TEAM_NOT_TWO, TEAM_PUBLISHED],
)
def edit_team(call: Call) -> TeamOnPlan:
    """Change members, hours or place of a team that is not published."""
    plan, team = visit_plans.team_within(call.uow, call.actor, call.path["team_id"])
    call.check_version(team.version)
    return plan_views.read_team(call.uow, visit_plans.edit_team(call.uow, plan, team, call.body))


@endpoint(
    blueprint,
    "DELETE",
    "/visit-teams/<uuid:team_id>",
    needs=[Permission.PLANS_WRITE],
    answer=None,
    status=204,
    versioned=True,
    problems=[TEAM_PUBLISHED],
)
def remove_team(call: Call) -> None:
    """Take a team off the plan; its visits wait again."""
    plan, team = visit_plans.team_within(call.uow, call.actor, call.path["team_id"])
    call.check_version(team.version)
    visit_plans.remove_team(call.uow, plan, team)


@endpoint(
    blueprint,
    "PUT",
    "/visit-teams/<uuid:team_id>/visits",
    needs=[Permission.PLANS_WRITE],
    body=TeamVisits,
    answer=TeamView,
    versioned=True,
    problems=[WRONG_STATE, PUBLISHED_STAYS],
)
def assign_visits(call: Call) -> TeamOnPlan:
    """Give the team these accepted visits in this order; those left out wait again."""
    plan, team = visit_plans.team_within(call.uow, call.actor, call.path["team_id"])
    call.check_version(team.version)
    assigned = visit_plans.assign_visits(call.uow, plan, team, call.body["visit_ids"])
    return plan_views.read_team(call.uow, assigned)


@endpoint(
    blueprint,
    "POST",
    "/visit-teams/<uuid:team_id>/swap",
    needs=[Permission.PLANS_WRITE],
    body=Swap,
    answer=TeamView,
    versioned=True,
    problems=[WRONG_STATE, AGENT_BOOKED_TWICE],
)
def swap_member(call: Call) -> TeamOnPlan:
    """Somebody takes another's place in a published team; the rules of a team are asked again."""
    plan, team = visit_plans.team_within(call.uow, call.actor, call.path["team_id"])
    call.check_version(team.version)
    body = call.body
    swapped = publication.swap_member(call.uow, plan, team, body["leaves"], body["joins"], body["reason"])
    return plan_views.read_team(call.uow, swapped)


@endpoint(
    blueprint,
    "POST",
    "/visits/<uuid:visit_id>/withdraw",
    needs=[Permission.PLANS_WRITE],
    body=Withdrawal,
    answer=VisitWaiting,
    problems=[WRONG_STATE],
)
def withdraw_visit(call: Call) -> Visit:
    """Take a published visit off its plan, with a reason; `again` has a new one wait for another day."""
    visit, _ = visit_within(call.uow, call.actor, call.path["visit_id"], Permission.PLANS_WRITE)
    if visit.plan_id is None:
        raise problem(WRONG_STATE, state=visit.state, verb_zh="撤回", verb_en="withdrawn")
    plan = visit_plans.plan_within(call.uow, call.actor, visit.plan_id, Permission.PLANS_WRITE)
    return publication.withdraw_visit(call.uow, plan, visit, call.body["reason"], again=call.body["again"])


@endpoint(
    blueprint,
    "POST",
    "/visits/<uuid:visit_id>/plan-again",
    needs=[Permission.PLANS_WRITE],
    answer=VisitWaiting,
    status=201,
    problems=[WRONG_STATE, ALREADY_PLANNED_AGAIN],
)
def plan_again(call: Call) -> Visit:
    """A failed visit, or one whose lease ran out, waits again as a new visit of the same request."""
    visit, _ = visit_within(call.uow, call.actor, call.path["visit_id"], Permission.PLANS_WRITE)
    return publication.plan_again(call.uow, visit)


@endpoint(
    blueprint,
    "POST",
    "/visit-plans/<uuid:plan_id>/travel-approvals",
    needs=[Permission.PLANS_WRITE],
    body=TravelNew,
    answer=TravelView,
    status=201,
    once=True,
    problems=[TRAVEL_NOT_NEEDED],
)
def ask_travel(call: Call) -> TravelApproval:
    """R16: ask the manager for the cities of the plan, or record that the manager was told by phone."""
    body = call.body
    return travel.ask(call.uow, call.actor, _plan(call), body["id"], body["kind"], body["reason"])


@endpoint(
    blueprint,
    "GET",
    "/travel-approvals",
    needs=[Permission.TRAVEL_APPROVE, Permission.PLANS_WRITE],
    query=TravelQuery,
    answer=TravelPage,
)
def list_travel(call: Call) -> Page[TravelApproval]:
    """R16: approvals of the branch; `waiting` lists what is undecided and notices not made good."""
    return call.uow.travel_approvals.page(
        PageRequest(call.query["limit"], call.query.get("after")),
        reach(call.actor, Permission.TRAVEL_APPROVE, Permission.PLANS_WRITE),
        waiting=call.query["waiting"],
    )


@endpoint(
    blueprint,
    "POST",
    "/travel-approvals/<uuid:approval_id>/decide",
    needs=[Permission.TRAVEL_APPROVE],
    body=TravelDecision,
    answer=TravelView,
    versioned=True,
    problems=[WRONG_STATE],
)
def decide_travel(call: Call) -> TravelApproval:
    """R16: the manager grants or declines."""
    approval = travel.approval_within(call.uow, call.actor, call.path["approval_id"])
    call.check_version(approval.version)
    return travel.decide(
        call.uow, call.actor, approval, granted=call.body["granted"], reason=call.body["reason"]
    )


@endpoint(
    blueprint,
    "POST",
    "/travel-approvals/<uuid:approval_id>/make-good",
    needs=[Permission.TRAVEL_APPROVE],
    body=Reason,
    answer=TravelView,
    versioned=True,
    problems=[WRONG_STATE],
)
def make_travel_good(call: Call) -> TravelApproval:
    """R16: the papers of a notice by phone have come in afterwards."""
    approval = travel.approval_within(call.uow, call.actor, call.path["approval_id"])
    call.check_version(approval.version)
    return travel.make_good(call.uow, call.actor, approval, call.body["reason"])


def _plan(call: Call) -> VisitPlan:
    return visit_plans.plan_within(call.uow, call.actor, call.path["plan_id"], Permission.PLANS_WRITE)


def _conflict(finding: Finding) -> dict[str, object]:
    return {
        "code": finding.kind.code,
        "clause": finding.kind.clause,
        "message": {"zh": finding.zh(), "en": finding.en()},
        "remedy": {"zh": finding.remedy_zh(), "en": finding.remedy_en()},
        "facts": {key: _plain(value) for key, value in finding.params.items()},
    }


def _plain(value: object) -> object:
    return value if isinstance(value, (str, int, list)) else str(value)
