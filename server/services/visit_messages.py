"""Messages from the place: an approved template to a number on file, queued for the firm's channel (V12, V15, C4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.domain.access import Actor
from server.domain.audit import AuditEntry
from server.domain.calls import v13_block_findings
from server.domain.money import format_fen
from server.domain.placements import Placement
from server.domain.problems import NOT_FOUND, problem, refuse_if
from server.domain.visits import MessageState, TextMessage
from server.domain.wording import filled, sending_findings
from server.services import credit
from server.services.ports.unit_of_work import UnitOfWork
from server.services.visit_calls import phone_on_file
from server.services.visit_reading import phone_file, total_debt
from server.services.visit_records import begun, not_in_future


def queue(uow: UnitOfWork, actor: Actor, visit_id: str, values: Mapping[str, Any]) -> TextMessage:
    """Queue a message. Nothing leaves the house here; a batch takes it out and says what became of it."""
    visit, placement = begun(uow, actor, visit_id)
    not_in_future(uow, values["at"])
    phone = phone_on_file(uow, placement, values["phone_id"])
    template = uow.message_templates.get(values["template_id"])
    if template is None:
        raise problem(NOT_FOUND, "template_id", what=f"message_template {values['template_id']}")
    blocks = phone_file(uow, placement.debtor_id).blocks
    refuse_if(v13_block_findings(phone, blocks) + sending_findings(template, phone.owner))
    message = uow.text_messages.add(
        TextMessage(
            id=values["id"],
            placement_id=placement.id,
            visit_id=visit.id,
            phone_id=phone.id,
            template_id=template.id,
            text=filled(template.body, _values(uow, actor, placement)),
            state=MessageState.QUEUED,
            batch_id=None,
            queued_at=values["at"],
            queued_by=actor.account_id,
            sent_at=None,
            failure=None,
            version=1,
        )
    )
    detail = {"message_id": message.id, "template_id": template.id}
    uow.audit(AuditEntry("message.queued", "visit", visit.id, detail))
    credit.fact_changed(uow, placement.id, "message")
    return message


def _values(uow: UnitOfWork, actor: Actor, placement: Placement) -> dict[str, str]:
    """What the placeholders of a template stand for in this case."""
    return {
        "debtor_name": uow.debtors.need(placement.debtor_id).name,
        "agent_name": actor.display_name,
        "client": uow.organisation.client_name(placement.client_id),
        "balance": format_fen(total_debt(uow, placement)),
        "case_number": placement.case_number,
    }
