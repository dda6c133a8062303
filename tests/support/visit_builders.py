"""Builders of what is recorded of a visit: contacts, letters, incidents, and the templates of messages."""

from __future__ import annotations

import itertools
from typing import Any

from server.domain.calendar import local_day
from server.domain.messages import TextMessageBatch
from server.domain.placements import Phone, Placement
from server.domain.visits import (
    ContactChannel,
    ContactWho,
    Incident,
    Letter,
    LetterPlace,
    MessageState,
    MessageTemplate,
    TextMessage,
    Visit,
    VisitContact,
)
from tests.conftest import Desk
from tests.support.cast import DISPATCHER, MANAGER, Member

_numbers = itertools.count(1)


def make_incident(desk: Desk, visit: Visit, **changes: Any) -> Incident:
    """An incident of a visit, open."""
    with desk.installation.house.units.write() as uow:
        values: dict[str, Any] = {
            "id": uow.new_id(),
            "kind": "cash_offered",
            "clause": "V4",
            "placement_id": visit.placement_id,
            "visit_id": visit.id,
            "about_account_id": None,
            "note": "",
            "self_reported": False,
            "opened_at": uow.now,
            "opened_by": visit.lead_id,
            "closed_at": None,
            "closed_by": None,
            "closing_note": None,
            "version": 1,
        }
        incident = uow.incidents.add(Incident(**values | changes))
        uow.commit()
    return incident


def make_template(
    desk: Desk, body: str = "{debtor_name}您好，请回电{agent_name}。", *, approved: bool = True
) -> MessageTemplate:
    """A message template, approved by the manager unless said otherwise."""
    with desk.installation.house.units.write() as uow:
        by, at = (MANAGER.id, uow.now) if approved else (None, None)
        template = MessageTemplate(uow.new_id(), f"模板{next(_numbers)}", body, by, at, None, 1)
        uow.message_templates.add(template)
        uow.commit()
    return template


def placement_of(desk: Desk, visit: Visit) -> Placement:
    with desk.installation.house.units.read() as uow:
        return uow.placements.need(visit.placement_id)


def make_text_message(desk: Desk, visit: Visit, phone: Phone, **changes: Any) -> TextMessage:
    """A message of a visit that an agent queued, waiting for a batch."""
    template_id = changes.pop("template_id", None) or make_template(desk).id
    with desk.installation.house.units.write() as uow:
        values: dict[str, Any] = {
            "id": uow.new_id(),
            "placement_id": visit.placement_id,
            "visit_id": visit.id,
            "phone_id": phone.id,
            "template_id": template_id,
            "text": "您好，请回电。",
            "state": MessageState.QUEUED,
            "batch_id": None,
            "queued_at": uow.now,
            "queued_by": visit.lead_id,
            "sent_at": None,
            "failure": None,
            "version": 1,
        }
        message = uow.text_messages.add(TextMessage(**values | changes))
        uow.commit()
    return message


def make_text_message_batch(desk: Desk, by: Member = DISPATCHER) -> TextMessageBatch:
    """An empty batch of a dispatcher's."""
    with desk.installation.house.units.write() as uow:
        batch = TextMessageBatch(uow.new_id(), by.branch.id, uow.now, by.id, None, None, None, None, None, 1)
        uow.text_message_batches.add(batch)
        uow.commit()
    return batch


def make_contact(desk: Desk, visit: Visit, **changes: Any) -> VisitContact:
    """Another contact, met at the visit, who was willing and able to relay."""
    with desk.installation.house.units.write() as uow:
        values: dict[str, Any] = {
            "id": uow.new_id(),
            "visit_id": visit.id,
            "who": ContactWho.OTHER_CONTACT,
            "channel": ContactChannel.IN_PERSON,
            "name": "李某",
            "relation": "前妻",
            "communicated": True,
            "knew_of_debt": False,
            "offered_to_repay": False,
            "will_relay": True,
            "can_relay": True,
            "relayed_on": None,
            "relay_recorded_by": None,
            "phone_id": None,
            "at": uow.now,
            "version": 1,
        }
        contact = uow.visit_contacts.add(VisitContact(**values | changes))
        uow.commit()
    return contact


def make_letter(desk: Desk, visit: Visit, **changes: Any) -> Letter:
    """A letter left at the visited address, its counterfoil not back yet."""
    with desk.installation.house.units.write() as uow:
        values: dict[str, Any] = {
            "id": uow.new_id(),
            "visit_id": visit.id,
            "left_at": LetterPlace.VISITED_ADDRESS,
            "manner": "信箱",
            "left_on": local_day(uow.now),
            "counterfoil_returned_at": None,
            "counterfoil_received_by": None,
            "escalated_at": None,
            "acknowledged_on": None,
            "acknowledged_by": None,
            "acknowledgement_recorded_by": None,
            "version": 1,
        }
        letter = uow.letters.add(Letter(**values | changes))
        uow.commit()
    return letter
