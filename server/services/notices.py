"""Telling people: the inbox in the product, and the group robots of a branch through the outbox (R9, R10, V5, V13)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from server.domain.messages import InboxMessage, OutboxMessage, OutboxState, Webhook
from server.domain.notices import complete, group_text, r10_outcome_told
from server.domain.placements import Placement
from server.domain.visits import Visit
from server.services.ports.unit_of_work import UnitOfWork

OUTBOX_JOB = "outbox.send"


def tell(
    uow: UnitOfWork,
    account_ids: Iterable[str],
    kind: str,
    params: Mapping[str, Any],
    link: str | None = None,
    *,
    confidential: str | None = None,
) -> None:
    """A message in the inbox of each; `kind` names its words (`server.domain.notices`).

    `confidential` is sealed in the database and shown below the words: telephones belong there (S6).
    """
    complete(kind, params)
    uow.inbox_messages.add_all(
        [
            InboxMessage(uow.new_id(), account_id, kind, params, link, uow.now, None, confidential)
            for account_id in dict.fromkeys(account_ids)
        ]
    )


def tell_outcome(uow: UnitOfWork, placement: Placement, visit: Visit) -> None:
    """R10: the collector of the case hears of the outcome of a visit."""
    kind, params = r10_outcome_told(placement.case_number, visit.outcome)
    tell(uow, [placement.collector_id], kind, params, f"/visits/{visit.id}")


def tell_group(
    uow: UnitOfWork, branch_id: str, kind: str, params: Mapping[str, Any], link: str | None = None
) -> int:
    """A message to every enabled robot of the branch, written with its cause and sent by a job; returns how many.

    What S15 forbids is refused here, before anything is written. `link` is a path of the product.
    """
    text = group_text(kind, params)
    webhooks = uow.webhooks.having(branch_id=branch_id, enabled=True)
    for webhook in webhooks:
        queue(uow, webhook, kind, text, link)
    return len(webhooks)


def queue(uow: UnitOfWork, webhook: Webhook, kind: str, text: str, link: str | None) -> OutboxMessage:
    """A text for one robot, which a job sends after the commit."""
    message = OutboxMessage(
        uow.new_id(), webhook.id, kind, text, OutboxState.WAITING, 0, uow.now, None, None, link
    )
    uow.outbox_messages.add(message)
    uow.enqueue(OUTBOX_JOB, {"outbox_message_id": message.id})
    return message
