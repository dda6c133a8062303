"""The simulator at the desk: refusals first; what moves with its reasons, the plots, progress, nothing written."""

from __future__ import annotations

import re
from datetime import date

import pytest

from admin_ui.plots import DAYS, HEIGHT, WIDTH, bars, days
from server.services.ports.simulation import Change
from tests.conftest import Desk
from tests.desk.conftest import Browser, seen
from tests.support.cast import AGENT, DIRECTOR, DISPATCHER, MANAGER, OUTSIDE_MANAGER, Member
from tests.support.paid import Paid
from tests.support.statements import statements_of

SIMULATOR = "/desk/simulator"
YEAR = {"base": "held", "from": "2026-01-01", "to": "2026-12-31"}


@pytest.fixture
def paid(desk: Desk) -> Paid:
    """Met on 10 March; one repayment within the month, one on the day that only another reading counts in."""
    made = Paid(desk)
    made.pay(date(2026, 4, 10), 70_003)
    return made


def gathered(desk: Desk, member: Member = MANAGER) -> Browser:
    browser = Browser(desk, member)
    browser.done(f"{SIMULATOR}/facts", part=False)
    desk.work()
    return browser


@pytest.mark.parametrize("member", [AGENT, DISPATCHER])
def test_who_decides_no_rule_has_no_simulator(desk: Desk, member: Member) -> None:
    browser = Browser(desk, member)
    assert browser.get(SIMULATOR).status_code == 403
    assert browser.post(SIMULATOR, YEAR).status_code == 403


def test_without_facts_the_page_says_so_and_gathers_them(desk: Desk, paid: Paid) -> None:
    manager = Browser(desk, MANAGER)
    assert "还没有可供模拟的数据" in seen(manager.page(SIMULATOR))
    assert manager.post(SIMULATOR, YEAR).status_code == 409
    waiting = manager.done(f"{SIMULATOR}/facts")
    assert "/desk/simulator/facts" in waiting
    assert "every 2s" in waiting
    desk.work()
    there = manager.page(f"{SIMULATOR}/facts", part=True)
    assert "1 件委案" in seen(there)
    assert "every 2s" not in there


@pytest.mark.parametrize(("changed", "words"), [
    ({"base": "own", "document": "[[edition]]\neffective_from = 2026-01-01\nrelay_dayz = 8\n"}, "第 3 行"),
    ({"base": "own", "document": "letter_days = 6\nrelay_days = -1\n"}, "第 2 行"),
    ({"base": "own", "document": "[["}, "is no TOML"),
    ({"base": "own", "document": "reachable_days = 31\n"}, "reachable_days"),
    ({"letter_days": "six"}, "letter_days"),
    ({"half_ratio": "-1"}, "half_ratio"),
    ({"from": "2026-12-31", "to": "2026-12-30"}, "期间不能使用"),
])  # fmt: skip
def test_what_cannot_be_compared_is_refused_by_its_line(
    desk: Desk, paid: Paid, changed: dict[str, str], words: str
) -> None:
    manager = gathered(desk)
    for part in (True, False):
        answer = manager.post(SIMULATOR, YEAR | changed, part=part)
        assert answer.status_code == 422, seen(answer.text)
        assert words in seen(answer.text)


@pytest.mark.parametrize("base", ["2020-01-01", "proposal:x", "elsewhere"])
def test_a_policy_that_there_is_not_is_not_found(desk: Desk, paid: Paid, base: str) -> None:
    assert gathered(desk).post(SIMULATOR, YEAR | {"base": base}).status_code == 404


def test_another_reading_shows_its_line_its_reason_and_three_plots(desk: Desk, paid: Paid) -> None:
    manager = gathered(desk)
    page = manager.done(SIMULATOR, YEAR | {"month_end": "same_day"}, part=False)
    text = seen(page)
    assert "1 笔回款（合计 ¥700.03）的归属会改变" in text
    assert f"{paid.placement.case_number} 2026-04-10 ¥700.03 不计入" in text
    assert "+¥700.03 +1 笔" in text
    assert page.count("<svg viewBox") == 3
    assert 'month_end = "same_day"' in text.replace("&#34;", '"')
    same = manager.done(SIMULATOR, YEAR | {"base": "2019-12-20"}, part=False)
    assert "没有一笔回款的归属会改变" in seen(same)


def test_with_scripts_the_page_asks_for_the_answer_and_how_far_it_is(desk: Desk, paid: Paid) -> None:
    manager = gathered(desk)
    running = manager.done(SIMULATOR, YEAR | {"base": "own", "document": 'month_end = "same_day"'})
    assert 'hx-trigger="load"' in running
    assert manager.get(f"{SIMULATOR}/progress", part=True).status_code == 200
    names = ("policy", "from", "to")
    sent = {name: re.findall(rf'name="{name}" value="([^"]*)"', running)[0] for name in names}
    sent["policy"] = sent["policy"].replace("&#34;", '"')
    answer = manager.done(f"{SIMULATOR}/answer", sent)
    assert "1 笔回款（合计 ¥700.03）的归属会改变" in seen(answer)
    assert manager.get(f"{SIMULATOR}/progress", part=True).status_code == 286
    beyond = manager.done(f"{SIMULATOR}/answer", sent | {"after": "1"})
    assert "2026-04-10 ¥700.03" not in seen(beyond)


def test_a_branch_compares_its_own_lines(desk: Desk, paid: Paid) -> None:
    other = gathered(desk, OUTSIDE_MANAGER)
    asked = YEAR | {"month_end": "same_day"}
    assert "没有一笔回款的归属会改变" in seen(other.done(SIMULATOR, asked, part=False))
    assert "1 笔回款" in seen(Browser(desk, DIRECTOR).done(SIMULATOR, asked, part=False))


def test_more_lines_ask_no_more_queries(desk: Desk, paid: Paid) -> None:
    manager, asked = gathered(desk), YEAR | {"month_end": "same_day"}
    with statements_of(desk) as few:
        manager.done(SIMULATOR, asked, part=False)
    for _ in range(4):
        Paid(desk).pay(date(2026, 4, 10), 1_000)
    gathered(desk)
    with statements_of(desk) as many:
        assert "5 笔回款" in seen(manager.done(SIMULATOR, asked, part=False))
    assert len(many) == len(few)


def test_bars_begin_at_zero_and_the_longest_fills_the_drawing() -> None:
    drawn = bars([Change("a", 1, 100, 1, 400), Change("b", 1, -50, 0, 0)], str.upper)
    assert [(one.label, one.before, one.after) for one in drawn] == [("A", WIDTH / 4, WIDTH), ("B", 0, 0)]
    assert bars([], str) == []


def test_days_have_a_column_each_and_later_ones_one_together() -> None:
    shown = days([Change(str(day), 1, 10, 1, 20) for day in (0, DAYS - 1, DAYS, DAYS + 1)])
    heights = {one.day: (one.before, one.after) for one in shown.columns if one.after}
    assert heights == {
        0: (HEIGHT / 4, HEIGHT / 2),
        DAYS - 1: (HEIGHT / 4, HEIGHT / 2),
        DAYS: (HEIGHT / 2, HEIGHT),
    }
    assert (len(shown.columns), shown.top_fen) == (DAYS + 1, 40)
