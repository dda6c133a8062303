"""The live board: who is out, who checked in, whose partner did not come, who is past the hours (V1, V9, V13).

It is read anew every fifteen seconds while it is looked at. It names no debtor, so nothing is written for a look at it.
"""

from __future__ import annotations

from typing import Any

from admin_ui.page import page
from server.domain.access import Permission
from server.domain.live import CLAUSE
from server.services.live_board import live
from server.web.endpoint import Call


@page(
    "GET",
    "/desk/live",
    needs=[Permission.VISITS_READ],
    template="live.html",
    clauses=("V1", "V2", "V9", "R12"),
)
def live_board(call: Call) -> dict[str, Any]:
    """Today as it runs."""
    return {"live": live(call.uow, call.actor), "alarm_clause": CLAUSE}
