"""The inbox: each person's own messages, read and marked as read (R9, R10, V13)."""

from __future__ import annotations

import dataclasses

from server.domain.access import Actor
from server.domain.audit import AuditEntry
from server.domain.messages import InboxMessage
from server.domain.problems import NOT_FOUND, problem
from server.services.ports.paging import Page, PageRequest
from server.services.ports.unit_of_work import UnitOfWork


def messages_of(uow: UnitOfWork, actor: Actor, request: PageRequest, *, unread: bool) -> Page[InboxMessage]:
    """The actor's own messages, newest first; those with something confidential in them are named in the trail."""
    page = uow.inbox_messages.page(request, actor.account_id, unread=unread)
    shown = [message.id for message in page.items if message.confidential is not None]
    if shown:
        uow.audit(AuditEntry("inbox.read", "account", actor.account_id, {"ids": shown}))
    return page


def mark_read(uow: UnitOfWork, actor: Actor, message_id: str) -> InboxMessage:
    """A message was read; the first time counts. Somebody else's message is not found."""
    message = uow.inbox_messages.get(message_id)
    if message is None or message.account_id != actor.account_id:
        raise problem(NOT_FOUND, what=f"inbox_message {message_id}")
    if message.read_at is not None:
        return message
    uow.audit(AuditEntry("inbox_message.read", "inbox_message", message.id, {"kind": message.kind}))
    return uow.inbox_messages.save(dataclasses.replace(message, read_at=uow.now))


def mark_all_read(uow: UnitOfWork, actor: Actor, up_to: str | None) -> int:
    """What came up to a message was seen; what came since stays unread. Returns how many are unread still."""
    marked = uow.inbox_messages.mark_read(actor.account_id, uow.now, up_to=up_to)
    if marked:
        detail = {"up_to": up_to, "count": marked}
        uow.audit(AuditEntry("inbox.all_read", "account", actor.account_id, detail))
    return uow.inbox_messages.unread_count(actor.account_id)
