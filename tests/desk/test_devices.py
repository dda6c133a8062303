"""Devices at the desk: refusals first; from hand to hand, a code as a QR, revoked from afar, a loss by IT alone."""

from __future__ import annotations

import re

from server.domain.visits import Device
from tests.conftest import Desk
from tests.desk.conftest import Browser, seen
from tests.support.builders import make_device
from tests.support.captures import Phone, Signer
from tests.support.cast import (
    ADMINISTRATION,
    AGENT,
    COLLECTOR,
    DISPATCHER,
    IT,
    MANAGER,
    OTHER_AGENT,
    OUTSIDE_AGENT,
    OUTSIDE_DISPATCHER,
    PARTNER,
    PASSWORD,
)
from tests.support.rows import fresh_id
from tests.support.statements import statements_of

LIST = "/desk/devices"


def registered(**changes: str) -> dict[str, str]:
    return {"id": fresh_id(), "label": "外访机<b>01", "serial": "SN-1", "kind": "phone"} | changes


def handed(**changes: str) -> dict[str, str]:
    return {
        "id": fresh_id(), "account_id": AGENT.id, "condition": "屏幕完好", "due_at": "2026-03-10T18:00",
    } | changes  # fmt: skip


def told_unsent(desk: Desk, phone: Phone, items: int) -> None:
    """What the phone says of itself, by a login that is bound to it."""
    tokens = desk.ok(
        desk.client.post("/api/v1/auth/login", json={"username": phone.member.username, "password": PASSWORD})
    )
    access = tokens["access_token"]
    bearer = {"Authorization": f"Bearer {access}"}
    body = {"key_id": phone.key_id, "signature": phone.signer.sign(access)}
    assert desk.client.post("/api/v1/auth/device", json=body, headers=bearer).status_code == 204
    told = {"items": items, "bytes": 3 << 20, "set_aside": 1 if items else 0, "oldest_at": None}
    desk.ok(desk.client.post(f"/api/v1/devices/{phone.device_id}/unsent", json=told, headers=bearer))


def test_who_has_nothing_to_do_with_devices_sees_none(desk: Desk) -> None:
    device = make_device(desk, AGENT)
    assert Browser(desk, COLLECTOR).get(LIST).status_code == 403
    assert Browser(desk, OUTSIDE_DISPATCHER).get(f"{LIST}/{device.id}").status_code == 404
    assert Browser(desk, OTHER_AGENT).get(f"{LIST}/{device.id}").status_code == 404
    agent, manager = Browser(desk, AGENT), Browser(desk, MANAGER)
    for act, fields in (
        ("code", {}), ("take-back", {"condition": "x"}), ("hand-out", handed()), ("retire", {"reason": "x"}),
        ("maintenance", {"on": "2026-03-10", "note": "x"}),
    ):  # fmt: skip
        assert agent.post(f"{LIST}/{device.id}/{act}", fields).status_code == 403, act
        assert manager.post(f"{LIST}/{device.id}/{act}", fields).status_code == 403, act
        outside = Browser(desk, OUTSIDE_DISPATCHER).post(f"{LIST}/{device.id}/{act}", fields)
        assert outside.status_code == 404, act
    assert "生成登记码" not in seen(agent.page(f"{LIST}/{device.id}"))


def test_a_device_goes_from_the_safe_to_one_person_and_back(desk: Desk) -> None:
    admin = Browser(desk, ADMINISTRATION)
    fields = registered()
    path = admin.post(LIST, fields).headers["Location"]
    assert admin.post(LIST, fields).status_code == 409
    assert "在库" in seen(admin.page(path))
    assert admin.post(f"{path}/code").status_code == 409
    for changes, status in (
        ({"account_id": OUTSIDE_AGENT.id}, 422), ({"due_at": "2026-03-10T12:00"}, 422), ({"due_at": "18:00"}, 422),
        ({"condition": ""}, 422),
    ):  # fmt: skip
        assert admin.post(f"{path}/hand-out", handed(**changes)).status_code == status, changes
    admin.done(f"{path}/hand-out", handed(), part=False)
    page = seen(admin.page(path))
    assert f"{AGENT.name} · 应还 2026-03-10 今天 18:00" in page
    assert "屏幕完好" in page
    assert admin.post(f"{path}/hand-out", handed(account_id=PARTNER.id)).status_code == 409
    assert admin.post(f"{path}/retire", {"reason": "x"}).status_code == 409
    assert "外访机<b>01" in seen(admin.page(f"{LIST}?listed=out"))
    assert "没有设备" in seen(admin.page(f"{LIST}?listed=in"))
    admin.done(f"{path}/take-back", {"condition": "后盖有划痕"}, part=False)
    assert "后盖有划痕" in seen(admin.page(path))
    admin.done(f"{path}/maintenance", {"on": "2026-03-09", "note": "已充电"}, part=False)
    assert admin.post(f"{path}/maintenance", {"on": "2026-03-11", "note": "x"}).status_code == 422
    admin.done(f"{path}/retire", {"reason": "主板损坏"}, part=False)
    assert "已停用" in seen(admin.page(f"{LIST}?listed=retired"))


def test_an_edit_on_an_older_version_is_told(desk: Desk) -> None:
    device = make_device(desk, AGENT)
    dispatcher, path = Browser(desk, DISPATCHER), f"{LIST}/{device.id}/edit"
    fields = {"label": "备用机", "kind": "recorder", "version": str(device.version)}
    dispatcher.done(path, fields, part=False)
    assert dispatcher.post(path, fields).status_code == 412
    assert dispatcher.post(path, fields | {"serial": "SN-9"}).status_code == 422
    page = seen(dispatcher.page(f"{LIST}/{device.id}"))
    assert "备用机" in page
    assert "录音笔" in page


def test_a_code_is_drawn_once_and_enrols_the_phone(desk: Desk) -> None:
    device: Device = make_device(desk, AGENT)
    dispatcher = Browser(desk, DISPATCHER)
    page = dispatcher.done(f"{LIST}/{device.id}/code")
    (code,) = re.findall(r"\b([2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4})\b", seen(page))
    assert f"请 {AGENT.name} 在手机上登录" in seen(page)
    assert "12:10 前有效" in seen(page)
    assert '<path fill="#fff"' in page
    assert "style=" not in page
    assert code not in dispatcher.page(f"{LIST}/{device.id}")
    body = {"id": fresh_id(), "jwk": Signer().jwk, "code": code}
    desk.ok(desk.post(AGENT, f"/api/v1/devices/{device.id}/keys", body), 201)
    assert "有效" in seen(dispatcher.page(f"{LIST}/{device.id}"))


def test_it_revokes_from_afar_with_the_reason(desk: Desk) -> None:
    phone = Phone(desk, AGENT)
    path, fields = f"{LIST}/{phone.device_id}", {"key_id": phone.key_id, "reason": "手机遗失"}
    assert Browser(desk, DISPATCHER).post(f"{path}/revoke", fields).status_code == 403
    it = Browser(desk, IT)
    assert it.post(f"{path}/revoke", fields | {"reason": ""}).status_code == 422
    assert it.post(f"{path}/revoke", fields | {"key_id": fresh_id()}).status_code == 404
    it.done(f"{path}/revoke", fields, part=False)
    assert it.post(f"{path}/revoke", fields).status_code == 409
    assert "结束：手机遗失" in seen(it.page(path))


def test_what_is_unsent_is_seen_and_its_loss_recorded_by_it_alone(desk: Desk) -> None:
    phone = Phone(desk, AGENT)
    path, it = f"{LIST}/{phone.device_id}", Browser(desk, IT)
    assert "没有报告过" in seen(it.page(path))
    assert it.post(f"{path}/loss", {"reason": "x"}).status_code == 409
    told_unsent(desk, phone, 7)
    page = seen(it.page(path))
    assert f"不能退出：{AGENT.name} 有 7 项未上传，3.0 MB" in page
    assert "其中 1 项被退回" in page
    assert "手机上还有 7 项没有上传" in page
    assert "7 项" in seen(it.page(f"{LIST}?listed=unsent"))
    assert Browser(desk, AGENT).post(f"{path}/loss", {"reason": "x"}).status_code == 403
    assert Browser(desk, DISPATCHER).post(f"{path}/loss", {"reason": "x"}).status_code == 403
    it.done(f"{path}/loss", {"reason": "手机落水"}, part=False)
    assert "登记遗失：手机落水" in seen(it.page(path))
    assert "没有设备" in seen(it.page(f"{LIST}?listed=unsent"))


def test_a_phone_without_unsent_items_is_safe_to_sign_out(desk: Desk) -> None:
    phone = Phone(desk, AGENT)
    told_unsent(desk, phone, 0)
    assert "可以安全退出" in seen(Browser(desk, DISPATCHER).page(f"{LIST}/{phone.device_id}"))


def test_longer_lists_and_histories_ask_no_more(desk: Desk) -> None:
    device, it = make_device(desk, AGENT), Browser(desk, IT)
    for path in (LIST, f"{LIST}/{device.id}"):
        it.page(path)
        with statements_of(desk) as few:
            it.page(path)
        make_device(desk, PARTNER)
        Phone(desk, OTHER_AGENT)
        with statements_of(desk) as many:
            it.page(path)
        assert len(many) == len(few), path
