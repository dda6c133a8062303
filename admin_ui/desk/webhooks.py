"""Group robots at the desk: added, changed, paused, tried out at once, with what left by them (S15, V5).

Owns the forms. Refuses to show an address or a secret again: they are keys to the group. Where a robot may stand, the
rule of the allowed hosts says.
"""

from __future__ import annotations

from typing import Any

from flask import Response

from admin_ui.forms import once, see_other
from admin_ui.lists import next_page
from admin_ui.page import page
from api_schemas.desk_webhooks import WebhookChange, WebhookForm, WebhookList, WebhookSwitch
from server.domain.access import Permission, reach
from server.domain.messages import OutboxMessage, RobotFlavour, Webhook
from server.domain.robots import failure_in_chinese, host_of
from server.services import outbox, webhooks
from server.services.ports.paging import PageRequest
from server.services.ports.unit_of_work import UnitOfWork
from server.web.endpoint import Call

LIST = "/desk/webhooks"
ONE = f"{LIST}/<uuid:webhook_id>"
_NEEDS = [Permission.WEBHOOKS_WRITE]
_CLAUSES = ("S15", "V5", "R9")
_NEWEST = 20


@page("GET", LIST, needs=_NEEDS, template="webhooks.html", query=WebhookList, clauses=_CLAUSES)
def webhook_list(call: Call) -> dict[str, Any]:
    """The robots of the branches within reach, and the form for another."""
    request = PageRequest(call.query["limit"], call.query.get("after"))
    found = call.uow.webhooks.page(request, reach(call.actor, *_NEEDS))
    branches = webhooks.branches_of(call.uow, call.actor)
    return {
        "robots": found.items,
        "next": next_page(LIST, found.next),
        "branches": branches,
        "branch_names": {branch.id: branch.name for branch in call.uow.organisation.branches()},
        "flavours": list(RobotFlavour),
        "allowed": call.house.robots.allowed,
        "host_of": host_of,
        "form_id": call.uow.new_id(),
    }


@page("POST", LIST, needs=_NEEDS, template=None, fields=WebhookForm)
def add_webhook(call: Call) -> Response:
    """S15: a robot at an allowed host; the same form sent again is the same robot."""
    robot = once(
        call.uow.webhooks,
        call.body["id"],
        lambda: webhooks.save_webhook(call.uow, call.actor, call.body, call.house.robots.allowed),
    )
    return _to(robot)


@page("GET", ONE, needs=_NEEDS, template="webhook.html", clauses=_CLAUSES)
def show_one_webhook(call: Call) -> dict[str, Any]:
    """One robot with the newest of what left by it."""
    return _shown(call, _robot(call))


@page("POST", ONE, needs=_NEEDS, template=None, fields=WebhookChange, versioned=True)
def change_webhook(call: Call) -> Response:
    """Another name, address or secret."""
    robot = _robot(call)
    call.check_version(robot.version)
    return _to(webhooks.edit_webhook(call.uow, robot, call.body, call.house.robots.allowed))


@page("POST", f"{ONE}/switch", needs=_NEEDS, template=None, fields=WebhookSwitch, versioned=True)
def switch_webhook(call: Call) -> Response:
    """Pause it, or have it go on: nothing is written for one that is paused."""
    robot = _robot(call)
    call.check_version(robot.version)
    return _to(webhooks.edit_webhook(call.uow, robot, call.body, call.house.robots.allowed))


@page("POST", f"{ONE}/try", needs=_NEEDS, template="webhook.html", own_turn=True, clauses=_CLAUSES)
def try_this_webhook(call: Call) -> dict[str, Any]:
    """A signed test message, sent now: what the robot answered stands on the page."""
    answer = webhooks.try_now(call.house, call.actor, call.path["webhook_id"])
    with call.house.units.read(call.actor.account_id) as after:
        robot = webhooks.webhook_within(after, call.actor, call.path["webhook_id"])
        messages = _newest(after, call, robot)
    return _shown(call, robot) | {"answer": answer, "messages": messages}


@page("POST", f"{ONE}/messages/<uuid:outbox_message_id>/again", needs=_NEEDS, template=None)
def send_message_again(call: Call) -> Response:
    """A message that was given up, once what was wrong is repaired."""
    message = outbox.message_within(call.uow, call.actor, call.path["outbox_message_id"])
    outbox.try_again(call.uow, message)
    return see_other(f"{LIST}/{message.webhook_id}")


def _robot(call: Call) -> Webhook:
    return webhooks.webhook_within(call.uow, call.actor, call.path["webhook_id"])


def _shown(call: Call, robot: Webhook) -> dict[str, Any]:
    return {
        "robot": robot,
        "host": host_of(robot.url),
        "branch": call.uow.organisation.branch(robot.branch_id),
        "allowed": call.house.robots.allowed,
        "answer": None,
        "in_chinese": failure_in_chinese,
        "messages": _newest(call.uow, call, robot),
    }


def _newest(uow: UnitOfWork, call: Call, robot: Webhook) -> list[OutboxMessage]:
    request = PageRequest(_NEWEST, None)
    return uow.outbox_messages.page(
        request, reach(call.actor, *_NEEDS), state=None, webhook_id=robot.id
    ).items


def _to(robot: Webhook) -> Response:
    return see_other(f"{LIST}/{robot.id}")
