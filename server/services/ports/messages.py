"""What the use cases ask of the rows of messages: inbox, group robots, outbox, text messages and their batches."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from server.domain.access import Reach
from server.domain.messages import InboxMessage, OutboxMessage, OutboxState, TextMessageBatch, Webhook
from server.domain.visits import MessageState, TextMessage
from server.services.ports.paging import Page, PageRequest
from server.services.ports.rows import EntityRows


class InboxRows(EntityRows[InboxMessage], Protocol):
    """Each person's own messages."""

    def page(self, request: PageRequest, account_id: str, *, unread: bool) -> Page[InboxMessage]:
        """Newest first; `unread` leaves out what was read."""

    def unread_count(self, account_id: str) -> int: ...
    def mark_read(self, account_id: str, at: datetime, *, up_to: str | None) -> int:
        """Mark what is unread as read, up to a message and with it, or all; returns how many."""


class WebhookRows(EntityRows[Webhook], Protocol):
    def page(self, request: PageRequest, reach: Reach) -> Page[Webhook]:
        """Robots of the branches within reach, in the order in which they were saved."""


class OutboxRows(EntityRows[OutboxMessage], Protocol):
    def page(
        self, request: PageRequest, reach: Reach, *, state: OutboxState | None, webhook_id: str | None
    ) -> Page[OutboxMessage]:
        """Newest first."""


class TextMessageRows(EntityRows[TextMessage], Protocol):
    def queued_in(self, branch_id: str, limit: int) -> list[TextMessage]:
        """What waits in a branch, the oldest first, without those of placements that a hold stops."""

    def counts(self, batch_ids: list[str]) -> dict[str, Mapping[MessageState, int]]:
        """How many messages of each batch stand in which state."""

    def waiting_in(self, branch_id: str) -> int: ...


class TextMessageBatchRows(EntityRows[TextMessageBatch], Protocol):
    def page(self, request: PageRequest, reach: Reach) -> Page[TextMessageBatch]:
        """Newest first."""
