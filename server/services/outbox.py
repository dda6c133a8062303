"""The outbox: what leaves the house, one attempt after the other, with what became of it (S15).

A message is sent by a job that may run twice: what was sent is not sent again. Between the robot's answer and the
row that says so the worker may die; then the group reads the message twice, which is the lesser evil.
"""

from __future__ import annotations

import dataclasses

from server.domain.access import Actor, Owned, Permission, Post, reach, within
from server.domain.audit import AuditEntry
from server.domain.messages import OutboxMessage, OutboxState, Webhook
from server.domain.problems import NOT_FOUND, WRONG_STATE, problem
from server.services import notices
from server.services.ports.unit_of_work import UnitOfWork

_ERROR = 500
DISABLED = "the robot is switched off"


def begin(uow: UnitOfWork, message_id: str) -> tuple[OutboxMessage, Webhook] | None:
    """Count an attempt; None when there is nothing to send: it was sent, given up, or its robot is switched off."""
    message = uow.outbox_messages.need(message_id)
    if message.state is not OutboxState.WAITING:
        return None
    webhook = uow.webhooks.need(message.webhook_id)
    if not webhook.enabled:
        uow.outbox_messages.save(dataclasses.replace(message, state=OutboxState.FAILED, last_error=DISABLED))
        return None
    begun = uow.outbox_messages.save(dataclasses.replace(message, attempts=message.attempts + 1))
    return begun, webhook


def sent(uow: UnitOfWork, message_id: str) -> None:
    """The robot has taken it."""
    message = uow.outbox_messages.need(message_id)
    uow.outbox_messages.save(
        dataclasses.replace(message, state=OutboxState.SENT, sent_at=uow.now, last_error=None)
    )
    detail = {"webhook_id": message.webhook_id, "kind": message.kind, "attempts": message.attempts}
    uow.audit(AuditEntry("outbox_message.sent", "outbox_message", message.id, detail))


def attempt_failed(uow: UnitOfWork, message_id: str, words: str) -> None:
    """Keep why; the job comes back later, or gives up."""
    message = uow.outbox_messages.need(message_id)
    uow.outbox_messages.save(dataclasses.replace(message, last_error=words[:_ERROR]))


def give_up(uow: UnitOfWork, message_id: str, words: str) -> None:
    """The last attempt failed: the message stays as failed, and IT is told."""
    message = uow.outbox_messages.get(message_id)
    if message is None or message.state is not OutboxState.WAITING:
        return
    error = message.last_error or words[:_ERROR]
    uow.outbox_messages.save(dataclasses.replace(message, state=OutboxState.FAILED, last_error=error))
    detail = {"webhook_id": message.webhook_id, "kind": message.kind, "attempts": message.attempts}
    uow.audit(AuditEntry("outbox_message.failed", "outbox_message", message.id, detail))
    robot = uow.webhooks.need(message.webhook_id).name
    it = [account.id for account in uow.accounts.with_post(Post.IT)]
    notices.tell(uow, it, "outbox_failed", {"robot": robot}, f"/outbox-messages/{message.id}")


def try_again(uow: UnitOfWork, message: OutboxMessage) -> OutboxMessage:
    """Somebody repaired what was wrong: the attempts begin anew."""
    if message.state is not OutboxState.FAILED:
        raise problem(WRONG_STATE, state=message.state, verb_zh="重发", verb_en="sent again")
    again = uow.outbox_messages.save(dataclasses.replace(message, state=OutboxState.WAITING, attempts=0))
    uow.enqueue(notices.OUTBOX_JOB, {"outbox_message_id": message.id})
    uow.audit(AuditEntry("outbox_message.tried_again", "outbox_message", message.id))
    return again


def message_within(uow: UnitOfWork, actor: Actor, message_id: str) -> OutboxMessage:
    """The message, if its robot's branch is within reach (S13)."""
    message = uow.outbox_messages.get(message_id)
    if message is not None:
        branch_id = uow.webhooks.need(message.webhook_id).branch_id
        if within(reach(actor, Permission.WEBHOOKS_WRITE), Owned(frozenset(), branch_id=branch_id)):
            return message
    raise problem(NOT_FOUND, what=f"outbox_message {message_id}")
