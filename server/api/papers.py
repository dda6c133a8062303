"""Routes of papers taken along: issued per visit and purpose, released, left or returned, shredded (V6, V21)."""

from __future__ import annotations

from flask_smorest import Blueprint

from api_schemas.base import PageQuery
from api_schemas.registers import (
    AwaitedCounterfoilPage,
    PaperNew,
    PaperPage,
    PaperQuery,
    PapersToRelease,
    PaperView,
    PaperViews,
)
from server.domain.access import Permission
from server.domain.problems import NOT_FOUND, WRONG_STATE
from server.domain.registers import PAPER_NOT_LEAVABLE, PAPER_STATE
from server.domain.visits import Paper
from server.services import letters, papers
from server.services.letters import AwaitedCounterfoil
from server.services.papers import PaperListed
from server.services.ports.paging import Page, PageRequest
from server.services.scopes import visit_within
from server.web.endpoint import Call, endpoint

blueprint = Blueprint("papers", __name__, url_prefix="/api/v1", description="Papers taken along (V6, V21)")


@endpoint(blueprint, "GET", "/papers", needs=papers.READERS, query=PaperQuery, answer=PaperPage)
def list_papers(call: Call) -> Page[PaperListed]:
    """Papers of the branch, or one list: unreleased, out, overdue, left, to shred, shredded."""
    request = PageRequest(call.query["limit"], call.query.get("after"))
    return papers.page(call.uow, call.actor, request, call.query["listed"])


@endpoint(
    blueprint,
    "GET",
    "/counterfoils",
    needs=letters.COUNTERFOIL_READERS,
    query=PageQuery,
    answer=AwaitedCounterfoilPage,
)
def list_counterfoils(call: Call) -> Page[AwaitedCounterfoil]:
    """V6: letters left whose counterfoil is not back, the longest left first."""
    request = PageRequest(call.query["limit"], call.query.get("after"))
    return letters.awaited(call.uow, call.actor, request)


@endpoint(
    blueprint,
    "GET",
    "/visits/<uuid:visit_id>/papers",
    needs=[Permission.VISITS_READ],
    answer=PaperViews,
)
def list_papers_of_visit(call: Call) -> dict[str, object]:
    """What was issued for a visit and where it is."""
    visit, _ = visit_within(call.uow, call.actor, call.path["visit_id"], Permission.VISITS_READ)
    return {"items": papers.with_cases(call.uow, call.uow.papers.having(visit_id=visit.id))}


@endpoint(
    blueprint,
    "POST",
    "/visits/<uuid:visit_id>/papers",
    needs=[Permission.LETTERS_RECEIVE],
    body=PaperNew,
    answer=PaperView,
    status=201,
    once=True,
    problems=[WRONG_STATE],
)
def issue_paper(call: Call) -> PaperListed:
    """Issue a paper for this visit and purpose."""
    visit, _ = visit_within(call.uow, call.actor, call.path["visit_id"], Permission.LETTERS_RECEIVE)
    return _listed(call, papers.issue(call.uow, call.actor, visit, call.body))


@endpoint(
    blueprint,
    "POST",
    "/papers/release",
    needs=[Permission.PAPERS_RELEASE],
    body=PapersToRelease,
    answer=PaperViews,
    problems=[NOT_FOUND, PAPER_STATE, PAPER_NOT_LEAVABLE],
)
def release_papers(call: Call) -> dict[str, object]:
    """The manager lets these papers leave the office, all of them or none."""
    released = papers.release(call.uow, call.actor, call.body["paper_ids"])
    return {"items": papers.with_cases(call.uow, released)}


@endpoint(
    blueprint,
    "POST",
    "/papers/<uuid:paper_id>/leave",
    needs=[Permission.LETTERS_RECEIVE],
    answer=PaperView,
    problems=[PAPER_STATE, PAPER_NOT_LEAVABLE],
)
def leave_paper(call: Call) -> PaperListed:
    """Record that a letter stayed at the place; everything else comes back."""
    return _listed(call, papers.leave(call.uow, call.actor, _paper(call, Permission.LETTERS_RECEIVE)))


@endpoint(
    blueprint,
    "POST",
    "/papers/<uuid:paper_id>/return",
    needs=[Permission.LETTERS_RECEIVE],
    answer=PaperView,
    problems=[PAPER_STATE],
)
def return_paper(call: Call) -> PaperListed:
    """Take a paper back from its team."""
    return _listed(call, papers.take_back(call.uow, call.actor, _paper(call, Permission.LETTERS_RECEIVE)))


@endpoint(
    blueprint,
    "POST",
    "/papers/<uuid:paper_id>/shred",
    needs=[Permission.PAPERS_SHRED],
    answer=PaperView,
    problems=[PAPER_STATE],
)
def shred_paper(call: Call) -> PaperListed:
    """Record that administration shredded a returned paper."""
    return _listed(call, papers.shred(call.uow, call.actor, _paper(call, Permission.PAPERS_SHRED)))


def _paper(call: Call, permission: Permission) -> Paper:
    return papers.paper_within(call.uow, call.actor, call.path["paper_id"], permission)


def _listed(call: Call, paper: Paper) -> PaperListed:
    return papers.with_cases(call.uow, [paper])[0]
