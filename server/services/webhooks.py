"""Group robots of a branch: saved, edited, switched off, tried out. Addresses and secrets go in and never come out."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from server.domain.access import Actor, Owned, Permission, reach, within
from server.domain.audit import AuditEntry
from server.domain.messages import OutboxMessage, OutboxState, Webhook
from server.domain.notices import group_text
from server.domain.people import Branch
from server.domain.problems import NOT_FOUND, WRONG_STATE, problem, refuse_if
from server.domain.robots import host_of, webhook_findings
from server.domain.value_words import Past
from server.services.house import House
from server.services.notices import queue
from server.services.ports.robots import RobotAnswer
from server.services.ports.unit_of_work import UnitOfWork


def save_webhook(uow: UnitOfWork, actor: Actor, values: Mapping[str, Any], allowed: Sequence[str]) -> Webhook:
    """A new robot of a branch within reach, at an allow-listed host (S15)."""
    branch_id = values["branch_id"]
    _check_branch(uow, actor, branch_id)
    webhook = Webhook(
        id=values["id"],
        branch_id=branch_id,
        flavour=values["flavour"],
        name=values["name"],
        url=values["url"],
        secret=values["secret"],
        enabled=True,
        version=1,
    )
    refuse_if(webhook_findings(webhook.flavour, webhook.url, webhook.secret, allowed))
    uow.webhooks.add(webhook)
    uow.audit(AuditEntry("webhook.saved", "webhook", webhook.id, _told(webhook)))
    return webhook


def edit_webhook(
    uow: UnitOfWork, webhook: Webhook, changes: Mapping[str, Any], allowed: Sequence[str]
) -> Webhook:
    """Change name, address, secret, or switch it on and off. A robot that is off may keep an address not listed."""
    edited = dataclasses.replace(webhook, **changes)
    if edited.enabled:
        refuse_if(webhook_findings(edited.flavour, edited.url, edited.secret, allowed))
    saved = uow.webhooks.save(edited)
    uow.audit(
        AuditEntry("webhook.edited", "webhook", webhook.id, {"fields": sorted(changes), **_told(saved)})
    )
    return saved


def try_out(uow: UnitOfWork, webhook: Webhook) -> OutboxMessage:
    """Have the robot say that this is a test; the message goes the way of all others, so that it proves something."""
    if not webhook.enabled:
        raise problem(WRONG_STATE, state=Past.DISABLED, verb_zh="测试", verb_en="tried out")
    uow.audit(AuditEntry("webhook.tried", "webhook", webhook.id))
    return queue(uow, webhook, "webhook_test", group_text("webhook_test", {}), None)


def try_now(house: House, actor: Actor, webhook_id: str) -> RobotAnswer:
    """Have the robot say it now, while somebody waits, and tell what it answered; kept among its messages.

    It is sent between two transactions, for a robot may be slow.
    """
    with house.units.read(actor.account_id) as asking:
        webhook = webhook_within(asking, actor, webhook_id)
    if not webhook.enabled:
        raise problem(WRONG_STATE, state=Past.DISABLED, verb_zh="测试", verb_en="tried out")
    refuse_if(webhook_findings(webhook.flavour, webhook.url, webhook.secret, house.robots.allowed))
    text = group_text("webhook_test", {})
    answer = house.robots.try_out(webhook, text, house.clock.now())
    with house.units.write(actor.account_id) as uow:
        taken = answer.refusal is None
        state, at = (OutboxState.SENT, uow.now) if taken else (OutboxState.FAILED, None)
        kept = OutboxMessage(
            uow.new_id(), webhook.id, "webhook_test", text, state, 1, uow.now, at, answer.refusal
        )
        uow.outbox_messages.add(kept)
        told = {"status": answer.status, "milliseconds": answer.milliseconds, "taken": taken}
        uow.audit(AuditEntry("webhook.tried", "webhook", webhook.id, told))
        uow.commit()
    return answer


def branches_of(uow: UnitOfWork, actor: Actor) -> list[Branch]:
    """The branches that the actor may give a robot."""
    return [branch for branch in uow.organisation.branches() if _reached(actor, branch.id)]


def webhook_within(uow: UnitOfWork, actor: Actor, webhook_id: str) -> Webhook:
    """The robot, if its branch is within reach (S13)."""
    webhook = uow.webhooks.get(webhook_id)
    if webhook is None or not _reached(actor, webhook.branch_id):
        raise problem(NOT_FOUND, what=f"webhook {webhook_id}")
    return webhook


def _check_branch(uow: UnitOfWork, actor: Actor, branch_id: str) -> None:
    if not _reached(actor, branch_id):
        raise problem(NOT_FOUND, "branch_id", what=f"branch {branch_id}")
    uow.organisation.branch(branch_id)


def _reached(actor: Actor, branch_id: str) -> bool:
    return within(reach(actor, Permission.WEBHOOKS_WRITE), Owned(frozenset(), branch_id=branch_id))


def _told(webhook: Webhook) -> dict[str, object]:
    """What the trail may say of a robot: never the address, which is the key to the group, nor the secret."""
    return {"host": host_of(webhook.url), "flavour": webhook.flavour, "enabled": webhook.enabled}
