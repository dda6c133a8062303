"""Templates of messages and letters (V15): drafted, checked against the words, approved by somebody else, retired."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from server.domain.access import Actor
from server.domain.audit import AuditEntry
from server.domain.problems import WRONG_STATE, problem, refuse_if
from server.domain.value_words import Past
from server.domain.visits import MessageTemplate
from server.domain.wording import NAME_TAKEN, approval_findings, body_findings, by_name
from server.services.ports.unit_of_work import UnitOfWork


def draft(uow: UnitOfWork, id_: str, name: str, body: str, replaces_id: str | None = None) -> MessageTemplate:
    """A new text. A changed text is a new template, so that what was sent can be read as it was approved."""
    body = by_name(body)
    refuse_if(body_findings(body))
    if uow.message_templates.having(name=name):
        raise problem(NAME_TAKEN, "name", name=name)
    if replaces_id is not None:
        uow.message_templates.need(replaces_id)
    template = uow.message_templates.add(
        MessageTemplate(id_, name, body, None, None, None, 1, replaces_id=replaces_id)
    )
    uow.audit(AuditEntry("template.drafted", "message_template", template.id))
    return template


def approve(uow: UnitOfWork, actor: Actor, template: MessageTemplate) -> MessageTemplate:
    """Approve what somebody else drafted; the words are checked again, for the list may have grown since."""
    if template.approved_at is not None or template.retired_at is not None:
        raise problem(WRONG_STATE, state=Past.DECIDED, verb_zh="批准", verb_en="approved")
    drafted_by = drafters(uow, [template.id]).get(template.id)
    refuse_if(approval_findings(drafted_by, actor.account_id) + body_findings(template.body))
    approved = uow.message_templates.save(
        dataclasses.replace(template, approved_by=actor.account_id, approved_at=uow.now)
    )
    uow.audit(AuditEntry("template.approved", "message_template", template.id))
    return approved


def retire(uow: UnitOfWork, template: MessageTemplate) -> MessageTemplate:
    """Send it no more; messages that were sent from it keep naming it."""
    if template.retired_at is not None:
        raise problem(WRONG_STATE, state=Past.RETIRED, verb_zh="停用", verb_en="retired")
    retired = uow.message_templates.save(dataclasses.replace(template, retired_at=uow.now))
    uow.audit(AuditEntry("template.retired", "message_template", template.id))
    return retired


def drafters(uow: UnitOfWork, ids: Iterable[str]) -> dict[str, str | None]:
    """Who drafted each of them, from the trail; one of before the trail is left out."""
    lines = uow.trail.done_to(("template.drafted",), "message_template", ids)
    return {line.subject_id: line.actor_id for line in lines if line.subject_id is not None}
