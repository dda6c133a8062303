"""One-time codes by which phones are enrolled (V20, S1): refused first, then once, and by their edges of time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from server.domain.enrolment import ALPHABET, LENGTH, LIFETIME
from server.domain.visits import Device
from server.services.ports.paging import PageRequest
from tests.conftest import Desk
from tests.support import builders
from tests.support import evidence as files
from tests.support.captures import Signer, code_for
from tests.support.cast import (
    ADMINISTRATION,
    AGENT,
    DISPATCHER,
    IT,
    MANAGER,
    OUTSIDE_DISPATCHER,
    PARTNER,
    Member,
)


@pytest.fixture
def device(desk: Desk) -> Device:
    return builders.make_device(desk, AGENT)


def make(desk: Desk, member: Member, device: Device) -> Any:
    return desk.post(member, f"/api/v1/devices/{device.id}/enrolment-code")


def enrol(desk: Desk, member: Member, device: Device, code: str) -> Any:
    body = {"id": files.fresh_id(), "jwk": Signer().jwk, "code": code}
    return desk.post(member, f"/api/v1/devices/{device.id}/keys", body)


def hand_over(desk: Desk, device: Device, to: Member) -> None:
    desk.ok(desk.post(DISPATCHER, f"/api/v1/devices/{device.id}/take-back", {"condition": "完好"}))
    due = (desk.clock.now() + timedelta(hours=8)).isoformat()
    body = {"id": files.fresh_id(), "account_id": to.id, "condition": "完好", "due_at": due}
    desk.ok(desk.post(DISPATCHER, f"/api/v1/devices/{device.id}/hand-out", body), 201)


@pytest.mark.parametrize(
    ("member", "status"),
    [(AGENT, 403), (MANAGER, 403), (OUTSIDE_DISPATCHER, 404)],
    ids=lambda one: str(one)[:20],
)
def test_who_does_not_hand_devices_out_makes_no_code(
    desk: Desk, device: Device, member: Member, status: int
) -> None:
    assert make(desk, member, device).status_code == status


def test_a_device_in_the_safe_has_no_code(desk: Desk, device: Device) -> None:
    desk.ok(desk.post(DISPATCHER, f"/api/v1/devices/{device.id}/take-back", {"condition": "完好"}))
    assert desk.refused(make(desk, IT, device), 409, "device_not_out")["clause"] == "V20"


@pytest.mark.parametrize("member", [DISPATCHER, ADMINISTRATION, IT])
def test_a_code_is_of_clear_signs_and_is_shown_once(desk: Desk, device: Device, member: Member) -> None:
    made = desk.ok(make(desk, member, device), 201)
    assert len(made["code"]) == LENGTH
    assert set(made["code"]) <= set(ALPHABET)
    assert set("01IO") & set(ALPHABET) == set()
    assert made["account_id"] == AGENT.id
    shown = desk.get(IT, f"/api/v1/devices/{device.id}").text
    assert made["code"] not in shown
    with desk.installation.house.units.read() as uow:
        (held,) = uow.enrolment_codes.having(device_id=device.id)
        trail = uow.trail.page(PageRequest(limit=200), subject_id=None, actor_id=None).items
    assert held.code == made["code"]
    assert "device.code_made" in {line.action for line in trail}
    assert made["code"] not in str(trail)


@pytest.mark.parametrize("code", ["22222222", "x", "登记码"])
def test_what_is_no_code_of_the_device_is_refused(desk: Desk, device: Device, code: str) -> None:
    other = builders.make_device(desk, PARTNER)
    code_for(desk, device.id)
    for tried in (code, code_for(desk, other.id)):
        body = desk.refused(enrol(desk, AGENT, device, tried), 422, "enrolment_code_unknown")
        assert body["clause"] == "V20"
        assert body["errors"][0]["field"] == "code"
        assert body["errors"][0]["remedy"]["zh"]


def test_a_code_is_asked_for(desk: Desk, device: Device) -> None:
    body = {"id": files.fresh_id(), "jwk": Signer().jwk}
    desk.refused(desk.post(AGENT, f"/api/v1/devices/{device.id}/keys", body), 422, "invalid_input")


def test_a_code_is_used_once(desk: Desk, device: Device) -> None:
    code = code_for(desk, device.id)
    key = desk.ok(enrol(desk, AGENT, device, f"{code[:4]}-{code[4:]} ".lower()), 201)
    desk.refused(enrol(desk, AGENT, device, code), 422, "enrolment_code_used")
    with desk.installation.house.units.read() as uow:
        (held,) = uow.enrolment_codes.having(device_id=device.id)
        keys = uow.device_keys.having(device_id=device.id)
    assert held.key_id == key["id"]
    assert [one.id for one in keys] == [key["id"]]


def test_what_is_refused_for_its_key_uses_no_code_up(desk: Desk, device: Device) -> None:
    code, key = code_for(desk, device.id), Signer()
    body = {"id": files.fresh_id(), "jwk": key.jwk | {"x": "A" * 43}, "code": code}
    desk.refused(desk.post(AGENT, f"/api/v1/devices/{device.id}/keys", body), 422, "key_malformed")
    desk.ok(enrol(desk, AGENT, device, code), 201)


def test_a_second_code_ends_the_first(desk: Desk, device: Device) -> None:
    first, second = code_for(desk, device.id), code_for(desk, device.id)
    desk.refused(enrol(desk, AGENT, device, first), 422, "enrolment_code_over")
    desk.ok(enrol(desk, AGENT, device, second), 201)


@pytest.mark.parametrize(
    ("after", "refused"), [(-1, False), (0, True), (1, True)], ids=["a second before", "at its end", "after"]
)
def test_a_code_holds_for_its_minutes(
    desk: Desk, device: Device, later: Callable[..., None], after: int, refused: bool
) -> None:
    code = code_for(desk, device.id)
    later(seconds=LIFETIME.total_seconds() + after)
    answer = enrol(desk, AGENT, device, code)
    if refused:
        body = desk.refused(answer, 422, "enrolment_code_over")
        assert "10 分钟" in body["errors"][0]["message"]["zh"]
    else:
        desk.ok(answer, 201)


def test_a_code_goes_with_the_person_who_had_the_device(desk: Desk, device: Device) -> None:
    code = code_for(desk, device.id)
    hand_over(desk, device, PARTNER)
    body = desk.refused(enrol(desk, PARTNER, device, code), 422, "enrolment_code_of_another")
    assert body["clause"] == "V20"
    assert enrol(desk, AGENT, device, code).status_code == 404
    desk.ok(enrol(desk, PARTNER, device, code_for(desk, device.id)), 201)
