"""Pay at the desk: whose payslip who sees, targets with their refusals, files, each line traced, few queries."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

import pytest

from admin_ui.desk import pay
from tests.conftest import Desk
from tests.desk.conftest import Browser, seen
from tests.support.cast import (
    AGENT,
    COLLECTOR,
    DISPATCHER,
    MANAGER,
    OUTSIDE_AGENT,
    OUTSIDE_MANAGER,
    PARTNER,
)
from tests.support.months import closed, published, turn_to
from tests.support.paid import Paid
from tests.support.statements import statements_of

MARCH, PAY = "/desk/pay?month=2026-03", "/desk/pay/2026-03"


@pytest.fixture
def paid(desk: Desk) -> Paid:
    """陈磊 and 王强 have half each of 500.01 yuan of 12 March."""
    return Paid(desk)


def test_pay_is_shown_to_nobody_whom_it_does_not_concern(desk: Desk, paid: Paid) -> None:
    assert Browser(desk, DISPATCHER).get(MARCH).status_code == 403
    agent = Browser(desk, AGENT)
    for path in (f"{PAY}/{PARTNER.id}", f"{PAY}/{PARTNER.id}/print"):
        assert agent.get(path).status_code == 404
    assert Browser(desk, OUTSIDE_MANAGER).get(f"{PAY}/{AGENT.id}").status_code == 404
    assert agent.post(f"{PAY}/targets", {f"target.{AGENT.id}": "1"}).status_code == 403
    assert agent.post(f"{PAY}/targets/copy").status_code == 403
    assert Browser(desk, MANAGER).get("/desk/pay?month=2026-13").status_code == 422


@pytest.mark.parametrize(("account", "amount", "status"), [
    (OUTSIDE_AGENT.id, "1", 404), (AGENT.id, "0", 422), (AGENT.id, "-1", 422), (AGENT.id, "many", 422),
    (AGENT.id, "1.005", 422), ("x", "1", 422), (DISPATCHER.id, "1", 422),
])  # fmt: skip
def test_a_target_that_is_none_is_refused(
    desk: Desk, paid: Paid, account: str, amount: str, status: int
) -> None:
    manager = Browser(desk, MANAGER)
    assert manager.post(f"{PAY}/targets", {f"target.{account}": amount}).status_code == status
    assert "未设任务" in seen(manager.page(MARCH))


def test_a_manager_sets_targets_and_takes_them_over_once(desk: Desk, paid: Paid) -> None:
    manager = Browser(desk, MANAGER)
    fields = {f"target.{AGENT.id}": "250", f"target.{PARTNER.id}": "1,000.5"}
    manager.done(f"{PAY}/targets", fields, part=False)
    text = seen(manager.page(MARCH))
    assert "陈磊 外访员 ¥250.01 100.00% 4%" in text.replace("100%", "100.00%")
    assert 'value="1000.50"' in manager.page(MARCH)
    assert "沿用 2026-03 的任务" in seen(manager.page("/desk/pay?month=2026-04"))
    manager.done("/desk/pay/2026-04/targets", {f"target.{AGENT.id}": "300"}, part=False)
    manager.done("/desk/pay/2026-04/targets/copy", part=False)
    page = manager.page("/desk/pay?month=2026-04")
    assert sorted(re.findall(r'name="target\.[0-9a-f-]+" inputmode[^>]* value="([0-9.]+)"', page)) == [
        "1000.50", "300.00",
    ]  # fmt: skip


def test_a_published_month_keeps_its_target(desk: Desk, paid: Paid) -> None:
    manager = Browser(desk, MANAGER)
    manager.done(f"{PAY}/targets", {f"target.{AGENT.id}": "250"}, part=False)
    published(desk)
    manager = Browser(desk, MANAGER)
    answer = manager.post(f"{PAY}/targets", {f"target.{AGENT.id}": "251"})
    assert answer.status_code == 409
    assert "2026-03 已公布，当月任务不再更改" in seen(answer.text)


def test_a_payslip_says_how_it_comes_about_and_leads_to_each_line(desk: Desk, paid: Paid) -> None:
    Browser(desk, MANAGER).done(f"{PAY}/targets", {f"target.{AGENT.id}": "250"}, part=False)
    agent = Browser(desk, AGENT)
    page = agent.page(MARCH)
    text = seen(page)
    assert "当月业绩 ¥250.01，任务 ¥250.00，完成率 100%，提成比例 4%，提成 ¥10.00（F1）" in text
    assert "合规系数 1" in text
    assert "暂定" in text
    (line,) = re.findall(r'class="open" href="(/desk/lines/[0-9a-f-]{36})"', page)
    assert paid.placement.case_number in seen(agent.page(line))
    assert seen(agent.page(f"{PAY}/{AGENT.id}")).split("应发")[1:] == text.split("应发")[1:]
    assert "逐笔明细（1 笔）" in seen(Browser(desk, COLLECTOR).page(MARCH))
    assert "本月没有计入的回款" in seen(agent.page("/desk/pay?month=2026-02"))


def test_a_payslip_of_many_lines_is_read_on(desk: Desk, paid: Paid, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pay, "_AT_ONCE", 2)
    for day in (13, 14, 15, 16):
        paid.pay(date(2026, 3, day), 10_000)
    for member, first in ((AGENT, MARCH), (MANAGER, f"{PAY}/{AGENT.id}")):
        browser, path, days = Browser(desk, member), first, list[str]()
        while path:
            page = browser.page(path)
            assert "逐笔明细（5 笔）" in seen(page)
            some = re.findall(r'<td class="whole">(2026-03-[0-9]{2})</td>', page)
            assert 1 <= len(some) <= 2
            days += some
            following = re.search(r'class="more"><td colspan="7"><a href="([^"]+)"', page)
            path = unescape(following[1]) if following else ""
        assert days == [f"2026-03-{day}" for day in (12, 13, 14, 15, 16)]
    gone = seen(Browser(desk, MANAGER).page(f"{PAY}/{AGENT.id}?after=agent.gone"))
    assert "2026-03-12" in gone


def test_a_closed_month_is_settled_and_its_files_are_taken(desk: Desk, paid: Paid) -> None:
    published(desk)
    closed(desk)
    manager = Browser(desk, MANAGER)
    assert "已结" in seen(manager.page(f"{PAY}/{AGENT.id}"))
    for path, kind in (("pay.csv", "text/csv"), ("pay.xlsx", "sheet"), (f"{AGENT.id}/print", "pdf")):
        answer = manager.get(f"{PAY}/{path}")
        assert answer.status_code == 200, path
        assert kind in (answer.content_type or ""), path
        assert "attachment" in answer.headers["Content-Disposition"]
    with desk.installation.house.units.read() as uow:
        taken = uow.trail.following("payslip.exported", 0, 10)
    assert [line.detail["format"] for line in taken] == ["csv", "xlsx", "pdf"]


def test_more_lines_and_people_ask_no_more_queries(desk: Desk, paid: Paid) -> None:
    turn_to(desk, "2026-03-20")
    desk.work()  # the month is added up, and touched by what comes after it
    Paid(desk)
    manager = Browser(desk, MANAGER)
    for path in (MARCH, f"{PAY}/{AGENT.id}"):
        manager.page(path)
        with statements_of(desk) as few:
            manager.page(path)
        Paid(desk)
        with statements_of(desk) as many:
            manager.page(path)
        assert len(many) == len(few), path
