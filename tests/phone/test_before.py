"""Before a visit: consent to recording and place, and the phone's check of itself, which goes with the visit (V2)."""

from __future__ import annotations

from urllib.parse import unquote_plus

import pytest
from playwright.sync_api import expect

from tests.phone.conftest import Field
from tests.phone.test_visit import begin
from tests.support.cast import AGENT, PASSWORD
from tests.support.phone_app import Phone

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("environment", ["sqlite"], indirect=True)]


def test_no_visit_begins_without_a_consent_and_a_withdrawn_one_is_none(field: Field) -> None:
    phone = field.take()
    phone.page.fill("[name=username]", AGENT.username)
    phone.page.fill("[name=password]", PASSWORD)
    phone.tap("sign-in")
    phone.enrol()
    phone.sees("录音和定位同意书")
    phone.picture("consent")
    assert phone.violations() == []
    phone.tap("consent-later")
    for title in ("设置 6 位 PIN 码", "再输入一次"):
        phone.sees(title)
        phone.pin()
    phone.tap("visit")
    phone.sees("没有录音和定位的同意")
    assert phone.at("next").is_disabled()
    links = [str(phone.at(f"map-{app}").get_attribute("href")) for app in ("amap", "baidu", "tencent")]
    told = [unquote_plus(link) for link in links]
    assert all(
        link.startswith("https://") and field.site.address.text in told[n] for n, link in enumerate(links)
    )
    assert [one for one in told if field.site.placement.case_number in one] == []
    phone.picture("visit-maps")
    assert phone.violations() == []
    change(phone, field, "已于 2026-03-10")
    phone.tap("visit")
    expect(phone.at("next")).to_be_enabled()
    change(phone, field, "没有录音和定位的同意")
    phone.tap("visit")
    assert phone.at("next").is_disabled()


def change(phone: Phone, field: Field, shows: str) -> None:
    phone.page.goto(f"{phone.url}/app/#/settings")
    phone.tap("consent-change")
    phone.sees(shows)
    phone.page.goto(f"{phone.url}/app/#/today")


def test_the_check_of_a_phone_goes_with_the_visit_that_it_begins(field: Field) -> None:
    phone = field.take()
    phone.enter(AGENT)
    phone.tap("preflight")
    expect(phone.at("fit")).to_be_visible()
    for name in ("camera", "microphone", "place", "messenger"):
        expect(phone.at(f"check-{name}").locator(".chip.done")).to_have_count(1)
    phone.picture("preflight")
    assert phone.violations() == []
    phone.tap("back")
    phone.sees_at("preflight", "✓")
    phone.picture("today-checked")
    begin(phone)
    phone.page.goto(f"{phone.url}/app/#/outbox")
    expect(phone.page.locator("[data-test=item]")).to_have_count(1)  # the recording goes on
    (kept,) = field.desk.ok(field.desk.get(AGENT, f"{field.site.path}/preflights"))["items"]
    assert (kept["account_id"], kept["camera"], kept["microphone"], kept["place"]) == (
        AGENT.id,
        True,
        True,
        True,
    )
    assert kept["device_id"] == field.site.devices[AGENT.username].id
