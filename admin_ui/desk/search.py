"""Search from everywhere (`/`): groups of what was found within reach, masked (S5, S13).

The text comes in a body, for addresses of pages are kept in logs (S15). Looking takes no turn of the writer: only the
line on the trail does, so that thirty people who search do not stand in one queue.
"""

from __future__ import annotations

from typing import Any

from admin_ui.page import page
from api_schemas.desk import SearchForm
from server.domain.searching import Sought, meant
from server.services import searching
from server.web.endpoint import Call


@page(
    "POST",
    "/desk/search",
    needs=searching.SEARCHERS,
    template="search.html",
    fields=SearchForm,
    own_turn=True,
    clauses=("S5", "S6", "S13"),
)
def search(call: Call) -> dict[str, Any]:
    """What was found, by kind; which rows were shown stands on the trail, what was typed does not."""
    groups = searching.search(call.uow, call.actor, call.body["q"])
    with call.house.units.write(call.actor.account_id) as uow:
        uow.audit(searching.audit_of(groups))
        uow.commit()
    asked = meant(call.body["q"])
    return {
        "groups": groups,
        "asked": [kind for kind in Sought if kind in asked],
        "most": searching.SHOWN,
    }
