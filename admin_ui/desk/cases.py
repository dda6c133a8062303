"""One case at the desk: its numbers masked, addresses, requests, visits, and stopping it at once (V13).

Owns how a case is shown. Refuses what the use cases of holds refuse, beside the form.
"""

from __future__ import annotations

from typing import Any

from flask import Response

from admin_ui.desk.case_records import records_of
from admin_ui.forms import see_other
from admin_ui.page import page
from api_schemas.base import Reason
from api_schemas.case_records import HoldLead, HoldNew
from server.domain.access import Permission
from server.domain.audit import AuditEntry
from server.domain.imports import ImportFile
from server.domain.placements import HoldReason, Placement, placement_end
from server.services import case_reading, complaints, holds, imports
from server.services.scopes import placement_within, taken_back_within
from server.web.endpoint import Call

ONE = "/desk/cases/<uuid:placement_id>"
_HOLD = "/desk/holds/<uuid:hold_id>"
_BY_HAND = (HoldReason.COMPLAINT, HoldReason.DO_NOT_CONTACT)
NEWEST = 50


@page(
    "GET",
    ONE,
    needs=[Permission.PLACEMENTS_READ],
    template="case.html",
    reads_personal=True,
    clauses=("R1", "W4", "V13", "S5"),
)
def show_case(call: Call) -> dict[str, Any]:
    """The case with what waits on it; of one that was taken back, by which import."""
    uow = call.uow
    gone = taken_back_within(uow, call.actor, call.path["placement_id"], Permission.PLACEMENTS_READ)
    if gone is not None:
        return _taken_back(call, *gone)
    placement = placement_within(uow, call.actor, call.path["placement_id"], Permission.PLACEMENTS_READ)
    whole = case_reading.whole(uow, placement)
    requests, visits = uow.visit_requests.having(placement_id=placement.id), []
    if call.actor.may(Permission.VISITS_READ):
        visits = uow.visits.having(placement_id=placement.id)
    people = {placement.collector_id} | {hold.lead_id for hold in whole.holds if hold.lead_id is not None}
    people |= {id_ for visit in visits for id_ in (visit.lead_id, visit.partner_id) if id_ is not None}
    return {
        "case": whole,
        "placement": placement,
        "taken_back": None,
        "ends_on": placement_end(placement),
        "requests": sorted(requests, key=lambda one: one.id, reverse=True)[:NEWEST],
        "visits": sorted(visits, key=lambda one: one.id, reverse=True)[:NEWEST],
        "plans": uow.visit_plans.by_ids(visit.plan_id for visit in visits if visit.plan_id is not None),
        "addresses": uow.addresses.by_ids(visit.address_id for visit in visits),
        "people": uow.accounts.by_ids(people),
        "in_force": [hold for hold in whole.holds if hold.released_at is None],
        "stops": call.actor.may(Permission.CONTACTS_HOLD),
        "releases": call.actor.may(Permission.HOLDS_RELEASE),
        "unmasks": call.actor.may(Permission.PERSONAL_UNMASK),
        "reads_requests": call.actor.may(Permission.REQUESTS_READ),
        "asks": call.actor.may(Permission.REQUESTS_WRITE),
        "leads": _leads(call, placement.branch_id),
        "reasons": _BY_HAND,
        "form_id": uow.new_id(),
        **records_of(call, whole),
    }


@page("POST", f"{ONE}/hold", needs=[Permission.CONTACTS_HOLD], template=None, fields=HoldNew)
def stop_this_case(call: Call) -> Response:
    """V13: one click stops the case; teams, collector and managers are told at once."""
    placement = holds.placement_to_hold(call.uow, call.actor, call.path["placement_id"])
    body = call.body
    holds.complain(call.uow, call.actor, placement, body["reason"], body["note"], body["id"])
    return _to(placement.id)


@page("POST", f"{_HOLD}/lead", needs=[Permission.HOLDS_RELEASE], template=None, fields=HoldLead)
def lead_hold(call: Call) -> Response:
    """V13: somebody of supervisor rank takes the case."""
    hold, placement = holds.hold_within(call.uow, call.actor, call.path["hold_id"], Permission.HOLDS_RELEASE)
    holds.assign_lead(call.uow, placement, hold, call.body["lead_id"])
    return _to(placement.id)


@page("POST", f"{_HOLD}/reported", needs=[Permission.HOLDS_RELEASE], template=None)
def report_hold_to_client(call: Call) -> Response:
    """V13: the client has been told, now."""
    hold, placement = holds.hold_within(call.uow, call.actor, call.path["hold_id"], Permission.HOLDS_RELEASE)
    holds.report_to_client(call.uow, placement, hold)
    return _to(placement.id)


@page("POST", f"{_HOLD}/release", needs=[Permission.HOLDS_RELEASE], template=None, fields=Reason)
def release_this_hold(call: Call) -> Response:
    """End the hold, with a reason."""
    hold, placement = holds.hold_within(call.uow, call.actor, call.path["hold_id"], Permission.HOLDS_RELEASE)
    holds.release_hold(call.uow, placement, hold, call.body["reason"], by=call.actor)
    return _to(placement.id)


def _taken_back(call: Call, placement: Placement, file: ImportFile) -> dict[str, Any]:
    """S20: nothing of it but that it was taken back; the file is opened by whoever reaches it."""
    call.uow.audit(AuditEntry("placement.read", "placement", placement.id))
    by = None if file.undone_by is None else call.uow.accounts.get(file.undone_by)
    return {
        "placement": placement,
        "taken_back": file,
        "taken_back_by": None if by is None else by.display_name,
        "opens_import": imports.seen_by(call.actor, file),
    }


def _leads(call: Call, branch_id: str) -> list[Any]:
    """Who is of supervisor rank in the branch; asked for only where somebody may be appointed."""
    if not call.actor.may(Permission.HOLDS_RELEASE):
        return []
    return complaints.leads_of(call.uow, branch_id)


def _to(placement_id: str) -> Response:
    return see_other(f"/desk/cases/{placement_id}")
