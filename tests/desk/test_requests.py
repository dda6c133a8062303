"""The queue at the desk: refusals first, each decision, two dispatchers, many at once, hostile words, few queries."""

from __future__ import annotations

import re

import pytest

from server.domain.placements import Address, Placement
from server.domain.requests import RequestState, VisitRequest, WaiverKind
from tests.conftest import Desk
from tests.desk.conftest import Browser, seen
from tests.support import builders
from tests.support.cast import COLLECTOR, DISPATCHER, OUTSIDE_DISPATCHER
from tests.support.requests import fresh
from tests.support.statements import statements_of

QUEUE = "/desk/requests?state=filed"
HOSTILE = (
    "<script>window.hurt=1</script>",
    '"><img src=x onerror=window.hurt=1>',
    "{{ 7 * 7 }} {% raw %} ${7*7}",
    '=HYPERLINK("http://evil.example")',
    "' OR 1=1 --",
    "\u202egnirts desrever\u202c",
    "长" * 1000,
    "😀 𠮷 ﷽",
)


def waiting(desk: Desk, note: str = "请安排外访") -> tuple[Placement, Address, VisitRequest]:
    placement = builders.make_placement(desk)
    address = builders.make_address(desk, placement)
    return placement, address, builders.make_request(
        desk, placement, [address], note=note, state=RequestState.FILED, filed_at=desk.clock.now(),
        requested_on=desk.clock.now().date(),
    )  # fmt: skip


def now(desk: Desk, request: VisitRequest) -> VisitRequest:
    with desk.installation.house.units.read() as uow:
        return uow.visit_requests.need(request.id)


def one(request: VisitRequest, verb: str = "") -> str:
    return f"/desk/requests/{request.id}{'/' + verb if verb else ''}"


def test_who_may_not_decide_sees_no_button_and_is_refused(desk: Desk) -> None:
    _, _, request = waiting(desk)
    collector = Browser(desk, COLLECTOR)
    assert "/accept" not in collector.page(one(request))
    assert collector.post(one(request, "accept"), {"version": "1"}).status_code == 403
    outsider = Browser(desk, OUTSIDE_DISPATCHER)
    for verb in ("accept", "return", "refuse"):
        assert outsider.post(one(request, verb), {"version": "1", "reason": "不"}).status_code == 404
    assert now(desk, request).state is RequestState.FILED


@pytest.mark.parametrize("reason", ["", "   ", "长" * 1001, "a\x00b"])
def test_a_return_needs_a_reason_and_says_so_in_words(desk: Desk, dispatcher: Browser, reason: str) -> None:
    _, _, request = waiting(desk)
    answer = dispatcher.post(one(request, "return"), {"version": "1", "reason": reason}, part=True)
    assert answer.status_code == 422
    assert answer.headers["HX-Retarget"] == "#note-body"
    assert "原因填写有误" in seen(answer.text)
    assert now(desk, request).state is RequestState.FILED


@pytest.mark.parametrize("version", ["", "x", "-1", "1.5", "１", "9" * 19])
def test_a_decision_names_the_version_that_was_read(desk: Desk, dispatcher: Browser, version: str) -> None:
    _, _, request = waiting(desk)
    assert dispatcher.post(one(request, "accept"), {"version": version}).status_code == 428


def test_of_two_dispatchers_the_second_is_told_and_nothing_is_lost(desk: Desk, dispatcher: Browser) -> None:
    _, _, request = waiting(desk)
    second = Browser(desk, DISPATCHER)
    page = second.page(one(request), part=True)
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version is not None
    dispatcher.done(one(request, "return"), {"version": version[1], "reason": "请补充门牌号"})
    answer = second.post(one(request, "refuse"), {"version": version[1], "reason": "重复"}, part=True)
    assert answer.status_code == 412
    assert "已被他人修改" in seen(answer.text)
    assert now(desk, request).decision_reason == "请补充门牌号"


def test_accepted_returned_refused(desk: Desk, dispatcher: Browser) -> None:
    _, _, accepted = waiting(desk)
    shown = dispatcher.done(one(accepted, "accept"), {"version": "1"})
    assert "已同意，等待排程" in shown
    assert "待排程" in seen(shown)
    assert "同意" in seen(shown.partition('class="history"')[2])
    _, address, refused = waiting(desk)
    fields = {"version": "1", "reason": "门牌号不存在", "wrong_address_id": address.id}
    dispatcher.done(one(refused, "refuse"), fields)
    assert [now(desk, r).state for r in (accepted, refused)] == [RequestState.ACCEPTED, RequestState.REFUSED]
    with desk.installation.house.units.read() as uow:
        (error,) = uow.address_errors.having(request_id=refused.id)
    assert (error.address_id, error.found_by) == (address.id, DISPATCHER.id)


def test_without_scripts_a_decision_leads_back_to_the_request(desk: Desk, dispatcher: Browser) -> None:
    _, _, request = waiting(desk)
    answer = dispatcher.post(one(request, "accept"), {"version": "1"})
    assert (answer.status_code, answer.headers["Location"]) == (303, one(request))


def test_an_exception_is_answered_on_the_draft(desk: Desk, dispatcher: Browser) -> None:
    placement = builders.make_placement(desk)
    address = builders.make_address(desk, placement)
    draft = builders.make_request(desk, placement, [address], state=RequestState.DRAFT)
    waiver = builders.make_waiver(desk, draft, kind=WaiverKind.RECALL_BLACKOUT)
    page = dispatcher.page("/desk/requests?state=draft&waiting_waivers=true")
    assert placement.case_number in page
    path = one(draft, f"waivers/{waiver.id}")
    assert dispatcher.post(path, {"answer": "perhaps", "reason": "同意"}).status_code == 422
    assert "已批准" in seen(dispatcher.done(path, {"answer": "grant", "reason": "情况特殊"}))
    assert dispatcher.post(path, {"answer": "decline", "reason": "改了主意"}).status_code == 409


def test_the_call_about_a_village_is_recorded_once(desk: Desk, dispatcher: Browser) -> None:
    placement = builders.make_placement(desk)
    address = builders.make_address(desk, placement, urban_village=True)
    request = builders.make_request(
        desk, placement, [address], state=RequestState.FILED, filed_at=desk.clock.now(),
        requested_on=desk.clock.now().date(),
    )  # fmt: skip
    path = one(request, f"addresses/{address.id}/demolition")
    call = {
        "id": fresh(), "office": "柳林街道办", "telephone": "0371-66001234", "called_at": "2026-03-10T09:30",
        "answer": "standing",
    }  # fmt: skip
    for wrong in (
        {"telephone": "打不通"},
        {"called_at": "2026-03-10"},
        {"called_at": "2026-02-30T09:30"},
        {"answer": "maybe"},
        {"office": ""},
    ):
        assert dispatcher.post(path, call | wrong).status_code == 422, wrong
    assert "柳林街道办" in seen(dispatcher.done(path, call))
    with desk.installation.house.units.read() as uow:
        (check,) = uow.demolition_checks.having(address_id=address.id)
    assert check.called_at.isoformat() == "2026-03-10T01:30:00+00:00"


def test_many_are_decided_each_with_its_reason_and_outcome(desk: Desk, dispatcher: Browser) -> None:
    requests = [waiting(desk)[2] for _ in range(4)]
    builders.change(desk, "visit_requests", requests[3].id, note="改过")
    foreign = fresh()
    page = dispatcher.page(
        "/desk/requests/batch?" + "&".join(f"{id_}=1" for id_ in [*(r.id for r in requests), foreign])
    )
    assert "1 条没有列出" in seen(page)
    fields = {f"version.{request.id}": "1" for request in requests}
    fields |= {f"decision.{requests[0].id}": "accept", f"decision.{requests[1].id}": "return"}
    assert dispatcher.post("/desk/requests/batch", fields).status_code == 422  # no reason beside the return
    fields |= {f"reason.{requests[1].id}": "请补充", f"decision.{requests[3].id}": "accept"}
    shown = seen(dispatcher.done("/desk/requests/batch", fields, part=False))
    assert "已处理 2 条，共 3 条" in shown
    states = [now(desk, request).state.value for request in requests]
    assert states == ["accepted", "returned", "filed", "filed"]


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_words_are_shown_as_text(desk: Desk, dispatcher: Browser, words: str) -> None:
    _, _, request = waiting(desk, note=words)
    page = dispatcher.page(one(request))
    assert words in seen(page).replace("  ", " ") or words in page.replace("&#34;", '"').replace("&#39;", "'")
    assert "<script>window" not in page
    assert "<img" not in page
    page = dispatcher.done(one(request, "return"), {"version": "1", "reason": words})
    assert "<script>window" not in page
    assert "<img" not in page
    assert now(desk, request).decision_reason == words.strip()


def test_a_longer_list_asks_no_more_queries(desk: Desk, dispatcher: Browser) -> None:
    waiting(desk)
    dispatcher.page(QUEUE)
    with statements_of(desk) as few:
        dispatcher.page(QUEUE)
    for _ in range(12):
        waiting(desk)
    with statements_of(desk) as many:
        shown = dispatcher.page(QUEUE)
    assert shown.count("data-row ") == 13
    assert len(many) == len(few)


def test_pages_go_on_by_a_key_and_filters_are_taken_out_one_by_one(desk: Desk, dispatcher: Browser) -> None:
    numbers = {waiting(desk)[0].case_number for _ in range(5)}
    page = dispatcher.page(f"{QUEUE}&limit=2&collector_id={COLLECTOR.id}")
    assert f"法务 {COLLECTOR.name}" in seen(page)
    assert 'class="chip" href="/desk/requests?state=filed"' in page
    found: set[str] = set()
    for _ in range(3):
        found |= set(re.findall(r'class="open"[^>]*>([^<]+)<', page))
        more = re.search(r'class="more".*?href="([^"]+)"', page)
        if more is None:
            break
        page = dispatcher.page(more[1].replace("&amp;", "&"), part=True)
    assert found == numbers
    empty = dispatcher.page(f"{QUEUE}&county_code=410105")
    assert "没有符合筛选的申请" in seen(empty)
    assert "地区 金水区" in seen(empty)
