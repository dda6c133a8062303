"""The month in figures at the desk: visits that met or reached someone, what they brought, by agent (M6)."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from admin_ui.lists import href
from admin_ui.months_offered import offered
from admin_ui.page import page
from api_schemas.desk_month import MonthQuery
from server.domain.access import Permission
from server.domain.calendar import local_day
from server.domain.credit import month_of
from server.domain.pay_words import percent
from server.services.month_figures import read_figures
from server.web.endpoint import Call

LIST = "/desk/figures"
WIDTH = 120.0


@page(
    "GET",
    LIST,
    needs=[Permission.CREDIT_READ],
    template="figures.html",
    query=MonthQuery,
    clauses=("M6", "C1"),
)
def month_figures(call: Call) -> dict[str, Any]:
    """M6: the figures of a month, each agent's with the way to the lines behind it."""
    today = local_day(call.uow.now)
    month = call.query["month"] or month_of(today)
    found = read_figures(call.uow, call.actor, month)
    return {
        "month": month,
        "months": offered(today, month),
        "found": found,
        "percent": _percent,
        "bar": lambda share: 0.0 if share is None else float(share) * WIDTH,
        "width": WIDTH,
        "address": lambda other: href(LIST, {"month": other}),
    }


def _percent(share: Fraction | None) -> str | None:
    return None if share is None else percent(share)
