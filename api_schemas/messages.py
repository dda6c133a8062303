"""The wire contract of messages: the inbox, group robots, the outbox."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from api_schemas.base import Id, Instant, PageQuery, Strict, Text, page_of
from api_schemas.problems import Words
from server.domain.messages import InboxMessage, OutboxState, RobotFlavour
from server.domain.notices import words
from server.domain.robots import host_of


class InboxQuery(PageQuery):
    """`?unread=true` leaves out what was read."""

    unread = fields.Boolean(load_default=False)


class _Words(fields.Nested):
    """The words of a message, made from its kind and params."""

    def get_value(self, obj: Any, attr: str, accessor: Any = None, default: Any = None) -> dict[str, str]:
        message: InboxMessage = obj
        return {language: words(message.kind, message.params, language) for language in ("zh", "en")}


class InboxMessageView(Strict):
    """A message with its words in both languages; `confidential` holds telephones that only its reader may see (R9)."""

    id = fields.String(required=True)
    kind = fields.String(required=True)
    message = _Words(Words, required=True)
    confidential = fields.String(required=True, allow_none=True)
    link = fields.String(required=True, allow_none=True)
    created_at = Instant(required=True)
    read_at = Instant(required=True, allow_none=True)


class Unread(Strict):
    """How many messages have not been read."""

    unread = fields.Integer(required=True)


class InboxPage(Unread):
    items = fields.List(fields.Nested(InboxMessageView), required=True)
    next = fields.String(
        allow_none=True, metadata={"description": "cursor of the next page; null on the last"}
    )


class ReadUpTo(Strict):
    """What came after the message stays unread; without one, everything is marked."""

    up_to = Id(load_default=None, allow_none=True)


class WebhookNew(Strict):
    """A robot's address and secret are keys to the group: they are taken and never answered."""

    id = Id(required=True)
    branch_id = Id(required=True)
    flavour = fields.Enum(RobotFlavour, by_value=True, required=True)
    name = Text(most=60, required=True)
    url = Text(most=500, required=True, load_only=True)
    secret = Text(most=200, load_default=None, allow_none=True, load_only=True)


class WebhookEdit(Strict):
    """Fields that are left out stay; `secret` null takes the signature away."""

    name = Text(most=60)
    url = Text(most=500, load_only=True)
    secret = Text(most=200, allow_none=True, load_only=True)
    enabled = fields.Boolean()

    @validates_schema
    def _something(self, data: dict[str, Any], **_: Any) -> None:
        if not data:
            raise ValidationError("must change something")


class WebhookView(Strict):
    id = fields.String(required=True)
    branch_id = fields.String(required=True)
    flavour = fields.Enum(RobotFlavour, by_value=True, required=True)
    name = fields.String(required=True)
    host = fields.Function(lambda webhook: host_of(webhook.url), metadata={"type": "string"})
    signed = fields.Function(lambda webhook: webhook.secret is not None, metadata={"type": "boolean"})
    enabled = fields.Boolean(required=True)
    version = fields.Integer(required=True)


class RobotAnswerView(Strict):
    """`status` null where nothing answered; `refusal` null when the robot took it; `beginning` without keys."""

    status = fields.Integer(required=True, allow_none=True)
    milliseconds = fields.Integer(required=True)
    beginning = fields.String(required=True)
    refusal = fields.String(required=True, allow_none=True)


class OutboxQuery(PageQuery):
    state = fields.Enum(OutboxState, by_value=True, load_default=None)
    webhook_id = Id(load_default=None)


class OutboxMessageView(Strict):
    """A message to a group with what became of it."""

    id = fields.String(required=True)
    webhook_id = fields.String(required=True)
    kind = fields.String(required=True)
    text = fields.String(required=True)
    link = fields.String(required=True, allow_none=True)
    state = fields.Enum(OutboxState, by_value=True, required=True)
    attempts = fields.Integer(required=True)
    created_at = Instant(required=True)
    sent_at = Instant(required=True, allow_none=True)
    last_error = fields.String(required=True, allow_none=True)


WebhookPage = page_of(WebhookView, "WebhookPage")
OutboxPage = page_of(OutboxMessageView, "OutboxPage")
