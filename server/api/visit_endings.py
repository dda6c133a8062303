"""Routes of how a visit ends and what comes later: outcome, follow-up, failure, voiding, relay, counterfoil."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from api_schemas.visit_answers import FollowUpAnswer, OutcomeView
from api_schemas.visit_inputs import (
    Acknowledgement,
    FollowUpNew,
    Once,
    OnceWithDay,
    OnceWithReason,
    OutcomeNew,
)
from api_schemas.visit_parts import VisitMoment
from api_schemas.visit_views import ContactView, LetterView
from server.domain.access import Permission
from server.domain.letters import COUNTERFOIL_RECEIVED
from server.domain.problems import NOT_FOUND, WRONG_STATE
from server.domain.relays import RELAY_NOT_PROMISED
from server.domain.visit_rules import ALREADY_VOIDED, FOLLOW_UP_NOT_OPEN, FOLLOW_UP_SAME_ADDRESS, NOT_STARTED
from server.domain.visits import Letter, Visit, VisitContact
from server.services import follow_ups, letters, visit_contacts, visit_outcomes
from server.web.endpoint import Call, endpoint

blueprint = Blueprint(
    "visit_endings",
    __name__,
    url_prefix="/api/v1",
    description="How visits end, and later facts (R10, C3, C5)",
)


@endpoint(
    blueprint,
    "POST",
    "/visits/<uuid:visit_id>/outcome",
    needs=[Permission.VISITS_CONDUCT],
    body=OutcomeNew,
    answer=OutcomeView,
    once=True,
    problems=[NOT_STARTED],
)
def record_outcome(call: Call) -> Visit:
    """What the visit says of the address; the collector of the case is told (R10)."""
    return visit_outcomes.record(call.uow, call.actor, call.path["visit_id"], call.body)


@endpoint(
    blueprint,
    "POST",
    "/visits/<uuid:visit_id>/follow-up",
    needs=[Permission.VISITS_CONDUCT],
    body=FollowUpNew,
    answer=FollowUpAnswer,
    status=201,
    once=True,
    problems=[FOLLOW_UP_NOT_OPEN, FOLLOW_UP_SAME_ADDRESS, NOT_FOUND],
)
def open_follow_up(call: Call) -> dict[str, Any]:
    """V7: a visit to the new address, planned or on the spot; once it has taken place its parent is superseded."""
    visit, findings = follow_ups.open_follow_up(call.uow, call.actor, call.path["visit_id"], call.body)
    return {"visit": visit, "findings": findings}


@endpoint(
    blueprint,
    "POST",
    "/visits/<uuid:visit_id>/fail",
    needs=[Permission.VISITS_CONDUCT],
    body=OnceWithReason,
    answer=VisitMoment,
    once=True,
    problems=[WRONG_STATE],
)
def fail_visit(call: Call) -> Visit:
    """The visit could not be made, or was broken off; the dispatcher may plan it again."""
    return visit_outcomes.fail(call.uow, call.actor, call.path["visit_id"], call.body["reason"])


@endpoint(
    blueprint,
    "POST",
    "/visits/<uuid:visit_id>/void",
    needs=[Permission.EVIDENCE_VOID],
    body=OnceWithReason,
    answer=VisitMoment,
    once=True,
    problems=[ALREADY_VOIDED],
)
def void_visit(call: Call) -> Visit:
    """V8, X1: the evidence was found forged; nothing is deleted."""
    return visit_outcomes.void(call.uow, call.actor, call.path["visit_id"], call.body["reason"])


@endpoint(
    blueprint,
    "POST",
    "/visit-contacts/<uuid:contact_id>/relay",
    needs=[Permission.FACTS_WRITE],
    body=OnceWithDay,
    answer=ContactView,
    once=True,
    problems=[RELAY_NOT_PROMISED, WRONG_STATE],
)
def record_relay(call: Call) -> VisitContact:
    """C3: the day on which the message reached the debtor, as the debtor or the contact confirmed."""
    return visit_contacts.relay(call.uow, call.actor, call.path["contact_id"], call.body["on"])


@endpoint(
    blueprint,
    "POST",
    "/letters/<uuid:letter_id>/counterfoil",
    needs=[Permission.LETTERS_RECEIVE],
    body=Once,
    answer=LetterView,
    once=True,
    problems=[COUNTERFOIL_RECEIVED],
)
def receive_counterfoil(call: Call) -> Letter:
    """V6: the counterfoil was handed back."""
    return letters.receive_counterfoil(call.uow, call.actor, call.path["letter_id"])


@endpoint(
    blueprint,
    "POST",
    "/letters/<uuid:letter_id>/escalate",
    needs=[Permission.LETTERS_RECEIVE],
    body=Once,
    answer=LetterView,
    once=True,
    problems=[COUNTERFOIL_RECEIVED, WRONG_STATE],
)
def escalate_counterfoil(call: Call) -> Letter:
    """V6: tell the managers of a counterfoil that is not back, before its days are over."""
    return letters.escalate_now(call.uow, call.actor, call.path["letter_id"])


@endpoint(
    blueprint,
    "POST",
    "/letters/<uuid:letter_id>/acknowledgement",
    needs=[Permission.FACTS_WRITE],
    body=Acknowledgement,
    answer=LetterView,
    once=True,
    problems=[WRONG_STATE],
)
def acknowledge_letter(call: Call) -> Letter:
    """C5: the debtor, or who repays for them, called back."""
    return letters.acknowledge(call.uow, call.actor, call.path["letter_id"], call.body["on"], call.body["by"])
