"""Leave at the desk: who is away, entered by employee number, withdrawn with a reason (R15, V1).

Owns the forms. Refuses nothing of its own: what may be entered, the use case says.
"""

from __future__ import annotations

from typing import Any

from flask import Response

from admin_ui.forms import once, see_other
from admin_ui.lists import Tab, href, next_page
from admin_ui.page import page
from api_schemas.base import Reason
from api_schemas.leave import LeaveForm, LeaveQuery
from server.domain.access import Permission
from server.domain.calendar import local_day
from server.domain.leave import LeaveKind
from server.domain.problems import NOT_FOUND, problem
from server.services import leave
from server.services.ports.leave import LeaveList
from server.services.ports.paging import PageRequest
from server.web.endpoint import Call

LIST = "/desk/leave"


@page(
    "GET",
    LIST,
    needs=leave.READERS,
    template="leave.html",
    query=LeaveQuery,
    reads_personal=True,
    clauses=("R15", "V1"),
)
def leave_list(call: Call) -> dict[str, Any]:
    """Leave to come, past or withdrawn, with the teams that it takes somebody from."""
    listed = call.query["listed"]
    found = leave.page(
        call.uow, call.actor, PageRequest(call.query["limit"], call.query.get("after")), listed
    )
    return {
        "items": found.items,
        "next": next_page(LIST, found.next),
        "writes": call.actor.may(Permission.LEAVE_WRITE),
        "kinds": list(LeaveKind),
        "today": local_day(call.uow.now),
        "form_id": call.uow.new_id(),
        "tabs": [
            Tab(f"leave_tab.{one}", href(LIST, {"listed": one.value}), None, one is listed)
            for one in LeaveList
        ],
    }


@page("POST", LIST, needs=[Permission.LEAVE_WRITE], template=None, fields=LeaveForm)
def enter_leave(call: Call) -> Response:
    """R15: whole days of somebody in service."""
    body = dict(call.body)
    number = body.pop("employee_number")
    account = call.uow.accounts.by_employee_numbers([number]).get(number)
    if account is None:
        raise problem(NOT_FOUND, "employee_number", what=f"employee number {number}")
    entered = body | {"account_id": account.id}
    once(call.uow.leave, body["id"], lambda: leave.enter(call.uow, call.actor, entered))
    return see_other(LIST)


@page(
    "POST", f"{LIST}/<uuid:leave_id>/withdraw", needs=[Permission.LEAVE_WRITE], template=None, fields=Reason
)
def withdraw_leave(call: Call) -> Response:
    """The person is there after all; what was entered stays, with the reason."""
    one = leave.leave_within(call.uow, call.actor, call.path["leave_id"], Permission.LEAVE_WRITE)
    leave.withdraw(call.uow, call.actor, one, call.body["reason"])
    return see_other(LIST)
