"""Telling people: the inbox in the product, and the group robots of a branch through the outbox (R9, R10, V5, V13)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from server.domain.messages import InboxMessage, OutboxMessage, OutboxState
from server.domain.notices import group_text
from server.services.ports.unit_of_work import UnitOfWork

OUTBOX_JOB = "outbox.send"


def tell(
    uow: UnitOfWork, account_ids: Iterable[str], kind: str, params: Mapping[str, Any], link: str | None = None
) -> None:
    """A message in the inbox of each; `kind` names its words (`server.domain.notices`)."""
    for account_id in dict.fromkeys(account_ids):
        uow.inbox_messages.add(InboxMessage(uow.new_id(), account_id, kind, params, link, uow.now, None))


def tell_group(uow: UnitOfWork, branch_id: str, kind: str, params: Mapping[str, Any]) -> int:
    """A message to every enabled robot of the branch, written with its cause and sent by a job; returns how many."""
    webhooks = uow.webhooks.having(branch_id=branch_id, enabled=True)
    for webhook in webhooks:
        message = OutboxMessage(
            uow.new_id(),
            webhook.id,
            kind,
            group_text(kind, params),
            OutboxState.WAITING,
            0,
            uow.now,
            None,
            None,
        )
        uow.outbox_messages.add(message)
        uow.enqueue(OUTBOX_JOB, {"outbox_message_id": message.id})
    return len(webhooks)
