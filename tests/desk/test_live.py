"""The live board: refusals first, what is said of whom, nothing of a debtor, nothing written, few queries."""

from __future__ import annotations

import dataclasses
import json
import re
from datetime import timedelta
from html import unescape

import pytest
from playwright.sync_api import expect

from admin_ui.shown_rows import read_table
from server.domain.phone_custody import DeviceUnsent
from server.domain.visits import Visit, VisitState
from server.services.ports.paging import PageRequest
from tests.conftest import Desk
from tests.desk.conftest import Browser, seen
from tests.desk.windows import window
from tests.support import builders, plan_builders
from tests.support import visit_values as values
from tests.support.browser import chromium
from tests.support.cast import AGENT, COLLECTOR, DISPATCHER, OTHER_AGENT, OUTSIDE_DISPATCHER, PARTNER, TRAINER
from tests.support.rows import keep
from tests.support.served import served
from tests.support.statements import statements_of


def running(desk: Desk, minutes: int, *present: str, **changes: object) -> Visit:
    """A visit that began so many minutes ago, with these checked in at one place."""
    started = desk.clock.now() - timedelta(minutes=minutes)
    placement = builders.make_placement(desk)
    visit = builders.make_visit(
        desk, placement, builders.make_address(desk, placement), VisitState.IN_PROGRESS,
        started_at=started, valid_until=desk.clock.now() + timedelta(hours=1), **changes,
    )  # fmt: skip
    keep(desk, *(values.check_in(visit, account_id, started) for account_id in present))
    return visit


def test_who_reads_no_visits_has_no_board_and_others_see_their_own(desk: Desk) -> None:
    visit = running(desk, 5, AGENT.id, PARTNER.id)
    assert Browser(desk, TRAINER).get("/desk/live").status_code == 403
    assert visit.id not in Browser(desk, OUTSIDE_DISPATCHER).page("/desk/live")
    for member in (AGENT, PARTNER, COLLECTOR):
        assert visit.id in Browser(desk, member).page("/desk/live")
    assert visit.id not in Browser(desk, OTHER_AGENT).page("/desk/live")


def test_it_says_what_must_be_heard_and_nothing_of_a_debtor(desk: Desk, dispatcher: Browser) -> None:
    plan = plan_builders.make_plan(desk, desk.clock.now().date(), state="published")
    well = running(desk, 30, AGENT.id, PARTNER.id)
    alone = running(desk, 30, AGENT.id)
    awaited = running(desk, 5, AGENT.id)
    late = running(desk, 30, AGENT.id, PARTNER.id)
    with desk.installation.house.units.write() as uow:
        changed = uow.visits.need(late.id)
        uow.visits.save(dataclasses.replace(changed, valid_until=desk.clock.now() - timedelta(minutes=1)))
        uow.commit()
    placement = builders.make_placement(desk)
    planned = builders.make_visit(
        desk, placement, builders.make_address(desk, placement), VisitState.PUBLISHED, plan_id=plan.id
    )
    page = dispatcher.page("/desk/live")
    for visit, words in (
        (well, "陈磊 11:30 签到"),
        (alone, "搭档未到场"),
        (awaited, "等待搭档签到"),
        (late, "已过允许时段，未签退"),
        (planned, "已排程"),
    ):
        assert words in _stop(page, visit), words
    assert "搭档" not in _stop(page, well)
    with desk.installation.house.units.read() as uow:
        debtor = uow.debtors.need(uow.placements.need(well.placement_id).debtor_id)
    assert debtor.name not in page
    assert "建设路" not in page


def test_it_says_what_phones_have_told_lies_on_them_alone_until_it_is_sent_or_lost(
    desk: Desk, dispatcher: Browser
) -> None:
    running(desk, 5, AGENT.id, PARTNER.id)
    device = builders.make_device(desk, AGENT)
    told = DeviceUnsent(device.id, AGENT.id, 3, 90, 0, None, desk.clock.now(), None, None, None, 1)
    with desk.installation.house.units.write() as uow:
        uow.device_unsent.add(told)
        uow.commit()
    assert "陈磊 的手机 12:00 报告 3 项未上传" in seen(dispatcher.page("/desk/live"))
    changes = [{"lost_at": desk.clock.now(), "lost_by": AGENT.id, "lost_reason": "x"}, {"items": 0}]
    for version, change in enumerate(changes, start=1):
        with desk.installation.house.units.write() as uow:
            uow.device_unsent.save(dataclasses.replace(told, **change, version=version))
            uow.commit()
        assert "未上传" not in seen(dispatcher.page("/desk/live"))


@pytest.mark.parametrize("environment", ["sqlite"], indirect=True)
def test_a_look_writes_nothing_and_asks_as_much_for_nine_as_for_two(desk: Desk, dispatcher: Browser) -> None:
    counts = []
    for number in range(9):
        running(desk, number, AGENT.id)
        if number in (1, 8):
            with desk.installation.house.units.read() as uow:
                before = len(uow.trail.page(PageRequest(limit=200), subject_id=None, actor_id=None).items)
            with statements_of(desk) as said:
                page = dispatcher.page("/desk/live", part=True)
            counts.append(len(said))
            with desk.installation.house.units.read() as uow:
                after = len(uow.trail.page(PageRequest(limit=200), subject_id=None, actor_id=None).items)
            assert before == after
    assert counts[0] == counts[1]
    assert 'hx-trigger="every 15s"' in page


def _stop(page: str, visit: Visit) -> str:
    return seen(page.partition(f'href="/desk/visits/{visit.id}"')[2].partition("</li>")[0])


def readings(desk: Desk) -> list[object]:
    """Of each time that the dispatcher was shown places, whose."""
    with desk.installation.house.units.read() as uow:
        lines = uow.trail.page(PageRequest(limit=200), subject_id=None, actor_id=DISPATCHER.id).items
    return [line.detail["ids"] for line in lines if line.action == "visit.places_shown"]


def test_its_map_is_one_logged_reading_of_places_that_the_board_beside_it_does_not_repeat(
    desk: Desk, dispatcher: Browser
) -> None:
    address = "/desk/live/map"
    here = running(desk, 30, AGENT.id, PARTNER.id)
    nowhere = running(desk, 5)
    assert Browser(desk, TRAINER).get(address).status_code == 403
    assert here.id not in Browser(desk, OUTSIDE_DISPATCHER).page(address)
    assert f'href="{address}"' in dispatcher.page("/desk/live")
    assert "data-map" not in dispatcher.page("/desk/live"), "places are shown to whoever asks for them"
    assert readings(desk) == []
    page = dispatcher.page(address)
    assert readings(desk) == [[here.id]]
    drawn_pins = json.loads(unescape(re.findall(r'data-map="([^"]*)"', page)[0]))["pins"]
    listed = read_table(page)
    assert [(pin["label"], pin["href"]) for pin in drawn_pins] == [
        (row.cells[0], row.leads_to) for row in listed.rows
    ]
    assert [row.leads_to for row in listed.rows] == [f"/desk/visits/{here.id}"]
    assert "签到" in listed.rows[0].cells[-1]
    assert nowhere.id in page, "what has no place stands on the board below"
    board = page.partition('<div id="live"')[2]
    assert board.startswith(' hx-get="/desk/live" hx-trigger="every 15s"'), "read anew without places"
    assert 'id="live-map"' not in board, "and without taking the map away"
    dispatcher.page("/desk/live", part=True)
    assert len(readings(desk)) == 1
    dispatcher.page(address, part=True)
    assert len(readings(desk)) == 2, "reading the places anew is a reading"
    with desk.installation.house.units.read() as uow:
        debtor = uow.debtors.need(uow.placements.need(here.placement_id).debtor_id)
    assert debtor.name not in page
    assert "建设路" not in page


@pytest.mark.slow
@pytest.mark.parametrize("environment", ["sqlite"], indirect=True)
def test_its_map_is_asked_for_in_a_browser_and_shows_the_teams(desk: Desk) -> None:
    """The board draws no map; the button opens it with a mark a team, which leads to its visit: one line of the trail.
    Reading anew leaves the page and writes the second."""
    here = running(desk, 30, AGENT.id, PARTNER.id)
    with served(desk) as url, chromium() as browser, window(browser, url, DISPATCHER) as opened:
        opened.go("/desk/live")
        expect(opened.page.locator("#live")).to_contain_text("陈磊")
        expect(opened.page.locator(".map")).to_have_count(0)
        assert readings(desk) == []
        opened.page.click('a[href="/desk/live/map"]')
        mark = opened.page.locator("#live-map .map .pin")
        expect(mark).to_have_count(1)
        expect(mark).to_be_visible()
        expect(opened.page.locator("#live-map tbody tr")).to_contain_text("陈磊、王强")
        assert readings(desk) == [[here.id]]
        assert opened.violations() == []
        with opened.page.expect_response("**/desk/live/map") as answered:
            opened.page.click('a[hx-get="/desk/live/map"]')
        assert answered.value.request.headers["hx-request"] == "true"
        expect(mark).to_have_count(1)
        assert readings(desk) == [[here.id], [here.id]]
        mark.click()
        expect(opened.page).to_have_url(f"{url}/desk/visits/{here.id}")
