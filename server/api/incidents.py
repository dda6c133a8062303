"""Routes of incidents: report, list, close."""

from __future__ import annotations

from flask_smorest import Blueprint

from api_schemas.incidents import IncidentClosing, IncidentNew, IncidentPage, IncidentQuery, IncidentView
from server.domain.access import Permission
from server.domain.problems import NOT_FOUND, WRONG_STATE
from server.domain.visits import Incident
from server.services import fine_views, incidents
from server.services.ports.paging import Page, PageRequest
from server.web.endpoint import Call, endpoint

blueprint = Blueprint(
    "incidents", __name__, url_prefix="/api/v1", description="Incidents (V4, V8, V9, V12, V17; F7)"
)


@endpoint(
    blueprint,
    "POST",
    "/incidents",
    needs=[Permission.INCIDENTS_REPORT],
    body=IncidentNew,
    answer=IncidentView,
    status=201,
    once=True,
    problems=[NOT_FOUND],
)
def report_incident(call: Call) -> Incident:
    """Anybody reports; about oneself it is an honest self-report."""
    return incidents.report(call.uow, call.actor, call.body)


@endpoint(
    blueprint,
    "GET",
    "/incidents",
    needs=[Permission.INCIDENTS_READ],
    query=IncidentQuery,
    answer=IncidentPage,
    reads_personal=True,
)
def list_incidents(call: Call) -> Page[Incident]:
    """Incidents within reach, newest first."""
    request = PageRequest(call.query["limit"], call.query.get("after"))
    return fine_views.incidents_page(call.uow, call.actor, request, call.query["open"])


@endpoint(
    blueprint,
    "POST",
    "/incidents/<uuid:incident_id>/close",
    needs=[Permission.INCIDENTS_CLOSE],
    body=IncidentClosing,
    answer=IncidentView,
    once=True,
    problems=[WRONG_STATE],
)
def close_incident(call: Call) -> Incident:
    """Close with a note; nothing of the report changes."""
    incident = incidents.incident_within(
        call.uow, call.actor, call.path["incident_id"], Permission.INCIDENTS_CLOSE
    )
    return incidents.close(call.uow, call.actor, incident, call.body["note"])
