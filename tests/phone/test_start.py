"""The phone app from a bare phone to today's visits: enrolment, PIN, offline start, what is on the disk (S18, S19)."""

from __future__ import annotations

import json
import re
from datetime import datetime, time, timedelta

import pytest
import requests
from playwright.sync_api import expect

from server.domain import phone_days
from server.domain.calendar import SHANGHAI
from server.domain.placements import PhoneOwner
from server.services import phone_days as service
from server.web.phone_app import BUILT
from tests.phone.conftest import Field
from tests.support.builders import make_phone
from tests.support.cast import AGENT, OTHER_AGENT, PASSWORD
from tests.support.phone_app import PIN

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("environment", ["sqlite"], indirect=True)]

FIRST_LOAD_BYTES = 250_000
DOOR_BYTES = 50_000
WRONG = "000000"
# What it reads in turn lies in `shown`; Chromium on Linux has no detector of its own.
DETECTOR = """() => { window.BarcodeDetector = class {
  async detect() { const rawValue = (window.shown ?? []).shift(); return rawValue ? [{ rawValue }] : []; }
}; }"""


def test_a_wrong_password_is_told_in_words(field: Field) -> None:
    phone = field.take()
    phone.page.fill("[name=username]", AGENT.username)
    phone.page.fill("[name=password]", "not " + PASSWORD)
    phone.tap("sign-in")
    phone.sees("用户名或密码")
    assert phone.violations() == []


def test_whoever_has_no_device_in_hand_is_sent_to_have_one_handed_out(field: Field) -> None:
    phone = field.take()
    phone.page.fill("[name=username]", OTHER_AGENT.username)
    phone.page.fill("[name=password]", PASSWORD)
    phone.tap("sign-in")
    phone.sees("名下没有领用的公司设备")
    assert phone.violations() == []


def test_a_phone_is_enrolled_by_a_code_that_is_typed_or_read_off_the_desk(field: Field) -> None:
    """V20. A wrong one is refused in words; the fake camera's detector stands for one that Android has."""
    phone = field.take()
    phone.page.evaluate(DETECTOR)
    phone.page.fill("[name=username]", AGENT.username)
    phone.page.fill("[name=password]", PASSWORD)
    phone.tap("sign-in")
    phone.at("device").wait_for()
    assert phone.at("device").is_disabled()
    phone.page.fill("[name=code]", "2222222")
    assert phone.at("device").is_disabled()
    phone.page.fill("[name=code]", "2222-2222")
    phone.tap("device")
    phone.sees("登记码不对")
    phone.picture("enrol")
    assert phone.violations() == []
    code = phone.code_for(phone.at("device").inner_text().strip())
    phone.page.evaluate(
        "code => { window.shown = ['https://elsewhere.example', `FIELDVISIT:ENROL:${code}`]; }", code
    )
    phone.tap("scan")
    expect(phone.page.locator("[name=code]")).to_have_value(code)
    assert phone.page.locator("video").count() == 0
    phone.tap("device")
    phone.sees("录音和定位同意书")


def test_the_day_starts_without_a_network_and_only_with_the_pin(field: Field) -> None:
    make_phone(field.desk, field.site.placement, PhoneOwner.DEBTOR, number="13912345678")
    phone = field.take()
    phone.enter(AGENT)
    phone.sees_at("visit", field.site.address.text)
    phone.sees_at("visit", "搭档 王强")
    phone.sees_at("visit", "09:00–17:00")
    phone.wait_until_installed()
    phone.kill()

    phone.start(offline=True)
    phone.sees("输入 PIN 码")
    assert phone.at("visit").count() == 0
    phone.pin(WRONG)
    phone.sees("还可试 2 次")
    phone.pin()
    phone.sees_at("visit", field.site.address.text)
    phone.sees("无网络")


@pytest.mark.parametrize(("seconds", "is_there"), [(-60, True), (60, False)])
def test_when_the_day_is_over_its_visits_are_erased(field: Field, seconds: int, is_there: bool) -> None:
    """S19. It was noon; the phone is switched on again a minute before and after midnight, without a network."""
    phone = field.take()
    phone.enter(AGENT)
    phone.sees_at("visit", field.site.address.text)
    phone.wait_until_installed()
    phone.offline()
    noon = field.desk.clock.now().astimezone(SHANGHAI)
    midnight = datetime.combine(noon.date() + timedelta(days=1), time(), SHANGHAI)
    phone.turn_clock(midnight - noon + timedelta(seconds=seconds))
    phone.page.reload()
    phone.unlock()
    phone.sees("今天")
    assert phone.at("visit").count() == is_there
    assert len(phone.on_disk("sealed")) == 1 + is_there, "the tokens, and the day while it is one"


def test_the_third_wrong_pin_locks_and_the_right_one_opens_no_more(field: Field) -> None:
    phone = field.take()
    phone.enter(AGENT)
    phone.wait_until_installed()
    phone.tap("settings")
    phone.tap("lock")
    for left in (2, 1):
        phone.pin(WRONG)
        phone.sees(f"还可试 {left} 次")
    phone.pin(WRONG)
    phone.sees("已锁定到 12:3")
    phone.page.reload()
    phone.pin()
    phone.sees("已锁定到")
    assert phone.at("visit").count() == 0


def test_nothing_personal_lies_readable_on_the_phone(field: Field) -> None:
    make_phone(field.desk, field.site.placement, PhoneOwner.DEBTOR, number="13912345678")
    phone = field.take()
    phone.enter(AGENT)
    phone.sees_at("visit", field.site.address.text)
    shelves = {name: phone.on_disk(name) for name in ("meta", "sealed", "outbox", "pieces", "entries")}
    assert len(shelves["sealed"]) >= 2, "the day and the tokens lie sealed"
    readable = json.dumps(shelves, ensure_ascii=False)
    secrets = (field.site.address.text, "5678", "debtor_name", "access_token", PIN, PASSWORD, "10000.00")
    assert [secret for secret in secrets if secret in readable] == []
    assert phone.page.evaluate("Object.keys(localStorage)") == ["fieldvisit.language"]
    kept = (
        "caches.keys().then(names => Promise.all(names.map(name => caches.open(name).then(c => c.keys()))))"
    )
    urls = phone.page.evaluate(f"{kept}.then(all => all.flat().map(request => request.url))")
    assert all("/app/" in url for url in urls), "no answer of the API is kept by the service worker"


def test_an_app_that_is_too_old_begins_no_visit(field: Field, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "LEAST_APP_VERSION", phone_days.LEAST_APP_VERSION + 1)
    phone = field.take()
    phone.enter(AGENT)
    phone.sees_at("outdated", "须更新")
    phone.tap("visit")
    phone.sees("应用须先更新")
    assert phone.at("next").is_disabled()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_screen_before_a_visit_is_fit_for_thumbs_and_eyes(field: Field, scheme: str) -> None:
    phone = field.take(color_scheme=scheme)
    wrong: dict[str, list[str]] = {}

    def look(name: str) -> None:
        phone.picture(name)
        wrong[name] = phone.violations()

    phone.sees("登录")
    look("sign-in")
    phone.enter(AGENT)
    phone.sees_at("visit", field.site.address.text)
    look("today")
    phone.tap("settings")
    look("settings")
    phone.tap("english")
    look("settings-english")
    phone.page.go_back()
    phone.sees("Today")
    look("today-english")
    phone.tap("visit")
    phone.sees("Check in")
    look("visit")
    phone.page.go_back()
    phone.tap("outbox")
    phone.sees("Safe to sign out")
    look("outbox")
    phone.page.go_back()
    phone.tap("settings")
    phone.tap("lock")
    phone.sees("Enter the PIN")
    look("pin")
    assert {name: found for name, found in wrong.items() if found} == {}


def test_it_can_be_installed_and_loads_little(field: Field) -> None:
    start = requests.get(f"{field.url}/app", timeout=10)
    assert (start.url, start.status_code) == (f"{field.url}/app/", 200)
    assert "<script>" not in start.text
    manifest = requests.get(f"{field.url}/app/manifest.webmanifest", timeout=10)
    assert manifest.headers["Content-Type"].startswith("application/manifest+json")
    told = manifest.json()
    assert (told["display"], told["scope"], told["start_url"]) == ("standalone", "/app/", "/app/")
    icons = [requests.get(field.url + icon["src"], timeout=10) for icon in told["icons"]]
    assert {icon.headers["Content-Type"] for icon in icons} == {"image/png"}
    assert {icon["sizes"] for icon in told["icons"]} >= {"192x192", "512x512"}


def test_the_door_opens_after_two_requests_of_which_each_is_small(field: Field) -> None:
    """On a slow line each request of a chain is a round trip; what is not of the door comes after it is painted."""
    page, page_bytes = _read(field, "/app/")
    assert re.findall("stylesheet|modulepreload", page) == []
    (script,) = re.findall(r'<script[^>]* src="([^"]+)"', page)
    code, code_bytes = _read(field, script)
    assert re.findall(r"""(?:from|import)\s*["'][^"']+["']""", code) == [], (
        "a file more before the first paint"
    )
    assert page_bytes + code_bytes < DOOR_BYTES
    built = [path.name for path in (BUILT / "assets").glob("*.js")]
    whole = page_bytes + sum(_read(field, f"/app/assets/{name}")[1] for name in built)
    assert page_bytes + code_bytes < whole < FIRST_LOAD_BYTES
    phone = field.take()
    phone.sees("登录")
    asked = phone.page.evaluate("performance.getEntriesByType('resource').map(entry => entry.name)")
    assert [url for url in asked if "/api/" in url] == []


def _read(field: Field, path: str) -> tuple[str, int]:
    """The text of a file, and how many bytes of it a browser over TLS is sent."""
    short, plain = (
        requests.get(field.url + path, headers={"Accept-Encoding": coding}, stream=True, timeout=10)
        for coding in ("gzip, br", "identity")
    )
    assert (short.headers["Content-Encoding"], short.headers["Vary"]) == ("br", "Accept-Encoding")
    assert "Content-Encoding" not in plain.headers
    assert short.headers["Content-Type"] == plain.headers["Content-Type"]
    forever = "immutable" in short.headers["Cache-Control"]
    assert forever == path.startswith("/app/assets/")
    return plain.text, len(short.raw.read(decode_content=False))


def test_a_line_that_is_lost_behind_the_door_is_waited_for(field: Field) -> None:
    phone = field.take()
    phone.wait_until_installed()
    phone.page.evaluate("navigator.serviceWorker.ready.then(kept => kept.unregister())")
    phone.page.add_init_script("delete Navigator.prototype.serviceWorker")
    phone.page.route("**/opened-*.js", lambda route: route.abort())
    phone.page.reload()
    phone.page.fill("[name=username]", AGENT.username)
    phone.page.fill("[name=password]", PASSWORD)
    phone.tap("sign-in")
    phone.sees("连不上服务器")
    assert phone.violations() == []
    phone.page.unroute("**/opened-*.js")
    phone.enrol()
    phone.sees("录音和定位同意书")
