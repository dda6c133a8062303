"""Authorisations, visit sheets and other papers given out for a plan's visits, or for one that was added late (V21).

Owns the form and the printed authorisation. Refuses letters: those are printed from an approved text, on a page of
their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response

from admin_ui.desk.texts import planned_visits
from admin_ui.forms import led_to
from admin_ui.page import page
from api_schemas.desk_office import PaperIssueForm
from server.domain.access import Permission
from server.domain.visits import PaperKind, Visit
from server.services import authorisations, papers
from server.services.scopes import visit_within
from server.web.endpoint import Call

OF_PLAN, OF_VISIT = "/desk/plans/<uuid:plan_id>/papers", "/desk/visits/<uuid:visit_id>/papers"
KINDS = (PaperKind.AUTHORISATION, PaperKind.CASE_SHEET, PaperKind.OTHER)
_NEEDS = [Permission.LETTERS_RECEIVE]
_CLAUSES = ("V6", "V10", "V21")


@page("GET", OF_PLAN, needs=_NEEDS, template="paper_issue.html", reads_personal=True, clauses=_CLAUSES)
def plan_papers(call: Call) -> dict[str, Any]:
    """What is out for each visit of a day, the form to give out more, the authorisations to print."""
    plan, visits = planned_visits(call)
    return {"plan": plan, "case_number": None, "back": f"/desk/plans/{plan.id}", **_shown(call, visits)}


@page("POST", OF_PLAN, needs=_NEEDS, template=None, fields=PaperIssueForm)
def issue_plan_papers(call: Call) -> Response:
    """A paper of the kind for every visit to come that has none out; given twice it is issued once."""
    plan, visits = planned_visits(call)
    papers.issue_missing(call.uow, call.actor, visits, call.body["kind"], call.body["purpose"])
    return led_to(f"/desk/plans/{plan.id}/papers")


@page("GET", OF_VISIT, needs=_NEEDS, template="paper_issue.html", reads_personal=True, clauses=_CLAUSES)
def visit_papers(call: Call) -> dict[str, Any]:
    """The same for one visit: added late, or its paper was spoilt and taken back."""
    visit, placement = visit_within(call.uow, call.actor, call.path["visit_id"], Permission.LETTERS_RECEIVE)
    given = {"plan": None, "case_number": placement.case_number, "back": f"/desk/visits/{visit.id}"}
    return given | _shown(call, [visit])


@page("POST", OF_VISIT, needs=_NEEDS, template=None, fields=PaperIssueForm)
def issue_visit_papers(call: Call) -> Response:
    """A paper of the kind for this visit, unless one is out."""
    visit, _ = visit_within(call.uow, call.actor, call.path["visit_id"], Permission.LETTERS_RECEIVE)
    papers.issue_missing(call.uow, call.actor, [visit], call.body["kind"], call.body["purpose"])
    return led_to(f"/desk/visits/{visit.id}/papers")


def _shown(call: Call, visits: Sequence[Visit]) -> dict[str, Any]:
    held = call.uow.papers.having_any("visit_id", [visit.id for visit in visits])
    return {
        "listed": papers.with_cases(call.uow, held),
        "to_come": sum(visit.state in papers.TO_COME for visit in visits),
        "kinds": KINDS,
        "authorisations": authorisations.authorisations_of(call.uow, visits),
    }
