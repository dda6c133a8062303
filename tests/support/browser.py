"""A real Chromium that speaks for a member of the cast, and a player in it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

# --no-sandbox: tests run as root in a container; the pages are our own.
_SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--mute-audio",
]
# Beside tests that fill both cores a page that is right needs longer than the usual five seconds.
_PATIENCE_MS = 30_000
_NAMES = ("chromium", "chromium-browser", "google-chrome")

_LOAD = """url => new Promise((ready, failed) => {
  const player = document.createElement('audio');
  player.preload = 'metadata';
  player.onloadedmetadata = () => ready(player.duration);
  player.onerror = () => failed(new Error(`${player.error.code} ${player.error.message}`));
  player.src = url;
  window.player = player;
})"""
_SEEK = """second => new Promise((there, failed) => {
  const began = performance.now();
  window.player.onseeked = () => there([performance.now() - began, window.player.currentTime]);
  window.player.onerror = () => failed(new Error(window.player.error.message));
  window.player.currentTime = second;
})"""
_PLAY = """() => new Promise((moved, failed) => {
  const from = window.player.currentTime;
  window.player.ontimeupdate = () => {
    if (window.player.currentTime > from) { window.player.pause(); moved(window.player.currentTime); }
  };
  window.player.play().catch(failed);
})"""


_running: list[Playwright] = []


@contextmanager
def driver() -> Iterator[Playwright]:
    """Playwright, once a process: beside one that some fixture holds to the end of the run it refuses to start."""
    if _running:
        yield _running[0]
        return
    expect.set_options(timeout=_PATIENCE_MS)
    with sync_playwright() as playwright:
        _running.append(playwright)
        try:
            yield playwright
        finally:
            _running.remove(playwright)


@contextmanager
def chromium() -> Iterator[Browser]:
    """The machine's own Chromium; its contexts are people with cookies of their own."""
    found = next((path for name in _NAMES if (path := shutil.which(name))), None)
    assert found is not None, "there is no chromium here: run  make deps  (or  sudo make deps)"
    with driver() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found,
            headless=True,
            args=[*_SWITCHES, "--autoplay-policy=no-user-gesture-required"],
        )
        yield browser
        browser.close()


@contextmanager
def chromium_page(url: str, authorization: str) -> Iterator[Page]:
    """A page of the server at `url`, whose every request carries the bearer token."""
    with chromium() as browser:
        page = browser.new_page(extra_http_headers={"Authorization": authorization})
        page.goto(url)
        yield page


def load(page: Page, path: str) -> float:
    """Open a recording in a player; its length in seconds as the player knows it before it plays."""
    return float(page.evaluate(_LOAD, path))


def seek(page: Page, second: float) -> tuple[float, float]:
    """Milliseconds until the player is there, and where it is."""
    took, at = page.evaluate(_SEEK, second)
    return float(took), float(at)


def play(page: Page) -> float:
    """Play until something was heard; where the player is then."""
    return float(page.evaluate(_PLAY))


def asked_ranges(page: Page, path: str) -> list[Any]:
    """Collects the Range header of each request to the path from now on."""
    ranges: list[Any] = []

    def note(request: Any) -> None:
        if request.url.split("?")[0].endswith(path):
            ranges.append(request.headers.get("range"))

    page.on("request", note)
    return ranges
