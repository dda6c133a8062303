"""A whole month in a real Chromium, each at a window of the own: from the client's file to the month that is closed.

What covers the sentence of the journeys, in one place:

- a whole month from request to closing with five logins, a reload and the back button in the middle of it, and logins
  that are over and lead back to the page: here;
- each post sees its pages and no others: `test_pages.py` for every page and post; here what each must not open;
- two dispatchers edit the same request, a form whose login has ended, back and reload beside a drawer:
  `test_journeys.py`;
- two dispatchers plan the same day: `test_board.py`.

The visit itself is told by the API with real files, as a phone does it. Owns the journey. Refuses to build by rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from server.domain.credit import StatementState
from server.domain.visits import Visit, VisitState
from tests.conftest import Desk
from tests.desk.windows import Window, window
from tests.support.browser import chromium
from tests.support.builders import make_device
from tests.support.cast import AGENT, CLIENT, COLLECTOR, DISPATCHER, MANAGER, PARTNER, QA, Member
from tests.support.evidence import photo, recording, send
from tests.support.months import turn_to
from tests.support.on_site import PLACE, OnSite, consent_to_recording, local
from tests.support.served import served
from tests.support.sheets import Row, csv_bytes, placement_row

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("environment", ["sqlite"], indirect=True)]
MARCH = "/desk/months/2026-03"
CASE = "WA000001"
FORBIDDEN = {
    COLLECTOR: "/desk/imports",
    DISPATCHER: "/desk/travel",
    QA: "/desk/pay",
    MANAGER: "/desk/requests/batch",
    AGENT: "/desk/cases",
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@dataclass
class Office:
    """Five people at windows of their own; who comes back after days finds the door and from there the page again."""

    desk: Desk
    windows: dict[Member, Window]
    led_back: list[str] = field(default_factory=list)

    def at(self, member: Member, path: str) -> Page:
        opened = self.windows[member]
        opened.page.goto(
            f"{opened.url}{path}"
        )  # until it is loaded: a window that is idle is half a second more
        if "/desk/sign-in" in opened.page.url:
            assert f"next={quote(path, safe='')}" in opened.page.url
            opened.sign_in(member)
            opened.page.wait_for_url(f"**{path}")
            self.led_back.append(member.username)
        return opened.page

    def days_later(self, day: str) -> None:
        """Another day; everybody's login has ended meanwhile."""
        turn_to(self.desk, day)
        with self.desk.installation.house.units.write() as uow:
            for member in self.windows:
                uow.sessions.end_all(member.id, uow.now, "revoked")
            uow.commit()

    def bring(self, kind: str, row: Row, told: str) -> None:
        """The dispatcher's file, checked by the jobs; the page shows by itself how far it is."""
        page = self.at(DISPATCHER, "/desk/imports")
        if not page.locator("#import-file").is_visible():
            page.click("details.asked > summary")
        content = csv_bytes([row])
        page.set_input_files(
            "#import-file", {"name": f"{kind}.csv", "mimeType": "text/csv", "buffer": content}
        )
        page.select_option("#import-kind", kind)
        page.click("details.asked button.main")
        page.wait_for_url("**/desk/imports/*")
        self.desk.work()
        expect(page.locator("main")).to_contain_text(told)


def test_a_month_from_the_clients_file_to_its_closing(desk: Desk, browser: Browser) -> None:
    with served(desk) as url, ExitStack() as opened:
        windows = {
            member: opened.enter_context(window(browser, url, member))
            for member in (COLLECTOR, DISPATCHER, QA, MANAGER, AGENT)
        }
        office = Office(desk, windows)
        _each_stays_within(office)
        _a_case_arrives(office)
        _asked_for_and_accepted(office)
        _planned(office)
        office.days_later("2026-03-11")
        _visited(desk)
        _paid(office)
        office.days_later("2026-04-02")
        _published_and_objected_to(office)
        office.days_later("2026-04-20")
        _ruled_on_and_closed(office)
        assert sorted(office.led_back) == sorted(
            one.username for one in (DISPATCHER, DISPATCHER, AGENT, MANAGER, AGENT)
        )


def _each_stays_within(office: Office) -> None:
    for member, path in FORBIDDEN.items():
        page = office.at(member, path)
        expect(page.locator("main")).to_contain_text("您的岗位没有此权限")
        assert page.locator(f'nav.rail a[href="{path}"]').count() == 0


def _a_case_arrives(office: Office) -> None:
    """S20: what the dispatcher brought is there when QA has confirmed it, and not before."""
    row = placement_row(1, 户籍地址="河南省郑州市金水区花园路38号院3号楼", 债务人电话="13900000001")
    office.bring("placements", row, "等待品管确认")
    expect(office.at(COLLECTOR, "/desk/cases").locator("[data-row]")).to_have_count(0)
    page = office.at(QA, "/desk/imports")
    page.click("[data-row] a.open")
    page.once("dialog", lambda asked: asked.accept())
    page.click("[data-key=a]")
    expect(page.locator("main")).to_contain_text("正在导入")
    office.desk.work()
    expect(page.locator("main")).to_contain_text("已导入")


def _asked_for_and_accepted(office: Office) -> None:
    page = office.at(COLLECTOR, "/desk/cases")
    page.click(f"text={CASE}")
    page.get_by_role("button", name="报外访").click()
    page.wait_for_url("**/edit")
    page.check("[name^='choose.']")
    page.fill("#draft-note", "白天有人")
    page.click("#choice button:not(.main)")
    expect(page.locator("#ask [role=status]")).to_be_visible()
    expect(page.locator("#checks")).to_contain_text("可以提交")
    page.reload()
    expect(page.locator("#draft-note")).to_have_value("白天有人")
    page.click("#choice button.main")
    page.wait_for_url("**/desk/requests/*")
    page.go_back()
    expect(page.locator("#ask")).to_be_visible()
    deciding = office.windows[DISPATCHER]
    office.at(DISPATCHER, "/desk/requests?state=filed")
    deciding.press("j", "Enter")
    expect(deciding.page.locator("#drawer .sheet")).to_contain_text("白天有人")
    deciding.press("a")
    expect(deciding.page.locator("#said")).to_have_text("已同意，等待排程")


def _planned(office: Office) -> None:
    """V1, R9: tomorrow's plan is opened, gets its team, the visit by key, and is published."""
    opened = office.windows[DISPATCHER]
    page = office.at(DISPATCHER, "/desk/plans")
    page.click("button.main")
    page.wait_for_url("**/desk/plans/*")
    page.select_option("#new-lead", AGENT.id)
    page.select_option("#new-partner", PARTNER.id)
    page.click("section[aria-labelledby=new-team] button")
    expect(page.locator('[data-number="1"]')).to_be_visible()
    page.wait_for_load_state()  # a key that comes before the scripts is nobody's
    opened.press("j", "1")
    expect(page.locator('[data-number="1"] [data-card]')).to_have_count(1)
    page.once("dialog", lambda asked: asked.accept())
    page.get_by_role("button", name="发布计划").click()
    expect(page.locator("h1")).to_contain_text("已发布")


def _visit_of(desk: Desk) -> Visit:
    with desk.installation.house.units.read() as uow:
        (visit,) = uow.visits.having(state=VisitState.PUBLISHED)
    return visit


def _visited(desk: Desk) -> None:
    """V1 to V12 by the API: both check in, photo and sound, the debtor is met, both check out."""
    visit = _visit_of(desk)
    with desk.installation.house.units.read() as uow:
        placement, address = uow.placements.need(visit.placement_id), uow.addresses.need(visit.address_id)
    consent_to_recording(desk, AGENT, PARTNER)
    devices = {member.username: make_device(desk, member) for member in (AGENT, PARTNER)}
    site = OnSite(desk, placement, address, visit, devices)
    for member, minute in ((AGENT, 0), (PARTNER, 2)):
        desk.ok(site.check(member, at=local(9, minute, day=11).isoformat()), 201)
    for content, kind in ((photo(1, local(9, 5, day=11)), "photo_door"), (recording(2, 20), "recording")):
        desk.ok(send(desk, AGENT, visit, content, kind), 201)
    at = local(9, 10, day=11).isoformat()
    met = {"who": "debtor", "channel": "in_person", "name": "张三", "communicated": True}
    site.write(AGENT, "contacts", at=at, **met)
    never = ("entered", "vulnerable_person", "asked_to_leave", "benefits_offered", "cash_offered")
    site.write(AGENT, "answers", identity_shown_at=at, **dict.fromkeys(never, False))
    site.write(AGENT, "outcome", 200, outcome="found", debtor_gone=False, note="")
    for member, minute in ((PARTNER, 40), (AGENT, 41)):
        left = {"direction": "out", "at": local(9, minute, day=11).isoformat(), **PLACE}
        desk.ok(site.check(member, **left), 201)
    desk.work()


def _paid(office: Office) -> None:
    paid = {"案件编号": CASE, "委托方": CLIENT, "回款流水号": "P1", "回款日期": date(2026, 3, 11).isoformat(),
            "回款时间": "2026-03-11 09:55", "回款金额": "500.01"}  # fmt: skip
    office.bring("repayments", paid, "已导入")
    office.desk.work()


def _published_and_objected_to(office: Office) -> None:
    """M1, M2: the statement says who has it, to the fen; who sees it otherwise says so from the line."""
    page = office.at(DISPATCHER, MARCH)
    expect(page.locator("[data-row]")).to_contain_text("500.01")
    page.once("dialog", lambda asked: asked.accept())
    page.get_by_role("button", name="公布本月").click()
    expect(page.locator("h1")).to_contain_text("异议")
    page = office.at(AGENT, MARCH)
    expect(page.locator("[data-row]")).to_contain_text(f"{AGENT.name} ¥250.01")
    page.click("[data-row] a.open")
    page.click("#drawer summary:has-text('提出异议')")
    page.fill("#dispute-words", "搭档没有进门")
    page.get_by_role("button", name="提出异议").click()
    page.wait_for_url("**/desk/disputes*")
    expect(page.locator("main")).to_contain_text("搭档没有进门")


def _ruled_on_and_closed(office: Office) -> None:
    """M3, M4: dismissed with reasons that the agent reads; then nothing of the month moves any more."""
    page = office.at(MANAGER, "/desk/disputes?month=2026-03")
    page.select_option("select[name^='outcome.']", "dismissed")
    page.fill("textarea[name^='reasons.']", "录音中有两人")
    page.on("dialog", lambda asked: asked.accept())
    page.click("p.batch button.main")
    expect(page.locator("main")).to_contain_text("录音中有两人")
    page = office.at(MANAGER, MARCH)
    page.get_by_role("button", name="关账").click()
    expect(page.locator("h1")).to_contain_text("已关账")
    expect(office.at(AGENT, "/desk/disputes?month=2026-03").locator("main")).to_contain_text("录音中有两人")
    with office.desk.installation.house.units.read() as uow:
        assert [one.state for one in uow.monthly_statements.having(month="2026-03")] == [
            StatementState.CLOSED
        ]
