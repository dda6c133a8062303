"""Routes of what happens at a visit: contacts, calls, messages, letter, answers, what was learnt (V4 to V19)."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from api_schemas.visit_answers import (
    AddressLearntView,
    AnswersAnswer,
    CallAnswer,
    ContactAnswer,
    Dialled,
    PhoneLearntView,
)
from api_schemas.visit_inputs import (
    AddressLearnt,
    AnswersNew,
    CallNew,
    ContactFlags,
    ContactNew,
    Dial,
    LetterNew,
    MessageNew,
    PhoneLearnt,
)
from api_schemas.visit_views import LetterView, TextMessageView
from server.domain.access import Permission
from server.domain.calls import CALL_LIMIT_REACHED, CONTACT_BLOCKED
from server.domain.letters import LETTER_EXISTS
from server.domain.placements import Address, Phone
from server.domain.problems import NOT_FOUND, WRONG_STATE
from server.domain.visit_rules import NOT_STARTED
from server.domain.visits import Letter, TextMessage, VisitContact
from server.domain.wording import TEMPLATE_NOT_APPROVED, TEMPLATE_TELLS_DEBT
from server.services import (
    letters,
    visit_answers,
    visit_calls,
    visit_contacts,
    visit_information,
    visit_messages,
)
from server.web.endpoint import Call, endpoint

blueprint = Blueprint(
    "visit_facts", __name__, url_prefix="/api/v1", description="What happens at a visit (V4 to V19)"
)

_NEW: dict[str, Any] = {"needs": [Permission.VISITS_CONDUCT], "status": 201, "once": True}


@endpoint(
    blueprint,
    "POST",
    "/visits/<uuid:visit_id>/contacts",
    body=ContactNew,
    answer=ContactAnswer,
    problems=[NOT_STARTED, NOT_FOUND],
    **_NEW,
)
def add_contact(call: Call) -> VisitContact:
    """Somebody met or telephoned; answers what may be asked and said (V10, V14)."""
    return visit_contacts.add(call.uow, call.actor, call.path["visit_id"], call.body)


@endpoint(
    blueprint,
    "PATCH",
    "/visit-contacts/<uuid:contact_id>",
    needs=[Permission.VISITS_CONDUCT],
    body=ContactFlags,
    answer=ContactAnswer,
    versioned=True,
    problems=[NOT_STARTED],
)
def edit_contact(call: Call) -> VisitContact:
    """Complete what is known of a contact while the talk goes on."""
    contact = visit_contacts.of_team(call.uow, call.actor, call.path["contact_id"])
    call.check_version(contact.version)
    return visit_contacts.edit(call.uow, call.actor, contact, call.body)


@endpoint(
    blueprint,
    "POST",
    "/visits/<uuid:visit_id>/calls",
    body=CallNew,
    answer=CallAnswer,
    problems=[NOT_STARTED, NOT_FOUND],
    **_NEW,
)
def add_call(call: Call) -> dict[str, Any]:
    """V18: one record a call. A call that V9, V12 or V13 forbade is kept, and an incident opens."""
    note, findings = visit_calls.add(call.uow, call.actor, call.path["visit_id"], call.body)
    return {"call": note, "findings": findings}


@endpoint(
    blueprint,
    "POST",
    "/visits/<uuid:visit_id>/dial",
    needs=[Permission.VISITS_CONDUCT],
    body=Dial,
    answer=Dialled,
    problems=[NOT_STARTED, CALL_LIMIT_REACHED, CONTACT_BLOCKED],
)
def dial(call: Call) -> Phone:
    """The number in clear for a call that is allowed now (V9, V13)."""
    return visit_calls.dial(call.uow, call.actor, call.path["visit_id"], call.body["phone_id"])


@endpoint(
    blueprint,
    "POST",
    "/visits/<uuid:visit_id>/messages",
    body=MessageNew,
    answer=TextMessageView,
    problems=[NOT_STARTED, CONTACT_BLOCKED, TEMPLATE_NOT_APPROVED, TEMPLATE_TELLS_DEBT],
    **_NEW,
)
def queue_message(call: Call) -> TextMessage:
    """V15, C4: an approved template to a number on file, sent through the firm's channel."""
    return visit_messages.queue(call.uow, call.actor, call.path["visit_id"], call.body)


@endpoint(
    blueprint,
    "POST",
    "/visits/<uuid:visit_id>/letter",
    body=LetterNew,
    answer=LetterView,
    problems=[NOT_STARTED, LETTER_EXISTS],
    **_NEW,
)
def leave_letter(call: Call) -> Letter:
    """V6: a letter was left, where and how; its counterfoil is awaited at the desk."""
    return letters.leave(call.uow, call.actor, call.path["visit_id"], call.body)


@endpoint(
    blueprint,
    "POST",
    "/visits/<uuid:visit_id>/answers",
    body=AnswersNew,
    answer=AnswersAnswer,
    problems=[NOT_STARTED, WRONG_STATE],
    **_NEW,
)
def give_answers(call: Call) -> dict[str, Any]:
    """V15, V17, V4: the questions of the outcome; adverse answers become findings and incidents."""
    answers, findings = visit_answers.give(call.uow, call.actor, call.path["visit_id"], call.body)
    return {"answers": answers, "findings": findings}


@endpoint(
    blueprint,
    "POST",
    "/visits/<uuid:visit_id>/information/phones",
    body=PhoneLearnt,
    answer=PhoneLearntView,
    problems=[NOT_STARTED],
    **_NEW,
)
def learn_phone(call: Call) -> Phone:
    """V19: a telephone learnt at the door."""
    return visit_information.add_phone(call.uow, call.actor, call.path["visit_id"], call.body)


@endpoint(
    blueprint,
    "POST",
    "/visits/<uuid:visit_id>/information/addresses",
    body=AddressLearnt,
    answer=AddressLearntView,
    problems=[NOT_STARTED],
    **_NEW,
)
def learn_address(call: Call) -> Address:
    """V19: an address learnt at the door."""
    return visit_information.add_address(call.house, call.uow, call.actor, call.path["visit_id"], call.body)
