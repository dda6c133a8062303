"""Journeys in a real Chromium: a dispatcher by keyboard, two at once, reload, back, an ended login, hostile words."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from server.domain.access import SHIPPED, widest
from tests.conftest import Desk
from tests.desk.test_pages import POSTS, may_see, pages, path_of
from tests.desk.test_requests import HOSTILE, now, waiting
from tests.desk.windows import window
from tests.house.world import build_world
from tests.support import builders, cast
from tests.support.browser import chromium
from tests.support.served import served

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("environment", ["sqlite"], indirect=True)]
QUEUE = "/desk/requests?state=filed"
PRESS_WHEN_SHOWN = """new MutationObserver((_, observer) => {
  observer.disconnect();
  document.querySelector('#drawer [data-key=a]').click();
}).observe(document.getElementById('drawer'), {childList: true})"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


def test_a_dispatcher_decides_by_keyboard_and_the_list_is_never_lost(desk: Desk, browser: Browser) -> None:
    requests = [waiting(desk)[2] for _ in range(3)]
    with served(desk) as url, window(browser, url, cast.DISPATCHER) as desk_window:
        page = desk_window.page
        desk_window.go(QUEUE)
        desk_window.press("j", "Enter")
        expect(page.locator("#drawer .sheet")).to_be_visible()
        desk_window.press("r")
        page.keyboard.type("请补充门牌号")
        desk_window.press("Escape", "a")
        expect(page.locator("#said")).to_have_text("已同意，等待排程")
        expect(page.locator("[data-row]")).to_have_count(2)
        expect(page.locator('[data-row][aria-selected="true"]')).to_have_count(1)
        expect(page.locator("#rail [aria-current] .count")).to_have_text("2")
        expect(page.locator("#drawer .history li").last).to_contain_text("同意")
        desk_window.press("Enter")
        expect(page.locator("#drawer [data-key=r]")).to_be_visible()
        desk_window.press("r")
        page.keyboard.type("门牌号不存在")
        page.click("#drawer button.danger")
        expect(page.locator("[data-row]")).to_have_count(1)
        desk_window.press("Escape", "?")
        expect(page.locator("#help")).to_be_visible()
        desk_window.press("Escape")
    states = sorted(now(desk, request).state.value for request in requests)
    assert states == ["accepted", "filed", "refused"]


def test_a_button_works_from_the_moment_it_is_shown(desk: Desk, browser: Browser) -> None:
    """A button pressed before its form was wired would leave the list for a page of its own."""
    _, _, request = waiting(desk)
    with served(desk) as url, window(browser, url, cast.DISPATCHER) as opened:
        opened.go(QUEUE)
        opened.page.evaluate(PRESS_WHEN_SHOWN)
        opened.press("j", "Enter")
        expect(opened.page.locator("#said")).to_have_text("已同意，等待排程")
        expect(opened.page.locator("[data-row]")).to_have_count(0)
    assert now(desk, request).state.value == "accepted"


def test_of_two_windows_the_second_is_told_and_its_words_stay(desk: Desk, browser: Browser) -> None:
    _, _, request = waiting(desk)
    with (
        served(desk) as url,
        window(browser, url, cast.DISPATCHER) as first,
        window(browser, url, cast.DISPATCHER) as second,
    ):
        for one in (first, second):
            one.go(f"{QUEUE}&open={request.id}")
            expect(one.page.locator("#drawer .sheet")).to_be_visible()
        second.page.fill("#drawer [data-key=r]", "地址重复，已电话确认")
        first.page.click("#drawer [data-key=a]")
        expect(first.page.locator("#said")).not_to_be_empty()
        second.page.get_by_role("button", name="退回修改").click()
        expect(second.page.locator("#note")).to_contain_text("已被他人修改")
        second.press("Escape")
        expect(second.page.locator("#drawer [data-key=r]")).to_have_value("地址重复，已电话确认")
    assert now(desk, request).state.value == "accepted"


def test_reload_back_and_an_ended_login_lose_nothing(desk: Desk, browser: Browser) -> None:
    _, _, request = waiting(desk)
    with served(desk) as url, window(browser, url, cast.DISPATCHER) as opened:
        page = opened.page
        opened.go(QUEUE)
        opened.press("j", "Enter")
        expect(page.locator("#drawer .sheet")).to_be_visible()
        page.reload()
        expect(page.locator("#drawer .sheet")).to_be_visible()
        page.click("nav.rail >> text=首页")
        page.wait_for_url("**/desk")
        page.go_back()
        expect(page.locator("#drawer .sheet")).to_be_visible()
        page.fill("#drawer [data-key=r]", "请写明楼栋")
        with desk.installation.house.units.write() as uow:
            uow.sessions.end_all(cast.DISPATCHER.id, uow.now, "revoked")
            uow.commit()
        page.get_by_role("button", name="退回修改").click()
        expect(page.locator("#note")).to_contain_text("登录已结束")
        with page.context.expect_page() as other:
            page.click("#note a")
        door = other.value
        door.fill("#username", cast.DISPATCHER.username)
        door.fill("#password", cast.PASSWORD)
        door.click("button.main")
        door.wait_for_url("**/desk/requests?state=filed**")
        page.bring_to_front()
        page.keyboard.press("Escape")
        page.get_by_role("button", name="退回修改").click()
        expect(page.locator("#said")).to_have_text("已退回修改")
    assert now(desk, request).decision_reason == "请写明楼栋"


def test_hostile_words_do_nothing_in_a_browser(desk: Desk, browser: Browser) -> None:
    requests = [waiting(desk, note=words)[2] for words in HOSTILE]
    with served(desk) as url, window(browser, url, cast.DISPATCHER) as opened:
        for request in requests:
            opened.go(f"{QUEUE}&open={request.id}")
            expect(opened.page.locator("#drawer .sheet")).to_be_visible()
            assert opened.page.evaluate("window.hurt") is None
            assert opened.refused() == []


def test_a_collector_asks_for_a_visit_by_keyboard(desk: Desk, browser: Browser) -> None:
    """The check answers while one types, a key takes a suggestion, and what is refused leaves the form as it was."""
    placement = builders.make_placement(desk)
    builders.make_address(desk, placement)
    with served(desk) as url, window(browser, url, cast.COLLECTOR) as opened:
        page = opened.page
        opened.go(f"/desk/cases/{placement.id}")
        page.get_by_role("button", name="报外访").click()
        page.wait_for_url("**/edit")
        assert opened.violations() == []
        page.click("#choice button.main")
        expect(page.locator("#note")).to_contain_text("请选择至少一个地址")
        opened.press("Escape")
        page.fill("#draft-note", "白天有人")
        page.focus("#new-text")
        page.keyboard.type("新乡市原阳县人民路8号")
        expect(page.locator("[data-takes]")).to_have_count(1)
        assert opened.violations() == []
        opened.press("ArrowDown", "Enter")
        expect(page.locator("#new-text")).to_have_value("河南省新乡市原阳县人民路8号")
        expect(page.locator("#verdict-new-text")).to_contain_text("地址完整")
        opened.press("Enter")
        expect(page.locator("#ask [role=status]")).to_contain_text("地址已新增并勾选")
        expect(page.locator("#checks")).to_contain_text("可以提交")
        expect(page.locator("#draft-note")).to_have_value("白天有人")
        page.click("#choice button.main")
        page.wait_for_url("**/desk/requests/*")
        assert opened.refused() == []
    with desk.installation.house.units.read() as uow:
        (request,) = uow.visit_requests.having(placement_id=placement.id)
    assert (request.state.value, request.note) == ("filed", "白天有人")


def test_axe_finds_nothing_on_any_page(desk: Desk, browser: Browser) -> None:
    """Each page once, in both lights, before the first post that is shown it."""
    world = build_world(desk)
    waiting(desk)
    unseen = {page.name: page for page in pages("GET")}
    with served(desk) as url, window(browser, url, None) as opened:
        found = {"sign_in_form": opened.violations_in_both_lights()}
        for member in POSTS:
            grants = widest(SHIPPED[post] for post in member.posts)
            theirs = [page for page in unseen.values() if may_see(page, grants)]
            if not theirs:
                continue
            opened.go("/desk/sign-in")
            opened.sign_in(member)
            opened.page.wait_for_url("**/desk")
            for page in theirs:
                answer = opened.page.goto(f"{url}{path_of(page, world)}")
                if answer is not None and answer.ok:
                    found[f"{member.username} {page.name}"] = opened.violations_in_both_lights()
                    del unseen[page.name]
        opened.go("/desk/sign-in")
        opened.sign_in(cast.DISPATCHER)
        opened.page.wait_for_url("**/desk")
        opened.go(QUEUE)
        opened.press("j", "Enter")
        expect(opened.page.locator("#drawer .sheet")).to_be_visible()
        found["drawer"] = opened.violations_in_both_lights()
    assert {name: several for name, several in found.items() if several} == {}
    assert unseen == {}
