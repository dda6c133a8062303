"""Take every page of the desk as a picture: the demo branch, both languages, desk and tablet, light and dark.

    python -m scripts.desk_pictures FOLDER            all pages
    python -m scripts.desk_pictures FOLDER papers     those whose name has this in it

Each post signs in and follows the links that it is shown, and the forms that only ask, with their first rows ticked.
Of each page the first address that is found is taken, before the first post that finds it; some more are read for
their links, for a page leads to other pages in another state. What is longer than the window is scrolled and taken
again, as `-2`, `-3`. Then comes what a page shows when something was done there (scripts.desk_states), and last a
branch where nothing has happened yet, as `empty-`: each list says why it is empty. Pictures are for looking at; what
needs no eye is said in lines: a link that leads nowhere, a text that is cut, a page that is wider than its window or
scrolls twice, a bare key, and a page to which no link led.
Owns the walk. Refuses to know what stands on a page.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urldefrag, urlsplit

from playwright.sync_api import Browser, Error, Response
from playwright.sync_api import Page as Window
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule

import admin_ui.desk  # noqa: F401 -- declares the pages
from admin_ui.page import PAGES, Page
from admin_ui.words import WORDS
from scripts.desk_states import State, act, states
from scripts.guide_pictures import browser_with_letters, house, sign_in_at_desk
from server.bootstrap import build
from server.cli.installed import bring_up
from server.demo.load import open_empty
from server.settings import read_settings

LOGINS = (
    "dispatcher1", "manager1", "collector1", "teamlead1", "qa1", "it1", "admin1", "personnel1", "trainer1", "gm1",
)  # fmt: skip
LANGUAGES = ("zh", "en")
SIZES = {"desk": (1366, 768), "tablet": (820, 1180)}
LIGHTS = ("light", "dark")
_LINKS = """() => [...document.querySelectorAll('a[href^="/desk"]')]
  .map(link => link.getAttribute('href'))"""
_ASKS = """() => [...document.forms].filter(form => form.method === 'get'
    && new URL(form.action).pathname.startsWith('/desk')).map(form => {
  const boxes = [...form.elements].filter(one => one.type === 'checkbox');
  boxes.slice(0, 3).forEach(one => { one.checked = true; });
  return new URL(form.action).pathname + '?' + new URLSearchParams(new FormData(form));
})"""
_WAITS = 20_000  # ms
_ROBOTS_AT = "robots.example"
_READ_FOR_LINKS = 3  # addresses of a page that one page leads to
_FURTHER = 3  # times that a long page is scrolled
_FETCHED = {"show_sums"}  # by another page, where it is seen; its link goes with what comes in its place
_SCROLL = """() => {
  const panes = [document.querySelector('#drawer'), document.querySelector('main'), document.scrollingElement];
  const before = panes.map(pane => pane ? pane.scrollTop : 0);
  panes.forEach(pane => pane && pane.scrollBy(0, pane.clientHeight - 48));
  return panes.some((pane, at) => pane && pane.scrollTop > before[at] + 8);
}"""
_TO_TOP = (
    """() => ['#drawer', 'main', 'html'].forEach(pane => document.querySelector(pane)?.scrollTo(0, 0))"""
)
_TWO_SCROLLS = """() => document.scrollingElement.scrollHeight - document.scrollingElement.clientHeight > 1
  && getComputedStyle(document.querySelector('main')).overflowY === 'auto'"""
_CUT = """() => [...document.querySelectorAll('body *')].filter(one =>
    one.textContent.trim() && one.clientWidth && one.scrollWidth > one.clientWidth + 1
    && getComputedStyle(one).overflowX === 'hidden' && !one.classList.contains('unseen')
    && !one.classList.contains('leaflet-container'))
  .map(one => one.tagName.toLowerCase() + ': ' + one.textContent.trim().slice(0, 60))"""
_TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
_ADDRESSES = Map(
    [Rule(page.path, endpoint=page.name) for page in PAGES.values() if page.method == "GET"]
).bind("")
_KEY = re.compile(r"\b[a-z_]+(?:\.[a-z_]+)+\b")


def page_of(path: str) -> Page | None:
    """The declared page that an address leads to; None for a file, and what is no page of the desk."""
    try:
        name, _ = _ADDRESSES.match(path)
    except HTTPException:
        return None
    return PAGES[name] if PAGES[name].template else None


class Walk:
    """What was found so far, and what is wrong with it."""

    def __init__(self, folder: Path, wanted: str, before: str = "") -> None:
        self.folder, self.wanted, self.before = folder, wanted, before
        self.taken: set[str] = set()
        self.faults: list[str] = []

    def through(self, window: Window, url: str) -> None:
        """Follow the links breadth first from the home page; of pages alike a few are enough, from one page one."""
        ways, known, read = ["/desk"], {"/desk"}, Counter[tuple[str, str]]()
        while ways:
            way = ways.pop(0)
            answer = window.goto(url + way)
            page = page_of(urlsplit(way).path)
            if page is None or not self._good(answer, way):
                continue
            from_here = set()
            for href in window.evaluate(_LINKS) + window.evaluate(_ASKS):
                further, address = page_of(urlsplit(href).path), urldefrag(href).url
                if further is None or address in known or further.name in from_here - {page.name}:
                    continue
                if read[page.name, further.name] < _READ_FOR_LINKS:
                    read[page.name, further.name] += 1
                    from_here.add(further.name)
                    known.add(address)
                    ways.append(address)
            if page.name not in self.taken and self.wanted in self.before + page.name:
                self.taken.add(page.name)
                self._take_page(window, url + way, self.before + page.name)

    def acted(self, browser: Browser, url: str, state: State) -> None:
        """What a page shows when something was done there; done anew for each language, by somebody who just came."""
        for language in LANGUAGES:
            with _window(browser) as window:
                window.context.add_cookies([{"name": "desk_language", "value": language, "url": url}])
                try:
                    act(window, url, state)
                    self._take(window, f"{state.name}-{language}")
                except Error as never:
                    self.faults.append(f"{state.name} {language}: {str(never).splitlines()[-1].strip()}")

    def _good(self, answer: Response | None, way: str) -> bool:
        if answer is None or answer.status >= 400:
            self.faults.append(f"{way}: {answer.status if answer else 'no answer'}")
            return False
        return True

    def _take_page(self, window: Window, address: str, name: str) -> None:
        for language in LANGUAGES:
            window.context.add_cookies([{"name": "desk_language", "value": language, "url": address}])
            width, height = SIZES["desk"]
            window.set_viewport_size({"width": width, "height": height})
            window.goto(address)
            window.wait_for_load_state("networkidle")
            self._take(window, f"{name}-{language}")
        window.context.add_cookies([{"name": "desk_language", "value": LANGUAGES[0], "url": address}])

    def _take(self, window: Window, name: str) -> None:
        for size, (width, height) in SIZES.items():
            window.set_viewport_size({"width": width, "height": height})
            self.faults += [f"{name} {size}: {fault}" for fault in _faults(window)]
            for part in range(1, 2 + _FURTHER):
                if part > 1 and not window.evaluate(_SCROLL):
                    break
                for light in LIGHTS:
                    window.emulate_media(color_scheme=light)  # type: ignore[arg-type]
                    further = f"-{part}" if part > 1 else ""
                    window.screenshot(path=self.folder / f"{name}-{size}-{light}{further}.png")
            window.evaluate(_TO_TOP)


def _faults(window: Window) -> Iterator[str]:
    """What can be seen without an eye."""
    for cut in window.evaluate(_CUT):
        yield f"cut: {cut}"
    if (over := window.evaluate(_TOO_WIDE)) > 0:
        yield f"wider than its window by {over} px"
    if window.evaluate(_TWO_SCROLLS):
        yield "scrolls as a whole beside what scrolls in it"
    for word in _KEY.findall(window.inner_text("body")):
        if word in WORDS:
            yield f"bare key: {word}"


def _add_robot(window: Window, url: str) -> None:
    """S15: the demo has none, for where a robot may stand is the house's setting; nothing is sent to this one."""
    window.goto(f"{url}/desk/webhooks")
    window.locator("details:has(#robot-name) summary").click()
    window.fill("#robot-name", "外访组群")
    window.fill("#robot-url", f"https://{_ROBOTS_AT}/cgi-bin/webhook/send?key=invented")
    window.click("form:has(#robot-name) button[type=submit], form:has(#robot-name) button:not([type])")
    window.wait_for_load_state("networkidle")


@contextmanager
def _window(browser: Browser) -> Iterator[Window]:
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    context.set_default_timeout(_WAITS)
    yield context.new_page()
    context.close()


def _walk_all(walk: Walk, browser: Browser, url: str) -> None:
    for login in LOGINS:
        with _window(browser) as window:
            sign_in_at_desk(window, url, login)
            if login == "it1" and not walk.before:
                _add_robot(window, url)
            walk.through(window, url)
        print(f"{walk.before}{login}: {len(walk.taken)} pages so far", flush=True)


def _open_empty(data: Path) -> None:
    settings = read_settings(os.environ | {"FIELDVISIT_DATA_DIR": str(data)})
    installation = build(settings)
    bring_up(installation)
    installation.engine.dispose()
    open_empty(settings)


def main(folder: Path, wanted: str) -> None:
    """Walk as each post in turn; what is wrong is said at the end, and makes the run fail."""
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["FIELDVISIT_WEBHOOK_HOSTS"] = _ROBOTS_AT
    walk, empty = Walk(folder, wanted), Walk(folder, wanted, "empty-")
    with tempfile.TemporaryDirectory() as name, browser_with_letters(Path(name)) as browser:
        with house(Path(name)) as url:
            _walk_all(walk, browser, url)
            for state in states():
                if wanted in state.name:
                    walk.acted(browser, url, state)
        bare = Path(name, "empty")
        _open_empty(bare / "data")
        with house(bare, demo=False) as url:
            _walk_all(empty, browser, url)
    asked = {page.name for page in PAGES.values() if page.method == "GET" and page.needs and page.template}
    asked -= walk.taken | _FETCHED
    walk.faults += [f"{name}: no link led there" for name in sorted(asked) if wanted in name]
    found = walk.faults + [f"empty: {fault}" for fault in empty.faults]
    print("\n".join(found))
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "")
