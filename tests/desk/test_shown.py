"""How values look to a reader: what a browser calls itself, and a text with its blanks."""

from __future__ import annotations

from datetime import date

import pytest

from admin_ui.shown import Shown
from admin_ui.words import Words

SHOWN = Shown(Words("zh"), date(2026, 11, 27))
_WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("user_agent", "said"),
    [
        (
            f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_WEBKIT} Chrome/130.0 Safari/537.36",
            "Chrome 130 · Windows",
        ),
        (
            f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_WEBKIT} Chrome/130.0 Safari/537.36 Edg/130.0",
            "Edge 130 · Windows",
        ),
        (
            f"Mozilla/5.0 (Linux; Android 14) {_WEBKIT} Chrome/130.0 Mobile Safari/537.36",
            "Chrome 130 · Android",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
            "Safari 18 · iOS",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0", "Firefox 131 · Linux"),
        (
            f"Mozilla/5.0 (Linux; Android 10; K) {_WEBKIT} Chrome/123.0 Mobile Safari/537.36 EdgA/123.0",
            "Edge 123 · Android",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1",
            "Safari 18 · iOS",
        ),
        (
            f"Mozilla/5.0 (Windows NT 10.0) {_WEBKIT} Chrome/108.0 Safari/537.36 MicroMessenger/7.0.20",
            "WeChat 7 · Windows",
        ),
        ("python-requests/2.32", "python-requests/2.32"),
        ("", ""),
    ],
)
def test_a_browser_is_called_as_a_person_calls_it(user_agent: str, said: str) -> None:
    assert SHOWN.machine(user_agent) == said


def test_a_day_stays_whole_and_what_stands_around_it_stays_text() -> None:
    told = SHOWN.unbroken("<b> paid on 2026-11-01, E-2026-1")
    assert told == '&lt;b&gt; paid on <span class="unbroken">2026-11-01</span>, E-2026-1'


def test_only_the_blanks_that_there_are_are_told_from_the_text() -> None:
    pieces = list(SHOWN.blanks("{debtor_name}您好，{nobody}：{seal}"))
    assert pieces == [
        ("", False), ("debtor_name", True), ("您好，{nobody}：", False), ("seal", True), ("", False),
    ]  # fmt: skip
