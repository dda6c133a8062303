"""What is unsent stays: through a forgotten PIN, an ended login and a person who is gone, until IT says lost (S19)."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.phone.conftest import Field
from tests.phone.test_outbox import visited_offline
from tests.phone.test_visit import evidence_of
from tests.support.cast import AGENT, DISPATCHER, IT, PASSWORD, Member
from tests.support.phone_app import Phone

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("environment", ["sqlite"], indirect=True)]

NEW_PIN = "604318"
CAPTURED = ["photo_door", "photo_far", "photo_number", "recording"]


def sign_in(phone: Phone, member: Member) -> None:
    phone.page.fill("[name=username]", member.username)
    phone.page.fill("[name=password]", PASSWORD)
    phone.tap("sign-in")


def kinds(field: Field) -> list[str]:
    return sorted(item["kind"] for item in evidence_of(field))


def test_a_forgotten_pin_loses_nothing(field: Field) -> None:
    phone = field.take()
    visited_offline(phone)
    phone.kill()
    phone.start()
    phone.tap("forgot")
    phone.sees("未上传的资料仍封存在本机")
    assert phone.violations() == []
    phone.picture("forgot")
    sign_in(phone, AGENT)
    phone.sees("设置 6 位 PIN 码")
    phone.pin(NEW_PIN)
    phone.sees("再输入一次")
    phone.pin(NEW_PIN)
    phone.sees("今天")
    phone.page.goto(f"{phone.url}/app/#/outbox")
    expect(phone.at("safe")).to_be_visible(timeout=60_000)
    assert kinds(field) == CAPTURED
    phone.page.reload()
    phone.pin()
    phone.sees("还可试 2 次")
    phone.pin(NEW_PIN)
    phone.sees("待上传")


def test_an_ended_login_erases_the_day_and_it_sends_what_is_sealed(field: Field) -> None:
    """The device is taken back before all was sent, and its agent is not there any more: IT sends it from the phone."""
    phone = field.take()
    visited_offline(phone)
    device = field.site.devices[AGENT.username].id
    back = field.desk.post(DISPATCHER, f"/api/v1/devices/{device}/take-back", {"condition": "完好"})
    field.desk.ok(back)
    phone.offline(False)
    phone.sees("登录已被终止")
    assert phone.violations() == []
    phone.picture("login-over")
    readable = " ".join(row for shelf in ("meta", "sealed", "outbox") for row in phone.on_disk(shelf))
    assert field.site.address.text not in readable
    assert phone.page.evaluate(_SEALED_NAMES).count("day") == 0, "the day is erased"
    assert len(phone.on_disk("pieces")) >= len(CAPTURED), "what is unsent stays"
    assert evidence_of(field) == []

    sign_in(phone, IT)
    phone.sees("的资料。你以其名义上传")
    assert phone.at("rescue").is_disabled(), "no opening without a reason"
    phone.page.fill("[name=reason]", "离职，设备已收回")
    assert phone.violations() == []
    phone.picture("rescue")
    phone.tap("rescue")
    expect(phone.at("safe")).to_be_visible(timeout=60_000)
    assert kinds(field) == CAPTURED
    phone.tap("sign-out")
    phone.sees("登录")
    shelves = {name: phone.on_disk(name) for name in ("meta", "sealed", "outbox", "pieces", "entries")}
    assert {name: rows for name, rows in shelves.items() if rows} == {}


_SEALED_NAMES = """() => new Promise(told => {
  const open = indexedDB.open('fieldvisit');
  open.onsuccess = () => {
    const all = open.result.transaction('sealed').objectStore('sealed').getAllKeys();
    all.onsuccess = () => { open.result.close(); told(all.result); };
  };
})"""


def test_it_sees_what_is_unsent_and_the_phone_is_erased_once_its_loss_is_recorded(field: Field) -> None:
    phone = field.take()
    visited_offline(phone)
    for what in ("**/api/v1/visits/**", "**/api/v1/uploads**"):
        phone.page.route(what, lambda route: route.abort("connectionreset"))
    phone.page.goto(f"{phone.url}/app/#/outbox")
    phone.unlock()
    with phone.page.expect_response("**/unsent") as told:
        phone.offline(False)
    assert told.value.json()["items"] >= len(CAPTURED)
    device = field.site.devices[AGENT.username].id
    listed = field.desk.ok(field.desk.get(IT, "/api/v1/devices?listed=unsent"))["items"]
    assert [one["id"] for one in listed] == [device]
    phone.page.goto(f"{phone.url}/app/#/settings")
    phone.unlock()
    assert phone.at("sign-out").is_disabled()
    lost = field.desk.post(IT, f"/api/v1/devices/{device}/unsent/loss", {"reason": "屏幕碎裂"})
    field.desk.ok(lost)
    phone.page.goto(f"{phone.url}/app/#/outbox")
    phone.unlock()
    with phone.page.expect_response("**/unsent") as answered:
        phone.tap("send")
    assert answered.value.json()["lost_at"] is not None
    phone.page.goto(f"{phone.url}/app/#/settings")
    phone.sees("IT 已登记")
    phone.picture("loss")
    phone.tap("sign-out")
    phone.sees("登录")
    assert phone.on_disk("pieces") == []
