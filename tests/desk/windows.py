"""People at windows of a real Chromium: signed in by the door, watched for what the CSP refuses and what axe finds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from tests.support import cast

AXE = Path(__file__).parents[2] / ".peers" / "node_modules" / "axe-core" / "axe.min.js"
_WATCH = """window.refusedByCsp = [];
document.addEventListener('securitypolicyviolation', event =>
  window.refusedByCsp.push(event.violatedDirective + ' ' + event.blockedURI));"""
_RUN_AXE = """async rules => {
  const found = await axe.run(document, {resultTypes: ['violations'], ...(rules && {runOnly: rules})});
  return found.violations.map(one => one.id + ': ' + one.nodes.map(node => node.target.join(' ')).join(', '));
}"""


@dataclass
class Window:
    """A page with what went wrong on it so far."""

    page: Page
    url: str
    errors: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        self.page.goto(f"{self.url}{path}")
        self.page.wait_for_load_state("networkidle")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def sign_in(self, member: cast.Member) -> None:
        self.page.fill("#username", member.username)
        self.page.fill("#password", cast.PASSWORD)
        self.page.click("button.main")

    def violations(self) -> list[str]:
        """What axe finds on the page as it is now. It is put in from beside: no page may load it."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found: list[str] = self.page.evaluate(_RUN_AXE)
        return found

    def violations_in_both_lights(self) -> list[str]:
        """The same, and what of it hangs on colour once more in the dark."""
        found = self.violations()
        self.page.emulate_media(color_scheme="dark")
        found += [f"dark {one}" for one in self.page.evaluate(_RUN_AXE, ["color-contrast"])]
        self.page.emulate_media(color_scheme="light")
        return found

    def refused(self) -> list[str]:
        found: list[str] = self.page.evaluate("window.refusedByCsp")
        return found


@contextmanager
def window(browser: Browser, url: str, member: cast.Member | None, **options: Any) -> Iterator[Window]:
    """A window of somebody's own; errors of scripts fail the test."""
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN", **options)
    context.add_init_script(_WATCH)
    opened = Window(context.new_page(), url)
    opened.page.on("pageerror", lambda error: opened.errors.append(str(error)))
    opened.go("/desk/sign-in")
    if member is not None:
        opened.sign_in(member)
        opened.page.wait_for_url("**/desk")
    yield opened
    assert opened.errors == []
    assert opened.refused() == []
    context.close()
