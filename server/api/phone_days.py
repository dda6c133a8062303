"""The route of a phone's day: what it carries along, in one answer."""

from __future__ import annotations

from flask_smorest import Blueprint

from api_schemas.phone_days import PhoneDayView
from server.domain.access import Permission
from server.domain.audit import AuditEntry
from server.domain.phone_days import PhoneDay
from server.services import phone_days
from server.web.endpoint import Call, endpoint

blueprint = Blueprint(
    "phone_days", __name__, url_prefix="/api/v1", description="What phones carry along (S19)"
)


@endpoint(
    blueprint,
    "GET",
    "/phone/day",
    needs=[Permission.VISITS_CONDUCT],
    answer=PhoneDayView,
    reads_personal=True,
)
def show_day(call: Call) -> PhoneDay:
    """S19: today's own visits, what may be said to whom, the policy's numbers: all that the phone needs at a door."""
    day = phone_days.day_of(call.uow, call.house.phone_seals, call.actor)
    ids = [visit.brief.visit.id for visit in day.visits]
    call.uow.audit(AuditEntry("phone_day.read", "visit", None, {"ids": ids}))
    return day
