"""The page from which a phone comes to trust the house: in both languages, light and dark, for any eyes and thumbs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Playwright, expect

from server.doorway import create_doorway
from storage.authority import Authority
from tests.support.phone_app import HEIGHT, WIDTH, chromium, faults_of
from tests.support.served import serving

pytestmark = pytest.mark.slow

FINGERPRINT = ":".join(["AB"] * 32)


@pytest.fixture(scope="module")
def door() -> Iterator[str]:
    own = Authority(b"\x30\x03\x02\x01\x05", FINGERPRINT, datetime(2026, 3, 10, tzinfo=UTC))
    app = create_doorway(own, lambda: ("127.0.0.1", "branch-pc.local"), 8443)
    with serving(app) as url:
        yield url


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    opened = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
    yield opened
    opened.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("locale", "own", "other", "other_title"),
    [
        ("zh-CN", "zh-CN", "en", "Install the certificate"),
        ("en-GB", "en", "zh-CN", "安装证书"),
        # Whoever reads neither is shown the house's first language.
        ("fr-FR", "zh-CN", "en", "Install the certificate"),
    ],
)
def test_the_page_is_in_the_readers_language_and_fit_for_all(
    browser: Browser, door: str, locale: str, own: str, other: str, other_title: str, scheme: str
) -> None:
    told = {"color_scheme": scheme, "viewport": {"width": WIDTH, "height": HEIGHT}}
    page = browser.new_page(locale=locale, **told)
    page.goto(f"{door}/ca")
    expect(page.locator("html")).to_have_attribute("lang", own)
    for summary in page.locator("summary").all():
        summary.click()
    assert faults_of(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "it scrolls sideways"
    folder = os.environ.get("FIELDVISIT_PICTURES")
    if folder:
        page.screenshot(path=f"{folder}/ca-{own}-{scheme}.png", full_page=True)
    page.click(".languages a")
    expect(page.locator("html")).to_have_attribute("lang", other)
    expect(page.locator("h1")).to_have_text(other_title)
    page.close()
