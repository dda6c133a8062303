"""Routes of a plan's day: the order of a team's stops by distance, shown, and taken over by the dispatcher or not."""

from __future__ import annotations

from flask_smorest import Blueprint

from api_schemas.plans import TeamView
from api_schemas.routes import PlanRoutes, RouteTaken
from server.domain.access import Permission
from server.domain.plan_problems import ROUTE_DIFFERS, TEAM_PUBLISHED
from server.services import plan_views, routes, visit_plans
from server.services.plan_views import TeamOnPlan
from server.services.routes import TeamRoute
from server.web.endpoint import Call, endpoint

blueprint = Blueprint(
    "routes", __name__, url_prefix="/api/v1", description="A day's routes: order of stops by distance (M6)"
)


@endpoint(
    blueprint,
    "GET",
    "/visit-plans/<uuid:plan_id>/routes",
    needs=[Permission.PLANS_READ],
    answer=PlanRoutes,
)
def show_routes(call: Call) -> dict[str, list[TeamRoute]]:
    """For each team the order of entry with its legs, and a shorter order where there is one."""
    plan = plan_views.read_plan(call.uow, call.actor, call.path["plan_id"])
    return {"items": routes.routes_of(call.uow, call.house.distances, plan)}


@endpoint(
    blueprint,
    "POST",
    "/visit-teams/<uuid:team_id>/take-route",
    needs=[Permission.PLANS_WRITE],
    body=RouteTaken,
    answer=TeamView,
    versioned=True,
    problems=[ROUTE_DIFFERS, TEAM_PUBLISHED],
)
def take_route(call: Call) -> TeamOnPlan:
    """Give the team's visits the better order that was shown, before the team is published."""
    plan, team = visit_plans.team_within(call.uow, call.actor, call.path["team_id"])
    call.check_version(team.version)
    taken = routes.take_over(call.uow, call.house.distances, plan, team, call.body["visit_ids"])
    return plan_views.read_team(call.uow, taken)
