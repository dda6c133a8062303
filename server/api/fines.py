"""Routes of fines and of decisions on incidents (F4, F5, F7)."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from api_schemas.base import PageQuery
from api_schemas.fines import (
    FineList,
    FineNew,
    FinePage,
    FinePayment,
    FineQuery,
    FinesOfMonth,
    FineVerification,
    FineView,
    IncidentDecisionNew,
    IncidentDecisionPage,
    IncidentDecisionView,
    ProposalQuery,
    ProposalView,
)
from server.domain.access import Permission, reach
from server.domain.audit import AuditEntry
from server.domain.fines import FINE_AMOUNT, FINE_NOT_SUPERVISED, FINE_STATE, FINE_UNKNOWN, Fine
from server.domain.incident_matrix import (
    CONSEQUENCE_AMOUNT,
    INCIDENT_DECIDED,
    INCIDENT_OF_ANOTHER,
    INCIDENT_OWN,
    INCIDENT_SELF_REPORTED,
    IncidentDecision,
)
from server.domain.months import MONTH_NOT_OVER
from server.domain.problems import NOT_FOUND
from server.services import fine_views, fines, incident_decisions
from server.services.incidents import incident_within
from server.services.ports.paging import Page, PageRequest
from server.web.endpoint import Call, endpoint

blueprint = Blueprint(
    "fines", __name__, url_prefix="/api/v1", description="Fines and what incidents lead to (F4, F5, F7)"
)


@endpoint(
    blueprint,
    "GET",
    "/fines",
    needs=[Permission.FINES_READ],
    query=FineQuery,
    answer=FinePage,
    reads_personal=True,
)
def list_fines(call: Call) -> Page[Fine]:
    """The own fines, or those of a team or a branch; the newest first."""
    request = PageRequest(call.query["limit"], call.query.get("after"))
    month, state = call.query["month"], call.query["state"]
    return fine_views.fines_page(call.uow, call.actor, request, month=month, state=state)


@endpoint(
    blueprint,
    "POST",
    "/fines",
    needs=[Permission.FINES_WRITE],
    body=FineNew,
    answer=FineView,
    status=201,
    once=True,
    problems=[NOT_FOUND, FINE_UNKNOWN, FINE_NOT_SUPERVISED],
)
def enter_fine(call: Call) -> Fine:
    """F4: enter what was found, by the catalogue; whoever supervises the entry does."""
    return fines.enter(call.uow, call.actor, call.body)


@endpoint(
    blueprint,
    "POST",
    "/fines/address-errors",
    needs=[Permission.FINES_WRITE],
    body=FinesOfMonth,
    answer=FineList,
    problems=[MONTH_NOT_OVER],
)
def enter_address_errors(call: Call) -> dict[str, Any]:
    """R13: enter what the wrong addresses of a month that is over cost; what was entered is not entered again."""
    return {"items": fines.enter_address_errors(call.uow, call.actor, call.body["month"])}


@endpoint(
    blueprint,
    "POST",
    "/fines/<uuid:fine_id>/verification",
    needs=[Permission.FINES_WRITE],
    body=FineVerification,
    answer=FineView,
    once=True,
    problems=[NOT_FOUND, FINE_NOT_SUPERVISED, FINE_STATE],
)
def verify_fine(call: Call) -> Fine:
    """F5: it holds, is due the same day and the person is told; or it is dropped."""
    return fines.verify(call.uow, call.actor, call.path["fine_id"], call.body)


@endpoint(
    blueprint,
    "POST",
    "/fines/<uuid:fine_id>/payment",
    needs=[Permission.FINES_WRITE],
    body=FinePayment,
    answer=FineView,
    once=True,
    problems=[NOT_FOUND, FINE_NOT_SUPERVISED, FINE_STATE, FINE_AMOUNT],
)
def receive_fine(call: Call) -> Fine:
    """F5: record that it was handed over: double after the day on which it was due."""
    return fines.receive(call.uow, call.actor, call.path["fine_id"], call.body["amount"])


@endpoint(
    blueprint,
    "GET",
    "/incidents/<uuid:incident_id>/proposal",
    needs=[Permission.INCIDENTS_READ],
    query=ProposalQuery,
    answer=ProposalView,
    problems=[NOT_FOUND],
)
def propose_decision(call: Call) -> dict[str, Any]:
    """F7: what the matrix says of such an incident."""
    incident_within(call.uow, call.actor, call.path["incident_id"], Permission.INCIDENTS_READ)
    consequence, fen = incident_decisions.proposal(call.uow, **call.query)
    return {"consequence": consequence, "amount": fen}


@endpoint(
    blueprint,
    "POST",
    "/incidents/<uuid:incident_id>/decision",
    needs=[Permission.INCIDENTS_DECIDE],
    body=IncidentDecisionNew,
    answer=IncidentDecisionView,
    status=201,
    once=True,
    problems=[
        NOT_FOUND,
        INCIDENT_OWN,
        INCIDENT_DECIDED,
        INCIDENT_OF_ANOTHER,
        INCIDENT_SELF_REPORTED,
        CONSEQUENCE_AMOUNT,
    ],
)
def decide_incident(call: Call) -> IncidentDecision:
    """F7: decide what an incident leads to for somebody, with reasons; it is final and told."""
    return incident_decisions.decide(call.uow, call.actor, call.path["incident_id"], call.body)


@endpoint(
    blueprint,
    "GET",
    "/incident-decisions",
    needs=[Permission.FINES_READ],
    query=PageQuery,
    answer=IncidentDecisionPage,
    reads_personal=True,
)
def list_decisions(call: Call) -> Page[IncidentDecision]:
    """What incidents led to: the own ones, or those of a team or a branch; the newest first."""
    request = PageRequest(call.query["limit"], call.query.get("after"))
    page = call.uow.incident_decisions.page(request, reach(call.actor, Permission.FINES_READ))
    ids = [one.id for one in page.items]
    call.uow.audit(AuditEntry("incident_decision.listed", "incident_decision", None, {"ids": ids}))
    return page
