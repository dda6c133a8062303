"""The phone app in a real Chromium with an invented camera, microphone and place: a phone in a test's hand.

A phone has a folder of its own, so it can be killed like a phone whose battery dies, and started again with what was
on its disk.
"""

from __future__ import annotations

import os
import shutil
import signal
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import requests
from playwright.sync_api import BrowserContext, Error, Locator, Page, Playwright, expect

from server.web.phone_app import BUILT
from tests.support.browser import _NAMES
from tests.support.cast import DISPATCHER, PASSWORD, Member

ROOT = Path(__file__).parents[2]
PIN = "274915"
WIDTH, HEIGHT = 360, 740
_AXE = ROOT / "phone_app" / "node_modules" / "axe-core" / "axe.min.js"
_SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--mute-audio",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
]
_PATIENCE_MS = 20_000
# Violations of what people with other eyes and hands need; the rules that axe-core calls serious and less.
_AXE_RUN = "() => axe.run(document, {resultTypes: ['violations']}).then(told => told.violations)"
_SPEAK = """language => dispatchEvent(new StorageEvent('storage',
  {key: 'fieldvisit.language', newValue: language.slice(0, 2)}))"""
_PAINTED = """() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done())))"""
_SMALL = """() => [...document.querySelectorAll('button, input, select, textarea, a')]
  .filter(one => one.offsetParent !== null)
  .map(one => [one.textContent.trim() || one.name, one.getBoundingClientRect()])
  .filter(([, box]) => box.height < 48 || box.width < 48)
  .map(([name, box]) => `${name} ${Math.round(box.width)}x${Math.round(box.height)}`)"""


def chromium() -> str:
    found = next((path for name in _NAMES if (path := shutil.which(name))), None)
    assert found is not None, "there is no chromium here: run  make deps  (or  sudo make deps)"
    return found


def assert_built() -> None:
    assert (BUILT / "index.html").is_file(), "the phone app has not been built: run  make phone"


def enrolment_code(url: str, label: str) -> str:
    """The one-time code of the device with that label, made by the dispatcher who hands it out."""
    login = {"username": DISPATCHER.username, "password": PASSWORD}
    told = requests.post(f"{url}/api/v1/auth/login", json=login, timeout=20).json()
    signed_in = {"Authorization": f"Bearer {told['access_token']}"}
    listed = requests.get(f"{url}/api/v1/devices?listed=out", headers=signed_in, timeout=20).json()
    (device,) = [one for one in listed["items"] if one["label"] == label]
    made = requests.post(f"{url}/api/v1/devices/{device['id']}/enrolment-code", headers=signed_in, timeout=20)
    return str(made.json()["code"])


def faults_of(page: Page) -> list[str]:
    """What axe-core finds wrong on a page for thumbs, and targets of less than 48 px."""
    if not page.evaluate("'axe' in window"):
        # Through the debugger: the page's own policy lets no script in but the app's.
        page.evaluate(_AXE.read_text(encoding="utf-8"))
    found = [f"{one['id']}: {node['html'][:120]}" for one in page.evaluate(_AXE_RUN) for node in one["nodes"]]
    return found + [f"small: {one}" for one in page.evaluate(_SMALL)]


class Phone:
    """A phone in a member's hands; `folder` is its disk, `place` where it is (latitude, longitude).

    `room` in the options is how many bytes the browser gives the app.
    """

    def __init__(
        self, playwright: Playwright, url: str, folder: Path, place: tuple[float, float], **options: Any
    ) -> None:
        self.url = url
        self.errors: list[str] = []
        self._playwright = playwright
        self.folder = folder
        self._place = place
        self._options = {"color_scheme": "light", "locale": "zh-CN"} | options
        self._sound: Path | None = options.pop("sound", None)
        self._options.pop("sound", None)
        self._room: int | None = self._options.pop("room", None)
        self._context: BrowserContext | None = None
        self.page: Page
        self.start()

    def start(self, *, offline: bool = False) -> None:
        """Switch it on and open the app."""
        sound = [] if self._sound is None else [f"--use-file-for-fake-audio-capture={self._sound}"]
        self._context = self._playwright.chromium.launch_persistent_context(
            str(self.folder),
            executable_path=chromium(),
            headless=True,
            args=[*_SWITCHES, *sound],
            viewport={"width": WIDTH, "height": HEIGHT},
            is_mobile=True,
            has_touch=True,
            timezone_id="Asia/Shanghai",
            geolocation={"latitude": self._place[0], "longitude": self._place[1], "accuracy": 12},
            permissions=["geolocation", "camera", "microphone"],
            **self._options,
        )
        self._context.set_default_timeout(_PATIENCE_MS)
        self.page = self._context.new_page()
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self._context.set_offline(offline)
        if self._room is not None:
            # Before the page: a store that is open already believes for half a minute in the room that it had.
            disk = self._context.new_cdp_session(self.page)
            disk.send("Storage.overrideQuotaForOrigin", {"origin": self.url, "quotaSize": self._room})
        self.page.goto(f"{self.url}/app/")

    def offline(self, is_offline: bool = True) -> None:
        assert self._context is not None
        self._context.set_offline(is_offline)

    def kill(self) -> None:
        """End every process of the browser at once, as an empty battery does."""
        for process in Path("/proc").iterdir():
            if process.name.isdigit() and f"--user-data-dir={self.folder}" in _command(process):
                os.kill(int(process.name), signal.SIGKILL)
        self.close()

    def close(self) -> None:
        if self._context is not None:
            context, self._context = self._context, None
            with suppress(Error):  # of one that was killed
                context.close()

    def at(self, name: str) -> Locator:
        return self.page.locator(f"[data-test={name}]")

    def tap(self, name: str) -> None:
        self.at(name).first.click()

    def tap_until(self, name: str, text: str) -> None:
        """Tap again until the text shows: what it needs may still be on its way to the server."""

        def shown() -> bool:
            self.tap(name)
            with suppress(AssertionError):
                expect(self.page.locator("body")).to_contain_text(text, timeout=1_000)
                return True
            return False

        assert any(shown() for _ in range(30)), f"{text} never showed"

    def count_taps(self) -> None:
        """Count from now on how often a thumb comes down."""
        self.page.evaluate(
            "() => { window.taps = 0; addEventListener('click', () => { window.taps += 1; }, true); }"
        )

    def taps(self) -> int:
        return int(self.page.evaluate("window.taps"))

    def sees(self, text: str) -> None:
        expect(self.page.locator("body")).to_contain_text(text, timeout=_PATIENCE_MS)

    def sees_at(self, name: str, text: str) -> None:
        expect(self.at(name).first).to_contain_text(text, timeout=_PATIENCE_MS)

    def pin(self, digits: str = PIN) -> None:
        for digit in digits:
            self.tap(f"pin-{digit}")

    def unlock(self, digits: str = PIN) -> None:
        """Give the PIN where the phone asks for it: after a start, and once nobody touched it for half a minute."""
        expect(self.at("pin-1").or_(self.page.locator("header.top")).first).to_be_visible()
        if self.at("pin-1").count():
            self.pin(digits)
            expect(self.at("pin-1")).to_have_count(0)

    def enter(self, member: Member) -> None:
        """From a bare phone to today's visits: sign in, enrol the device in hand, choose a PIN."""
        self.page.fill("[name=username]", member.username)
        self.page.fill("[name=password]", PASSWORD)
        self.tap("sign-in")
        self.enrol()
        self.tap("consent")
        self.sees("设置 6 位 PIN 码")
        self.pin()
        self.sees("再输入一次")
        self.pin()
        self.sees("今天")

    def enrol(self) -> None:
        """Type the code that the desk makes for the device in hand, and choose it (V20)."""
        device = self.at("device").first
        device.wait_for()
        self.page.fill("[name=code]", self.code_for(device.inner_text().strip()))
        device.click()

    def code_for(self, label: str) -> str:
        return enrolment_code(self.url, label)

    def wait_until_installed(self) -> None:
        """The service worker has the app's files; from now on it starts without a network."""
        self.page.evaluate("navigator.serviceWorker.ready.then(() => undefined)")

    def violations(self) -> list[str]:
        """What axe-core finds wrong on the screen, and targets of less than 48 px."""
        return faults_of(self.page)

    def picture(self, name: str) -> None:
        """Where FIELDVISIT_PICTURES names a folder, the screen goes there in both languages, light and dark.

        It is held against axe-core in each, and stands as it was afterwards.
        """
        folder = os.environ.get("FIELDVISIT_PICTURES")
        if not folder:
            return
        language = self.page.evaluate("document.documentElement.lang")
        for spoken in ("zh-CN", "en"):
            self.page.evaluate(_SPEAK, spoken)
            for scheme in ("light", "dark"):
                self.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                self._long_enough()
                self.page.screenshot(path=f"{folder}/{name}-{spoken[:2]}-{scheme}.png")
                found = self.violations()
                assert found == [], f"{name} {spoken} {scheme}: {found}"
        self.page.evaluate(_SPEAK, language)
        self.page.emulate_media(color_scheme=self._options["color_scheme"])  # type: ignore[arg-type]
        self.page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
        self.page.evaluate(_PAINTED)

    def _long_enough(self) -> None:
        """Make the screen as long as what stands on it: a foot that sticks would hide the rest."""
        self.page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
        self.page.evaluate(_PAINTED)
        long = max(HEIGHT, int(self.page.evaluate("document.documentElement.scrollHeight")))
        self.page.set_viewport_size({"width": WIDTH, "height": long})
        self.page.evaluate(_PAINTED)

    def turn_clock(self, by: timedelta) -> None:
        """Let the phone believe that it is later, from its next start on."""
        self.page.evaluate(
            """milliseconds => new Promise(done => {
              const open = indexedDB.open('fieldvisit');
              open.onsuccess = () => {
                const shelf = open.result.transaction('meta', 'readwrite').objectStore('meta');
                const kept = shelf.get('clock_ahead');
                kept.onsuccess = () => {
                  shelf.put(kept.result + milliseconds, 'clock_ahead').onsuccess = () => {
                    open.result.close(); done();
                  };
                };
              };
            })""",
            by.total_seconds() * 1000,
        )

    def on_disk(self, shelf: str) -> list[Any]:
        """What lies on a shelf of the phone's database, bytes as they are there."""
        told: list[Any] = self.page.evaluate(
            """shelf => new Promise((told, failed) => {
              const open = indexedDB.open('fieldvisit');
              open.onerror = () => failed(open.error);
              open.onsuccess = () => {
                const all = open.result.transaction(shelf).objectStore(shelf).getAll();
                all.onsuccess = () => { open.result.close(); told(all.result.map(one => {
                  const text = value => value instanceof ArrayBuffer || ArrayBuffer.isView(value)
                    ? new TextDecoder('latin1').decode(value) : value;
                  return JSON.stringify(one, (_, value) => text(value));
                })); };
              };
            })""",
            shelf,
        )
        return told


def _command(process: Path) -> str:
    try:
        return process.joinpath("cmdline").read_text(errors="replace").replace("\0", " ")
    except OSError:
        return ""  # it ended while we looked
