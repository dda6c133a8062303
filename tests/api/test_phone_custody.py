"""What lies unsent on phones: who opens a sealed vault, logins bound to devices, what IT sees and records (S19, S1)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from server.domain.visits import Device
from storage.phone_keys import PhoneKey, base64url
from tests.conftest import Desk
from tests.support import builders, cast
from tests.support import evidence as files
from tests.support.captures import code_for
from tests.support.cast import AGENT, DISPATCHER, IT, MANAGER, OTHER_AGENT, PARTNER, Member
from tests.support.custody import sealed_key
from tests.support.on_site import on_site

VAULT = bytes(range(32))
FORGOTTEN = {"reason": "忘记 PIN"}


@dataclass
class Held:
    """A company phone in the agent's hands, its key enrolled, its login bound."""

    desk: Desk
    device: Device
    key: PhoneKey
    key_id: str
    access: str
    refresh: str

    def ask(self, method: str, path: str, **options: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.access}", "X-Device": self.device.id}
        return self.desk.client.open(path, method=method, headers=headers, **options)

    def renew(self, token: str, signature: str | None) -> Any:
        headers = {"Authorization": f"Bearer {token}", "X-Device": self.device.id}
        headers |= {} if signature is None else {"X-Device-Signature": signature}
        return self.desk.client.post("/api/v1/auth/refresh", headers=headers)

    def sealed(self, key: bytes = VAULT, device_id: str = "", account_id: str = AGENT.id) -> dict[str, str]:
        public = self.desk.ok(self.ask("GET", "/api/v1/phone/day"))["sealing_key"]
        return sealed_key(public, device_id or self.device.id, account_id, key)

    @property
    def path(self) -> str:
        return f"/api/v1/devices/{self.device.id}"


def sign_in(desk: Desk, member: Member) -> dict[str, str]:
    told = {"username": member.username, "password": cast.PASSWORD}
    tokens: dict[str, str] = desk.ok(desk.client.post("/api/v1/auth/login", json=told))
    return tokens


def bind(desk: Desk, access: str, key: PhoneKey, key_id: str) -> Any:
    body = {"key_id": key_id, "signature": key.sign(access)}
    return desk.client.post("/api/v1/auth/device", json=body, headers={"Authorization": f"Bearer {access}"})


def take_up(desk: Desk, member: Member = AGENT) -> Held:
    device, key = builders.make_device(desk, member), PhoneKey()
    body = {"id": files.fresh_id(), "jwk": key.jwk, "code": code_for(desk, device.id)}
    desk.ok(desk.post(member, f"/api/v1/devices/{device.id}/keys", body), 201)
    tokens = sign_in(desk, member)
    assert bind(desk, tokens["access_token"], key, body["id"]).status_code == 204
    return Held(desk, device, key, body["id"], tokens["access_token"], tokens["refresh_token"])


@pytest.fixture
def held(desk: Desk) -> Held:
    return take_up(desk)


# a login and its device


def test_a_login_is_bound_by_the_key_of_the_own_device_alone(held: Held) -> None:
    desk = held.desk
    access = sign_in(desk, PARTNER)["access_token"]
    refused = desk.refused(bind(desk, access, held.key, held.key_id), 403, "device_unproven")
    assert refused["clause"] == "S1"
    mine = sign_in(desk, AGENT)["access_token"]
    desk.refused(bind(desk, mine, PhoneKey(), held.key_id), 403, "device_unproven")
    body = {"key_id": held.key_id, "signature": held.key.sign(access)}
    headers = {"Authorization": f"Bearer {mine}"}
    other = desk.client.post("/api/v1/auth/device", json=body, headers=headers)
    desk.refused(other, 403, "device_unproven")


def test_a_bound_login_is_renewed_by_its_device_alone(held: Held) -> None:
    desk = held.desk
    desk.refused(held.renew(held.refresh, None), 401, "unauthenticated")
    desk.refused(held.renew(held.refresh, PhoneKey().sign(held.refresh)), 401, "unauthenticated")
    desk.refused(held.renew(held.refresh, held.key.sign("another text")), 401, "unauthenticated")
    renewed = desk.ok(held.renew(held.refresh, held.key.sign(held.refresh)))
    assert renewed["refresh_token"] != held.refresh, "what was refused before has used nothing up"


@pytest.mark.parametrize("how", ["revoke", "take-back", "enrol"])
def test_whoever_holds_a_phone_that_is_no_longer_theirs_is_out_at_once(held: Held, how: str) -> None:
    desk = held.desk
    desk.ok(held.ask("GET", "/api/v1/phone/day"))
    if how == "revoke":
        desk.ok(desk.post(IT, f"{held.path}/keys/{held.key_id}/revoke", {"reason": "手机遗失"}))
    elif how == "take-back":
        desk.ok(desk.post(DISPATCHER, f"{held.path}/take-back", {"condition": "完好"}))
    else:
        fresh = {"id": files.fresh_id(), "jwk": PhoneKey().jwk, "code": code_for(desk, held.device.id)}
        desk.ok(desk.post(AGENT, f"{held.path}/keys", fresh), 201)
    desk.refused(held.ask("GET", "/api/v1/phone/day"), 401, "unauthenticated")
    desk.refused(held.renew(held.refresh, held.key.sign(held.refresh)), 401, "unauthenticated")
    desk.ok(desk.get(AGENT, "/api/v1/phone/day"))  # a login elsewhere goes on


# a sealed vault


def test_a_forgotten_pin_is_no_loss(held: Held) -> None:
    body = {"account_id": AGENT.id, "sealed": held.sealed(), **FORGOTTEN}
    opened = held.desk.ok(held.ask("POST", f"{held.path}/vault", json=body))
    assert opened == {"key": base64url(VAULT), "tokens": None}
    assert "device.vault_opened" in files.actions(held.desk)


def test_a_vault_opens_for_nobody_but_its_owner_on_the_phone_and_it(held: Held) -> None:
    desk = held.desk
    body = {"account_id": AGENT.id, "sealed": held.sealed(), **FORGOTTEN}
    desk.refused(desk.post(MANAGER, f"{held.path}/vault", body), 403, "forbidden")
    desk.refused(desk.post(OTHER_AGENT, f"{held.path}/vault", body), 404, "not_found")
    refused = desk.refused(desk.post(AGENT, f"{held.path}/vault", body), 403, "not_on_this_device")
    assert refused["clause"] == "S1"
    partner = take_up(desk, PARTNER)
    of_agent = partner.ask("POST", f"{partner.path}/vault", json=body)
    desk.refused(of_agent, 403, "forbidden")


@pytest.mark.parametrize("wrong", ["device", "person", "server", "bytes", "point"])
def test_what_was_sealed_for_something_else_does_not_open(held: Held, wrong: str) -> None:
    sealed = held.sealed()
    match wrong:
        case "device":
            sealed = held.sealed(device_id=files.fresh_id())
        case "person":
            sealed = held.sealed(account_id=PARTNER.id)
        case "server":
            sealed["key_id"] = "0" * 16
        case "bytes":
            sealed["data"] = "A" * 64
        case "point":
            sealed["ephemeral"] = "BA" + "A" * 85
    body = {"account_id": AGENT.id, "sealed": sealed, **FORGOTTEN}
    refused = held.desk.refused(held.ask("POST", f"{held.path}/vault", json=body), 422, "seal_broken")
    assert (refused["clause"], refused["errors"][0]["field"]) == ("S19", "sealed")
    assert "device.vault_opened" not in files.actions(held.desk)


def test_it_sends_in_the_name_of_somebody_who_left_and_can_do_nothing_else(held: Held) -> None:
    """What was captured comes in although the login, the person and the device are gone."""
    desk, site = held.desk, on_site(held.desk, devices=False)
    sealed = held.sealed()
    leave(desk, AGENT)
    desk.refused(held.ask("GET", "/api/v1/phone/day"), 401, "unauthenticated")
    body = {"account_id": AGENT.id, "sealed": sealed, "reason": "离职，手机上有未上传资料"}
    tokens = desk.ok(desk.post(IT, f"{held.path}/vault", body))["tokens"]
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    check = site.body(AGENT, device_id=held.device.id, began_offline=True)
    desk.ok(desk.client.post(f"{site.path}/check-ins", json=check, headers=headers), 201)
    for path in (site.path, "/api/v1/visits", "/api/v1/statements/2026-03"):
        desk.refused(desk.client.get(path, headers=headers), 403, "forbidden")
    desk.ok(desk.client.post("/api/v1/auth/logout", headers=headers), 204)
    desk.refused(
        desk.client.post(f"{site.path}/check-ins", json=check, headers=headers), 401, "unauthenticated"
    )


@pytest.mark.parametrize(("seconds", "status"), [(86_399, 200), (86_400, 401), (86_401, 401)])
def test_the_login_for_sending_is_over_after_a_day(
    held: Held, later: Callable[..., None], seconds: int, status: int
) -> None:
    body = {"account_id": AGENT.id, "sealed": held.sealed(), **FORGOTTEN}
    refresh = held.desk.ok(held.desk.post(IT, f"{held.path}/vault", body))["tokens"]["refresh_token"]
    later(seconds=seconds)
    headers = {"Authorization": f"Bearer {refresh}"}
    assert held.desk.client.post("/api/v1/auth/refresh", headers=headers).status_code == status


def leave(desk: Desk, member: Member) -> None:
    with desk.installation.house.units.read() as uow:
        version = uow.accounts.need(member.id).version
    told = {"left_on": "2026-03-10", "reason": "离职"}
    headers = {"If-Match": f'"{version}"'}
    desk.ok(desk.post(cast.PERSONNEL, f"/api/v1/accounts/{member.id}/leave", told, headers=headers))


# what IT sees


def told(items: int, oldest: str | None = None) -> dict[str, Any]:
    return {"items": items, "bytes": items * 1000, "set_aside": 0, "oldest_at": oldest}


def unsent_listed(desk: Desk) -> list[str]:
    items = desk.ok(desk.get(IT, "/api/v1/devices?listed=unsent"))["items"]
    return [device["id"] for device in items]


def test_it_sees_which_phones_hold_something_alone(held: Held) -> None:
    desk = held.desk
    assert desk.ok(desk.get(IT, held.path))["unsent"] is None
    desk.refused(desk.post(AGENT, f"{held.path}/unsent", told(1)), 403, "not_on_this_device")
    desk.refused(desk.post(IT, f"{held.path}/unsent/loss", {"reason": "手机损坏"}), 409, "nothing_unsent")
    desk.ok(held.ask("POST", f"{held.path}/unsent", json=told(2, "2026-03-10T11:00:00+08:00")))
    assert unsent_listed(desk) == [held.device.id]
    shown = desk.ok(desk.get(IT, held.path))["unsent"]
    assert (shown["account_id"], shown["items"], shown["told_at"]) == (AGENT.id, 2, "2026-03-10T04:00:00Z")
    desk.ok(held.ask("POST", f"{held.path}/unsent", json=told(0)))
    assert unsent_listed(desk) == []
    desk.refused(desk.post(IT, f"{held.path}/unsent/loss", {"reason": "手机损坏"}), 409, "nothing_unsent")


@pytest.mark.parametrize(
    ("oldest", "stays_lost"),
    [
        ("2026-03-10T11:59:59+08:00", True),
        ("2026-03-10T12:00:00+08:00", True),
        ("2026-03-10T12:00:01+08:00", False),
    ],
)
def test_a_loss_is_recorded_by_it_and_covers_what_was_captured_before(
    held: Held, later: Callable[..., None], oldest: str, stays_lost: bool
) -> None:
    desk = held.desk
    desk.ok(held.ask("POST", f"{held.path}/unsent", json=told(2, "2026-03-10T11:00:00+08:00")))
    refused = held.ask("POST", f"{held.path}/unsent/loss", json={"reason": "手机损坏"})
    desk.refused(refused, 403, "forbidden")
    lost = desk.ok(desk.post(IT, f"{held.path}/unsent/loss", {"reason": "手机损坏"}))
    assert (lost["lost_by"], lost["lost_at"]) == (IT.id, "2026-03-10T04:00:00Z")
    assert unsent_listed(desk) == []
    desk.refused(desk.post(IT, f"{held.path}/unsent/loss", {"reason": "手机损坏"}), 409, "nothing_unsent")
    later(minutes=1)
    answer = desk.ok(held.ask("POST", f"{held.path}/unsent", json=told(1, oldest)))
    assert (answer["lost_at"] is not None) is stays_lost
    assert unsent_listed(desk) == ([] if stays_lost else [held.device.id])
    assert "device.loss_recorded" in files.actions(desk)
