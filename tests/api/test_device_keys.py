"""The keys by which company devices sign: who enrols them, for which device, and how they end (V20, S1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from server.domain.visits import Device
from tests.conftest import Desk
from tests.support import builders, cast
from tests.support import evidence as files
from tests.support.captures import Signer, code_for
from tests.support.cast import AGENT, DISPATCHER, IT, MANAGER, OTHER_AGENT, PARTNER, Member


@pytest.fixture
def device(desk: Desk) -> Device:
    return builders.make_device(desk, AGENT)


def enrol(desk: Desk, member: Member, device: Device, signer: Signer | None = None, **jwk: str) -> Any:
    """With a code for the device; who may have none tries another."""
    made = desk.post(IT, f"/api/v1/devices/{device.id}/enrolment-code")
    code = made.get_json()["code"] if made.status_code == 201 else "22222222"
    body = {"id": files.fresh_id(), "jwk": (signer or Signer()).jwk | jwk, "code": code}
    return desk.post(member, f"/api/v1/devices/{device.id}/keys", body)


def keys(desk: Desk, device: Device) -> list[Any]:
    return list(desk.ok(desk.get(IT, f"/api/v1/devices/{device.id}/keys"))["items"])


@pytest.mark.parametrize(
    ("member", "status", "code"),
    [
        (DISPATCHER, 403, "forbidden"),
        (MANAGER, 403, "forbidden"),
        (PARTNER, 404, "not_found"),
        (OTHER_AGENT, 404, "not_found"),
    ],
    ids=lambda one: getattr(one, "username", None),
)
def test_a_key_is_enrolled_by_who_has_the_device_or_by_it(
    desk: Desk, device: Device, member: Member, status: int, code: str
) -> None:
    desk.refused(enrol(desk, member, device), status, code)
    assert keys(desk, device) == []


def test_the_key_is_in_the_name_of_who_has_the_device(desk: Desk, device: Device) -> None:
    signer = Signer()
    made = desk.ok(enrol(desk, IT, device, signer), 201)
    assert (made["account_id"], made["enrolled_by"]) == (AGENT.id, IT.id)
    assert made["jwk"] == signer.jwk
    assert keys(desk, device) == [made]
    with desk.installation.house.units.read() as uow:
        assert uow.devices.need(device.id).enrolled_account_id == AGENT.id
    assert "device.key_enrolled" in files.actions(desk)


def test_a_device_in_nobodys_hands_has_no_key(desk: Desk, device: Device) -> None:
    desk.ok(desk.post(DISPATCHER, f"/api/v1/devices/{device.id}/take-back", {"condition": "完好"}))
    assert desk.refused(enrol(desk, IT, device), 409, "device_not_out")["clause"] == "V20"
    desk.refused(enrol(desk, AGENT, device), 404, "not_found")


def test_a_retired_device_has_no_key(desk: Desk, device: Device) -> None:
    desk.ok(enrol(desk, AGENT, device), 201)
    desk.ok(desk.post(DISPATCHER, f"/api/v1/devices/{device.id}/take-back", {"condition": "完好"}))
    desk.ok(desk.post(DISPATCHER, f"/api/v1/devices/{device.id}/retire", {"reason": "屏幕碎裂"}))
    desk.refused(enrol(desk, IT, device), 409, "device_retired")
    (key,) = keys(desk, device)
    assert key["revoke_reason"] == "device retired"


@pytest.mark.parametrize(
    "wrong", [{"x": "A" * 43}, {"y": "A" * 43}, {"x": "!" * 43}, {"x": "钥" * 43}], ids=range(4)
)
def test_what_is_no_key_is_refused(desk: Desk, device: Device, wrong: dict[str, str]) -> None:
    body = desk.refused(enrol(desk, AGENT, device, **wrong), 422, "key_malformed")
    assert body["errors"][0]["field"] == "jwk"


@pytest.mark.parametrize(
    "wrong", [{"kty": "RSA"}, {"crv": "P-384"}, {"x": "A" * 42}, {"y": "A" * 44}, {"d": "A"}]
)
def test_a_key_of_another_kind_and_a_private_one_are_refused(
    desk: Desk, device: Device, wrong: dict[str, str]
) -> None:
    body = desk.refused(enrol(desk, AGENT, device, **wrong), 422, "invalid_input")
    assert [error["field"] for error in body["errors"]] == [f"jwk.{name}" for name in wrong]


def test_one_key_is_of_one_device(desk: Desk, device: Device) -> None:
    signer = Signer()
    desk.ok(enrol(desk, AGENT, device, signer), 201)
    other = builders.make_device(desk, PARTNER)
    assert desk.refused(enrol(desk, PARTNER, other, signer), 409, "key_taken")["clause"] == "S1"
    desk.refused(enrol(desk, AGENT, device, signer), 409, "key_taken")


def test_a_new_key_revokes_the_one_before(desk: Desk, device: Device, later: Callable[..., None]) -> None:
    first = desk.ok(enrol(desk, AGENT, device), 201)
    later(minutes=1)
    second = desk.ok(enrol(desk, AGENT, device), 201)
    old, new = keys(desk, device)
    assert (old["id"], old["revoked_at"], old["revoked_by"]) == (
        first["id"],
        "2026-03-10T04:01:00Z",
        AGENT.id,
    )
    assert new == second


def test_a_key_is_revoked_once_and_by_its_own_device(desk: Desk, device: Device) -> None:
    key = desk.ok(enrol(desk, AGENT, device), 201)
    other = builders.make_device(desk, AGENT)
    told = {"reason": "手机遗失"}
    desk.refused(desk.post(IT, f"/api/v1/devices/{other.id}/keys/{key['id']}/revoke", told), 404, "not_found")
    path = f"/api/v1/devices/{device.id}/keys/{key['id']}/revoke"
    desk.refused(desk.post(DISPATCHER, path, told), 403, "forbidden")
    revoked = desk.ok(desk.post(IT, path, told))
    assert (revoked["revoked_by"], revoked["revoke_reason"]) == (IT.id, "手机遗失")
    desk.refused(desk.post(IT, path, told), 409, "wrong_state")


def test_who_leaves_signs_nothing_more(desk: Desk, device: Device) -> None:
    desk.ok(enrol(desk, AGENT, device), 201)
    with desk.installation.house.units.read() as uow:
        version = uow.accounts.need(AGENT.id).version
    left = desk.post(
        cast.PERSONNEL,
        f"/api/v1/accounts/{AGENT.id}/leave",
        {"left_on": "2026-03-10", "reason": "离职"},
        headers={"If-Match": f'"{version}"'},
    )
    desk.ok(left)
    (key,) = keys(desk, device)
    assert key["revoke_reason"] == "left"


def test_the_same_enrolment_sent_again_is_answered_with_the_first(desk: Desk, device: Device) -> None:
    body = {"id": files.fresh_id(), "jwk": Signer().jwk, "code": code_for(desk, device.id)}
    path = f"/api/v1/devices/{device.id}/keys"
    first = desk.ok(desk.post(AGENT, path, body), 201)
    again = desk.post(AGENT, path, body)
    assert (desk.ok(again, 201), again.headers["X-Repeated"]) == (first, "true")
    assert len(keys(desk, device)) == 1
