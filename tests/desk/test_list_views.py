"""Lists as one keeps them: refusals first; filters under names, columns left out, own alone, in the file too."""

from __future__ import annotations

import re

import pytest

from admin_ui.page import LISTS
from admin_ui.shown_rows import read_table
from server.domain.kept_lists import MOST_KEPT
from tests.conftest import Desk
from tests.desk.conftest import Browser, seen
from tests.desk.test_list_exports import lines, taken
from tests.desk.test_requests import waiting
from tests.house.world import build_world
from tests.support.cast import COLLECTOR, DISPATCHER, IT, MANAGER
from tests.support.rows import fresh_id

QUEUE = "/desk/requests"
FILTERS, COLUMNS = "/desk/lists/filters", "/desk/lists/columns"
KEPT = {"path": QUEUE, "query": "state=filed", "name": "今天的"}
_OFFERED = re.compile(r'name="columns" value="([^"]*)"')
_TICKED = re.compile(r'name="show\.([a-z_.]+)" value="1"( checked)?( disabled)?')
_CLASS = re.compile(r'<main [^>]*class="([^"]*)"')


def offered(browser: Browser, path: str = QUEUE) -> list[str]:
    found = _OFFERED.search(browser.page(path))
    return [] if found is None else found[1].split()


def choose(browser: Browser, *left_out: str, path: str = QUEUE, query: str = "") -> None:
    keys = offered(browser, path)
    ticked = {f"show.{key}": "1" for key in keys[1:] if key not in left_out}
    browser.done(COLUMNS, {"path": path, "query": query, "columns": " ".join(keys)} | ticked, part=False)


def hidden(html: str) -> list[str]:
    """The headings that the page's style leaves out, by the classes of its place."""
    found = _CLASS.search(html)
    assert found is not None
    table = read_table(html)
    return [table.headings[int(name.removeprefix("without-")) - 1] for name in found[1].split()]


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"name": " "}, 422), ({"name": "x" * 41}, 422), ({"name": "a\x00b"}, 422), ({"extra": "1"}, 422),
        ({"query": "colour=red"}, 422), ({"query": "state=nonsense"}, 422), ({"path": "/desk/account"}, 404),
        ({"path": "//evil.example"}, 422), ({"path": "/desk/requests/../people"}, 422),
    ],
)  # fmt: skip
def test_filters_that_the_list_would_not_take_are_not_kept(
    desk: Desk, dispatcher: Browser, changes: dict[str, str], status: int
) -> None:
    assert dispatcher.post(FILTERS, KEPT | changes).status_code == status
    with desk.installation.house.units.read() as uow:
        assert uow.kept_lists.having() == []


@pytest.mark.parametrize(
    "changes",
    [
        {"columns": ""}, {"columns": "case.number nothing.here"}, {"columns": "case.number <b>"},
        {"show.case.secret": "1"}, {"other": "1"},
    ],
)  # fmt: skip
def test_columns_that_there_are_not_are_refused(
    desk: Desk, dispatcher: Browser, changes: dict[str, str]
) -> None:
    form = {"path": QUEUE, "columns": "case.number case.debtor", "show.case.debtor": "1"}
    assert dispatcher.post(COLUMNS, form | changes).status_code == 422
    assert dispatcher.post(COLUMNS, form | {"path": "/desk/none"}).status_code == 404
    with desk.installation.house.units.read() as uow:
        assert uow.kept_lists.having() == []


def test_a_filter_is_kept_opened_replaced_and_dropped(desk: Desk, dispatcher: Browser) -> None:
    asked = KEPT | {"query": "state=filed&after=xyz&open=1&limit=5"}
    dispatcher.done(FILTERS, asked, part=False)
    page = dispatcher.page(QUEUE)
    assert f'href="{QUEUE}?state=filed">今天的</a>' in page
    assert f'href="{QUEUE}?state=filed" aria-current="page">今天的</a>' in dispatcher.page(
        f"{QUEUE}?state=filed"
    )
    dispatcher.done(FILTERS, KEPT | {"query": "state=returned"}, part=False)
    page = dispatcher.page(QUEUE)
    assert f'href="{QUEUE}?state=returned">今天的</a>' in page
    assert page.count("今天的</a>") == 1
    (kept,) = set(re.findall(rf'action="{FILTERS}/([0-9a-f-]+)/remove"', page))
    dispatcher.done(f"{FILTERS}/{kept}/remove", part=False)
    assert "今天的" not in dispatcher.page(QUEUE)
    assert dispatcher.post(f"{FILTERS}/{kept}/remove").status_code == 404


def test_what_one_keeps_is_nobody_elses(desk: Desk, dispatcher: Browser) -> None:
    waiting(desk)
    dispatcher.done(FILTERS, KEPT, part=False)
    choose(dispatcher, "case.debtor")
    manager = Browser(desk, MANAGER)
    page = manager.page(QUEUE)
    assert "今天的" not in page
    assert hidden(page) == []
    assert hidden(dispatcher.page(QUEUE)) == ["借款人"]
    with desk.installation.house.units.read() as uow:
        rows = uow.kept_lists.having(account_id=DISPATCHER.id)
    for row in rows:
        assert manager.post(f"{FILTERS}/{row.id}/remove").status_code == 404
    (columns,) = [row for row in rows if not row.name]
    assert dispatcher.post(f"{FILTERS}/{columns.id}/remove").status_code == 404, "it is no filter"
    assert dispatcher.post(f"{FILTERS}/{fresh_id()}/remove").status_code == 404


def test_one_filter_more_than_the_most_is_refused(desk: Desk, dispatcher: Browser) -> None:
    for number in range(MOST_KEPT):
        dispatcher.done(FILTERS, KEPT | {"name": f"筛选{number}"}, part=False)
    refused = dispatcher.post(FILTERS, KEPT | {"name": "再一个"})
    assert refused.status_code == 422
    assert "最多保存 20 个筛选" in seen(refused.text)
    dispatcher.done(FILTERS, KEPT | {"name": "筛选0", "query": ""}, part=False)
    dispatcher.done(FILTERS, KEPT | {"path": "/desk/visits", "query": "", "name": "再一个"}, part=False)


def test_a_hostile_name_is_text(desk: Desk, dispatcher: Browser) -> None:
    dispatcher.done(FILTERS, KEPT | {"name": '"><script>alert(1)</script>'}, part=False)
    page = dispatcher.page(QUEUE)
    assert "<script>alert" not in page
    assert '"><script>alert(1)</script>' in seen(page)


def test_columns_left_out_are_out_of_the_page_and_of_the_file(desk: Desk) -> None:
    waiting(desk)
    manager = Browser(desk, MANAGER)
    every = read_table(manager.page(QUEUE)).headings
    told = lines(taken(manager, query="")[1])[0].split(",")
    assert "借款人" in told
    choose(manager, "case.debtor", "case.addresses", query="state=filed")
    page = manager.page(QUEUE)
    assert hidden(page) == ["借款人", "地址"]
    ticked = {key: bool(checked) for key, checked, _ in _TICKED.findall(page)}
    assert not ticked["case.debtor"]
    assert ticked["case.number"]
    left = lines(taken(manager, query="")[1])[0].split(",")
    assert left == [name for name in told if name not in ("借款人", "地址")]
    manager.client.set_cookie("desk_language", "en", path="/desk")
    assert hidden(manager.page(QUEUE)) == ["Debtor", "Addresses"], "the same columns in the other language"
    manager.client.set_cookie("desk_language", "zh", path="/desk")
    choose(manager)
    assert hidden(manager.page(QUEUE)) == []
    assert read_table(manager.page(QUEUE)).headings == every


def test_the_first_column_leads_to_the_row_and_stays(desk: Desk, dispatcher: Browser) -> None:
    waiting(desk)
    keys = offered(dispatcher)
    dispatcher.done(COLUMNS, {"path": QUEUE, "columns": " ".join(keys)}, part=False)
    page = dispatcher.page(QUEUE)
    assert len(hidden(page)) == len(keys) - 1
    assert read_table(page).headings.index("案件") not in [
        read_table(page).headings.index(name) for name in hidden(page)
    ]


def test_every_list_has_its_columns_by_key_and_room_for_filters(desk: Desk) -> None:
    """The style knows as many columns as any list has."""
    build_world(desk)
    with Browser(desk).get("/desk/static/desk/parts.css") as answer:
        style = answer.get_data(as_text=True)
    browsers = [Browser(desk, member) for member in (MANAGER, COLLECTOR)]
    met = set()
    for path in LISTS:
        for browser in browsers:
            answer = browser.get(path)
            if answer.status_code != 200:
                continue
            assert f'action="{FILTERS}"' in answer.text, path
            table = read_table(answer.text)
            if table.headings:
                met.add(path)
                named = [key for key in table.keys if key]
                assert len(named) == len(set(named)) >= len(table.headings) - 1, (path, table.keys)
                assert f".without-{len(table.headings)} " in style, path
    assert len(met) > 6, met


@pytest.mark.parametrize("environment", ["sqlite"], indirect=True)
def test_english_tabs_begin_alike_whatever_their_words_are_elsewhere(desk: Desk) -> None:
    walked = set()
    for member, path in (
        (MANAGER, "/desk/flags"), (IT, "/desk/jobs"), (MANAGER, "/desk/fines"),
        (IT, "/desk/packs"), (IT, "/desk/imports"), (MANAGER, "/desk/visits"),
        (IT, "/desk/people"), (MANAGER, "/desk/disputes"), (IT, "/desk/daily-checks"),
    ):  # fmt: skip
        browser = Browser(desk, member)
        browser.client.set_cookie("desk_language", "en", path="/desk")
        for part in browser.page(path).split('<nav class="tabs"')[1:]:
            words = re.findall(r"<li><a [^>]*>([^<]+)", part.partition("</nav>")[0])
            assert words
            assert [word for word in words if word[0].islower()] == [], path
            walked.add(path)
    assert len(walked) >= 7
