"""What a phone told of itself, read by IT at the desk; nobody else's phones, and nothing that names anybody (S19)."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect

from tests.api.test_phone_support import ERROR, ITEM, bundle
from tests.conftest import Desk
from tests.desk.conftest import Browser, seen
from tests.desk.windows import window
from tests.support.browser import chromium
from tests.support.builders import make_device
from tests.support.cast import AGENT, COLLECTOR, DISPATCHER, IT, OTHER_AGENT
from tests.support.served import served


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def device_id(desk: Desk) -> str:
    return make_device(desk, AGENT).id


def page_of(device_id: str) -> str:
    return f"/desk/devices/{device_id}/support"


def test_who_is_not_it_and_has_not_this_phone_reads_nothing(desk: Desk, device_id: str) -> None:
    for member in (COLLECTOR, DISPATCHER):
        assert Browser(desk, member).get(page_of(device_id)).status_code == 403
    assert page_of(device_id) not in Browser(desk, DISPATCHER).page(f"/desk/devices/{device_id}")
    assert Browser(desk, OTHER_AGENT).get(page_of(device_id)).status_code == 404
    assert Browser(desk, IT).get(page_of("01234567-89ab-7def-8123-456789abcdef")).status_code == 404


def test_a_phone_that_has_told_nothing_says_how_it_does(desk: Desk, device_id: str) -> None:
    it = Browser(desk, IT)
    assert page_of(device_id) in it.page(f"/desk/devices/{device_id}")
    assert "还没有发过诊断信息" in seen(it.page(page_of(device_id)))


@pytest.mark.parametrize(
    ("ahead_ms", "stands"),
    [(499, "准"), (-499, "准"), (1000, "慢 1 秒"), (-1000, "快 1 秒"), (-3_600_000, "快 3600 秒")],
)
def test_the_clock_is_said_as_the_phone_stands_to_the_server(
    desk: Desk, device_id: str, ahead_ms: int, stands: str
) -> None:
    told = bundle(clock_ahead_ms=ahead_ms)
    desk.ok(desk.post(AGENT, f"/api/v1/devices/{device_id}/support-bundles", told), 201)
    assert f"手机时钟 {stands} " in seen(Browser(desk, IT).page(page_of(device_id)))


def test_bundles_stand_the_newest_first_with_number_codes_and_counts(desk: Desk, device_id: str) -> None:
    path = f"/api/v1/devices/{device_id}/support-bundles"
    older = bundle(items=[], errors=[], unsent=0, set_aside=0, unsent_bytes=0, room="enough", wifi=True)
    newer = bundle(items=[ITEM, ITEM | {"state": "waiting", "why": None}], unsent=2)
    for told in (older, newer):
        desk.ok(desk.post(AGENT, path, told), 201)
    raw = Browser(desk, IT).page(page_of(device_id))
    text = seen(raw)
    numbers = [str(told["id"])[-8:].upper() for told in (newer, older)]
    assert text.index(f"编号 {numbers[0]}") < text.index(f"编号 {numbers[1]}")
    assert raw.count('<details class="asked"') == 2
    assert raw.count('<details class="asked" open>') == 1, "the newest is read at once"
    assert f"{AGENT.name}，" in text
    assert "2 项，1 KB；其中被退回 1 项" in text
    assert "0 项，0 KB；其中被退回 0 项" in text
    assert f"被退回 {ITEM['why']}" in text
    assert str(ERROR["code"]) in text
    assert "浏览器不告知" in text
    assert "没有错误" in text


@pytest.mark.slow
@pytest.mark.parametrize("environment", ["sqlite"], indirect=True)
def test_axe_finds_nothing_on_it_in_light_and_dark(desk: Desk, device_id: str, browser: Chromium) -> None:
    desk.ok(desk.post(AGENT, f"/api/v1/devices/{device_id}/support-bundles", bundle()), 201)
    found = {}
    with served(desk) as url, window(browser, url, IT) as opened:
        for theme in ("light", "dark"):
            opened.go(f"/desk/preferences?theme={theme}")
            opened.go(page_of(device_id))
            expect(opened.page.locator("details.asked[open]")).to_have_count(1)
            found[theme] = opened.violations()
            if folder := os.environ.get("FIELDVISIT_PICTURES"):
                opened.page.screenshot(path=f"{folder}/device-support-{theme}.png", full_page=True)
    assert {theme: several for theme, several in found.items() if several} == {}
