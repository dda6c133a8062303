"""The own cases with what comes next on each, and the way from a case to a new visit request (R1, R11, V13).

Owns how the list is shown. Refuses to decide what comes next: `server.domain.case_steps` does.
"""

from __future__ import annotations

from typing import Any

from admin_ui.lists import Tab, href, next_page
from admin_ui.page import page
from api_schemas.desk_drafts import CaseList
from server.domain.access import Permission, Scope
from server.services.case_reading import page_of_cases
from server.services.own_cases import worked_cases
from server.services.ports.paging import PageRequest
from server.services.ports.placements import PlacementFilter
from server.web.endpoint import Call

LIST = "/desk/cases"
_OPEN = {"open": True, "ended": False, "all": None}


@page(
    "GET",
    LIST,
    needs=[Permission.PLACEMENTS_READ],
    template="cases.html",
    query=CaseList,
    reads_personal=True,
    clauses=("R1", "R4", "R11", "V13", "W4"),
)
def case_list(call: Call) -> dict[str, Any]:
    """Cases within reach, the oldest first, each with what comes next."""
    which = call.query["which"]
    request = PageRequest(call.query["limit"], call.query.get("after"))
    found = page_of_cases(call.uow, call.actor, request, PlacementFilter(open=_OPEN[which]))
    return {
        "rows": worked_cases(call.uow, found.items),
        "next": next_page(LIST, found.next),
        "tabs": [
            Tab(f"case_tab.{one}", LIST if one == "open" else href(LIST, {"which": one}), None, one == which)
            for one in _OPEN
        ],
        "which": which,
        "own": call.scope is Scope.OWN,
        "asks": call.actor.may(Permission.REQUESTS_WRITE),
    }
