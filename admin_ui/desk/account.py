"""One's own account: the open sessions, ended one by one or all but this one (S1 to S3)."""

from __future__ import annotations

from typing import Any

from flask import Response

from admin_ui.forms import see_other
from admin_ui.page import page
from server.domain.access import Permission
from server.services import accounts
from server.web.endpoint import Call

_HERE = "/desk/account"


@page("GET", _HERE, needs=[Permission.SELF], template="account.html", clauses=("S1", "S2", "S3"))
def show_account(call: Call) -> dict[str, Any]:
    """Who I am here, and where else I am signed in."""
    sessions = call.uow.sessions.open_of(call.actor.account_id)
    newest_first = sorted(sessions, key=lambda session: session.last_used_at, reverse=True)
    return {"sessions": newest_first, "account": call.uow.accounts.need(call.actor.account_id)}


@page("POST", f"{_HERE}/sessions/<uuid:session_id>/end", needs=[Permission.SELF], template=None)
def end_one_session(call: Call) -> Response:
    """End one of my sessions."""
    accounts.end_session(call.uow, call.actor, call.path["session_id"])
    return see_other(_HERE)


@page("POST", f"{_HERE}/sessions/end-others", needs=[Permission.SELF], template=None)
def end_other_sessions(call: Call) -> Response:
    """End all of my sessions but this one."""
    for session in call.uow.sessions.open_of(call.actor.account_id):
        if session.id != call.actor.session_id:
            accounts.end_session(call.uow, call.actor, session.id)
    return see_other(_HERE)
