"""Routes of flags on evidence: list, answer, decide."""

from __future__ import annotations

from flask_smorest import Blueprint

from api_schemas.evidence_flags import FlagAnswer, FlagDeciding, FlagPage, FlagQuery, FlagView
from server.domain.access import Permission
from server.domain.evidence_flags import (
    FLAG_DECIDED,
    FLAG_NOT_OF_TEAM,
    FLAG_OF_OWN_VISIT,
    VOID_NEEDS_UPHELD,
)
from server.domain.problems import NOT_FOUND
from server.domain.visit_rules import ALREADY_VOIDED
from server.services import evidence_flags
from server.services.evidence_flags import FlagShown
from server.services.ports.paging import Page, PageRequest
from server.web.endpoint import Call, endpoint

blueprint = Blueprint(
    "evidence_flags", __name__, url_prefix="/api/v1", description="Flags on evidence (V1, V8, X1)"
)


@endpoint(
    blueprint,
    "GET",
    "/evidence-flags",
    needs=[Permission.EVIDENCE_READ],
    query=FlagQuery,
    answer=FlagPage,
    reads_personal=True,
)
def list_flags(call: Call) -> Page[FlagShown]:
    """Flags within reach, newest first: an agent sees those of the own visits, QA all."""
    return evidence_flags.flags(
        call.uow,
        call.actor,
        PageRequest(call.query["limit"], call.query.get("after")),
        state=call.query.get("state"),
        code=call.query.get("code"),
        visit_id=call.query.get("visit_id"),
    )


@endpoint(
    blueprint,
    "POST",
    "/evidence-flags/<uuid:flag_id>/answer",
    needs=[Permission.EVIDENCE_UPLOAD],
    body=FlagAnswer,
    answer=FlagView,
    once=True,
    problems=[NOT_FOUND, FLAG_NOT_OF_TEAM, FLAG_DECIDED],
)
def answer_flag(call: Call) -> FlagShown:
    """One of the visit's agents says how it came about; nothing of the flag changes by it."""
    return evidence_flags.answer(call.uow, call.actor, call.path["flag_id"], call.body["answer"])


@endpoint(
    blueprint,
    "POST",
    "/evidence-flags/<uuid:flag_id>/decide",
    needs=[Permission.EVIDENCE_VOID],
    body=FlagDeciding,
    answer=FlagView,
    once=True,
    problems=[NOT_FOUND, FLAG_OF_OWN_VISIT, FLAG_DECIDED, VOID_NEEDS_UPHELD, ALREADY_VOIDED],
)
def decide_flag(call: Call) -> FlagShown:
    """V8: a manager upholds it, perhaps voiding the visit, or dismisses it. Nothing is deleted."""
    return evidence_flags.decide(
        call.uow,
        call.actor,
        call.path["flag_id"],
        call.body["decision"],
        call.body["reason"],
        void=call.body["void"],
    )
