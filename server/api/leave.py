"""Routes of leave: entered and withdrawn by personnel (R15, V1)."""

from __future__ import annotations

from flask_smorest import Blueprint

from api_schemas.base import Reason
from api_schemas.leave import LeaveNew, LeavePage, LeaveQuery, LeaveView
from server.domain.access import Permission
from server.domain.leave import LEAVE_BACKWARDS, LEAVE_OVERLAPS, LEAVE_WITHDRAWN
from server.domain.problems import NOT_FOUND
from server.services import leave
from server.services.leave import LeaveShown
from server.services.ports.paging import Page, PageRequest
from server.web.endpoint import Call, endpoint

blueprint = Blueprint("leave", __name__, url_prefix="/api/v1", description="Leave (R15, V1)")


@endpoint(
    blueprint,
    "GET",
    "/leave",
    needs=leave.READERS,
    query=LeaveQuery,
    answer=LeavePage,
    reads_personal=True,
)
def list_leave(call: Call) -> Page[LeaveShown]:
    """Leave to come (today's with it), past or withdrawn."""
    request = PageRequest(call.query["limit"], call.query.get("after"))
    return leave.page(call.uow, call.actor, request, call.query["listed"])


@endpoint(
    blueprint,
    "POST",
    "/leave",
    needs=[Permission.LEAVE_WRITE],
    body=LeaveNew,
    answer=LeaveView,
    status=201,
    once=True,
    problems=[LEAVE_BACKWARDS, LEAVE_OVERLAPS, NOT_FOUND],
)
def enter_leave(call: Call) -> LeaveShown:
    """Enter leave; `team_ids` of the answer are teams that lose the person."""
    return leave.with_people(call.uow, [leave.enter(call.uow, call.actor, call.body)])[0]


@endpoint(
    blueprint,
    "POST",
    "/leave/<uuid:leave_id>/withdraw",
    needs=[Permission.LEAVE_WRITE],
    body=Reason,
    answer=LeaveView,
    problems=[LEAVE_WITHDRAWN],
)
def withdraw_leave(call: Call) -> LeaveShown:
    """Withdraw leave, with a reason; it stays on record."""
    one = leave.leave_within(call.uow, call.actor, call.path["leave_id"], Permission.LEAVE_WRITE)
    return leave.with_people(call.uow, [leave.withdraw(call.uow, call.actor, one, call.body["reason"])])[0]
