"""Papers taken along and counterfoils awaited, at the desk: where each is, ticked off, released, shredded (V6, V21).

Owns the lists and their buttons. Refuses nothing of its own: what may be done with a paper, the use cases say.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response

from admin_ui.forms import see_other
from admin_ui.lists import Tab, href, next_page
from admin_ui.page import page
from api_schemas.base import PageQuery
from api_schemas.registers import PaperQuery
from server.domain.access import Permission
from server.services import letters, papers
from server.services.ids import UUID_PATTERN
from server.services.papers import Outcome
from server.services.ports.paging import PAGE_LIMIT, PageRequest
from server.services.ports.registers import PaperList
from server.web.endpoint import Call

LIST, COUNTERFOILS = "/desk/papers", "/desk/counterfoils"
ONE = f"{LIST}/<uuid:paper_id>"
_LETTER = "/desk/letters/<uuid:letter_id>"
_SHREDDER = (PaperList.TO_SHRED, PaperList.SHREDDED)


@page(
    "GET",
    LIST,
    needs=papers.READERS,
    template="papers.html",
    query=PaperQuery,
    clauses=("V6", "V21"),
)
def paper_list(call: Call) -> dict[str, Any]:
    """Papers of the branch, or one of V21's lists."""
    listed = call.query["listed"]
    request = PageRequest(call.query["limit"], call.query.get("after"))
    found = papers.page(call.uow, call.actor, request, listed)
    return {
        "items": found.items,
        "next": next_page(LIST, found.next),
        "tabs": _tabs(call, listed.value if listed else "all"),
        "receives": call.actor.may(Permission.LETTERS_RECEIVE),
        "releases": call.actor.may(Permission.PAPERS_RELEASE),
        "shreds": call.actor.may(Permission.PAPERS_SHRED),
        "sees_visits": call.actor.may(Permission.VISITS_READ),
    }


@page("POST", f"{ONE}/release", needs=[Permission.PAPERS_RELEASE], template=None)
def release_paper(call: Call) -> Response:
    """V21: the manager lets it leave the office."""
    papers.release(call.uow, call.actor, [call.path["paper_id"]])
    return see_other(href(LIST, {"listed": PaperList.UNRELEASED.value}))


@page("POST", f"{LIST}/release", needs=[Permission.PAPERS_RELEASE], template="papers_done.html")
def release_ticked_papers(call: Call) -> dict[str, Any]:
    """V21: those that were ticked, each with its own outcome."""
    outcomes = papers.release_each(call.uow, call.actor, _ticked(call))
    return _told("released", outcomes, href(LIST, {"listed": PaperList.UNRELEASED.value}))


@page("POST", f"{LIST}/return", needs=[Permission.LETTERS_RECEIVE], template="papers_done.html")
def return_ticked_papers(call: Call) -> dict[str, Any]:
    """V21: what a team hands over in one go, each with its own outcome."""
    outcomes = papers.take_back_each(call.uow, call.actor, _ticked(call))
    return _told("returned", outcomes, href(LIST, {"listed": PaperList.OUT.value}))


@page("POST", f"{ONE}/leave", needs=[Permission.LETTERS_RECEIVE], template=None)
def leave_paper(call: Call) -> Response:
    """V6: a letter stayed at the place."""
    paper = papers.paper_within(call.uow, call.actor, call.path["paper_id"], Permission.LETTERS_RECEIVE)
    papers.leave(call.uow, call.actor, paper)
    return _out()


@page("POST", f"{ONE}/return", needs=[Permission.LETTERS_RECEIVE], template=None)
def return_paper(call: Call) -> Response:
    """V21: back from its team."""
    paper = papers.paper_within(call.uow, call.actor, call.path["paper_id"], Permission.LETTERS_RECEIVE)
    papers.take_back(call.uow, call.actor, paper)
    return _out()


@page("POST", f"{ONE}/shred", needs=[Permission.PAPERS_SHRED], template=None)
def shred_paper(call: Call) -> Response:
    """V21: administration shredded it."""
    paper = papers.paper_within(call.uow, call.actor, call.path["paper_id"], Permission.PAPERS_SHRED)
    papers.shred(call.uow, call.actor, paper)
    return see_other(href(LIST, {"listed": PaperList.TO_SHRED.value}))


@page(
    "GET",
    COUNTERFOILS,
    needs=letters.COUNTERFOIL_READERS,
    template="counterfoils.html",
    query=PageQuery,
    clauses=("V6",),
)
def counterfoil_list(call: Call) -> dict[str, Any]:
    """V6: letters left whose counterfoil is not back, the longest awaited first."""
    request = PageRequest(call.query["limit"], call.query.get("after"))
    found = letters.awaited(call.uow, call.actor, request)
    return {
        "items": found.items,
        "next": next_page(COUNTERFOILS, found.next),
        "tabs": _tabs(call, "counterfoils"),
        "receives": call.actor.may(Permission.LETTERS_RECEIVE),
    }


@page("POST", f"{_LETTER}/counterfoil", needs=[Permission.LETTERS_RECEIVE], template=None)
def tick_counterfoil(call: Call) -> Response:
    """V6: it was handed back; the letter counts from now on, with its photos."""
    letters.receive_counterfoil(call.uow, call.actor, call.path["letter_id"])
    return see_other(COUNTERFOILS)


@page("POST", f"{COUNTERFOILS}/receive", needs=[Permission.LETTERS_RECEIVE], template="papers_done.html")
def receive_ticked_counterfoils(call: Call) -> dict[str, Any]:
    """V6: those that were ticked, each with its own outcome."""
    return _told("received", letters.receive_each(call.uow, call.actor, _ticked(call)), COUNTERFOILS)


@page("POST", f"{_LETTER}/escalate", needs=[Permission.LETTERS_RECEIVE], template=None)
def escalate_counterfoil(call: Call) -> Response:
    """V6: the manager hears of it now, before its days are over."""
    letters.escalate_now(call.uow, call.actor, call.path["letter_id"])
    return see_other(COUNTERFOILS)


def _ticked(call: Call) -> list[str]:
    return [name for name in call.body if UUID_PATTERN.fullmatch(name)][:PAGE_LIMIT]


def _told(act: str, outcomes: Sequence[Outcome], back: str) -> dict[str, Any]:
    done = sum(one.refused is None for one in outcomes)
    return {"act": act, "outcomes": outcomes, "done": done, "back": back}


def _out() -> Response:
    return see_other(href(LIST, {"listed": PaperList.OUT.value}))


def _tabs(call: Call, here: str) -> list[Tab]:
    """What the reader has to do with: whoever only shreds sees what was handed over for it."""
    if not any(call.actor.may(permission) for permission in letters.COUNTERFOIL_READERS):
        return [_tab(one, here) for one in _SHREDDER]
    tabs = [
        Tab("paper_tab.counterfoils", COUNTERFOILS, None, here == "counterfoils"),
        Tab("paper_tab.all", LIST, None, here == "all"),
    ]
    return tabs + [_tab(one, here) for one in PaperList]


def _tab(one: PaperList, here: str) -> Tab:
    return Tab(f"paper_tab.{one}", href(LIST, {"listed": one.value}), None, one.value == here)
