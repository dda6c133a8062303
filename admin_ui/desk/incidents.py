"""Incidents at the desk: what was reported, what the handbook's matrix proposes, what was decided (F7).

Owns the forms. Refuses nothing of its own: who decides on what, the rule says.
"""

from __future__ import annotations

from typing import Any

from flask import Response

from admin_ui.forms import see_other
from admin_ui.lists import Tab, href, next_page
from admin_ui.page import page
from admin_ui.words import WORDS
from api_schemas.desk_fines import ClosingForm, DecisionForm, IncidentList
from server.domain.access import Permission
from server.domain.calendar import local_day
from server.domain.incident_matrix import Consequence, FoundHow
from server.services import fine_views, incident_decisions, incidents
from server.services.ports.paging import PageRequest
from server.web.endpoint import Call

LIST = "/desk/incidents"
ONE = f"{LIST}/<uuid:incident_id>"
_CLAUSES = ("F6", "F7", "V13")


@page(
    "GET",
    LIST,
    needs=[Permission.INCIDENTS_READ],
    template="incidents.html",
    query=IncidentList,
    reads_personal=True,
    clauses=_CLAUSES,
)
def incident_list(call: Call) -> dict[str, Any]:
    """Incidents within reach, the newest first."""
    asked = call.query
    request = PageRequest(asked["limit"], asked.get("after"))
    found = fine_views.incidents_page(call.uow, call.actor, request, asked["open"])
    return {
        "items": fine_views.incidents_shown(call.uow, found.items),
        "next": next_page(LIST, found.next),
        "tabs": [
            Tab("incident_tab.all", LIST, None, asked["open"] is None),
            Tab("incident_tab.open", href(LIST, {"open": "true"}), None, asked["open"] is True),
            Tab("incident_tab.closed", href(LIST, {"open": "false"}), None, asked["open"] is False),
        ],
        "known": WORDS,
    }


@page(
    "GET",
    ONE,
    needs=[Permission.INCIDENTS_READ],
    template="incident.html",
    reads_personal=True,
    clauses=_CLAUSES,
)
def show_incident(call: Call) -> dict[str, Any]:
    """An incident beside the matrix of the edition in force, with what was decided."""
    shown, decisions = fine_views.incident_shown(call.uow, call.actor, call.path["incident_id"])
    decides = call.actor.may(Permission.INCIDENTS_DECIDE) and not decisions
    edition = call.uow.policy.in_force_on(local_day(call.uow.now))
    people = fine_views.people_within(call.uow, call.actor, Permission.INCIDENTS_DECIDE) if decides else []
    about = shown.incident.about_account_id
    return {
        "shown": shown,
        "decisions": decisions,
        "decides": decides,
        "closes": call.actor.may(Permission.INCIDENTS_CLOSE) and shown.incident.closed_at is None,
        "people": [one for one in people if about in (None, one.id)],
        "matrix": [
            (FoundHow(found), fault == "at_fault", pacified == "pacified", Consequence(consequence), fen)
            for found, fault, pacified, consequence, fen in edition.incident_matrix
        ],
        "found_ways": [FoundHow.SELF_REPORTED] if shown.incident.self_reported else list(FoundHow),
        "consequences": list(Consequence),
        "form_id": call.uow.new_id(),
        "known": WORDS,
    }


@page("POST", f"{ONE}/decision", needs=[Permission.INCIDENTS_DECIDE], template=None, fields=DecisionForm)
def decide_incident(call: Call) -> Response:
    """F7: what it leads to; it is final and told."""
    incident_decisions.decide(call.uow, call.actor, call.path["incident_id"], call.body)
    return see_other(f"{LIST}/{call.path['incident_id']}")


@page("POST", f"{ONE}/close", needs=[Permission.INCIDENTS_CLOSE], template=None, fields=ClosingForm)
def close_incident(call: Call) -> Response:
    """Close with a note; what was reported stays."""
    incident = incidents.incident_within(
        call.uow, call.actor, call.path["incident_id"], Permission.INCIDENTS_CLOSE
    )
    incidents.close(call.uow, call.actor, incident, call.body["note"])
    return see_other(f"{LIST}/{incident.id}")
