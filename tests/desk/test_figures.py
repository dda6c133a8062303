"""The month's figures at the desk: refusals first; each number is that of the rows behind its link, kept or not."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape

import pytest

from server.domain.requests import AddressError
from server.domain.visits import AddressOutcome, VisitState
from server.services.credit import PLACEMENT_JOB, PLACEMENTS_JOB
from server.services.month_figures import FIGURES_JOB, touch_months
from server.services.ports.jobs import Job
from tests.conftest import Desk
from tests.desk.conftest import Browser, seen
from tests.support import visit_values as values
from tests.support.cast import (
    AGENT,
    BRANCH,
    CLIENT_ID,
    COLLECTOR,
    IT,
    MANAGER,
    OTHER_BRANCH,
    OTHER_CLIENT_ID,
    OUTSIDE_MANAGER,
    Member,
)
from tests.support.paid import Paid
from tests.support.rows import at, change, keep
from tests.support.statements import statements_of

PAGE = "/desk/figures?month=2026-03"
VISITS = "/desk/figures/visits?month=2026-03&figure="
_LINK = re.compile(r'href="([^"]+)"[^>]* data-count="(\d+)"')


@pytest.fixture
def month(desk: Desk) -> Paid:
    """Visits of every course, some with proof, one with a letter; repayments two, seven and eleven days later."""
    case = Paid(desk)
    change(desk, case.met, outcome=AddressOutcome.FOUND)
    letter = case.visit(started_at=at("2026-03-20"), outcome=AddressOutcome.NOBODY)
    keep(desk, values.letter(letter), *values.letter_photos(letter))
    case.visit(started_at=at("2026-03-31", "23:59:59"), proven=False)
    case.visit(started_at=at("2026-04-01", "00:00:00"), proven=False)
    for state, began, reason in (
        (VisitState.IN_PROGRESS, at("2026-03-13"), None), (VisitState.FAILED, at("2026-03-14"), "unsafe"),
        (VisitState.FAILED, None, "lease expired"), (VisitState.FAILED, None, None),
    ):  # fmt: skip
        visit = case.visit(started_at=began, state=state, proven=False)
        change(desk, visit, valid_from=at("2026-03-02"), ended_reason=reason)
    case.pay(date(2026, 3, 17), 7_000)
    case.pay(date(2026, 3, 21), 100)
    return case


def counted(desk: Desk) -> None:
    desk.clock.move_to(desk.clock.now() + timedelta(minutes=1))
    desk.work()


def unfinished(desk: Desk) -> list[Job]:
    with desk.installation.house.units.read() as uow:
        return uow.jobs.unfinished_of([FIGURES_JOB, PLACEMENT_JOB, PLACEMENTS_JOB], 100)


def links(page: str) -> list[tuple[str, int]]:
    return [(unescape(href), int(count)) for href, count in _LINK.findall(page)]


def test_figures_that_there_are_not_are_refused(desk: Desk, month: Paid) -> None:
    manager = Browser(desk, MANAGER)
    for address in (
        f"{VISITS}share", f"{VISITS}begun'--", "/desk/figures/visits?month=2026-13", f"{VISITS}begun&branch=x",
        f"{PAGE}&client=1", "/desk/months/2026-03?clause=X1", "/desk/months/2026-03?days=7",
    ):  # fmt: skip
        assert manager.get(address).status_code == 422, address
    assert Browser(desk, IT).get(PAGE).status_code == 403


@pytest.mark.parametrize("kept", [False, True])
@pytest.mark.parametrize("member", [MANAGER, COLLECTOR, AGENT, OUTSIDE_MANAGER], ids=lambda one: one.username)
def test_each_number_is_that_of_the_rows_behind_it(
    desk: Desk, month: Paid, kept: bool, member: Member
) -> None:
    if kept:
        counted(desk)
    browser = Browser(desk, member)
    found = links(browser.page(PAGE))
    assert len(found) >= (4 if member is OUTSIDE_MANAGER else 30)
    assert any(count for _, count in found) is (member is not OUTSIDE_MANAGER)
    behind = {href: browser.page(f"{href}&limit=200").count("<tr data-row") for href, _ in found}
    assert behind == dict(found)


def test_a_branch_and_a_client_are_asked_for_by_themselves(desk: Desk, month: Paid) -> None:
    browser = Browser(desk, MANAGER)
    for branch, client, visits in (
        (BRANCH.id, CLIENT_ID, 5), (BRANCH.id, "", 5), (OTHER_BRANCH.id, "", 0), ("", OTHER_CLIENT_ID, 0),
    ):  # fmt: skip
        for kept in (False, True):
            if kept:
                counted(desk)
            found = links(browser.page(f"{PAGE}&branch={branch}&client={client}"))
            assert dict(found)[found[0][0]] == visits, (branch, client, kept)
            assert browser.page(f"{found[0][0]}&limit=200").count("<tr data-row") == visits


def test_the_page_says_since_when_and_an_empty_month_why(desk: Desk, month: Paid) -> None:
    browser = Browser(desk, MANAGER)
    assert "统计截至" not in seen(browser.page(PAGE))
    with desk.installation.house.units.write() as uow:
        touch_months(uow, ["2026-02"])
        uow.commit()
    counted(desk)
    assert "统计截至" in seen(browser.page(PAGE))
    assert "正在统计" not in seen(browser.page(PAGE))
    month.pay(date(2026, 3, 22), 100)
    assert "正在统计" in seen(browser.page(PAGE))
    elsewhere = PAGE.replace("-03", "-02")
    assert "统计截至" in seen(browser.page(elsewhere))
    assert "正在统计" not in seen(browser.page(elsewhere)), "nothing of February has changed"
    month.pay(date(2026, 2, 27), 100)
    assert "正在统计" in seen(browser.page(elsewhere)), "a repayment of February waits to be scored"
    while "credit." in str([job.kind for job in unfinished(desk)]):
        desk.work()
    counting = {str(job.payload["month"]) for job in unfinished(desk) if job.kind == FIGURES_JOB}
    for of_month in ("02", "03"):
        page = seen(browser.page(PAGE.replace("-03", f"-{of_month}")))
        assert ("正在统计" in page) is (f"2026-{of_month}" in counting)
    assert "2026-03" in counting
    assert "本月没有外访" in seen(browser.page("/desk/figures?month=2026-01"))
    assert "这一项目前没有外访" in seen(browser.page(f"{VISITS}outcome.moved"))


def test_pages_follow_each_other_without_a_gap(desk: Desk, month: Paid) -> None:
    browser = Browser(desk, MANAGER)
    seen_so_far, address = 0, f"{VISITS}begun&limit=2"
    for rows in (2, 2, 1):
        page = browser.page(address)
        assert page.count("<tr data-row") == rows
        seen_so_far += rows
        following = re.search(r'href="([^"]*after=[^"]*)"', page)
        assert (following is None) is (seen_so_far == 5)
        address = unescape(following[1]) if following else ""


def test_more_visits_behind_a_figure_ask_no_more_queries(desk: Desk, month: Paid) -> None:
    browser = Browser(desk, MANAGER)
    browser.page(f"{VISITS}begun")
    with statements_of(desk) as few:
        browser.page(f"{VISITS}begun")
    month.visit(started_at=at("2026-03-21"))
    Paid(desk)
    with statements_of(desk) as many:
        browser.page(f"{VISITS}begun")
    assert len(many) == len(few)


def test_wrong_addresses_stand_by_collector_and_lead_to_each_of_them(desk: Desk, month: Paid) -> None:
    """R13: three of a month are free; what another month or branch found is not told."""
    with desk.installation.house.units.write() as uow:
        for day, note in (
            ("03-01", "楼号不存在"),
            ("03-02", ""),
            ("03-03", ""),
            ("03-31", ""),
            ("04-01", ""),
        ):
            on = date.fromisoformat(f"2026-{day}")
            uow.address_errors.add(
                AddressError(
                    uow.new_id(), COLLECTOR.id, month.met.address_id, None, month.met.id, on, "door", note
                )
            )
        uow.commit()
    browser = Browser(desk, MANAGER)
    link = f"/desk/figures/errors?month=2026-03&amp;account={COLLECTOR.id}"
    page = browser.page(PAGE)
    row = re.search(rf'<a href="{re.escape(link)}"[^>]*>(\d+)</a></td>(.*?)</tr>', page)
    assert row is not None
    assert (row[1], seen(row[2])) == ("4", "3 ¥20.00")
    behind = browser.page(unescape(link))
    assert behind.count("<tr data-row") == 4
    assert "楼号不存在" in behind
    assert f"/desk/visits/{month.met.id}" in behind
    assert "本月没有发现错误地址" in seen(browser.page("/desk/figures?month=2026-01"))
    assert "法务提出的错误地址" not in seen(browser.page(f"{PAGE}&client={CLIENT_ID}"))
    assert "本月没有发现错误地址" in seen(Browser(desk, OUTSIDE_MANAGER).page(PAGE))
