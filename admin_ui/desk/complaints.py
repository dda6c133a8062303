"""Complaints at the desk with the clock of the report to the client (V13), and who is out on a day for the gate (R15).

Owns how they are shown. Refuses nothing of its own: the forms are those of the case.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response

from admin_ui.lists import Tab, href, next_page
from admin_ui.page import page
from admin_ui.telling import language
from api_schemas.desk_complaints import ComplaintList, OutList
from server.domain.access import Permission
from server.domain.audit import AuditEntry
from server.domain.calendar import local_day
from server.services import complaints, visit_lists
from server.services.attendance_table import ATTENDANCE_COLUMNS, attendance_cells
from server.services.ports.paging import PageRequest
from server.services.ports.tables import Language
from server.web.endpoint import Call

LIST = "/desk/complaints"
OUT = "/desk/out"


@page(
    "GET",
    LIST,
    needs=[Permission.PLACEMENTS_READ],
    template="complaints.html",
    query=ComplaintList,
    reads_personal=True,
    clauses=("V13", "V17", "S21"),
)
def complaint_list(call: Call) -> dict[str, Any]:
    """V13: complaints within reach, the newest first: who leads, how long the client has not been told."""
    which = call.query["which"]
    request = PageRequest(call.query["limit"], call.query.get("after"))
    found = complaints.complaints_page(call.uow, call.actor, request, in_force=which == "open")
    releases = call.actor.may(Permission.HOLDS_RELEASE)
    branches = {one.placement.branch_id for one in found.items} if releases and which == "open" else set()
    return {
        "items": found.items,
        "next": next_page(LIST, found.next),
        "tabs": [
            Tab(
                f"complaint_tab.{one}",
                LIST if one == "open" else href(LIST, {"which": one}),
                None,
                one == which,
            )
            for one in ("open", "released")
        ],
        "which": which,
        "releases": releases,
        "leads": {branch_id: complaints.leads_of(call.uow, branch_id) for branch_id in branches},
    }


@page(
    "GET",
    OUT,
    needs=visit_lists.ATTENDANCE_READERS,
    template="out.html",
    query=OutList,
    clauses=("R15", "R16"),
)
def out_list(call: Call) -> dict[str, Any]:
    """R15: who is out on a day by published plans, from when to when and where."""
    day = _day(call)
    return {"day": day, "items": visit_lists.attendance_on(call.uow, call.actor, day)}


@page(
    "GET",
    f"{OUT}.csv",
    needs=visit_lists.ATTENDANCE_READERS,
    template=None,
    query=OutList,
    reads_personal=True,
)
def out_csv(call: Call) -> Response:
    """R15: the list as a file for the gate and for attendance; who took it stands in the trail."""
    day = _day(call)
    lines = visit_lists.attendance_on(call.uow, call.actor, day)
    written: Language = "en" if language() == "en" else "zh"
    rows = [attendance_cells(line, written) for line in lines]
    detail = {"day": day.isoformat(), "ids": [line.account_id for line in lines]}
    call.uow.audit(AuditEntry("attendance.exported", "attendance", None, detail))
    content = b"".join(call.house.tables.csv_pieces(ATTENDANCE_COLUMNS, rows, written))
    response = Response(content, content_type="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="out-{day.isoformat()}.csv"'
    return response


def _day(call: Call) -> date:
    day: date | None = call.query["day"]
    return local_day(call.uow.now) if day is None else day
