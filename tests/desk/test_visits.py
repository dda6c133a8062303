"""Visits at the desk: refusals first, listening and clear numbers with a purpose, the timeline's order, few queries."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from server.domain.leases import ENDED_BY_LEASE
from server.domain.visits import VisitState
from server.services.ports.paging import PageRequest
from tests.conftest import Desk
from tests.desk.conftest import Browser, seen
from tests.support import builders, visit_builders
from tests.support import evidence as files
from tests.support.cast import AGENT, COLLECTOR, DISPATCHER, MANAGER, OUTSIDE_DISPATCHER, PARTNER, QA
from tests.support.statements import statements_of


def trail(desk: Desk, subject_id: str, action: str) -> list[str | None]:
    """The purposes that stand on the trail of a thing under an action."""
    with desk.installation.house.units.read() as uow:
        lines = uow.trail.page(PageRequest(limit=200), subject_id=subject_id, actor_id=None).items
    return [line.purpose for line in lines if line.action == action]


def test_out_of_reach_is_not_found_and_without_permission_nothing_of_the_evidence_shows(desk: Desk) -> None:
    visit = files.make_visited(desk)
    sound = desk.ok(files.send(desk, AGENT, visit, files.recording(1), "recording"), 201)["id"]
    outsider = Browser(desk, OUTSIDE_DISPATCHER)
    for path in (f"/desk/visits/{visit.id}", f"/desk/evidence/{sound}/playable?purpose=x"):
        assert outsider.get(path).status_code == 404, path
    collector = Browser(desk, COLLECTOR)
    page = collector.page(f"/desk/visits/{visit.id}")
    assert "不能查看照片和录音" in seen(page)
    assert sound not in page
    assert collector.get(f"/desk/evidence/{sound}/playable?purpose=x").status_code == 403


@pytest.mark.parametrize("purpose", ["", "  ", "长" * 201, "a\x00"])
def test_no_recording_is_heard_without_a_purpose(desk: Desk, purpose: str) -> None:
    visit = files.make_visited(desk)
    sound = desk.ok(files.send(desk, AGENT, visit, files.recording(1), "recording"), 201)["id"]
    desk.work()
    qa = Browser(desk, QA)
    for answer in (
        qa.post(f"/desk/evidence/{sound}/player", {"purpose": purpose}, part=True),
        qa.get(f"/desk/evidence/{sound}/playable", query_string={"purpose": purpose}),
    ):
        assert answer.status_code == 422
    assert trail(desk, sound, "evidence.listened") == []


@pytest.mark.parametrize(
    ("state", "reason", "told"),
    [
        (VisitState.ACCEPTED, None, "尚未开始"),
        (VisitState.CANCELLED, "request_withdrawn", "已取消，没有成行"),
        (VisitState.FAILED, None, "没有成行"),
        (VisitState.FAILED, "道路封闭", "没有成行：道路封闭"),
        (VisitState.FAILED, ENDED_BY_LEASE, "时段已过，没有开始"),
    ],
)
def test_what_is_over_without_a_beginning_is_not_still_to_come(
    desk: Desk, dispatcher: Browser, state: VisitState, reason: str | None, told: str
) -> None:
    placement = builders.make_placement(desk)
    visit = builders.make_visit(desk, placement, builders.make_address(desk, placement), state)
    builders.change(desk, "visits", visit.id, ended_reason=reason)
    said = re.search(r'<p class="verdict">(.*?)</p>', dispatcher.page(f"/desk/visits/{visit.id}"))
    assert said is not None
    assert seen(said[1]).removesuffix(" R12") == told


def test_listening_is_on_record_with_what_for(desk: Desk) -> None:
    visit = files.make_visited(desk)
    sound = desk.ok(files.send(desk, AGENT, visit, files.recording(1), "recording"), 201)["id"]
    desk.work()
    qa = Browser(desk, QA)
    player = qa.done(f"/desk/evidence/{sound}/player", {"purpose": "月度抽查 <b>"})
    assert "月度抽查 <b>" in seen(player).replace("&lt;", "<")
    assert re.search(r'<path d="M[0-9.]+ [0-9.]+V', player), "the waveform is drawn"
    source = re.search(r'<audio [^>]*src="([^"]+)"', player)
    assert source is not None
    answer = qa.client.get(source[1].replace("&amp;", "&"), headers={"Range": "bytes=0-99"})
    assert (answer.status_code, len(answer.data)) == (206, 100)
    assert trail(desk, sound, "evidence.listened") == ["月度抽查 <b>"]


def test_clear_numbers_are_the_managers_and_ask_for_a_purpose(desk: Desk, dispatcher: Browser) -> None:
    visit = files.make_visited(desk)
    path = f"/desk/cases/{visit.placement_id}/unmask"
    assert dispatcher.post(path, {"purpose": "核对"}).status_code == 403
    manager = Browser(desk, MANAGER)
    assert manager.post(path, {"purpose": " "}).status_code == 422
    with desk.installation.house.units.read() as uow:
        debtor = uow.debtors.need(uow.placements.need(visit.placement_id).debtor_id)
    for browser in (dispatcher, manager):
        page = browser.page(f"/desk/visits/{visit.id}")
        assert debtor.id_number not in page
        assert debtor.name not in page
    shown = manager.done(path, {"purpose": "核对身份"})
    assert debtor.id_number in shown
    assert trail(desk, visit.placement_id, "placement.unmasked") == ["核对身份"]


def test_the_course_stands_in_its_order_and_small_pictures_are_served(desk: Desk) -> None:
    visit = files.make_visited(desk)
    photo = desk.ok(files.send(desk, AGENT, visit, files.photo(1)), 201)["id"]
    visit_builders.make_contact(desk, visit, name="张明明", relation="妻子 <script>1</script>")
    desk.work()
    manager = Browser(desk, MANAGER)
    page = manager.page(f"/desk/visits/{visit.id}")
    assert "张*明" in page
    assert "张明明" not in page
    assert "<script>1" not in page
    clocks = re.findall(r"<li class=\"(day|event)[^>]*>(?:<time>)?([0-9:-]+)", page)
    day, at = "", []
    for kind, text in clocks:
        day = text if kind == "day" else day
        if kind == "event":
            at.append(f"{day} {text}")
    assert len(at) >= 2
    assert at == sorted(at)
    assert f"/desk/evidence/{photo}/thumbnail" in page
    small = manager.get(f"/desk/evidence/{photo}/thumbnail")
    assert (small.status_code, small.content_type) == (200, "image/jpeg")
    small.close()


def test_the_verdict_says_what_is_missing_and_a_voided_visit_nothing_else(desk: Desk) -> None:
    visit = files.make_visited(desk)
    manager = Browser(desk, MANAGER)
    assert "缺录音" in seen(manager.page(f"/desk/visits/{visit.id}"))
    builders.change(
        desk, "visits", visit.id, voided_at=desk.clock.now(), voided_by=MANAGER.id, void_reason="伪造"
    )
    assert "证据已作废" in seen(manager.page(f"/desk/visits/{visit.id}"))


def test_the_list_of_missing_evidence_shows_what_is_counted_and_what_is_older_beside_it(
    desk: Desk, dispatcher: Browser
) -> None:
    placement = builders.make_placement(desk)
    address = builders.make_address(desk, placement)
    for days in (2, 31, 33):  # a file is due the day after, and counted for 31 days more
        builders.make_visit(
            desk, placement, address, VisitState.COMPLETED, AGENT, PARTNER,
            started_at=desk.clock.now() - timedelta(days=days, hours=1),
            ended_at=desk.clock.now() - timedelta(days=days),
        )  # fmt: skip
    counted = re.search(r'<b class="figure">(\d+)</b><span>待补证据', dispatcher.page("/desk"))
    recent, older = (
        dispatcher.page(path).count("<tr data-row ")
        for path in ("/desk/evidence-lacking", "/desk/evidence-lacking?all=true")
    )
    assert (recent, older) == (2, 3)
    assert counted is not None
    assert int(counted[1]) == recent


def test_the_list_of_missing_evidence_says_what_is_missing(desk: Desk, dispatcher: Browser) -> None:
    photographed, bare = files.make_visited(desk), files.make_visited(desk)
    desk.ok(files.send(desk, AGENT, photographed, files.photo(1)), 201)
    desk.clock.advance(timedelta(days=3))
    rows = dispatcher.page("/desk/evidence-lacking").split("<tr data-row ")[1:]
    missing = {
        visit.id: ["缺照片" in row, "缺录音" in row]
        for row in rows
        for visit in (photographed, bare)
        if visit.id in row
    }
    assert missing == {photographed.id: [False, True], bare.id: [True, True]}


def test_lists_ask_no_more_queries_for_more_rows_and_go_on_by_a_key(desk: Desk, dispatcher: Browser) -> None:
    placement = builders.make_placement(desk)
    address = builders.make_address(desk, placement)

    def make(count: int) -> None:
        for _ in range(count):
            builders.make_visit(
                desk, placement, address, VisitState.COMPLETED, AGENT, PARTNER,
                started_at=desk.clock.now() - timedelta(days=9), ended_at=desk.clock.now() - timedelta(days=8),
            )  # fmt: skip

    make(1)
    for path in ("/desk/visits?state=completed", "/desk/evidence-lacking"):
        dispatcher.page(path)
        with statements_of(desk) as few:
            dispatcher.page(path)
        make(8)
        with statements_of(desk) as many:
            rows = dispatcher.page(path).count("<tr data-row ")
        assert rows > 8
        assert len(many) == len(few), path
    page = dispatcher.page("/desk/visits?state=completed&limit=10")
    more = re.search(r'class="more".*?href="([^"]+)"', page)
    assert more is not None
    first = set(re.findall(r'href="/desk/visits/([0-9a-f-]{36})"', page))
    rest = set(
        re.findall(r'href="/desk/visits/([0-9a-f-]{36})"', dispatcher.page(more[1].replace("&amp;", "&")))
    )
    assert (len(first), len(rest), first & rest) == (10, 7, set())
    assert DISPATCHER.name in page
