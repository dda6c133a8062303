"""Routes of group robots and of the outbox to them."""

from __future__ import annotations

from flask_smorest import Blueprint

from api_schemas.base import PageQuery
from api_schemas.messages import (
    OutboxMessageView,
    OutboxPage,
    OutboxQuery,
    RobotAnswerView,
    WebhookEdit,
    WebhookNew,
    WebhookPage,
    WebhookView,
)
from server.domain.access import Permission, reach
from server.domain.messages import OutboxMessage, Webhook
from server.domain.problems import NOT_FOUND, WRONG_STATE
from server.domain.robots import ROBOT_HAS_NO_SECRET, WEBHOOK_HOST_NOT_LISTED, WEBHOOK_URL_REFUSED
from server.services import outbox, webhooks
from server.services.ports.paging import Page, PageRequest
from server.services.ports.robots import RobotAnswer
from server.web.endpoint import Call, endpoint

blueprint = Blueprint(
    "webhooks", __name__, url_prefix="/api/v1", description="Group robots and the outbox (R9, V5, S15)"
)

_NEEDS = [Permission.WEBHOOKS_WRITE]
_REFUSALS = [WEBHOOK_HOST_NOT_LISTED, WEBHOOK_URL_REFUSED, ROBOT_HAS_NO_SECRET]


@endpoint(blueprint, "GET", "/webhooks", needs=_NEEDS, query=PageQuery, answer=WebhookPage)
def list_webhooks(call: Call) -> Page[Webhook]:
    """Group robots; their addresses and secrets are never shown."""
    request = PageRequest(call.query["limit"], call.query.get("after"))
    return call.uow.webhooks.page(request, reach(call.actor, *_NEEDS))


@endpoint(
    blueprint,
    "POST",
    "/webhooks",
    needs=_NEEDS,
    body=WebhookNew,
    answer=WebhookView,
    status=201,
    once=True,
    problems=[*_REFUSALS, NOT_FOUND],
)
def save_webhook(call: Call) -> Webhook:
    """Save a group robot of a branch. Its host must be on the list of FIELDVISIT_WEBHOOK_HOSTS (S15)."""
    return webhooks.save_webhook(call.uow, call.actor, call.body, call.house.robots.allowed)


@endpoint(
    blueprint,
    "PATCH",
    "/webhooks/<uuid:webhook_id>",
    needs=_NEEDS,
    body=WebhookEdit,
    answer=WebhookView,
    versioned=True,
    problems=_REFUSALS,
)
def edit_webhook(call: Call) -> Webhook:
    """Change a robot, or switch it on and off."""
    webhook = webhooks.webhook_within(call.uow, call.actor, call.path["webhook_id"])
    call.check_version(webhook.version)
    return webhooks.edit_webhook(call.uow, webhook, call.body, call.house.robots.allowed)


@endpoint(
    blueprint,
    "POST",
    "/webhooks/<uuid:webhook_id>/test",
    needs=_NEEDS,
    answer=OutboxMessageView,
    status=202,
    problems=[WRONG_STATE],
)
def try_webhook(call: Call) -> OutboxMessage:
    """Have the robot say a test message; ask for the message to see what became of it."""
    webhook = webhooks.webhook_within(call.uow, call.actor, call.path["webhook_id"])
    return webhooks.try_out(call.uow, webhook)


@endpoint(
    blueprint,
    "POST",
    "/webhooks/<uuid:webhook_id>/try",
    needs=_NEEDS,
    answer=RobotAnswerView,
    own_turn=True,
    problems=[WRONG_STATE, NOT_FOUND, *_REFUSALS],
)
def try_webhook_now(call: Call) -> RobotAnswer:
    """Have the robot say a test message now, and answer with what it said; it is kept among the messages."""
    return webhooks.try_now(call.house, call.actor, call.path["webhook_id"])


@endpoint(blueprint, "GET", "/outbox-messages", needs=_NEEDS, query=OutboxQuery, answer=OutboxPage)
def list_outbox(call: Call) -> Page[OutboxMessage]:
    """What left for groups, newest first, and what did not."""
    request = PageRequest(call.query["limit"], call.query.get("after"))
    return call.uow.outbox_messages.page(
        request,
        reach(call.actor, *_NEEDS),
        state=call.query["state"],
        webhook_id=call.query["webhook_id"],
    )


@endpoint(
    blueprint, "GET", "/outbox-messages/<uuid:outbox_message_id>", needs=_NEEDS, answer=OutboxMessageView
)
def show_outbox_message(call: Call) -> OutboxMessage:
    """One message to a group."""
    return outbox.message_within(call.uow, call.actor, call.path["outbox_message_id"])


@endpoint(
    blueprint,
    "POST",
    "/outbox-messages/<uuid:outbox_message_id>/retry",
    needs=_NEEDS,
    answer=OutboxMessageView,
    problems=[WRONG_STATE],
)
def retry_outbox_message(call: Call) -> OutboxMessage:
    """Try a message again that was given up."""
    message = outbox.message_within(call.uow, call.actor, call.path["outbox_message_id"])
    return outbox.try_again(call.uow, message)
