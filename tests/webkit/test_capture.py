"""Capture and outbox in WebKit, the nearest to an iPhone: what records MP4, stores no Blob and has workers of its own.

Apart from the other tests (`make test-webkit`): WebKit and what it plays and records with are 207 MB.
"""

from __future__ import annotations

import hashlib
import io
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from werkzeug.serving import make_server

from server.domain.visits import VisitState
from tests.conftest import Desk
from tests.support.cast import AGENT, PASSWORD, QA
from tests.support.on_site import PLACE, OnSite, on_site
from tests.support.phone_app import PIN, assert_built, enrolment_code
from tests.support.server import free_port
from tests.support.webkit import WebKit, webkit

pytestmark = pytest.mark.parametrize("environment", ["sqlite"], indirect=True)

NONCE = "5c1e" * 16
PIECES = 3
# A place needs a service of the desktop here; that of a browser is not what is tried.
_PLACE = """const [latitude, longitude] = given;
Object.defineProperty(navigator, 'geolocation', { configurable: true, value: {
  getCurrentPosition: found => found({ coords: { latitude, longitude, accuracy: 12 } }),
} });"""
_DISK = """const [shelf] = given;
const db = await new Promise(told => {
  const open = indexedDB.open('fieldvisit');
  open.onsuccess = () => told(open.result);
});
const all = await new Promise(told => {
  const request = db.transaction(shelf).objectStore(shelf).getAll();
  request.onsuccess = () => told(request.result);
});
db.close();"""


class Hand:
    """A thumb on the app in WebKit: it taps what is there as soon as it can be tapped."""

    def __init__(self, browser: WebKit, url: str) -> None:
        self.browser, self.url = browser, url

    def open(self) -> None:
        self.browser.go(f"{self.url}/app/")
        self.browser.run(_PLACE, PLACE["latitude"], PLACE["longitude"])

    def until(self, code: str) -> None:
        """Wait for an expression of the page to hold; its own policy lets nothing be evaluated there."""
        self.browser.run(f"while (!({code})) await new Promise(later => setTimeout(later, 50))")

    def sees(self, text: str) -> None:
        self.until(f"document.body.innerText.includes({json.dumps(text)})")

    def tap(self, name: str) -> None:
        found = f"document.querySelector('[data-test={name}]')"
        self.until(f"{found} !== null && !{found}.disabled")
        self.browser.run(f"{found}.click()")

    def write(self, name: str, text: str) -> None:
        self.until(f"document.querySelector('[name={name}]') !== null")
        self.browser.run(
            "const field = document.querySelector(`[name=${given[0]}]`); field.value = given[1];"
            "field.dispatchEvent(new Event('input', { bubbles: true }));",
            name,
            text,
        )

    def pin(self) -> None:
        for digit in PIN:
            self.tap(f"pin-{digit}")

    def enter(self) -> None:
        """From a bare phone to today's visits."""
        self.write("username", AGENT.username)
        self.write("password", PASSWORD)
        self.tap("sign-in")
        self.until("document.querySelector('[data-test=device]') !== null")
        label = self.browser.run("return document.querySelector('[data-test=device]').innerText")
        self.write("code", enrolment_code(self.url, label.strip()))
        self.tap("device")
        self.tap("consent")
        self.sees("设置 6 位 PIN 码")
        self.pin()
        self.sees("再输入一次")
        self.pin()
        self.sees("今天")

    def disk(self, shelf: str, what: str) -> Any:
        return self.browser.run(f"{_DISK} return all.map(one => {what})", shelf)


@contextmanager
def reachable(desk: Desk, port: int) -> Iterator[None]:
    """The house at a port for a while: when it is over, there is no network for those who call there."""
    server = make_server("127.0.0.1", port, desk.client.application, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def record_a_visit(hand: Hand) -> None:
    """Check in, photograph, record, check out."""
    hand.tap("visit")
    hand.tap("next")
    hand.sees("录音")
    hand.tap("next")
    for words in ("拍远景", "拍门牌", "拍门口"):
        hand.until(f"document.querySelector('[data-test=shoot]')?.innerText.includes('{words}')")
        hand.tap("shoot")
    hand.sees("已出示证件")
    hand.browser.run(_UNTIL_SEGMENTS, PIECES)
    hand.tap("step-result")
    hand.tap("outcome-nobody")
    hand.tap("keep")
    hand.tap("step-check_out")
    hand.tap("check-out")
    hand.sees("已签退")


_UNTIL_SEGMENTS = f"""const [least] = given;
const count = async () => {{ {_DISK.replace("const [shelf] = given;", "const shelf = 'pieces';")} return all.length; }};
while (await count() < least + 3) await new Promise(later => setTimeout(later, 100));"""


def test_a_visit_in_webkit_is_recorded_without_a_network_and_arrives_whole(
    desk_of_today: Desk, tmp_path: Path
) -> None:
    assert_built()
    desk, port = desk_of_today, free_port()
    site = on_site(desk, consents=False, capture_nonce=NONCE)
    with webkit(tmp_path / "phone") as browser:
        hand = Hand(browser, f"http://127.0.0.1:{port}")
        with reachable(desk, port):
            hand.open()
            hand.enter()
            browser.run("await navigator.serviceWorker.ready")
        hand.open()
        hand.pin()
        hand.sees("今天")
        record_a_visit(hand)
        kinds = hand.disk("pieces", "Object.prototype.toString.call(one.sealed.data)")
        assert set(kinds) == {"[object ArrayBuffer]"}
        assert len(kinds) >= PIECES + 3
        with reachable(desk, port):
            hand.open()
            hand.pin()
            hand.tap("outbox")
            hand.until("document.querySelector('[data-test=safe]') !== null")
            assert hand.disk("pieces", "1") == []
            verify(desk, site)


def verify(desk: Desk, site: OnSite) -> None:
    """The server has the visit, each file as the phone signed it, and the recording is an MP4 that can be read."""
    visit = site.shown(AGENT)
    assert visit["moment"]["state"] == VisitState.COMPLETED
    items = desk.ok(desk.get(QA, f"{site.path}/evidence"))["items"]
    kinds = sorted(item["kind"] for item in items)
    assert kinds == ["photo_door", "photo_far", "photo_number", "recording"]
    with desk.installation.house.units.read() as uow:
        [manifest] = uow.capture_manifests.having(visit_id=site.visit.id)
    entries = json.loads(manifest.signed)["entries"]
    for item in items:
        with desk.get(QA, f"/api/v1/evidence/{item['id']}/content?purpose=test") as answer:
            content = answer.data
        parts = [entry for entry in entries if entry["item"] == item["id"]]
        for part in parts:
            piece = content[part.get("offset", 0) :][: part.get("size", len(content))]
            assert hashlib.sha256(piece).hexdigest() == part["sha256"]
        assert sum(part.get("size", len(content)) for part in parts) == len(content)
        if item["kind"] == "recording":
            assert content[4:8] == b"ftyp"
            assert item["media_type"] == "audio/mp4"
        else:
            with Image.open(io.BytesIO(content)) as photo:
                assert photo.format == "JPEG"
