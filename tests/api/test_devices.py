"""The register of company devices over HTTP (V20, S13)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from server.services.devices_of import device_of
from server.services.ids import new_id
from tests.conftest import NOON, Desk
from tests.support.cast import (
    ADMINISTRATION,
    AGENT,
    BRANCH,
    COLLECTOR,
    DISPATCHER,
    IT,
    OUTSIDE_AGENT,
    OUTSIDE_DISPATCHER,
    PARTNER,
    Member,
)

EVENING = "2026-03-10T18:00:00+08:00"


def device_body(**changes: Any) -> dict[str, Any]:
    return {"id": new_id(NOON), "label": "手机1", "serial": "SN-0001", "kind": "phone"} | changes


def register(desk: Desk, by: Member = DISPATCHER, **changes: Any) -> dict[str, Any]:
    return desk.ok(desk.post(by, "/api/v1/devices", device_body(**changes)), 201)


def hand_out(desk: Desk, device: dict[str, Any], to: Member, due_at: str = EVENING) -> Any:
    body = {"id": new_id(NOON), "account_id": to.id, "condition": "完好", "due_at": due_at}
    return desk.post(DISPATCHER, f"/api/v1/devices/{device['id']}/hand-out", body)


def take_back(desk: Desk, device: dict[str, Any]) -> Any:
    return desk.post(DISPATCHER, f"/api/v1/devices/{device['id']}/take-back", {"condition": "屏幕划痕"})


def listed(desk: Desk, which: str, by: Member = DISPATCHER) -> list[str]:
    return [item["label"] for item in desk.ok(desk.get(by, f"/api/v1/devices?listed={which}"))["items"]]


def held(desk: Desk, member: Member) -> str | None:
    with desk.installation.house.units.read() as uow:
        device = device_of(uow, member.id, uow.now)
    return None if device is None else device.label


def test_a_serial_is_registered_once(desk: Desk) -> None:
    desk.refused(desk.post(AGENT, "/api/v1/devices", device_body()), 403, "forbidden")
    device = register(desk)
    assert (device["last_maintained_on"], device["maintenance_due"]) == ("2026-03-10", False)
    refused = desk.refused(
        desk.post(OUTSIDE_DISPATCHER, "/api/v1/devices", device_body()), 409, "serial_taken"
    )
    assert refused["clause"] == "V20"


def test_s13_a_device_belongs_to_a_branch(desk: Desk) -> None:
    foreign = device_body(branch_id=OUTSIDE_DISPATCHER.branch.id)
    desk.refused(desk.post(DISPATCHER, "/api/v1/devices", foreign), 404, "not_found")
    desk.refused(desk.post(IT, "/api/v1/devices", device_body(branch_id=new_id(NOON))), 404, "not_found")
    device = register(desk, IT, branch_id=BRANCH.id)
    path = f"/api/v1/devices/{device['id']}"
    for method, tail, body in (
        ("GET", "", None),
        ("PATCH", "", {"label": "别人"}),
        ("GET", "/handouts", None),
        (
            "POST",
            "/hand-out",
            {"id": new_id(NOON), "account_id": AGENT.id, "condition": "好", "due_at": EVENING},
        ),
        ("POST", "/take-back", {"condition": "好"}),
        ("POST", "/maintenance", {"on": "2026-03-10", "note": "开机"}),
        ("POST", "/retire", {"reason": "损坏"}),
    ):
        answer = desk.request(method, OUTSIDE_DISPATCHER, path + tail, json=body, headers={"If-Match": '"1"'})
        desk.refused(answer, 404, "not_found")
    desk.refused(desk.get(AGENT, path), 404, "not_found")
    desk.refused(desk.get(COLLECTOR, path), 403, "forbidden")
    desk.ok(hand_out(desk, device, AGENT), 201)
    assert desk.ok(desk.get(AGENT, path))["holder"] == "陈磊"
    assert len(desk.ok(desk.get(AGENT, "/api/v1/devices"))["items"]) == 1
    assert desk.ok(desk.get(PARTNER, "/api/v1/devices"))["items"] == []


def test_a_device_is_handed_to_one_person_and_comes_back_with_its_condition(
    desk: Desk, later: Callable[..., None]
) -> None:
    device = register(desk)
    desk.refused(take_back(desk, device), 409, "device_not_out")
    desk.refused(hand_out(desk, device, OUTSIDE_AGENT), 422, "handout_person")
    desk.refused(hand_out(desk, device, AGENT, "2026-03-10T12:00:00+08:00"), 422, "handout_due")
    assert held(desk, AGENT) is None
    desk.ok(hand_out(desk, device, AGENT), 201)
    assert held(desk, AGENT) == "手机1"
    refused = desk.refused(hand_out(desk, device, PARTNER), 409, "device_out")
    assert refused["clause"] == "V20"
    later(hours=1)
    back = desk.ok(take_back(desk, device))
    assert (back["condition_out"], back["condition_in"]) == ("完好", "屏幕划痕")
    later(seconds=1)
    assert held(desk, AGENT) is None
    desk.ok(hand_out(desk, device, PARTNER), 201)
    assert (held(desk, AGENT), held(desk, PARTNER)) == (None, "手机1")
    history = desk.ok(desk.get(DISPATCHER, f"/api/v1/devices/{device['id']}/handouts"))["items"]
    assert [handout["account_id"] for handout in history] == [PARTNER.id, AGENT.id]


def test_overdue_devices_are_listed(desk: Desk, later: Callable[..., None]) -> None:
    register(desk, label="在库", serial="SN-2")
    device = register(desk)
    desk.ok(hand_out(desk, device, AGENT), 201)
    assert (listed(desk, "in"), listed(desk, "out"), listed(desk, "overdue")) == (["在库"], ["手机1"], [])
    later(hours=6)
    assert listed(desk, "overdue") == []
    later(seconds=1)
    assert listed(desk, "overdue", ADMINISTRATION) == ["手机1"]
    assert listed(desk, "overdue", OUTSIDE_DISPATCHER) == []
    desk.ok(take_back(desk, device))
    assert listed(desk, "overdue") == []


@pytest.mark.parametrize(
    ("last", "due"), [("2025-12-09", True), ("2025-12-10", False), ("2025-12-11", False)]
)
def test_devices_not_switched_on_for_three_months_are_listed(desk: Desk, last: str, due: bool) -> None:
    future = device_body(last_maintained_on="2026-03-11")
    desk.refused(desk.post(DISPATCHER, "/api/v1/devices", future), 422, "maintained_later")
    device = register(desk, last_maintained_on=last)
    assert device["maintenance_due"] is due
    assert listed(desk, "maintenance_due") == (["手机1"] if due else [])
    path = f"/api/v1/devices/{device['id']}/maintenance"
    tomorrow = {"on": "2026-03-11", "note": "开机检查"}
    desk.refused(desk.post(DISPATCHER, path, tomorrow), 422, "maintained_later")
    maintained = desk.ok(desk.post(DISPATCHER, path, {"on": "2026-03-10", "note": "开机检查"}))
    assert (maintained["last_maintained_on"], maintained["maintenance_due"]) == ("2026-03-10", False)


def test_a_retired_device_goes_nowhere(desk: Desk) -> None:
    device = register(desk)
    desk.ok(hand_out(desk, device, AGENT), 201)
    path = f"/api/v1/devices/{device['id']}/retire"
    desk.refused(desk.post(DISPATCHER, path, {"reason": "损坏"}), 409, "device_out")
    desk.ok(take_back(desk, device))
    desk.ok(desk.post(DISPATCHER, path, {"reason": "损坏"}))
    desk.refused(desk.post(DISPATCHER, path, {"reason": "损坏"}), 409, "device_retired")
    desk.refused(hand_out(desk, device, AGENT), 409, "device_retired")
    assert (listed(desk, "retired"), listed(desk, "in")) == (["手机1"], [])


def test_an_edit_names_the_version_it_was_based_on(desk: Desk) -> None:
    device = register(desk)
    path = f"/api/v1/devices/{device['id']}"
    headers = {"If-Match": f'"{device["version"]}"'}
    desk.refused(desk.request("PATCH", DISPATCHER, path, json={"label": "手机2"}), 428, "if_match_needed")
    changed = desk.request("PATCH", DISPATCHER, path, json={"label": "手机2"}, headers=headers)
    assert desk.ok(changed)["label"] == "手机2"
    late = desk.request("PATCH", DISPATCHER, path, json={"label": "手机3"}, headers=headers)
    desk.refused(late, 412, "stale")
    serial = desk.request("PATCH", DISPATCHER, path, json={"serial": "SN-9"}, headers=headers)
    desk.refused(serial, 422, "invalid_input")
