"""The dispatcher's queue: requests in tabs with counts, one with its checks beside the buttons, many at once (R1-R13).

Owns how requests are shown and decided on at the desk. Refuses what the use cases refuse, beside the form.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response

from admin_ui.forms import is_part, see_other
from admin_ui.lists import Chip, Tab, href, narrowing, next_page
from admin_ui.page import page
from admin_ui.telling import language
from api_schemas.base import Reason
from api_schemas.desk import DemolitionForm, RequestQueue, SendBackForm, WaiverForm
from server.domain.access import Permission, reach
from server.domain.address_standing import told_reason
from server.domain.audit import AuditEntry
from server.domain.requests import DemolitionAnswer, RequestState, WaiverKind
from server.domain.value_words import named
from server.services import request_decisions, request_waivers, visit_requests
from server.services.ports.paging import PageRequest
from server.services.ports.requests import RequestFilter
from server.services.request_views import request_detail, show_requests
from server.services.scopes import address_within, request_within
from server.web.endpoint import Call

LIST = "/desk/requests"
ONE = f"{LIST}/<uuid:request_id>"
_WAIVER_CLAUSE = {
    WaiverKind.RECALL_BLACKOUT: "R4",
    WaiverKind.ADDRESS_ORDER: "R5",
    WaiverKind.DEMOLISHED: "R8",
    WaiverKind.NO_URBAN_VILLAGE: "R8",
    WaiverKind.PROMISE: "R11",
}
_TABS: tuple[tuple[str, Mapping[str, str]], ...] = (
    ("filed", {"state": "filed"}),
    ("asking", {"state": "draft", "waiting_waivers": "true"}),
    ("returned", {"state": "returned"}),
    ("accepted", {"state": "accepted"}),
    ("refused", {"state": "refused"}),
    ("draft", {"state": "draft"}),
    ("withdrawn", {"state": "withdrawn"}),
    ("cancelled", {"state": "cancelled"}),
    ("all", {}),
)


@page(
    "GET",
    LIST,
    needs=[Permission.REQUESTS_READ],
    template="requests.html",
    query=RequestQueue,
    reads_personal=True,
    clauses=("R1", "R4", "R12", "R13"),
)
def request_queue(call: Call) -> dict[str, Any]:
    """Requests within reach, newest first, by tab."""
    asked = {name: value for name, value in call.query.items() if name not in ("after", "limit", "open")}
    reached = reach(call.actor, Permission.REQUESTS_READ)
    found = call.uow.visit_requests.page(
        PageRequest(call.query["limit"], call.query.get("after")), reached, RequestFilter(**asked)
    )
    ids = [request.id for request in found.items]
    call.uow.audit(AuditEntry("visit_request.listed", "visit_request", None, {"ids": ids}))
    narrowed = {name: value for name, value in asked.items() if name not in ("state", "waiting_waivers")}
    counts = call.uow.visit_requests.counts(reached, RequestFilter(**narrowed))
    asking = call.uow.visit_requests.counts(
        reached, RequestFilter(**narrowed, state=RequestState.DRAFT, waiting_waivers=True)
    )
    return {
        "rows": show_requests(call.uow, found.items),
        "next": next_page(LIST, found.next),
        "tabs": _tabs(asked, counts, sum(asking.values())),
        "chips": _chips(call, asked),
        "open": call.query["open"],
        "narrow": narrowing(LIST),
        "decides": call.actor.may(Permission.REQUESTS_DECIDE),
    }


@page(
    "GET",
    ONE,
    needs=[Permission.REQUESTS_READ],
    template="request.html",
    reads_personal=True,
    clauses=("R1", "R2", "R4", "R5", "R8", "R12", "R13"),
)
def request_drawer(call: Call) -> dict[str, Any]:
    """One request with the clauses as they stand beside the buttons."""
    return _detail(call)


@page("POST", f"{ONE}/accept", needs=[Permission.REQUESTS_DECIDE], template="request.html", versioned=True)
def accept_request(call: Call) -> Any:
    """R12: accept; each address becomes a visit that waits for a plan."""
    request, placement = request_within(
        call.uow, call.actor, call.path["request_id"], Permission.REQUESTS_DECIDE
    )
    call.check_version(request.version)
    request_decisions.accept(call.uow, call.house.addresses, request, placement)
    return _done(call, "accepted")


@page(
    "POST",
    f"{ONE}/return",
    needs=[Permission.REQUESTS_DECIDE],
    template="request.html",
    fields=SendBackForm,
    versioned=True,
)
def return_request(call: Call) -> Any:
    """Give it back to its author for correction, with the reason."""
    return _send_back(call, RequestState.RETURNED)


@page(
    "POST",
    f"{ONE}/refuse",
    needs=[Permission.REQUESTS_DECIDE],
    template="request.html",
    fields=SendBackForm,
    versioned=True,
)
def refuse_request(call: Call) -> Any:
    """Refuse it, with the reason; an address found wrong is counted (R13)."""
    return _send_back(call, RequestState.REFUSED)


@page("POST", f"{ONE}/withdraw", needs=[Permission.REQUESTS_WRITE], template="request.html", fields=Reason)
def withdraw_request(call: Call) -> Any:
    """Its author takes it back."""
    request, placement = request_within(
        call.uow, call.actor, call.path["request_id"], Permission.REQUESTS_WRITE
    )
    visit_requests.withdraw(call.uow, request, placement, call.body["reason"])
    return _done(call, "withdrawn")


@page(
    "POST",
    f"{ONE}/waivers/<uuid:waiver_id>",
    needs=[Permission.REQUESTS_DECIDE],
    template="request.html",
    fields=WaiverForm,
)
def decide_waiver(call: Call) -> Any:
    """Grant or decline an exception that a draft asks for, with the reason (R4, R5, R8, R11)."""
    granted = call.body["answer"] == "grant"
    request_waivers.decide_waiver(
        call.uow, call.actor, call.path["waiver_id"], granted=granted, reason=call.body["reason"]
    )
    return _done(call, "answered")


@page(
    "POST",
    f"{ONE}/addresses/<uuid:address_id>/demolition",
    needs=[Permission.REQUESTS_WRITE, Permission.REQUESTS_DECIDE],
    template="request.html",
    fields=DemolitionForm,
)
def record_demolition_check(call: Call) -> Any:
    """R8: record the call that asked whether an urban village was demolished."""
    permissions = (Permission.REQUESTS_WRITE, Permission.REQUESTS_DECIDE)
    address = address_within(call.uow, call.actor, call.path["address_id"], *permissions)
    request_waivers.record_demolition_check(call.uow, call.actor, address, **call.body)
    return _done(call, "recorded")


def _send_back(call: Call, state: RequestState) -> Any:
    request, placement = request_within(
        call.uow, call.actor, call.path["request_id"], Permission.REQUESTS_DECIDE
    )
    call.check_version(request.version)
    request_decisions.send_back(
        call.uow, request, placement, state, call.body["reason"], call.body["wrong_address_id"]
    )
    return _done(call, state.value)


def _done(call: Call, done: str) -> dict[str, Any] | Response:
    """The drawer as it is now; a browser without scripts is led back to the page of the request."""
    if not is_part():
        return see_other(f"{LIST}/{call.path['request_id']}")
    call.uow.write_trail()
    return _detail(call) | {"done": done}


def _detail(call: Call) -> dict[str, Any]:
    request, placement = request_within(
        call.uow, call.actor, call.path["request_id"], Permission.REQUESTS_READ
    )
    call.uow.audit(AuditEntry("visit_request.read", "visit_request", request.id))
    detail = request_detail(call.uow, call.house.addresses, request, placement)
    return {
        "detail": detail,
        "shown": detail.shown,
        "request": request,
        "decides": call.actor.may(Permission.REQUESTS_DECIDE),
        "writes": call.actor.may(Permission.REQUESTS_WRITE),
        "answers": list(DemolitionAnswer),
        "waiver_clause": _WAIVER_CLAUSE,
        "why_standing": lambda reason: named(told_reason(reason), language()),
        "form_id": call.uow.new_id(),
        "now": call.uow.now,
        "done": None,
    }


def _tabs(asked: Mapping[str, Any], counts: Mapping[RequestState, int], asking: int) -> list[Tab]:
    shared = {name: value for name, value in asked.items() if name not in ("state", "waiting_waivers")}
    chosen = {
        name: _written(value)
        for name, value in asked.items()
        if name in ("state", "waiting_waivers") and value is not None
    }
    tabs = []
    for key, filters in _TABS:
        count = {"all": sum(counts.values()), "asking": asking}.get(key)
        if count is None:
            count = counts.get(RequestState(key), 0)
        tabs.append(
            Tab(f"request_tab.{key}", href(LIST, {**shared, **filters}), count, dict(filters) == chosen)
        )
    return tabs


def _chips(call: Call, asked: Mapping[str, Any]) -> list[Chip]:
    """What narrows the list beside the tab, each with the address that leaves it out."""
    chips = []
    for name in ("county_code", "collector_id", "placement_id", "branch_id"):
        value = asked.get(name)
        if value is not None:
            rest = {key: _written(one) for key, one in asked.items() if key != name and one is not None}
            chips.append(Chip(f"chip.{name}", _named(call, name, value), href(LIST, rest)))
    return chips


def _named(call: Call, name: str, value: str) -> str:
    """The words of a filter's value; what is not found is shown as it was asked for."""
    if name == "collector_id":
        found = call.uow.accounts.get(value)
        return value if found is None else found.display_name
    if name == "placement_id":
        placement = call.uow.placements.get(value)
        return value if placement is None else placement.case_number
    if name == "county_code":
        return call.house.addresses.county(value) or value
    return value


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
