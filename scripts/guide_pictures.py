"""Take the pictures of docs/guide and of the README from the real pages of an invented branch.

    python -m scripts.guide_pictures              all of them
    python -m scripts.guide_pictures dispatcher   those whose file name has this in it

A picture says itself how it is taken. Its title is the login, the address, and what is pressed there in turn:

    ![待审批](pictures/dispatcher-requests.webp "dispatcher1 /desk/requests?state=filed > [data-row] a.open")

Owns how a picture is asked for and taken. Refuses to know a page.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import requests
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from server.demo.staff import PASSWORD

ROOT = Path(__file__).parents[1]
GUIDE = ROOT / "docs" / "guide"
_PICTURE = re.compile(
    r'!\[[^\]]*\]\((?P<file>[^) ]+\.webp) "(?P<login>\S+) (?P<path>/\S*)(?P<presses>[^"]*)"\)'
)
_DESK, _PHONE = (1366, 768), (360, 740)
_PIN = "274915"
_START_SECONDS = 900


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that a page of the guide shows, and the way to it."""

    file: Path
    login: str
    path: str
    presses: tuple[str, ...]

    @property
    def is_of_phone(self) -> bool:
        return self.path.startswith("/app")


def pictures() -> list[Picture]:
    """Each picture that the guide or the README shows, once."""
    found: dict[Path, Picture] = {}
    for page in (ROOT / "README.md", *sorted(GUIDE.glob("*.md"))):
        for shown in _PICTURE.finditer(page.read_text(encoding="utf-8")):
            file = (page.parent / shown["file"]).resolve()
            presses = tuple(press.strip() for press in shown["presses"].split(" > ") if press.strip())
            found.setdefault(file, Picture(file, shown["login"], shown["path"], presses))
    return list(found.values())


@contextmanager
def house(folder: Path, *, demo: bool = True) -> Iterator[str]:
    """The system with the demo branch, started as anybody starts it, at a free port; in FIELDVISIT_DATA_DIR, if set.

    Without `demo` it is started on what lies in the folder.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    held = str(folder / "data")
    data = os.environ.get("FIELDVISIT_DATA_DIR", held) if demo else held
    settings = {"FIELDVISIT_DATA_DIR": data, "FIELDVISIT_PORT": str(port)}
    command = [sys.executable, "-m", "server.cli", "run", *(["--demo"] if demo else [])]
    running = subprocess.Popen(command, env=os.environ | settings, stdout=subprocess.DEVNULL)  # noqa: S603 -- ours
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{url}/desk/sign-in", running)
        yield url
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait()


def _wait_for(url: str, running: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + _START_SECONDS
    while time.monotonic() < ends and running.poll() is None:
        with suppress(requests.ConnectionError):
            requests.get(url, timeout=10).raise_for_status()
            return
        time.sleep(0.5)
    raise SystemExit(f"the demo branch did not answer at {url}")


@contextmanager
def browser_with_letters(folder: Path) -> Iterator[Browser]:
    """Chromium with the Chinese letters that our PDFs are set in, whatever the machine has."""
    carried = find_spec("pylopdf_fonts_zh_cn")
    assert carried is not None
    assert carried.origin is not None
    fonts = folder / "fonts"
    fonts.mkdir()
    for font in Path(carried.origin).parent.glob("*.otf"):
        shutil.copy(font, fonts)
    switches = ["--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=switches,
            env={**os.environ, "XDG_DATA_HOME": str(folder)},
        )
        yield opened
        opened.close()


def _sign_in(page: Page, url: str, picture: Picture) -> None:
    """Through the door; a phone asks for a PIN of its own besides."""
    if picture.is_of_phone:
        page.goto(f"{url}/app/")
        page.fill("[name=username]", picture.login)
        page.fill("[name=password]", PASSWORD)
        page.click("[data-test=sign-in]")
        device = page.locator("[data-test=device]").first
        page.fill("[name=code]", _code(url, device.inner_text().strip()))
        device.click()
        for digit in _PIN * 2:
            page.click(f"[data-test=pin-{digit}]")
        page.wait_for_selector("[data-test=visit]")
        return
    sign_in_at_desk(page, url, picture.login)


def sign_in_at_desk(page: Page, url: str, login: str) -> None:
    page.goto(f"{url}/desk/sign-in")
    page.fill("#username", login)
    page.fill("#password", PASSWORD)
    page.click("button.main")
    page.wait_for_url("**/desk")


def _code(url: str, label: str) -> str:
    """The one-time code by which the device with that label is enrolled, as its page at the desk makes one."""
    login = {"username": "admin1", "password": PASSWORD}
    told = requests.post(f"{url}/api/v1/auth/login", json=login, timeout=60).json()
    signed_in = {"Authorization": f"Bearer {told['access_token']}"}
    listed = requests.get(f"{url}/api/v1/devices?limit=200", headers=signed_in, timeout=60).json()["items"]
    (device,) = [one for one in listed if one["label"] == label]
    made = requests.post(f"{url}/api/v1/devices/{device['id']}/enrolment-code", headers=signed_in, timeout=60)
    return str(made.json()["code"])


def _take(page: Page, url: str, picture: Picture) -> None:
    """One picture, as small as it stays readable."""
    if picture.is_of_phone:  # a page that is loaded anew asks for the PIN
        page.evaluate("location.hash = '/'")
        page.wait_for_selector("[data-test=visit]")
    else:
        page.goto(url + picture.path)
    for press in picture.presses:
        page.locator(press).first.click()
    page.wait_for_load_state("networkidle")
    picture.file.parent.mkdir(exist_ok=True)
    with Image.open(io.BytesIO(page.screenshot())) as shot:
        shot.save(picture.file, "WEBP", quality=82, method=6)
    print(f"{picture.file.relative_to(ROOT)}  {picture.file.stat().st_size // 1024} KiB")


def main(wanted: str) -> None:
    """Take the pictures whose names have `wanted` in them."""
    chosen = [picture for picture in pictures() if wanted in picture.file.name]
    with (
        tempfile.TemporaryDirectory() as name,
        house(Path(name)) as url,
        browser_with_letters(Path(name)) as browser,
    ):
        for login, of_phone in sorted({(one.login, one.is_of_phone) for one in chosen}):
            width, height = _PHONE if of_phone else _DESK
            context = browser.new_context(
                viewport={"width": width, "height": height}, locale="zh-CN", is_mobile=of_phone, has_touch=of_phone,
                permissions=["geolocation", "camera", "microphone"],
                geolocation={"latitude": 35.05, "longitude": 113.96},
            )  # fmt: skip
            page = context.new_page()
            its = [one for one in chosen if (one.login, one.is_of_phone) == (login, of_phone)]
            _sign_in(page, url, its[0])
            for picture in its:
                _take(page, url, picture)
            context.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
