"""The planning board: refusals first, what speaks against a visit before it is dropped, moves, swaps, travel, paper."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from server.domain.placements import Address, AddressStanding, Placement
from server.domain.visits import AddressOutcome, Visit, VisitState
from tests.conftest import Desk
from tests.desk.conftest import Browser, seen
from tests.desk.windows import window
from tests.support import builders, planning
from tests.support.browser import chromium
from tests.support.cast import AGENT, COLLECTOR, DISPATCHER, MANAGER, OTHER_AGENT, OUTSIDE_DISPATCHER, PARTNER
from tests.support.geography import make_point
from tests.support.rows import fresh_id
from tests.support.served import served
from tests.support.statements import statements_of

VERSION = re.compile(r'id="move".*?name="version" value="(\d+)"', re.S)


def waiting(
    desk: Desk, county: str = planning.ZHENGZHOU, at: float | None = None, **address: object
) -> Visit:
    placement = builders.make_placement(desk)
    where = builders.make_address(desk, placement, county=county, **address)  # type: ignore[arg-type]
    if at is not None:
        make_point(desk, where, 34.7 + at, 113.6)
    return builders.make_visit(desk, placement, where, VisitState.ACCEPTED, None, None)


def case_of(desk: Desk, visit: Visit) -> tuple[Placement, Address]:
    with desk.installation.house.units.read() as uow:
        return uow.placements.need(visit.placement_id), uow.addresses.need(visit.address_id)


class Day:
    """A draft of tomorrow with a team of its own, at a dispatcher's window."""

    def __init__(self, desk: Desk, browser: Browser) -> None:
        self.desk, self.browser = desk, browser
        self.plan = planning.open_plan(desk)
        self.path = f"/desk/plans/{self.plan['id']}"
        self.team: str = planning.add_team(desk, self.plan)["id"]

    def page(self) -> str:
        return self.browser.page(self.path)

    def version(self) -> str:
        found = VERSION.search(self.page())
        assert found is not None
        return found[1]

    def place(self, visit: Visit, **fields: str) -> int:
        sent = {"visit_id": visit.id, "team_id": self.team, "version": self.version(), **fields}
        return self.browser.post(f"{self.path}/place", {k: v for k, v in sent.items() if v}).status_code

    def order(self) -> list[str]:
        with self.desk.installation.house.units.read() as uow:
            held = uow.visits.having(team_id=self.team)
        return [visit.id for visit in sorted(held, key=lambda visit: visit.position)]

    def team_version(self) -> str:
        with self.desk.installation.house.units.read() as uow:
            return str(uow.visit_teams.need(self.team).version)


def test_nobody_else_moves_anything_and_nothing_is_moved_that_may_not_go(
    desk: Desk, dispatcher: Browser
) -> None:
    day = Day(desk, dispatcher)
    free, held = waiting(desk), waiting(desk)
    wrong = waiting(
        desk, standing=AddressStanding.INVALID, standing_reason="空址", standing_since=desk.clock.now()
    )
    planning.hold(desk, held)
    fields = {"visit_id": free.id, "team_id": day.team, "version": day.version()}
    assert Browser(desk, COLLECTOR).post(f"{day.path}/place", fields).status_code == 403
    assert Browser(desk, OUTSIDE_DISPATCHER).post(f"{day.path}/place", fields).status_code == 404
    assert day.place(held) == 422
    assert day.place(wrong) == 422
    assert day.place(free, position="-1") == 422
    assert day.place(free, position="201") == 422
    assert day.place(free, team_id=fresh_id()) == 404
    assert day.place(free, team_id="") == 409, "what waits cannot be taken off"
    assert day.place(free, version=str(int(day.version()) - 1)) == 412
    assert day.order() == []


def test_what_speaks_against_a_visit_is_seen_before_it_is_dropped(desk: Desk, dispatcher: Browser) -> None:
    day = Day(desk, dispatcher)
    held, far, again = waiting(desk), waiting(desk, planning.YUANYANG), waiting(desk)
    planning.hold(desk, held)
    before = desk.clock.now() - timedelta(days=3)
    over = {"started_at": before, "ended_at": before, "outcome": AddressOutcome.NOBODY}
    builders.make_visit(desk, *case_of(desk, again), VisitState.COMPLETED, **over)
    page = day.page()
    assert re.search(rf'data-card="{held.id}" data-forbidden', page)
    assert "外访已暂停（投诉倾向）" in seen(page)
    assert re.search(rf'data-card="{far.id}" draggable', page), "travel can be asked for"
    assert "不在本市" in seen(page)
    assert "去过 1 次，上次 2026-03-07 · 无人" in seen(page)
    narrow = dispatcher.page(f"{day.path}?county_code=410725")
    assert far.id in narrow
    assert held.id not in narrow


def test_visits_are_put_in_their_place_moved_and_taken_off(desk: Desk, dispatcher: Browser) -> None:
    day = Day(desk, dispatcher)
    one, two, three = (waiting(desk, at=at) for at in (0.0, 0.2, 0.1))
    for visit in (one, two):
        assert day.place(visit) == 303
    assert day.place(three, position="0") == 303
    assert day.order() == [three.id, one.id, two.id]
    assert day.place(three, position="200") == 303
    assert day.order() == [one.id, two.id, three.id]
    page = day.page()
    assert "距上一户 22.2 公里" in seen(page)
    better = re.search(r'name="order" value="([^"]+)"', page)
    assert better is not None
    stale = {"order": f"{one.id} {two.id} {three.id}", "version": day.team_version()}
    assert dispatcher.post(f"/desk/teams/{day.team}/route", stale).status_code == 409
    dispatcher.done(
        f"/desk/teams/{day.team}/route", {"order": better[1], "version": day.team_version()}, part=False
    )
    assert day.order() == better[1].split()
    assert day.place(one, team_id="") == 303
    assert len(day.order()) == 2
    assert planning.visit_now(desk, one).state is VisitState.ACCEPTED


def test_a_team_is_changed_and_removed_until_it_is_published_and_then_somebody_is_swapped(
    desk: Desk, dispatcher: Browser
) -> None:
    day = Day(desk, dispatcher)
    visit = waiting(desk)
    hours = {"starts_at": "10:00", "ends_at": "16:00"}
    people = {"lead_id": AGENT.id, "partner_id": OTHER_AGENT.id}
    path = f"/desk/teams/{day.team}"
    assert dispatcher.post(f"{path}/edit", people | hours | {"version": "9"}).status_code == 412
    same = {"lead_id": AGENT.id, "partner_id": AGENT.id, **hours, "version": day.team_version()}
    assert dispatcher.post(f"{path}/edit", same).status_code == 422
    dispatcher.done(f"{path}/edit", people | hours | {"version": day.team_version()}, part=False)
    assert day.place(visit) == 303
    desk.ok(planning.publish(desk, day.plan))
    gone = {"version": day.team_version()}
    assert dispatcher.post(f"{path}/remove", gone).status_code == 409
    swap = {"leaves": OTHER_AGENT.id, "joins": PARTNER.id, "reason": "生病"}
    assert dispatcher.post(f"{path}/swap", swap | {"reason": "", **gone}).status_code == 422
    dispatcher.done(f"{path}/swap", swap | gone, part=False)
    assert planning.visit_now(desk, visit).partner_id == PARTNER.id
    assert dispatcher.post(f"/desk/visits/{visit.id}/withdraw", {"reason": ""}).status_code == 422
    dispatcher.done(f"/desk/visits/{visit.id}/withdraw", {"reason": "本人外出", "again": "yes"}, part=False)
    assert planning.visit_now(desk, visit).state is VisitState.CANCELLED
    with desk.installation.house.units.read() as uow:
        again = [one for one in uow.visits.having(placement_id=visit.placement_id) if one.id != visit.id]
    assert [one.state for one in again] == [VisitState.ACCEPTED]


def test_a_failed_visit_is_planned_again_once(desk: Desk, dispatcher: Browser) -> None:
    visit = waiting(desk)
    path = f"/desk/visits/{visit.id}/plan-again"
    assert dispatcher.post(path, part=True).status_code == 409
    other = builders.make_placement(desk)
    failed = builders.make_visit(desk, other, builders.make_address(desk, other), VisitState.FAILED)
    assert "重新排程" in seen(dispatcher.page(f"/desk/visits/{failed.id}"))
    assert "重新排程" not in seen(Browser(desk, MANAGER).page(f"/desk/visits/{failed.id}"))
    path = f"/desk/visits/{failed.id}/plan-again"
    assert Browser(desk, OUTSIDE_DISPATCHER).post(path).status_code == 404
    assert "已作为新的外访等待排程" in seen(dispatcher.done(path))
    refused = dispatcher.post(path, part=True)
    assert refused.status_code == 409
    with desk.installation.house.units.read() as uow:
        ids = [one.id for one in uow.visits.having(placement_id=other.id)]
    assert len(ids) == 2
    assert [id_ for id_ in ids if id_ in seen(refused.text)] == [], "nobody knows a visit by its id"


def test_travel_is_asked_for_on_the_board_and_decided_by_the_manager(desk: Desk, dispatcher: Browser) -> None:
    day = Day(desk, dispatcher)
    ask = {"id": fresh_id(), "kind": "approval", "reason": "原阳三户"}
    assert dispatcher.post(f"{day.path}/travel", ask).status_code == 422, "nothing leaves the city yet"
    assert day.place(waiting(desk, planning.YUANYANG)) == 303
    assert f'action="{day.path}/travel"' in day.page()
    dispatcher.done(f"{day.path}/travel", ask, part=False)
    assert "等待经理决定" in seen(day.page())
    assert dispatcher.get("/desk/travel").status_code == 403
    manager = Browser(desk, MANAGER)
    assert "新乡市" in seen(manager.page("/desk/travel"))
    answer = {"answer": "grant", "reason": "同意", "version": "1"}
    path = f"/desk/travel/{ask['id']}"
    assert manager.post(path, answer | {"version": "2"}).status_code == 412
    assert manager.post(path, answer | {"answer": "make_good"}).status_code == 409
    manager.done(path, answer, part=False)
    assert "没有待批的出差" in seen(manager.page("/desk/travel"))
    assert "不在本市" not in seen(day.page())


def test_a_sheet_a_visit_without_amount_name_or_number(desk: Desk, dispatcher: Browser) -> None:
    day = Day(desk, dispatcher)
    visits = [waiting(desk) for _ in range(2)]
    for visit in visits:
        builders.make_phone(desk, case_of(desk, visit)[0], number="13911112222")
        assert day.place(visit) == 303
    page = dispatcher.page(f"{day.path}/sheets")
    assert page.count('<section class="paper"') == 2
    with desk.installation.house.units.read() as uow:
        placement = uow.placements.need(visits[0].placement_id)
        debtor = uow.debtors.need(placement.debtor_id)
    for clear in (debtor.name, debtor.id_number, "13911112222", "10,000.00"):
        assert clear not in page
    assert Browser(desk, AGENT).get(f"{day.path}/sheets").status_code == 404, "a draft is the desk's"


@pytest.mark.parametrize("environment", ["sqlite"], indirect=True)
def test_as_many_queries_for_nine_visits_as_for_two(desk: Desk, dispatcher: Browser) -> None:
    day = Day(desk, dispatcher)
    counts = []
    for number in range(9):
        visit = waiting(desk, at=number / 100)
        if number % 2:
            assert day.place(visit) == 303
        if number in (2, 8):
            with statements_of(desk) as said:
                day.page()
            counts.append(len(said))
    assert counts[0] == counts[1]


@pytest.mark.slow
@pytest.mark.parametrize("environment", ["sqlite"], indirect=True)
def test_a_day_is_put_together_by_key_and_by_hand_and_the_second_window_is_told(
    desk: Desk, dispatcher: Browser
) -> None:
    day = Day(desk, dispatcher)
    visits = [waiting(desk, at=number / 100) for number in range(4)]
    planning.hold(desk, visits[0])
    on_team, waits = '[data-number="1"] [data-card]', '[data-team=""] [data-card]'
    with (
        chromium() as browser,
        served(desk) as url,
        window(browser, url, DISPATCHER) as first,
        window(browser, url, DISPATCHER) as second,
    ):
        second.go(day.path)
        first.go(f"{day.path}?county_code=410105")
        first.go(day.path)
        page = first.page
        first.press("k", "1")
        expect(page.locator("#said")).to_contain_text("投诉")
        expect(page.locator(on_team)).to_have_count(0)
        page.locator(f"{waits} .where").first.click()
        first.press("1")
        expect(page.locator(on_team)).to_have_count(1)
        expect(page.locator(f"{waits}[data-chosen]")).to_have_count(1)
        first.press("1")
        expect(page.locator(on_team)).to_have_count(2)
        page.locator(f"{waits}:not([data-forbidden])").drag_to(page.locator(on_team).first)
        expect(page.locator(on_team)).to_have_count(3)
        expect(page.locator(waits)).to_have_count(1)
        assert first.violations() == []
        page.locator(on_team).first.click(position={"x": 2, "y": 2})
        first.press("d")
        expect(page.locator(f'{on_team}[data-order="1"][data-chosen]')).to_have_count(1)
        first.press("0")
        expect(page.locator(on_team)).to_have_count(2)
        second.press("j", "1")
        expect(second.page.locator("#note")).to_contain_text("已被他人修改")
        second.press("Escape")
        expect(second.page.locator(waits)).to_have_count(4)
    assert len(day.order()) == 2
