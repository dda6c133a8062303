"""Two hundred hostile inputs through every form that is declared; every page over what was stored: text, no more."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from urllib.parse import quote_from_bytes

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser as Chromium
from werkzeug.test import TestResponse

from admin_ui.page import PAGES, Page
from api_schemas import base
from server.domain.access import SHIPPED
from storage.rows.seals import SEALS
from storage.rows.tables import METADATA
from tests.conftest import Desk
from tests.desk.conftest import Browser, seen
from tests.desk.test_pages import pages, path_of, refused_by_the_policy
from tests.desk.windows import window
from tests.house.world import World, build_world
from tests.support import cast
from tests.support.browser import chromium
from tests.support.hostile import COMPUTED, HOSTILE, HURT
from tests.support.samples import sample
from tests.support.served import served

pytestmark = pytest.mark.parametrize("environment", ["sqlite"], indirect=True)
FORMS = [page for page in PAGES.values() if page.method == "POST"]
READERS = (cast.DISPATCHER, cast.MANAGER, cast.QA)
# Columns that hold what somebody wrote; sealed ones and those of a choice hold nothing that was typed as it is.
TYPED = re.compile(
    r"(^|_)(note|reason|reasons|words|purpose|manner|answer|detail|text|filename|explanation)$"
)
SEALED = {seal.table for seal in SEALS}  # no hand changes these, not even a test's
STORED = (
    f"<script>window.{HURT}=1</script>'\"><img src=x onerror=window.{HURT}=1>{{{{ 7331 * 7 }}}}</td>=7331*7"
)
Fields = dict[str, bytes]


class Doors:
    """Whoever may send a form, signed in, and signed in anew when a form ended the session."""

    def __init__(self, desk: Desk, world: World) -> None:
        self.desk, self.world = desk, world
        self._windows: dict[str, Browser] = {}

    def send(self, page: Page, given: Fields) -> TestResponse:
        member = next(
            (m for m in cast.CAST if any(set(page.needs) & SHIPPED[post].keys() for post in m.posts)),
            cast.DISPATCHER,
        )
        browser = self._windows.get(member.username)
        if browser is None or browser.client.get_cookie("desk_csrf", path="/desk") is None:
            browser = self._windows[member.username] = Browser(self.desk, member)
        sent = {"version": b"1"} | given | {"csrf_token": browser.token.encode()}
        body = "&".join(f"{quote_from_bytes(_bytes(name))}={quote_from_bytes(v)}" for name, v in sent.items())
        headers = {"Content-Type": "application/x-www-form-urlencoded", "HX-Request": "true"}
        return browser.client.post(path_of(page, self.world), data=body, headers=headers)


def _bytes(name: str) -> bytes:
    return name.encode("utf-8", "surrogateescape")


def rounds(page: Page, world: World) -> Iterator[Fields]:
    """Forms filled in: each hostile input as a name of a field, in a field that takes words, some in a choice."""
    yield {words.decode("utf-8", "surrogateescape"): words for words in HOSTILE}
    yield {f"{kind}.{number}": words for number, words in enumerate(HOSTILE) for kind in RAW}
    if page.fields is None:
        return
    schema = page.fields()
    valid = {
        name: str(value).encode()
        for name, value in sample(schema, random.Random(page.name), world.known_fields).items()
    }
    typed = [name for name, field in schema.load_fields.items() if isinstance(field, base.Text)]
    chosen = [name for name in schema.load_fields if name not in typed]
    for names, inputs in ((typed, HOSTILE), (chosen, HOSTILE[::10])):
        for start in range(0, len(inputs), len(names)) if names else ():
            yield valid | dict(zip(names, inputs[start:], strict=False))


# What a form without a schema of its own calls its fields, by the id of a row.
RAW = ("decision", "version", "reason", "outcome", "reasons", "target")


def harmless(answer: TestResponse, what: str) -> None:
    """No mistake of ours, nothing executed, no way out of the house, nothing computed."""
    assert answer.status_code < 500, f"{what}: {answer.status_code} {seen(answer.text)[:300]}"
    assert answer.headers.get("Location", "/desk").startswith("/desk"), what
    assert all(HURT not in f"{name}{value}" for name, value in answer.headers), what
    if answer.mimetype == "text/html":
        assert refused_by_the_policy(answer.text) == [], what
        assert COMPUTED not in answer.text, what


def test_every_form_takes_hostile_words_as_text_or_refuses_them(desk: Desk) -> None:
    assert len(set(HOSTILE)) == len(HOSTILE) >= 200
    doors, asked = Doors(desk, build_world(desk)), 0
    for page in FORMS:
        for number, given in enumerate(rounds(page, doors.world)):
            harmless(doors.send(page, given), f"{page.name} {number}")
            asked += 1
    assert asked > len(FORMS)


def poison(desk: Desk) -> int:
    """Hostile words in every column that holds what somebody wrote; how many there are."""
    count = 0
    with desk.installation.engine.begin() as connection:
        for table in [table for table in METADATA.sorted_tables if table.name not in SEALED]:
            for column in table.columns:
                if TYPED.search(column.name) and type(column.type) in (sa.Text, sa.String):
                    connection.execute(sa.update(table).where(column.is_not(None)).values({column: STORED}))
                    count += 1
    return count


def test_every_page_shows_what_was_stored_as_text(desk: Desk) -> None:
    world = build_world(desk)
    assert poison(desk) > 20
    shown = 0
    for member in READERS:
        browser = Browser(desk, member)
        for page in pages("GET"):
            answer = browser.get(path_of(page, world))
            harmless(answer, f"{member.username} {page.name}")
            shown += answer.text.count(f"&lt;script&gt;window.{HURT}=1")
    assert shown > 20


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    with chromium() as opened:
        yield opened


@pytest.mark.slow
def test_a_browser_executes_nothing_of_it_and_the_policy_reports_none(desk: Desk, browser: Chromium) -> None:
    world = build_world(desk)
    poison(desk)
    with served(desk) as url, window(browser, url, cast.MANAGER) as opened:
        for name in SHOWN:
            opened.go(path_of(PAGES[name], world))
            assert opened.page.evaluate(f"window.{HURT}") is None, name
            assert opened.refused() == [], name


SHOWN = ("show_visit", "request_queue", "request_drawer", "show_incident", "flag_inbox", "fine_list")
