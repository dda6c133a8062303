"""The idle lock (S18): refusals first, the login ends with it, the password opens the same page with what was typed."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.conftest import Desk
from tests.desk.conftest import Browser, seen
from tests.desk.test_requests import waiting
from tests.desk.windows import window
from tests.support import cast
from tests.support.browser import chromium
from tests.support.served import served

OWN = {"username": cast.DISPATCHER.username, "password": cast.PASSWORD}
SECONDS = 600
SPARE = 240  # the page's clock goes on by itself too, and a machine may be slow


def test_a_lock_ends_the_login_and_a_wrong_password_opens_nothing(desk: Desk, dispatcher: Browser) -> None:
    assert Browser(desk).post("/desk/lock").status_code == 303, "who is not signed in has nothing to lock"
    assert dispatcher.post("/desk/lock", token="0" * 64).status_code == 403
    assert f'data-idle="{SECONDS}"' in dispatcher.page("/desk")
    assert dispatcher.post("/desk/lock").status_code == 204
    assert dispatcher.get("/desk").status_code == 303
    for _ in range(2):
        wrong = dispatcher.post("/desk/unlock", OWN | {"password": "lantern2027"}, part=True)
        assert wrong.status_code == 401
        assert dispatcher.get("/desk").status_code == 303
    elsewhere = dispatcher.client.post("/desk/unlock", data=OWN, headers={"Sec-Fetch-Site": "cross-site"})
    assert elsewhere.status_code == 403
    assert dispatcher.post("/desk/unlock", OWN, part=True).status_code == 204
    assert dispatcher.get("/desk").status_code == 200


def test_the_third_wrong_password_locks_the_account_as_at_the_door(desk: Desk, dispatcher: Browser) -> None:
    dispatcher.post("/desk/lock")
    for _ in range(3):
        last = dispatcher.post("/desk/unlock", OWN | {"password": "lantern2027"}, part=True)
    assert "锁定" in seen(last.text)
    assert dispatcher.post("/desk/unlock", OWN, part=True).status_code != 204


@pytest.mark.slow
@pytest.mark.parametrize("environment", ["sqlite"], indirect=True)
def test_a_page_locks_after_the_seconds_and_goes_on_with_what_was_typed(desk: Desk) -> None:
    _, _, request = waiting(desk)
    with chromium() as browser, served(desk) as url, window(browser, url, cast.DISPATCHER) as opened:
        page = opened.page
        page.clock.install()
        opened.go(f"/desk/requests?state=filed&open={request.id}")
        reason = page.locator("#drawer [data-key=r]")
        reason.fill("请补充门牌号")
        page.clock.run_for((SECONDS - SPARE) * 1000)
        expect(page.locator("#lock")).to_be_hidden()
        opened.press("Shift")
        page.clock.run_for((SECONDS - SPARE) * 1000)
        expect(page.locator("#lock")).to_be_hidden()
        page.clock.run_for(SPARE * 1000)
        expect(page.locator("#lock")).to_be_visible()
        opened.press("Escape", "Escape")
        expect(page.locator("#lock")).to_be_visible()
        assert opened.violations() == []
        page.fill("#lock-password", "lantern2027")
        page.click("#unlock button")
        expect(page.locator("#lock-told .findings")).to_be_visible()
        page.fill("#lock-password", cast.PASSWORD)
        page.click("#unlock button")
        expect(page.locator("#lock")).to_be_hidden()
        expect(reason).to_have_value("请补充门牌号")
        page.get_by_role("button", name="退回修改").click()
        expect(page.locator("#said")).not_to_be_empty()
    with desk.installation.house.units.read() as uow:
        assert uow.visit_requests.need(request.id).state.value == "returned"
