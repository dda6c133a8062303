"""The daily check at the desk: today's list, what deviates first, ticked with name and time; yesterday beside it (S17).

Owns the form of a tick. Refuses nothing of its own: what a tick needs, the use case says.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Response

from admin_ui.forms import once, see_other
from admin_ui.lists import href
from admin_ui.page import page
from api_schemas.daily_checks import DailyCheckForm, DailyCheckQuery
from server.domain.access import Permission
from server.domain.calendar import local_day
from server.services import daily_checks
from server.web.endpoint import Call

LIST = "/desk/daily-checks"
_FILTER = {None: None, True: "true", False: "false"}


@page(
    "GET",
    LIST,
    needs=daily_checks.READERS,
    template="daily_checks.html",
    query=DailyCheckQuery,
    reads_personal=True,
    clauses=("S17", "S1", "V20", "S19"),
)
def daily_check_list(call: Call) -> dict[str, Any]:
    """A day's people, machines and accounts."""
    today = local_day(call.uow.now)
    yesterday = today - timedelta(days=1)
    on = call.query["on"] or today
    checked = call.query["checked"]
    items = daily_checks.read_day(call.uow, call.actor, on, checked)
    return {
        "items": items,
        "on": on,
        "today": today,
        "yesterday": yesterday,
        "checked": checked,
        "open_yesterday": daily_checks.open_count(call.uow, call.actor, yesterday),
        "open": sum(not one.checked for one in items),
        "deviating": sum(bool(one.deviations) for one in items),
        "signs": call.actor.may(Permission.ACCOUNTS_CHECK),
        "form_ids": [call.uow.new_id() for _ in items],
    }


@page("POST", LIST, needs=[Permission.ACCOUNTS_CHECK], template=None, fields=DailyCheckForm)
def tick_account_day(call: Call) -> Response:
    """S17: IT has looked; the name and the time stand beside the row."""
    check = once(
        call.uow.daily_checks, call.body["id"], lambda: daily_checks.tick(call.uow, call.actor, call.body)
    )
    kept = {"on": check.on.isoformat(), "checked": _FILTER[call.body["checked"]]}
    return see_other(href(LIST, kept))
