"""Visit requests by the front door, as tests ask for them."""

from __future__ import annotations

from typing import Any

from werkzeug.test import TestResponse

from server.domain.placements import Address, Placement
from tests.conftest import Desk
from tests.support.cast import COLLECTOR, DISPATCHER, Member
from tests.support.rows import fresh_id

REQUESTS = "/api/v1/visit-requests"


def fresh() -> str:
    """A client-made id."""
    return fresh_id()


def draft(
    desk: Desk, placement: Placement, *addresses: Address, by: Member = COLLECTOR, accept: bool = False
) -> dict[str, Any]:
    """A draft with these addresses; `accept` accepts what the check fills in."""
    chosen = [{"address_id": address.id, "accept_normalized": accept} for address in addresses]
    body = {"id": fresh(), "placement_id": placement.id, "addresses": chosen}
    opened: dict[str, Any] = desk.ok(desk.post(by, REQUESTS, body), 201)
    return opened


def act(
    desk: Desk, by: Member, request: dict[str, Any], verb: str, body: dict[str, Any] | None = None
) -> TestResponse:
    """A transition with the version of `request` as it was read."""
    headers = {"If-Match": f'"{request["version"]}"'}
    return desk.post(by, f"{REQUESTS}/{request['id']}/{verb}", body, headers=headers)


def file(desk: Desk, request: dict[str, Any], by: Member = COLLECTOR) -> TestResponse:
    return act(desk, by, request, "file")


def filed(desk: Desk, placement: Placement, *addresses: Address) -> dict[str, Any]:
    """A request that was filed."""
    answered: dict[str, Any] = desk.ok(file(desk, draft(desk, placement, *addresses)))
    return answered


def ask(
    desk: Desk, request: dict[str, Any], kind: str, address: Address | None = None, by: Member = COLLECTOR
) -> TestResponse:
    body = {"id": fresh(), "kind": kind, "reason": "甲方要求", "address_id": address.id if address else None}
    return desk.post(by, f"{REQUESTS}/{request['id']}/waivers", body)


def decide(desk: Desk, waiver: dict[str, Any], granted: bool, by: Member = DISPATCHER) -> TestResponse:
    return desk.post(by, f"/api/v1/waivers/{waiver['id']}/decide", {"granted": granted, "reason": "已核实"})


def inbox(desk: Desk, member: Member) -> list[str]:
    """The kinds of the messages that a member has."""
    with desk.installation.house.units.read() as uow:
        return [message.kind for message in uow.inbox_messages.having(account_id=member.id)]
