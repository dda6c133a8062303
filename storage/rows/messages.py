"""Queries on messages: inboxes, group robots, the outbox, text messages and their batches."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from server.domain.access import Reach, Scope
from server.domain.messages import InboxMessage, OutboxMessage, OutboxState, TextMessageBatch, Webhook
from server.domain.visits import MessageState, TextMessage
from server.services.ports.paging import Page, PageRequest
from storage.rows.column_cipher import ColumnCipher
from storage.rows.mapping import Rows
from storage.rows.paging import keyset_page
from storage.rows.tables import messages as tables
from storage.rows.tables.placements import holds, placements
from storage.rows.tables.visits import text_messages

_inbox = tables.inbox_messages
_webhooks = tables.webhooks
_outbox = tables.outbox_messages
_batches = tables.text_message_batches


def _branch_within(reach: Reach, branch_id: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    """What belongs to a branch and to nobody below it is reached by branch or wholly."""
    if reach.scope is Scope.ALL:
        return sa.true()
    if reach.scope is Scope.BRANCH and reach.branch_id is not None:
        return branch_id == reach.branch_id
    return sa.false()


class InboxQueries(Rows[InboxMessage]):
    def __init__(self, connection: sa.Connection, cipher: ColumnCipher) -> None:
        super().__init__(connection, _inbox, InboxMessage, cipher)

    def page(self, request: PageRequest, account_id: str, *, unread: bool) -> Page[InboxMessage]:
        statement = sa.select(_inbox).where(_inbox.c.account_id == account_id)
        if unread:
            statement = statement.where(_inbox.c.read_at.is_(None))
        return keyset_page(self, statement, [_inbox.c.id], request, descending=True)

    def unread_count(self, account_id: str) -> int:
        statement = (
            sa.select(sa.func.count())
            .select_from(_inbox)
            .where(_inbox.c.account_id == account_id, _inbox.c.read_at.is_(None))
        )
        return self.connection.execute(statement).scalar_one()

    def mark_read(self, account_id: str, at: datetime, *, up_to: str | None) -> int:
        where = [_inbox.c.account_id == account_id, _inbox.c.read_at.is_(None)]
        if up_to is not None:
            where.append(_inbox.c.id <= up_to)
        return self.connection.execute(sa.update(_inbox).where(*where).values(read_at=at)).rowcount


class WebhookQueries(Rows[Webhook]):
    def __init__(self, connection: sa.Connection, cipher: ColumnCipher) -> None:
        super().__init__(connection, _webhooks, Webhook, cipher)

    def page(self, request: PageRequest, reach: Reach) -> Page[Webhook]:
        statement = sa.select(_webhooks).where(_branch_within(reach, _webhooks.c.branch_id))
        return keyset_page(self, statement, [_webhooks.c.id], request)


class OutboxQueries(Rows[OutboxMessage]):
    def __init__(self, connection: sa.Connection, cipher: ColumnCipher) -> None:
        super().__init__(connection, _outbox, OutboxMessage, cipher)

    def page(
        self, request: PageRequest, reach: Reach, *, state: OutboxState | None, webhook_id: str | None
    ) -> Page[OutboxMessage]:
        statement = (
            sa.select(_outbox)
            .join(_webhooks, _webhooks.c.id == _outbox.c.webhook_id)
            .where(_branch_within(reach, _webhooks.c.branch_id))
        )
        if state is not None:
            statement = statement.where(_outbox.c.state == state)
        if webhook_id is not None:
            statement = statement.where(_outbox.c.webhook_id == webhook_id)
        return keyset_page(self, statement, [_outbox.c.id], request, descending=True)


class TextMessageQueries(Rows[TextMessage]):
    def __init__(self, connection: sa.Connection, cipher: ColumnCipher) -> None:
        super().__init__(connection, text_messages, TextMessage, cipher)

    def queued_in(self, branch_id: str, limit: int) -> list[TextMessage]:
        held = sa.select(holds.c.placement_id).where(
            holds.c.released_at.is_(None), holds.c.address_id.is_(None)
        )
        statement = (
            sa.select(text_messages)
            .join(placements, placements.c.id == text_messages.c.placement_id)
            .where(
                text_messages.c.state == MessageState.QUEUED,
                placements.c.branch_id == branch_id,
                text_messages.c.placement_id.not_in(held),
            )
            .order_by(text_messages.c.id)
            .limit(limit)
        )
        return self.fetch(statement)

    def waiting_in(self, branch_id: str) -> int:
        statement = (
            sa.select(sa.func.count())
            .select_from(text_messages)
            .join(placements, placements.c.id == text_messages.c.placement_id)
            .where(text_messages.c.state == MessageState.QUEUED, placements.c.branch_id == branch_id)
        )
        return self.connection.execute(statement).scalar_one()

    def counts(self, batch_ids: list[str]) -> dict[str, Mapping[MessageState, int]]:
        statement = (
            sa.select(text_messages.c.batch_id, text_messages.c.state, sa.func.count())
            .where(text_messages.c.batch_id.in_(batch_ids))
            .group_by(text_messages.c.batch_id, text_messages.c.state)
        )
        found: dict[str, dict[MessageState, int]] = {batch_id: {} for batch_id in batch_ids}
        for batch_id, state, count in self.connection.execute(statement):
            found[batch_id][state] = count
        return dict(found)


class TextMessageBatchQueries(Rows[TextMessageBatch]):
    def __init__(self, connection: sa.Connection, cipher: ColumnCipher) -> None:
        super().__init__(connection, _batches, TextMessageBatch, cipher)

    def page(self, request: PageRequest, reach: Reach) -> Page[TextMessageBatch]:
        statement = sa.select(_batches).where(_branch_within(reach, _batches.c.branch_id))
        return keyset_page(self, statement, [_batches.c.id], request, descending=True)
