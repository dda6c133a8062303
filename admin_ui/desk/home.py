"""The first page by post: what waits, each number a link to its list, and the newest messages."""

from __future__ import annotations

from typing import Any

from flask import Response

from admin_ui.forms import see_other, way_back
from admin_ui.frame import places_for
from admin_ui.page import page
from server.domain.access import Permission
from server.services import inbox
from server.services.ports.paging import PageRequest
from server.web.endpoint import Call

_NEWEST = 10


@page("GET", "/desk", needs=[Permission.SELF], template="home.html", reads_personal=True)
def home(call: Call) -> dict[str, Any]:
    """What waits for whoever signs in."""
    page_ = inbox.messages_of(call.uow, call.actor, PageRequest(_NEWEST), unread=True)
    return {
        "messages": page_.items,
        "more": page_.next,
        "waiting": [p for p in places_for(call.actor) if p.counts],
    }


@page("POST", "/desk/messages/<uuid:message_id>/read", needs=[Permission.SELF], template=None)
def read_message(call: Call) -> Response:
    """A message was read."""
    inbox.mark_read(call.uow, call.actor, call.path["message_id"])
    return see_other(way_back(call.body.get("back")))
