"""Routes around plans: the list for the branch group (V5), the list for the gate (R15), addresses withdrawn."""

from __future__ import annotations

from datetime import timedelta

from flask import Response
from flask_smorest import Blueprint

from api_schemas.base import Reason
from api_schemas.plans import (
    AddressStandingView,
    AttendanceFileQuery,
    AttendanceQuery,
    AttendanceView,
    GroupListQuery,
    GroupListSent,
)
from server.domain.access import Permission
from server.domain.audit import AuditEntry
from server.domain.calendar import local_day
from server.domain.problems import WRONG_STATE
from server.domain.visit_lists import NO_GROUP, NOTHING_TO_SEND
from server.services import address_withdrawal, visit_lists
from server.services.attendance_table import ATTENDANCE_COLUMNS, attendance_cells
from server.services.scopes import address_within
from server.web.endpoint import Call, endpoint

blueprint = Blueprint(
    "visit lists",
    __name__,
    url_prefix="/api/v1",
    description="Lists of published plans, withdrawn addresses (V5, R15)",
)


@endpoint(
    blueprint,
    "POST",
    "/visit-plans/lists/group",
    needs=[Permission.PLANS_WRITE, Permission.VISITS_CONDUCT],
    query=GroupListQuery,
    answer=GroupListSent,
    problems=[NOTHING_TO_SEND, NO_GROUP],
)
def send_group_list(call: Call) -> dict[str, int]:
    """V5: today's or tomorrow's list to the branch group; an agent sends the own, a dispatcher all."""
    day = local_day(call.uow.now) + timedelta(days=1 if call.query["day"] == "tomorrow" else 0)
    visits, robots = visit_lists.send_to_group(call.uow, call.actor, day)
    return {"visits": visits, "robots": robots}


@endpoint(
    blueprint,
    "GET",
    "/attendance",
    needs=visit_lists.ATTENDANCE_READERS,
    query=AttendanceQuery,
    answer=AttendanceView,
)
def show_attendance(call: Call) -> dict[str, object]:
    """R15: who is out on a day by published plans, from when to when and where."""
    lines = visit_lists.attendance_on(call.uow, call.actor, call.query["day"])
    return {"day": call.query["day"], "items": lines}


@endpoint(
    blueprint,
    "GET",
    "/attendance.csv",
    needs=visit_lists.ATTENDANCE_READERS,
    query=AttendanceFileQuery,
    answer=None,
    produces="text/csv",
    reads_personal=True,
)
def export_attendance(call: Call) -> Response:
    """R15: the same list as a file for the gate and for attendance; who took it stands in the trail."""
    day, language = call.query["day"], call.query["language"]
    lines = visit_lists.attendance_on(call.uow, call.actor, day)
    rows = [attendance_cells(line, language) for line in lines]
    content = b"".join(call.house.tables.csv_pieces(ATTENDANCE_COLUMNS, rows, language))
    detail = {"day": day.isoformat(), "ids": [line.account_id for line in lines]}
    call.uow.audit(AuditEntry("attendance.exported", "attendance", None, detail))
    response = Response(content, content_type="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="attendance-{day.isoformat()}.csv"'
    return response


@endpoint(
    blueprint,
    "POST",
    "/addresses/<uuid:address_id>/withdraw",
    needs=[Permission.REQUESTS_DECIDE],
    body=Reason,
    answer=AddressStandingView,
    problems=[WRONG_STATE],
)
def withdraw_address(call: Call) -> address_withdrawal.Standing:
    """Record an address as invalid; the visits to it that have not begun are held and their teams told."""
    address = address_within(call.uow, call.actor, call.path["address_id"], Permission.REQUESTS_DECIDE)
    return address_withdrawal.withdraw(call.uow, call.actor, address, call.body["reason"])


@endpoint(
    blueprint,
    "POST",
    "/addresses/<uuid:address_id>/take-back",
    needs=[Permission.REQUESTS_DECIDE],
    body=Reason,
    answer=AddressStandingView,
    problems=[WRONG_STATE],
)
def take_back_address(call: Call) -> address_withdrawal.Standing:
    """Undo a withdrawal: the address is unknown again and the visits to it are released."""
    address = address_within(call.uow, call.actor, call.path["address_id"], Permission.REQUESTS_DECIDE)
    return address_withdrawal.take_back(call.uow, call.actor, address, call.body["reason"])
