"""Every page × every post: each sees its own and no others, in both languages, under the CSP, without a bare key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html.parser import HTMLParser

import pytest

from admin_ui.frame import places_for
from admin_ui.page import PAGES, Page
from admin_ui.words import WORDS
from server.domain.access import SHIPPED, Actor, Permission, Scope, widest
from tests.conftest import Desk
from tests.desk.conftest import Browser, seen
from tests.house.knocking import PARAMETER
from tests.house.world import World, build_world
from tests.support import cast

POSTS = (
    cast.COLLECTOR, cast.TEAM_LEAD, cast.AGENT, cast.DISPATCHER, cast.MANAGER, cast.PROJECT_LEAD, cast.DIRECTOR,
    cast.QA, cast.TRAINER, cast.PERSONNEL, cast.ADMINISTRATION, cast.IT, cast.GENERAL_MANAGER,
)  # fmt: skip
OPEN = {"sign_in_form", "sign_in", "password_form", "change_password", "preferences", "nowhere", "unlock"}
KEYS = tuple(key for key in WORDS if "." in key)
CHINESE = re.compile("[\u4e00-\u9fff]")


def path_of(page: Page, world: World) -> str:
    ids = {**world.ids, "clause_id": "R1", "kept_id": cast.known_id("kept list")}
    return PARAMETER.sub(lambda found: ids[found.group(1)], page.path)


def pages(method: str) -> list[Page]:
    """The declared ones that need a login; of what is read, those that are pages and no files."""
    found = [page for page in PAGES.values() if page.method == method and page.needs]
    return found if method == "POST" else [page for page in found if page.template]


def may_see(page: Page, grants: Mapping[Permission, Scope]) -> bool:
    return any(permission is Permission.SELF or permission in grants for permission in page.needs)


def files() -> list[Page]:
    return [page for page in PAGES.values() if page.method == "GET" and page.needs and not page.template]


def test_every_page_declares_what_it_needs_or_is_a_known_open_door(desk: Desk) -> None:
    routed = {
        rule.endpoint
        for rule in desk.client.application.url_map.iter_rules()
        if rule.endpoint.startswith("desk.")
    }
    assert routed == {f"desk.{name}" for name in PAGES} | {"desk.static"}
    assert {name for name, page in PAGES.items() if not page.needs} == OPEN


def test_without_a_login_no_page_shows_anything(desk: Desk, nobody: Browser) -> None:
    world = build_world(desk)
    for page in PAGES.values():
        if page.needs:
            answer = nobody.client.open(path_of(page, world), method=page.method)
            assert answer.status_code == 303, page.name
            assert answer.headers["Location"].startswith("/desk/sign-in?next="), page.name


@pytest.mark.parametrize("environment", ["sqlite"], indirect=True)
@pytest.mark.parametrize("member", POSTS, ids=lambda member: member.posts[0].value)
def test_each_post_sees_its_pages_and_no_others(desk: Desk, member: cast.Member) -> None:
    world = build_world(desk)
    browser = Browser(desk, member)
    grants = widest(SHIPPED[post] for post in member.posts)
    for page in pages("GET"):
        may = may_see(page, grants)
        answer = browser.get(path_of(page, world))
        good = (200, 404) if PARAMETER.search(page.path) else (200,)
        assert answer.status_code in (good if may else (403,)), (
            f"{page.name}: {answer.status_code} {seen(answer.text)}"
        )
        proper(answer.text, answer.headers["Content-Security-Policy"], page.name)
        answer.close()
    for page in files():
        answer = browser.get(path_of(page, world))
        assert (answer.status_code == 403) is not may_see(page, grants), page.name
        assert answer.status_code < 500, page.name
        answer.close()
    for page in pages("POST"):
        if not may_see(page, grants):
            assert browser.post(path_of(page, world)).status_code == 403, page.name


@pytest.mark.parametrize("environment", ["sqlite"], indirect=True)
@pytest.mark.parametrize("member", POSTS, ids=lambda member: member.posts[0].value)
def test_the_rail_leads_where_one_may_go_and_nowhere_else(desk: Desk, member: cast.Member) -> None:
    browser = Browser(desk, member)
    rail = browser.page("/desk").partition('<nav id="rail"')[2].partition("</nav>")[0]
    shown = re.findall(r'<li><a href="([^"]+)"', rail)
    actor = Actor(
        member.id, member.username, member.name, frozenset(member.posts), widest(SHIPPED[p] for p in member.posts),
        None, None, None,
    )  # fmt: skip
    assert [href.replace("&amp;", "&") for href in shown] == [place.href for place in places_for(actor)]
    for href in shown:
        assert browser.get(href.replace("&amp;", "&")).status_code == 200, href


@pytest.mark.parametrize("environment", ["sqlite"], indirect=True)
def test_no_english_page_has_chinese_of_ours(desk: Desk) -> None:
    world = build_world(desk)
    browser = Browser(desk, cast.DISPATCHER)
    browser.client.set_cookie("desk_language", "en", path="/desk")
    data = [member.name for member in cast.CAST]
    for page in pages("GET"):
        text = seen(without_quotes(browser.get(path_of(page, world)).text))
        for word in data:
            text = text.replace(word, "")
        ours = {zh for zh, _ in WORDS.values() if len(zh) > 3 and CHINESE.search(zh) and zh in text}
        assert ours == set(), page.name


@pytest.mark.parametrize("path", ["/desk/nowhere/at/all", "/desk/static/desk/nowhere.css"])
def test_an_address_that_there_is_not_is_a_page_too(dispatcher: Browser, nobody: Browser, path: str) -> None:
    for browser in (dispatcher, nobody):
        answer = browser.get(path)
        assert answer.status_code == 404
        assert answer.content_type.startswith("text/html")
        assert "没有找到" in seen(answer.text)
    assert dispatcher.get("/desk/requests/01234567-89ab-7def-8123-456789abcdef").status_code == 404
    assert dispatcher.get("/desk/requests?colour=red").status_code == 422
    assert dispatcher.get("/desk/clauses/Z9").status_code == 404


def test_files_are_kept_by_the_browser_and_pages_are_not(dispatcher: Browser) -> None:
    page = dispatcher.get("/desk")
    assert page.headers["Cache-Control"] == "no-store"
    (style,) = re.findall(r'href="(/desk/static/desk/tokens\.css\?v=[0-9a-f]{12})"', page.text)
    answer = dispatcher.get(style)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    answer.close()


def test_language_and_light_are_chosen_and_kept(dispatcher: Browser) -> None:
    answer = dispatcher.get("/desk/preferences?language=en&theme=dark&back=/desk/account")
    assert answer.headers["Location"] == "/desk/account"
    page = dispatcher.page("/desk/account")
    assert 'lang="en" data-theme="dark"' in page
    assert "My account" in page
    dispatcher.get("/desk/preferences?language=tlh&theme=neon")
    assert 'lang="en" data-theme="dark"' in dispatcher.page("/desk/account")


def without_quotes(html: str) -> str:
    """The handbook is quoted in Chinese, papers for others are printed in it, and the language is named in its own."""
    return re.sub(r'<(q|a|section)\b[^>]* lang="zh-CN"[^>]*>.*?</\1>', "", html, flags=re.DOTALL)


class _Walker(HTMLParser):
    """Collects what the CSP would refuse, and the text that a reader sees."""

    def __init__(self) -> None:
        super().__init__()
        self.refused: list[str] = []
        self.ids: list[str] = []
        self._script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._script = tag in ("script", "style")
        if tag == "style" or (tag == "script" and not given.get("src")):
            self.refused.append(tag)
        self.refused += [name for name in given if name == "style" or name.startswith(("on", "hx-on"))]
        for name in ("src", "href", "action", "hx-get", "hx-post"):
            value = given.get(name) or "/"
            if not value.startswith(("/", "#", "?")):
                self.refused.append(f"{name}={value}")
        if given.get("id"):
            self.ids.append(str(given["id"]))


def refused_by_the_policy(html: str) -> list[str]:
    """What of a page a browser would not take: inline scripts and styles, addresses outside the house."""
    walker = _Walker()
    walker.feed(html)
    return walker.refused


def proper(html: str, csp: str, name: str) -> None:
    """No inline script or style, no address outside the house, no id twice, no bare key."""
    assert "script-src 'self';" in csp, name
    assert "style-src 'self';" in csp, name
    walker = _Walker()
    walker.feed(html)
    assert walker.refused == [], name
    assert len(set(walker.ids)) == len(walker.ids), f"{name}: {walker.ids}"
    text = seen(html)
    assert [key for key in KEYS if f" {key} " in f" {text} "] == [], name
