"""The live board: who is out, who checked in, whose partner did not come, who is past the hours (V1, V9, V13).

It is read anew every fifteen seconds while it is looked at. It names no debtor, so nothing is written for a look at it.
Its map says where debtors live: it is opened by hand, and each reading of places is one line of the trail (S5). The
board beside the map goes on by itself and leaves the map as it was moved.
"""

from __future__ import annotations

from typing import Any

from admin_ui.map_view import Pin, map_of
from admin_ui.page import page
from server.domain.access import Permission
from server.domain.live import CLAUSE
from server.domain.pack_sketch import sketch
from server.services.live_board import live, places
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


@page(
    "GET",
    "/desk/live/map",
    needs=[Permission.VISITS_READ],
    template="live_map.html",
    reads_personal=True,
    clauses=("S5", "V1", "V8"),
)
def live_map(call: Call) -> dict[str, Any]:
    """Where the visits of today are, as far as a check-in or an address says so; the same as a list."""
    board = live(call.uow, call.actor)
    found = places(call.uow, board)
    pins = [
        Pin(
            one.mark,
            "stop" if one.came is None else one.mark.kind.value,
            one.mark.label,
            f"{one.mark.label} {one.stop.case_number}",
            f"/desk/visits/{one.stop.visit.id}",
        )
        for one in found
    ]
    return {
        "live": board,
        "alarm_clause": CLAUSE,
        "places": found,
        "drawing": sketch([one.mark for one in found]),
        "map": map_of(call, pins),
    }
