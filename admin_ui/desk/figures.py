"""The month in figures at the desk: what became of its visits, what they brought and when, what evidence lacks (M6).

Owns which figures stand together and where each number leads: to the list of just those visits or lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from admin_ui.lists import Chip, href, next_page
from admin_ui.months_offered import offered
from admin_ui.page import page
from admin_ui.plots import steps_in_words
from api_schemas.desk_month import FigureErrors, FigureQuery, FigureTable, FigureVisits
from server.domain import month_figures as figures
from server.domain.access import Permission
from server.domain.audit import AuditEntry
from server.domain.calendar import local_day
from server.domain.credit import month_bounds, month_of
from server.services import address_errors, visit_reading
from server.services.address_errors import MonthOfErrors
from server.services.month_figures import MonthFigures, read_figures, visits_behind
from server.services.ports.figures import FigureSlice
from server.services.ports.paging import PageRequest
from server.web.endpoint import Call

LIST = "/desk/figures"
VISITS = f"{LIST}/visits"
ERRORS = f"{LIST}/errors"
TABLE = f"{LIST}/table"
_OF_MONEY = ("clause", "days")
WIDTH = 120.0
_CLAUSES = ("C1", "C2", "C3", "C5", "C4", "none")


@dataclass(frozen=True, slots=True)
class Bar:
    """A figure as a row of a plot: its length, its number and what that comes to, and the list of what it counts."""

    figure: str
    count: int
    fen: int
    length: float
    leads_to: str


@dataclass(frozen=True, slots=True)
class ErrorsOf:
    """A collector's wrong addresses of the month as a row of a plot (R13)."""

    of: MonthOfErrors
    length: float
    leads_to: str


@page("GET", LIST, needs=[Permission.CREDIT_READ], template="figures.html", query=FigureQuery,
      clauses=("M6", "C1", "V2", "V3", "V6", "X3", "W1", "R13"))  # fmt: skip
def month_figures(call: Call) -> dict[str, Any]:
    """M6: the figures of a month, each with the way to the visits or the lines behind it."""
    today = local_day(call.uow.now)
    month = call.query["month"] or month_of(today)
    asked = {name: call.query[name] for name in ("branch", "client")}
    found = read_figures(call.uow, call.actor, month, branch_id=asked["branch"], client_id=asked["client"])
    return {
        "month": month,
        "months": offered(today, month),
        "found": found,
        "asked": asked,
        "branches": call.uow.organisation.branches(),
        "clients": call.uow.organisation.clients(),
        "percent": _percent,
        "bar": lambda share: 0.0 if share is None else float(share) * WIDTH,
        "width": WIDTH,
        "address": lambda other: href(LIST, asked | {"month": other}),
        "behind": lambda figure: _behind(month, asked, figure),
        "lines": lambda **narrowed: _lines(month, asked, **narrowed),
        "count": lambda figure: found.sums.get(figure, (0, 0))[0],
        "groups": _groups(found, month, asked),
        "errors": _errors(call, month, asked),
        "table": lambda plot: href(TABLE, asked | {"month": month, "plot": plot}),
    }


@page("GET", TABLE, needs=[Permission.CREDIT_READ], template="figure_table.html", query=FigureTable,
      clauses=("M6", "R13", "S11"))  # fmt: skip
def figure_table(call: Call) -> dict[str, Any]:
    """M6: one plot of the month as a list, which goes out as a file as every list does (S11)."""
    plot, month = call.query["plot"], call.query["month"] or month_of(local_day(call.uow.now))
    asked = {name: call.query[name] for name in ("branch", "client")}
    found = read_figures(call.uow, call.actor, month, branch_id=asked["branch"], client_id=asked["client"])
    return {
        "month": month,
        "plot": plot,
        "money": plot in _OF_MONEY,
        "bars": _groups(found, month, asked).get(plot, []),
        "errors": _errors(call, month, asked) or [] if plot == "errors" else [],
        "agents": found.agents if plot == "agents" else [],
        "percent": _percent,
        "back": href(LIST, asked | {"month": month}),
        "chips": _chips(call, TABLE, asked | {"month": month}, {"plot": plot}),
    }


@page("GET", VISITS, needs=[Permission.VISITS_READ], template="figure_visits.html", query=FigureVisits,
      reads_personal=True, clauses=("M6", "V1", "V2", "V6"))  # fmt: skip
def figure_visits(call: Call) -> dict[str, Any]:
    """The visits that a figure of the month counts, the last to begin first."""
    query = call.query | {"month": call.query["month"] or month_of(local_day(call.uow.now))}
    request = PageRequest(query["limit"], query.get("after"))
    part = FigureSlice(branch_id=query["branch"], client_id=query["client"])
    found = visits_behind(call.uow, call.actor, request, query["month"], query["figure"], part)
    agents = {id_ for one in found.items for id_ in (one.lead_id, one.partner_id) if id_ is not None}
    given = {name: query[name] for name in ("month", "branch", "client") if query[name] is not None}
    return {
        "rows": visit_reading.briefs(call.uow, found.items),
        "people": call.uow.accounts.by_ids(agents),
        "next": next_page(VISITS, found.next),
        "narrow": None,
        "figure": query["figure"],
        "month": query["month"],
        "back": href(LIST, given),
        "chips": _chips(call, VISITS, given, {"figure": query["figure"]}),
    }


@page("GET", ERRORS, needs=[Permission.REQUESTS_READ], template="figure_errors.html", query=FigureErrors,
      reads_personal=True, clauses=("R13", "F4"))  # fmt: skip
def figure_errors(call: Call) -> dict[str, Any]:
    """R13: the addresses of a month that were submitted and then found wrong, of everybody within reach or of one."""
    month, account_id = call.query["month"] or month_of(local_day(call.uow.now)), call.query["account"]
    people = address_errors.errors_of_month(call.uow, call.actor, month_bounds(month)[0])
    wanted = [one for one in people if account_id in (None, one.account_id)]
    errors = [(person, error) for person in wanted for error in person.errors]
    ids = [error.id for _, error in errors]
    call.uow.audit(AuditEntry("address_error.listed", "address_error", None, {"ids": ids}))
    return {
        "month": month,
        "errors": errors,
        "addresses": call.uow.addresses.by_ids({error.address_id for _, error in errors}),
        "back": href(LIST, {"month": month}),
    }


def _errors(call: Call, month: str, asked: Mapping[str, Any]) -> list[ErrorsOf] | None:
    """Of each collector, the longest bar as long as there is room; None where they are not asked for or not told."""
    if any(asked.values()) or not call.actor.may(Permission.REQUESTS_READ):
        return None
    people = address_errors.errors_of_month(call.uow, call.actor, month_bounds(month)[0])
    top = max((one.count for one in people), default=1)
    return [
        ErrorsOf(one, one.count / top * WIDTH, href(ERRORS, {"month": month, "account": one.account_id}))
        for one in sorted(people, key=lambda one: -one.count)
    ]


def _groups(found: MonthFigures, month: str, asked: Mapping[str, Any]) -> dict[str, list[Bar]]:
    """What stands together in one plot, the longest bar as long as there is room."""
    visits: dict[str, Iterable[str]] = {
        "course": figures.COURSES,
        "outcome": figures.OUTCOMES,
        "lacks": figures.LACKS,
    }
    groups = {
        name: _bars(found, {figure: _behind(month, asked, figure) for figure in of}, by_fen=False)
        for name, of in visits.items()
    }
    clauses = {f"{figures.CREDITED}{one}": _lines(month, asked, clause=one) for one in _CLAUSES}
    steps = {f"{figures.DAYS}{first}": _lines(month, asked, days=first) for first in steps_in_words()}
    return groups | {
        "clause": _bars(found, clauses, by_fen=True),
        "days": _bars(found, steps, by_fen=True),
    }


def _bars(found: MonthFigures, leads_to: Mapping[str, str], *, by_fen: bool) -> list[Bar]:
    sums = {figure: found.sums.get(figure, (0, 0)) for figure in leads_to}
    top = max((max(one[by_fen], 0) for one in sums.values()), default=0) or 1
    return [
        Bar(figure, count, fen, max((count, fen)[by_fen], 0) / top * WIDTH, leads_to[figure])
        for figure, (count, fen) in sums.items()
    ]


def _behind(month: str, asked: Mapping[str, Any], figure: str) -> str:
    return href(VISITS, {"month": month, "figure": figure, **asked})


def _lines(month: str, asked: Mapping[str, Any], **narrowed: Any) -> str:
    return href(f"/desk/months/{month}", {"credited": "true", "all": "true", **asked, **narrowed})


def _chips(call: Call, path: str, given: Mapping[str, Any], further: Mapping[str, str]) -> list[Chip]:
    known = {
        "branch": {one.id: one.name for one in call.uow.organisation.branches()},
        "client": {one.id: one.name for one in call.uow.organisation.clients()},
    }
    return [
        Chip(
            f"chip.{name}",
            known[name].get(given[name], "?"),
            href(path, {key: one for key, one in given.items() if key != name} | dict(further)),
        )
        for name in known
        if given.get(name) is not None
    ]


def _percent(share: Fraction | None) -> str | None:
    """Two decimals, cut, so that the shares of a column stand under each other."""
    return None if share is None else f"{int(share * 10_000) / 100:.2f}%"
