"""The month at the desk: its statement with filters, why a line is as it is, publishing and closing (M1 to M4).

Owns which months are offered. Refuses nothing of its own: publishing and closing refuse with their clauses.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from flask import Response

from admin_ui.forms import see_other
from admin_ui.lists import Chip, Tab, as_asked, href, narrowing, next_page
from admin_ui.months_offered import month_before
from admin_ui.named import named, telephones
from admin_ui.page import page
from admin_ui.plots import steps_in_words
from admin_ui.telling import language
from admin_ui.theatre import readable, staged
from api_schemas.desk import BranchForm, StatementList
from server.domain.access import Permission
from server.domain.calendar import days_after, local_day
from server.domain.credit import month_bounds, month_of
from server.domain.disputes import GROUNDS
from server.domain.month_figures import DAY_STEPS
from server.services import closing, line_story, months, statements
from server.services.ports.credit import StatementFilter
from server.services.ports.paging import PageRequest
from server.web.endpoint import Call

LIST = "/desk/months"
ONE = f"{LIST}/<month>"
_OFFERED = 4
_NARROWED = ("agent", "team", "client", "branch", "clause", "days")


@page("GET", LIST, needs=[Permission.CREDIT_READ], template="months.html", clauses=("M1", "M2", "M3", "M4"))
def month_list(call: Call) -> dict[str, Any]:
    """The months that were published, and the newest ones that were not."""
    published = months.months_within(call.uow, call.actor)
    known = {one.statement.month for one in published}
    month, drafts = month_of(local_day(call.uow.now)), []
    for _ in range(_OFFERED):
        drafts.append(month)
        month = month_before(month)
    return {"published": published, "drafts": [one for one in drafts if one not in known]}


@page(
    "GET",
    ONE,
    needs=[Permission.CREDIT_READ],
    template="month.html",
    query=StatementList,
    reads_personal=True,
    clauses=("M1", "M2", "M3", "M4", "A1", "A2", "A6"),
)
def show_month(call: Call) -> dict[str, Any]:
    """M1: a month's lines, credited or not; the sums that must agree come after them."""
    month, asked = call.path["month"], call.query
    wanted = StatementFilter(
        month=month,
        agent_id=asked["agent"],
        team_id=asked["team"],
        client_id=asked["client"],
        credited=asked["credited"],
        everything=asked["all"],
        branch_id=asked["branch"],
        clause=asked["clause"],
        days=next((step for step in DAY_STEPS if str(step[0]) == asked["days"]), None),
    )
    found = statements.read_statement(
        call.uow, call.actor, PageRequest(asked["limit"], asked.get("after")), wanted
    )
    path = f"{LIST}/{month}"
    shown = [one for one in months.months_within(call.uow, call.actor) if one.statement.month == month]
    publishes = call.actor.may(Permission.STATEMENTS_PUBLISH) and not shown
    first_day = days_after(month_bounds(month)[1], 1)
    over = local_day(call.uow.now) >= first_day
    return {
        "month": month,
        "lines": found.items,
        "state": found.state,
        "next": next_page(path, found.next),
        "sums": as_asked(f"{path}/sums"),
        "shown": shown[0] if len(shown) == 1 else None,
        "tabs": _tabs(path, asked),
        "chips": _chips(call, path, asked),
        "open": asked["open"],
        "path": path,
        "plain": partial(_plain, telephones(call.uow, map(_why, found.items))),
        "publishes": publishes and over,
        "publishes_from": first_day if publishes and not over else None,
        "closes": call.actor.may(Permission.STATEMENTS_CLOSE),
    }


@page(
    "GET",
    f"{ONE}/sums",
    needs=[Permission.CREDIT_READ],
    template="month_sums.html",
    query=StatementList,
    clauses=("M1",),
)
def show_sums(call: Call) -> dict[str, Any]:
    """The sums that must agree, a piece of the page: a month of a hundred thousand lines takes a second to add up, and
    its first lines need not wait for that. Where no script runs it is a page of its own."""
    month = call.path["month"]
    return {
        "month": month,
        "path": f"{LIST}/{month}",
        "totals": statements.read_totals(call.uow, call.actor, month),
        "narrow": narrowing(f"{LIST}/{month}"),
    }


@page(
    "GET",
    "/desk/lines/<uuid:line_id>",
    needs=[Permission.CREDIT_READ],
    template="line.html",
    reads_personal=True,
    clauses=("A1", "A2", "A6", "W1", "W2", "W3"),
)
def show_line(call: Call) -> dict[str, Any]:
    """A line's theatre: the repayment, every candidate visit on an axis of days, the rule in the handbook's words."""
    story = line_story.story_of(call.uow, call.actor, call.path["line_id"])
    told = readable(story.trace, telephones(call.uow, [str(story.trace)]), zh=language() == "zh")
    return {
        "story": story,
        "stage": staged(story.trace, told),
        "told": told,
        "objects": call.actor.may(Permission.DISPUTES_FILE),
        "grounds": GROUNDS,
        "form_id": call.uow.new_id(),
    }


@page("POST", f"{ONE}/publish", needs=[Permission.STATEMENTS_PUBLISH], template=None, fields=BranchForm)
def publish_month(call: Call) -> Response:
    """M1: freeze the month and tell the agents."""
    months.publish(call.uow, call.actor, call.path["month"], call.body["branch_id"])
    return see_other(f"{LIST}/{call.path['month']}")


@page(
    "POST",
    f"{ONE}/close",
    needs=[Permission.STATEMENTS_CLOSE],
    template=None,
    fields=BranchForm,
    own_turn=True,
)
def close_month(call: Call) -> Response:
    """M4: make and store the month's files; from then on it never changes."""
    closing.close(call.house, call.actor, call.path["month"], call.body["branch_id"])
    return see_other(f"{LIST}/{call.path['month']}")


def _plain(telephones: Mapping[str, str], one: statements.ToldLine) -> str:
    """Why the line is as it is, its visit named by the day; its clause stands behind it as a link."""
    names = dict(telephones)
    if one.line.visited_at is not None:
        ids = [id_ for id_ in (one.line.visit_id, one.line.nearest_visit_id) if id_ is not None]
        names |= dict.fromkeys(ids, local_day(one.line.visited_at).isoformat())
    told = named(_why(one), names)
    return told.removesuffix(f"（{one.clause}）").removesuffix(f" ({one.clause})")


def _why(one: statements.ToldLine) -> str:
    return one.why["zh" if language() == "zh" else "en"]


def _tabs(path: str, asked: Mapping[str, Any]) -> list[Tab]:
    shared = {name: asked[name] for name in ("agent", "team", "client", "branch")}
    several: tuple[tuple[str, dict[str, str]], ...] = (
        ("visited", {}),
        ("credited", {"credited": "true"}),
        ("not_credited", {"credited": "false"}),
        ("everything", {"all": "true"}),
    )
    given = {"credited": asked["credited"], "all": asked["all"] or None}
    chosen = {name: str(value).lower() for name, value in given.items() if value is not None}
    return [
        Tab(f"month_tab.{key}", href(path, {**shared, **filters}), None, filters == chosen)
        for key, filters in several
    ]


def _chips(call: Call, path: str, asked: Mapping[str, Any]) -> list[Chip]:
    given = {
        name: asked[name] if isinstance(asked[name], str) else str(asked[name]).lower()
        for name in (*_NARROWED, "credited", "all")
        if asked[name] is not None and asked[name] is not False
    }
    names: dict[str, str] = {}
    if "agent" in given:
        found = call.uow.accounts.get(given["agent"])
        names["agent"] = given["agent"] if found is None else found.display_name
    if "team" in given:
        names["team"] = {one.id: one.name for one in call.uow.organisation.teams()}.get(given["team"], "?")
    if "client" in given:
        names["client"] = {one.id: one.name for one in call.uow.organisation.clients()}.get(
            given["client"], "?"
        )
    if "branch" in given:
        known = {one.id: one.name for one in call.uow.organisation.branches()}
        names["branch"] = known.get(given["branch"], "?")
    if "clause" in given:
        names["clause"] = "—" if given["clause"] == "none" else given["clause"].upper()
    if "days" in given:
        names["days"] = steps_in_words()[given["days"]]
    return [
        Chip(f"chip.{name}", value, href(path, {key: one for key, one in given.items() if key != name}))
        for name, value in names.items()
    ]
