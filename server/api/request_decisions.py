"""Routes of dispatchers on visit requests: waivers, calls to offices, decisions one by one and many at once."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from api_schemas.requests import (
    AddressErrorMonth,
    AddressErrorQuery,
    DecisionList,
    DecisionOutcomes,
    DemolitionCheckNew,
    DemolitionCheckView,
    SendBack,
    VisitRequestView,
    WaiverDecision,
    WaiverNew,
    WaiverView,
)
from server.domain.access import Permission
from server.domain.audit import AuditEntry
from server.domain.calendar import parse_day
from server.domain.problems import WRONG_STATE
from server.domain.request_problems import NOT_IN_REQUEST, REQUEST_AFTER_END, WAIVER_PENDING
from server.domain.requests import DemolitionCheck, RequestState, Waiver
from server.services import address_errors, request_decisions, request_waivers
from server.services.request_decisions import AskedDecision, Decision, DecisionOutcome
from server.services.request_views import ShownRequest, show_request
from server.services.scopes import address_within, request_within
from server.web.endpoint import Call, endpoint
from server.web.problems import document, language_asked

blueprint = Blueprint(
    "request_decisions",
    __name__,
    url_prefix="/api/v1",
    description="Decisions on visit requests (R4, R5, R8, R11, R12, R13)",
)


@endpoint(
    blueprint,
    "POST",
    "/visit-requests/<uuid:request_id>/waivers",
    needs=[Permission.REQUESTS_WRITE],
    body=WaiverNew,
    answer=WaiverView,
    status=201,
    once=True,
    problems=[NOT_IN_REQUEST, WAIVER_PENDING, WRONG_STATE],
)
def ask_waiver(call: Call) -> Waiver:
    """Ask for an exception (R4, R5, R8) or explain (R11), before filing."""
    request, placement = request_within(
        call.uow, call.actor, call.path["request_id"], Permission.REQUESTS_WRITE
    )
    return request_waivers.ask_waiver(call.uow, request, placement, call.actor, **call.body)


@endpoint(
    blueprint,
    "POST",
    "/waivers/<uuid:waiver_id>/decide",
    needs=[Permission.REQUESTS_DECIDE],
    body=WaiverDecision,
    answer=WaiverView,
    problems=[WRONG_STATE],
)
def decide_waiver(call: Call) -> Waiver:
    """Grant or decline, with a reason; once, and before the request is filed."""
    return request_waivers.decide_waiver(call.uow, call.actor, call.path["waiver_id"], **call.body)


@endpoint(
    blueprint,
    "POST",
    "/addresses/<uuid:address_id>/demolition-checks",
    needs=[Permission.REQUESTS_WRITE, Permission.REQUESTS_DECIDE],
    body=DemolitionCheckNew,
    answer=DemolitionCheckView,
    status=201,
    once=True,
)
def record_demolition_check(call: Call) -> DemolitionCheck:
    """R8: record the call that asked whether an urban village was demolished."""
    address = address_within(
        call.uow,
        call.actor,
        call.path["address_id"],
        Permission.REQUESTS_WRITE,
        Permission.REQUESTS_DECIDE,
    )
    return request_waivers.record_demolition_check(call.uow, call.actor, address, **call.body)


@endpoint(
    blueprint,
    "POST",
    "/visit-requests/<uuid:request_id>/accept",
    needs=[Permission.REQUESTS_DECIDE],
    answer=VisitRequestView,
    versioned=True,
    problems=[REQUEST_AFTER_END, WRONG_STATE],
)
def accept_request(call: Call) -> ShownRequest:
    """R12: accept; each address becomes a visit that waits for a plan."""
    request, placement = request_within(
        call.uow, call.actor, call.path["request_id"], Permission.REQUESTS_DECIDE
    )
    call.check_version(request.version)
    accepted = request_decisions.accept(call.uow, call.house.addresses, request, placement)
    return show_request(call.uow, accepted)


@endpoint(
    blueprint,
    "POST",
    "/visit-requests/<uuid:request_id>/return",
    needs=[Permission.REQUESTS_DECIDE],
    body=SendBack,
    answer=VisitRequestView,
    versioned=True,
    problems=[NOT_IN_REQUEST, WRONG_STATE],
)
def return_request(call: Call) -> ShownRequest:
    """Give it back to its author for correction, with the reason."""
    return _send_back(call, RequestState.RETURNED)


@endpoint(
    blueprint,
    "POST",
    "/visit-requests/<uuid:request_id>/refuse",
    needs=[Permission.REQUESTS_DECIDE],
    body=SendBack,
    answer=VisitRequestView,
    versioned=True,
    problems=[NOT_IN_REQUEST, WRONG_STATE],
)
def refuse_request(call: Call) -> ShownRequest:
    """Refuse it, with the reason; an address that was found wrong is counted (R13)."""
    return _send_back(call, RequestState.REFUSED)


@endpoint(
    blueprint,
    "POST",
    "/visit-requests/decisions",
    needs=[Permission.REQUESTS_DECIDE],
    body=DecisionList,
    answer=DecisionOutcomes,
)
def decide_many(call: Call) -> dict[str, Any]:
    """Decide on many requests; each has its own outcome, one that is refused does not stop the others."""
    asked = [
        AskedDecision(**(given | {"decision": Decision(given["decision"]), "reason": given["reason"] or ""}))
        for given in call.body["decisions"]
    ]
    outcomes = request_decisions.decide_many(call.uow, call.house.addresses, call.actor, asked)
    return {"outcomes": [_shown_outcome(outcome) for outcome in outcomes]}


@endpoint(
    blueprint,
    "GET",
    "/address-errors",
    needs=[Permission.REQUESTS_READ],
    query=AddressErrorQuery,
    answer=AddressErrorMonth,
    reads_personal=True,
)
def list_address_errors(call: Call) -> dict[str, Any]:
    """R13: the address errors of a month by person, with what is free and what they cost."""
    month = call.query["month"]
    people = address_errors.errors_of_month(call.uow, call.actor, parse_day(f"{month}-01"))
    ids = [error.id for person in people for error in person.errors]
    call.uow.audit(AuditEntry("address_error.listed", "address_error", None, {"ids": ids}))
    return {"month": month, "people": people}


def _send_back(call: Call, state: RequestState) -> ShownRequest:
    request, placement = request_within(
        call.uow, call.actor, call.path["request_id"], Permission.REQUESTS_DECIDE
    )
    call.check_version(request.version)
    answered = request_decisions.send_back(
        call.uow, request, placement, state, call.body["reason"], call.body["wrong_address_id"]
    )
    return show_request(call.uow, answered)


def _shown_outcome(outcome: DecisionOutcome) -> dict[str, Any]:
    request = outcome.request
    return {
        "request_id": outcome.request_id,
        "state": None if request is None else request.state,
        "version": None if request is None else request.version,
        "problem": None if outcome.refused is None else document(outcome.refused, language_asked()),
    }
