"""Cases as the desk reads and moves them: masking (S5), searching sealed numbers (S6), reach (S13), W4, R14."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from server.domain.placements import HoldReason, Placement
from server.domain.requests import RequestState
from server.domain.visits import VisitState
from server.services.ports.paging import PageRequest
from tests.conftest import Desk
from tests.support.builders import (
    change,
    make_address,
    make_phone,
    make_placement,
    make_promise,
    make_repayment,
    make_request,
    make_visit,
)
from tests.support.cast import (
    AGENT,
    COLLEAGUE,
    COLLECTOR,
    DIRECTOR,
    DISPATCHER,
    IT,
    MANAGER,
    OTHER_COLLECTOR,
    OUTSIDE_COLLECTOR,
    OUTSIDE_DISPATCHER,
    OUTSIDE_MANAGER,
    PROJECT_LEAD,
    TEAM_LEAD,
    Member,
    known_id,
)


def listed(desk: Desk, member: Member, query: str = "") -> list[str]:
    page = desk.ok(desk.get(member, f"/api/v1/placements{query}"))
    return [item["id"] for item in page["items"]]


def found(desk: Desk, member: Member, **searched: Any) -> list[str]:
    page = desk.ok(desk.post(member, "/api/v1/placements/search", searched))
    return [item["id"] for item in page["items"]]


@pytest.mark.parametrize(
    ("member", "sees"),
    [
        (COLLECTOR, True), (COLLEAGUE, False), (OTHER_COLLECTOR, False), (TEAM_LEAD, True), (DISPATCHER, True),
        (MANAGER, True), (PROJECT_LEAD, True), (DIRECTOR, True), (OUTSIDE_COLLECTOR, False),
        (OUTSIDE_DISPATCHER, False), (OUTSIDE_MANAGER, False),
    ],
    ids=lambda value: value.username if isinstance(value, Member) else "",
)  # fmt: skip
def test_whose_case_it_is_decides_who_reads_it(desk: Desk, member: Member, sees: bool) -> None:
    placement = make_placement(desk)
    path = f"/api/v1/placements/{placement.id}"
    assert listed(desk, member) == ([placement.id] if sees else [])
    if sees:
        desk.ok(desk.get(member, path))
    else:
        desk.refused(desk.get(member, path), 404, "not_found")


def test_an_agent_and_it_read_no_cases(desk: Desk) -> None:
    for member in (AGENT, IT):
        desk.refused(desk.get(member, "/api/v1/placements"), 403, "forbidden")


def test_lists_are_paged_and_narrowed_and_unknown_filters_refused(desk: Desk) -> None:
    mine = [make_placement(desk) for _ in range(3)]
    ended = make_placement(desk, ended_on=date(2026, 2, 1))
    other = make_placement(desk, COLLEAGUE)
    everything = {p.id for p in (*mine, ended, other)}
    first = desk.ok(desk.get(DISPATCHER, "/api/v1/placements?limit=2"))
    rest = desk.ok(desk.get(DISPATCHER, f"/api/v1/placements?limit=200&after={first['next']}"))
    ids = [item["id"] for item in first["items"] + rest["items"]]
    assert ids == sorted(everything)
    assert rest["next"] is None
    assert listed(desk, DISPATCHER, "?state=ended") == [ended.id]
    assert set(listed(desk, DISPATCHER, "?state=open")) == everything - {ended.id}
    assert listed(desk, DISPATCHER, f"?collector_id={COLLEAGUE.id}") == [other.id]
    assert listed(desk, DISPATCHER, f"?case_number={mine[1].case_number}") == [mine[1].id]
    assert listed(desk, DISPATCHER, f"?client_id={known_id('no client')}") == []
    desk.refused(desk.get(DISPATCHER, "/api/v1/placements?debtor_name=x"), 422, "invalid_input")


def test_a_person_is_found_by_name_and_by_numbers_whole_or_by_their_last_four(desk: Desk) -> None:
    placement = make_placement(desk, card_number="4532015112830366")
    make_placement(desk)
    make_phone(desk, placement, number="037166001234")
    with desk.installation.house.units.read() as uow:
        debtor = uow.debtors.need(placement.debtor_id)
    change(desk, "debtors", debtor.id, name="欧阳_守静")
    for number in ("0371-6600 1234", "1234", debtor.id_number, "4532 0151 1283 0366", "0366"):
        assert placement.id in found(desk, COLLECTOR, number=number), number
    assert found(desk, COLLECTOR, number="4532015112830367") == []
    assert found(desk, COLLECTOR, debtor_name="阳_守") == [placement.id]
    assert found(desk, COLLECTOR, debtor_name="阳%守") == []
    assert found(desk, COLLEAGUE, number="037166001234") == []


def test_a_case_is_shown_whole_masked_and_the_reading_is_on_record(desk: Desk) -> None:
    placement = make_placement(desk, card_number="4532015112830366")
    address = make_address(desk, placement)
    phone = make_phone(desk, placement, number="13912345678", owner_name="欧阳守静")
    make_phone(desk, placement, number="13912345678", duplicate_of_id=phone.id)
    make_promise(desk, placement, date(2026, 3, 20))
    make_repayment(desk, placement, date(2026, 2, 1), 12_345)
    answer = desk.get(COLLECTOR, f"/api/v1/placements/{placement.id}")
    shown = desk.ok(answer)
    assert answer.headers["ETag"] == '"1"'
    assert [held["address"]["id"] for held in shown["addresses"]] == [address.id]
    assert [(held["phone"]["number"], held["blocked"]) for held in shown["phones"]] == [
        ("139****5678", False)
    ]
    assert shown["placement"]["card_number"] == "4532********0366"
    assert shown["repaid"] == "123.45"
    assert len(shown["promises"]) == 1
    with desk.installation.house.units.read() as uow:
        debtor = uow.debtors.need(placement.debtor_id)
        lines = uow.trail.page(PageRequest(), subject_id=placement.id, actor_id=COLLECTOR.id).items
    for clear in (debtor.id_number, debtor.name, "13912345678", "4532015112830366", "欧阳守静"):
        assert clear not in answer.text
    assert [line.action for line in lines] == ["placement.read"]


def test_clear_numbers_ask_for_a_purpose_and_a_permission(desk: Desk) -> None:
    placement = make_placement(desk, card_number="4532015112830366")
    make_phone(desk, placement, number="13912345678")
    path = f"/api/v1/placements/{placement.id}/unmask"
    desk.refused(desk.post(COLLECTOR, path, {"purpose": "核对"}), 403, "forbidden")
    desk.refused(desk.post(OUTSIDE_MANAGER, path, {"purpose": "核对"}), 404, "not_found")
    desk.refused(desk.post(MANAGER, path, {"purpose": " "}), 422, "invalid_input")
    clear = desk.ok(desk.post(MANAGER, path, {"purpose": "向甲方核对"}))
    assert clear["card_number"] == "4532015112830366"
    assert [phone["number"] for phone in clear["phones"]] == ["13912345678"]
    with desk.installation.house.units.read() as uow:
        [line] = uow.trail.page(PageRequest(), subject_id=placement.id, actor_id=MANAGER.id).items
    assert (line.action, line.purpose) == ("placement.unmasked", "向甲方核对")
    assert "13912345678" not in str(line.detail)


# W4, R14


def stored(desk: Desk, rows: str, id_: str) -> Any:
    with desk.installation.house.units.read() as uow:
        return getattr(uow, rows).need(id_)


def test_a_retention_is_longer_and_a_dispatchers(desk: Desk) -> None:
    placement = make_placement(desk)
    path = f"/api/v1/placements/{placement.id}/retain"
    desk.refused(desk.post(COLLECTOR, path, {"until": "2026-07-31"}), 403, "forbidden")
    desk.refused(desk.post(OUTSIDE_DISPATCHER, path, {"until": "2026-07-31"}), 404, "not_found")
    desk.refused(desk.post(DISPATCHER, path, {"until": "2026-06-30"}), 422, "placement_not_longer")
    shown = desk.ok(desk.post(DISPATCHER, path, {"until": "2026-07-01"}))
    assert shown["placement"]["ends_on"] == "2026-07-01"


def test_a_retention_after_the_end_takes_the_case_up_again(desk: Desk) -> None:
    placement = make_placement(desk)
    visit = make_visit(desk, placement, make_address(desk, placement), VisitState.PUBLISHED)
    recall(desk, placement, "2026-03-10")
    desk.ok(desk.post(MANAGER, f"/api/v1/placements/{placement.id}/retain", {"until": "2026-07-01"}))
    again = stored(desk, "placements", placement.id)
    assert (again.ended_on, again.retained_until) == (None, date(2026, 7, 1))
    assert stored(desk, "visits", visit.id).state is VisitState.CANCELLED
    with desk.installation.house.units.read() as uow:
        [hold] = uow.holds.having(placement_id=placement.id)
    assert (hold.reason, hold.release_reason) == (HoldReason.ENDED, "retained")


def recall(desk: Desk, placement: Placement, day: str) -> Any:
    body = {"recall_on": day, "reason": "甲方收回"}
    return desk.post(DISPATCHER, f"/api/v1/placements/{placement.id}/recall", body)


def test_a_recall_for_today_ends_the_case_at_once(desk: Desk) -> None:
    placement = make_placement(desk)
    address = make_address(desk, placement)
    request = make_request(desk, placement, [address], RequestState.ACCEPTED)
    visit = make_visit(desk, placement, address, VisitState.PLANNED)
    desk.refused(recall(desk, placement, "2026-03-09"), 422, "placement_recall_past")
    assert desk.ok(recall(desk, placement, "2026-03-10"))["placement"]["ended_on"] == "2026-03-10"
    assert stored(desk, "visit_requests", request.id).state is RequestState.CANCELLED
    assert stored(desk, "visits", visit.id).state is VisitState.CANCELLED
    desk.refused(recall(desk, placement, "2026-03-11"), 422, "placement_ended")


def test_a_recall_for_tomorrow_lets_today_go_on(desk: Desk) -> None:
    placement = make_placement(desk, retained_until=date(2026, 9, 1))
    shown = desk.ok(recall(desk, placement, "2026-03-11"))["placement"]
    assert (shown["ended_on"], shown["ends_on"]) == (None, "2026-03-11")


def test_a_case_moves_to_a_collector_of_its_branch_alone(desk: Desk) -> None:
    placement = make_placement(desk)
    path = f"/api/v1/placements/{placement.id}/collector"
    for wrong in (OUTSIDE_COLLECTOR, AGENT, DISPATCHER):
        body = {"collector_id": wrong.id, "reason": "调岗"}
        desk.refused(desk.post(DISPATCHER, path, body), 404, "not_found")
    desk.ok(desk.post(DISPATCHER, path, {"collector_id": COLLEAGUE.id, "reason": "调岗"}))
    assert listed(desk, COLLEAGUE) == [placement.id]
    assert listed(desk, COLLECTOR) == []
