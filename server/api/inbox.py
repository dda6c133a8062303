"""Routes of the inbox: the reader's own messages."""

from __future__ import annotations

from flask_smorest import Blueprint

from api_schemas.messages import InboxMessageView, InboxPage, InboxQuery, ReadUpTo, Unread
from server.domain.access import Permission
from server.domain.messages import InboxMessage
from server.services import inbox
from server.services.ports.paging import PageRequest
from server.web.endpoint import Call, endpoint

blueprint = Blueprint("inbox", __name__, url_prefix="/api/v1", description="Messages to me (R9, R10, V13)")


@endpoint(
    blueprint,
    "GET",
    "/inbox",
    needs=[Permission.SELF],
    query=InboxQuery,
    answer=InboxPage,
    reads_personal=True,
)
def list_inbox(call: Call) -> dict[str, object]:
    """My messages, newest first, with how many are unread."""
    request = PageRequest(call.query["limit"], call.query.get("after"))
    page = inbox.messages_of(call.uow, call.actor, request, unread=call.query["unread"])
    unread = call.uow.inbox_messages.unread_count(call.actor.account_id)
    return {"items": page.items, "next": page.next, "unread": unread}


@endpoint(blueprint, "GET", "/inbox/unread", needs=[Permission.SELF], answer=Unread)
def count_unread(call: Call) -> dict[str, int]:
    """How many of my messages are unread; cheap enough to be asked every minute."""
    return {"unread": call.uow.inbox_messages.unread_count(call.actor.account_id)}


@endpoint(
    blueprint, "POST", "/inbox/<uuid:message_id>/read", needs=[Permission.SELF], answer=InboxMessageView
)
def read_message(call: Call) -> InboxMessage:
    """Mark one of my messages as read."""
    return inbox.mark_read(call.uow, call.actor, call.path["message_id"])


@endpoint(blueprint, "POST", "/inbox/read-all", needs=[Permission.SELF], body=ReadUpTo, answer=Unread)
def read_all(call: Call) -> dict[str, int]:
    """Mark my messages as read, up to the newest that I have seen."""
    return {"unread": inbox.mark_all_read(call.uow, call.actor, call.body["up_to"])}
