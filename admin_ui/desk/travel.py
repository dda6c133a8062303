"""Travel outside the branch's city, as the manager decides on it (R16).

Owns the list of what waits. Refuses what the use cases refuse, and a second decision.
"""

from __future__ import annotations

from typing import Any

from flask import Response

from admin_ui.forms import see_other
from admin_ui.lists import next_page
from admin_ui.page import page
from api_schemas.base import PageQuery
from api_schemas.desk import TravelAnswer
from server.domain.access import Permission, reach
from server.domain.plan_rules import outside_cities
from server.services import travel
from server.services.ports.paging import PageRequest
from server.web.endpoint import Call

LIST = "/desk/travel"


@page(
    "GET",
    LIST,
    needs=[Permission.TRAVEL_APPROVE],
    template="travel.html",
    query=PageQuery,
    clauses=("R16",),
)
def travel_list(call: Call) -> dict[str, Any]:
    """What is undecided, and notices by phone that were not made good yet."""
    found = call.uow.travel_approvals.page(
        PageRequest(call.query["limit"], call.query.get("after")),
        reach(call.actor, Permission.TRAVEL_APPROVE),
        waiting=True,
    )
    plans = call.uow.visit_plans.by_ids(one.plan_id for one in found.items)
    visits = call.uow.visits.having_any("plan_id", plans)
    addresses = call.uow.addresses.by_ids(visit.address_id for visit in visits)
    return {
        "approvals": found.items,
        "next": next_page(LIST, found.next),
        "plans": plans,
        "people": call.uow.accounts.by_ids(one.asked_by for one in found.items),
        "cities": outside_cities(addresses.values(), "none"),
    }


@page(
    "POST",
    f"{LIST}/<uuid:approval_id>",
    needs=[Permission.TRAVEL_APPROVE],
    template=None,
    fields=TravelAnswer,
    versioned=True,
)
def answer_travel(call: Call) -> Response:
    """R16: grant, decline, or record that the papers of a notice have come in."""
    approval = travel.approval_within(call.uow, call.actor, call.path["approval_id"])
    call.check_version(approval.version)
    answer, reason = call.body["answer"], call.body["reason"]
    if answer == "make_good":
        travel.make_good(call.uow, call.actor, approval, reason)
    else:
        travel.decide(call.uow, call.actor, approval, granted=answer == "grant", reason=reason)
    return see_other(LIST)
