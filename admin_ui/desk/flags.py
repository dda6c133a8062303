"""Flags on evidence at the desk: the inbox, an agent's answer, a manager's decision, voiding (V8, X1).

Owns the forms. Refuses what the use cases refuse: nobody decides on the own visit, and nothing is deleted.
"""

from __future__ import annotations

from typing import Any

from flask import Response

from admin_ui.forms import see_other
from admin_ui.lists import Tab, href, next_page
from admin_ui.page import page
from api_schemas.base import Reason
from api_schemas.desk import FlagAnswerForm, FlagDecisionForm, FlagInbox
from server.domain.access import Permission
from server.domain.evidence_flags import FlagDecision, FlagState, sentences
from server.services import evidence_flags, visit_outcomes, visit_reading
from server.services.ports.paging import PageRequest
from server.web.endpoint import Call

LIST = "/desk/flags"
_ONE = f"{LIST}/<uuid:flag_id>"
_TABS = (FlagState.RAISED, FlagState.ANSWERED, FlagState.DECIDED)


@page(
    "GET",
    LIST,
    needs=[Permission.EVIDENCE_READ],
    template="flags.html",
    query=FlagInbox,
    reads_personal=True,
    clauses=("V1", "V8", "X1"),
)
def flag_inbox(call: Call) -> dict[str, Any]:
    """Flags within reach by state, the newest first."""
    state = call.query["state"]
    request = PageRequest(call.query["limit"], call.query.get("after"))
    found = evidence_flags.flags(call.uow, call.actor, request, state=state, code=None, visit_id=None)
    flags = [shown.flag for shown in found.items]
    visits = call.uow.visits.by_ids(flag.visit_id for flag in flags)
    briefs = {brief.visit.id: brief for brief in visit_reading.briefs(call.uow, list(visits.values()))}
    agents = {id_ for visit in visits.values() for id_ in (visit.lead_id, visit.partner_id) if id_}
    return {
        "flags": flags,
        "briefs": briefs,
        "people": call.uow.accounts.by_ids(agents),
        "sentences": sentences,
        "next": next_page(LIST, found.next),
        "tabs": [
            Tab(f"FlagState.{one.value}", href(LIST, {"state": one.value}), None, one is state)
            for one in _TABS
        ],
    }


@page(
    "POST",
    f"{_ONE}/answer",
    needs=[Permission.EVIDENCE_UPLOAD],
    template=None,
    fields=FlagAnswerForm,
)
def answer_flag(call: Call) -> Response:
    """One of the visit's agents says how it came about; nothing of the flag changes by it."""
    shown = evidence_flags.answer(call.uow, call.actor, call.path["flag_id"], call.body["answer"])
    return _to_visit(shown.flag.visit_id)


@page(
    "POST",
    f"{_ONE}/decide",
    needs=[Permission.EVIDENCE_VOID],
    template=None,
    fields=FlagDecisionForm,
)
def decide_flag(call: Call) -> Response:
    """V8: uphold it, uphold it and void the visit, or dismiss it, with the reason."""
    outcome = call.body["decision"]
    decision = FlagDecision.DISMISSED if outcome == "dismissed" else FlagDecision.UPHELD
    shown = evidence_flags.decide(
        call.uow, call.actor, call.path["flag_id"], decision, call.body["reason"], void=outcome == "void"
    )
    return _to_visit(shown.flag.visit_id)


@page(
    "POST",
    "/desk/visits/<uuid:visit_id>/void",
    needs=[Permission.EVIDENCE_VOID],
    template=None,
    fields=Reason,
)
def void_this_visit(call: Call) -> Response:
    """V8, X1: the evidence was found forged. The visit stays with everything on it; an incident opens."""
    visit = visit_outcomes.void(call.uow, call.actor, call.path["visit_id"], call.body["reason"])
    return _to_visit(visit.id)


def _to_visit(visit_id: str) -> Response:
    return see_other(f"/desk/visits/{visit_id}")
