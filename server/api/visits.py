"""Routes of visits: lists, one visit whole, check-ins and check-outs (V1, R12), signatures at the desk (V3)."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from api_schemas.base import PageQuery
from api_schemas.visit_inputs import CheckInNew, DeskSignature, Once
from api_schemas.visit_parts import CheckInAnswer, PresenceCode, VisitMoment
from api_schemas.visit_views import CallLimits, VisitPage, VisitQuery, VisitView
from server.domain.access import Permission, reach
from server.domain.audit import AuditEntry
from server.domain.calls import OUTSIDE_HOURS
from server.domain.consents import CONSENT_MISSING
from server.domain.presence import ANOTHER_COUNTS, DESK_NEEDS_BOTH
from server.domain.problems import WRONG_STATE
from server.domain.visit_whole import VisitBrief, VisitWhole
from server.domain.visits import CheckDirection, Visit
from server.services import check_ins, desk_signatures, visit_reading
from server.services.check_ins import CheckInResult
from server.services.places import place_of
from server.services.ports.paging import Page, PageRequest
from server.services.scopes import team_member, visit_within
from server.services.visit_records import edition_at
from server.web.endpoint import Call, endpoint

blueprint = Blueprint(
    "visits", __name__, url_prefix="/api/v1", description="Visits: who was there, what happened (V1 to V19)"
)


@endpoint(
    blueprint,
    "GET",
    "/visits",
    needs=[Permission.VISITS_READ],
    query=VisitQuery,
    answer=VisitPage,
    reads_personal=True,
)
def list_visits(call: Call) -> Page[VisitBrief]:
    """Visits within reach, oldest first: an agent's own, a collector's cases'. Names masked."""
    page = call.uow.visits.page(
        PageRequest(call.query["limit"], call.query.get("after")),
        reach(call.actor, Permission.VISITS_READ),
        day=call.query["day"],
        state=call.query["state"],
        county_code=call.query["county_code"],
        recorded_below=call.query["recorded_below"],
    )
    return _shown(call, page, "visit.listed")


@endpoint(
    blueprint,
    "GET",
    "/qa/visits-without-two",
    needs=[Permission.INCIDENTS_READ],
    query=PageQuery,
    answer=VisitPage,
    reads_personal=True,
)
def list_visits_without_two(call: Call) -> Page[VisitBrief]:
    """V1: visits that began without two of the team proven there, newest first."""
    team_size = edition_at(call.uow, call.uow.now).team_size
    page = call.uow.visits.without_two(
        PageRequest(call.query["limit"], call.query.get("after")),
        reach(call.actor, Permission.INCIDENTS_READ),
        team_size=team_size,
    )
    return _shown(call, page, "visit.without_two_listed")


@endpoint(
    blueprint,
    "GET",
    "/visits/<uuid:visit_id>",
    needs=[Permission.VISITS_READ],
    answer=VisitView,
    reads_personal=True,
)
def show_visit(call: Call) -> VisitWhole:
    """One visit with everything on it; the total debt only as V10 allows."""
    visit, _ = visit_within(call.uow, call.actor, call.path["visit_id"], Permission.VISITS_READ)
    whole = visit_reading.whole(call.house, call.uow, visit, for_team=team_member(call.actor, visit))
    call.uow.audit(
        AuditEntry("visit.read", "visit", visit.id, {"total_debt": whole.total_debt_fen is not None})
    )
    return whole


@endpoint(
    blueprint,
    "GET",
    "/visits/<uuid:visit_id>/call-limits",
    needs=[Permission.VISITS_READ],
    answer=CallLimits,
    reads_personal=True,
)
def show_call_limits(call: Call) -> dict[str, Any]:
    """V9, V13: what may be called now, so that the phone refuses beforehand."""
    visit, placement = visit_within(call.uow, call.actor, call.path["visit_id"], Permission.VISITS_READ)
    file = visit_reading.phone_file(call.uow, placement.debtor_id)
    call.uow.audit(AuditEntry("visit.call_limits_read", "visit", visit.id))
    return {
        "day": visit_reading.calls_of_day(call.uow, file, call.uow.now),
        "phones": visit_reading.phones_now(call.uow, file),
    }


@endpoint(
    blueprint,
    "POST",
    "/visits/<uuid:visit_id>/check-ins",
    needs=[Permission.VISITS_CONDUCT],
    body=CheckInNew,
    answer=CheckInAnswer,
    status=201,
    once=True,
    problems=[CONSENT_MISSING, OUTSIDE_HOURS, WRONG_STATE],
)
def check(call: Call) -> dict[str, Any]:
    """V1: check in or out. Refused beforehand by R12, V9 or without a consent; what began offline is kept."""
    return _checked(call, check_ins.check(call.uow, call.actor, call.path["visit_id"], call.body))


@endpoint(
    blueprint,
    "GET",
    "/visits/<uuid:visit_id>/presence-code",
    needs=[Permission.VISITS_CONDUCT],
    answer=PresenceCode,
    reads_personal=True,
)
def show_presence_code(call: Call) -> dict[str, Any]:
    """V1: the own code for this visit and half minute, to be typed on the partner's device."""
    return check_ins.code_for(call.uow, call.actor, call.path["visit_id"])


@endpoint(
    blueprint,
    "POST",
    "/visits/<uuid:visit_id>/desk-sign",
    needs=[Permission.VISITS_CONDUCT],
    body=DeskSignature,
    answer=CheckInAnswer,
    status=201,
    once=True,
    problems=[ANOTHER_COUNTS, DESK_NEEDS_BOTH],
)
def desk_sign(call: Call) -> dict[str, Any]:
    """V1, V3: sign at the desk for a visit made without devices; provisional until a manager confirms."""
    return _checked(call, desk_signatures.sign(call.uow, call.actor, call.path["visit_id"], call.body))


@endpoint(
    blueprint,
    "POST",
    "/visits/<uuid:visit_id>/desk-confirm",
    needs=[Permission.VISITS_CONFIRM],
    body=Once,
    answer=VisitMoment,
    once=True,
    problems=[DESK_NEEDS_BOTH, WRONG_STATE],
)
def desk_confirm(call: Call) -> Visit:
    """V1: a manager confirms the two signatures; only then are the two present."""
    return desk_signatures.confirm(call.uow, call.actor, call.path["visit_id"])


def _checked(call: Call, result: CheckInResult) -> dict[str, Any]:
    missing = []
    if result.check_in.direction is CheckDirection.OUT:
        placement = call.uow.placements.need(result.visit.placement_id)
        missing = visit_reading.missing_of(call.uow, result.visit, placement)
    return {
        "check_in": result.check_in,
        "visit": result.visit,
        "present": list(result.presence.present),
        "place": place_of(call.uow, call.house.outlines, result.visit),
        "findings": result.findings,
        "missing": missing,
    }


def _shown(call: Call, page: Page[Visit], action: str) -> Page[VisitBrief]:
    ids = [visit.id for visit in page.items]
    call.uow.audit(AuditEntry(action, "visit", None, {"ids": ids}))
    return Page(visit_reading.briefs(call.uow, page.items), page.next)
