"""Decisions of dispatchers on visit requests: accept, return, refuse, many at once, two dispatchers; R13."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import Any

import pytest

from server.domain.placements import Address, AddressStanding, Placement
from server.domain.requests import RequestState
from server.domain.visits import VisitState
from server.services.address_errors import record_address_error
from tests.conftest import Desk
from tests.support import builders
from tests.support.cast import (
    AGENT,
    COLLEAGUE,
    COLLECTOR,
    DISPATCHER,
    MANAGER,
    OUTSIDE_DISPATCHER,
    OUTSIDE_MANAGER,
    TEAM_LEAD,
)
from tests.support.requests import REQUESTS, act, ask, decide, draft, file, filed, fresh, inbox

ERRORS = "/api/v1/address-errors?month=2026-03"
WRONG = {"reason": "门牌号不存在"}


def waiting(desk: Desk) -> tuple[Placement, Address, dict[str, Any]]:
    placement = builders.make_placement(desk)
    address = builders.make_address(desk, placement)
    return placement, address, filed(desk, placement, address)


def test_only_a_dispatcher_of_the_branch_decides(desk: Desk) -> None:
    _, _, request = waiting(desk)
    desk.refused(act(desk, COLLECTOR, request, "accept"), 403, "forbidden")
    desk.refused(act(desk, TEAM_LEAD, request, "refuse", WRONG), 403, "forbidden")
    for verb, body in (("accept", None), ("return", WRONG), ("refuse", WRONG)):
        desk.refused(act(desk, OUTSIDE_DISPATCHER, request, verb, body), 404, "not_found")


def test_only_a_filed_request_is_decided(desk: Desk) -> None:
    placement = builders.make_placement(desk)
    request = draft(desk, placement, builders.make_address(desk, placement))
    for verb, body in (("accept", None), ("return", WRONG), ("refuse", WRONG)):
        desk.refused(act(desk, DISPATCHER, request, verb, body), 409, "wrong_state")


def test_a_return_and_a_refusal_need_a_reason(desk: Desk) -> None:
    _, _, request = waiting(desk)
    for verb in ("return", "refuse"):
        desk.refused(act(desk, DISPATCHER, request, verb, {}), 422, "invalid_input")
        desk.refused(act(desk, DISPATCHER, request, verb, {"reason": "  "}), 422, "invalid_input")


def test_accepting_makes_one_visit_for_each_address(desk: Desk) -> None:
    placement = builders.make_placement(desk)
    first, second = builders.make_address(desk, placement), builders.make_address(desk, placement)
    request = filed(desk, placement, second, first)
    accepted = desk.ok(act(desk, DISPATCHER, request, "accept"))
    assert (accepted["state"], accepted["decided_by"]) == ("accepted", DISPATCHER.id)
    with desk.installation.house.units.read() as uow:
        visits = uow.visits.having(request_id=request["id"])
    assert [visit.address_id for visit in sorted(visits, key=lambda v: v.position)] == [second.id, first.id]
    assert {visit.state for visit in visits} == {VisitState.ACCEPTED}
    assert {(visit.plan_id, visit.lead_id, visit.promise_explained) for visit in visits} == {
        (None, None, False)
    }
    assert "request_accepted" in inbox(desk, COLLECTOR)


def test_r1_a_placement_that_ended_meanwhile_is_not_accepted(desk: Desk) -> None:
    placement, _, request = waiting(desk)
    builders.change(desk, "placements", placement.id, ended_on=date(2026, 3, 10))
    problem = desk.refused(act(desk, DISPATCHER, request, "accept"), 422, "request_after_end")
    assert problem["clause"] == "R1"


def test_two_dispatchers_at_once_decide_only_once(desk: Desk) -> None:
    _, _, request = waiting(desk)
    desk.token(DISPATCHER)

    def accept(_: int) -> int:
        return int(act(desk, DISPATCHER, request, "accept").status_code)

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(accept, range(2))) == [200, 412]
    desk.refused(act(desk, DISPATCHER, request, "refuse", WRONG), 412, "stale")
    with desk.installation.house.units.read() as uow:
        assert len(uow.visits.having(request_id=request["id"])) == 1


def test_a_returned_request_is_corrected_and_filed_anew(desk: Desk) -> None:
    _, _, request = waiting(desk)
    returned = desk.ok(act(desk, DISPATCHER, request, "return", {"reason": "请补充联系人"}))
    assert (returned["state"], returned["decision_reason"]) == ("returned", "请补充联系人")
    assert "request_returned" in inbox(desk, COLLECTOR)
    again = desk.ok(file(desk, returned))
    assert (again["state"], again["decision_reason"]) == ("filed", None)


def test_r7_a_returned_request_is_still_open(desk: Desk) -> None:
    placement, _, request = waiting(desk)
    desk.ok(act(desk, DISPATCHER, request, "return", WRONG))
    elsewhere = builders.make_address(desk, placement, county="河南省郑州市金水区")
    desk.refused(file(desk, draft(desk, placement, elsewhere)), 422, "other_request_open")


def test_a_refusal_for_another_reason_counts_no_address_error(desk: Desk) -> None:
    _, address, request = waiting(desk)
    refused = desk.ok(act(desk, DISPATCHER, request, "refuse", {"reason": "本月名额已满"}))
    assert refused["state"] == "refused"
    assert desk.ok(desk.get(DISPATCHER, ERRORS))["people"] == []
    with desk.installation.house.units.read() as uow:
        assert uow.addresses.need(address.id).standing is AddressStanding.UNKNOWN


def test_r13_an_address_that_the_dispatcher_finds_wrong_is_counted_and_invalid(desk: Desk) -> None:
    placement, address, request = waiting(desk)
    foreign = builders.make_address(desk, placement)
    body = WRONG | {"wrong_address_id": foreign.id}
    desk.refused(act(desk, DISPATCHER, request, "refuse", body), 422, "address_not_in_request")
    desk.ok(act(desk, DISPATCHER, request, "refuse", WRONG | {"wrong_address_id": address.id}))
    (person,) = desk.ok(desk.get(MANAGER, ERRORS))["people"]
    assert (person["display_name"], person["count"], person["free"], person["fine"]) == ("李敏", 1, 1, "0.00")
    assert [error["address_id"] for error in person["errors"]] == [address.id]
    with desk.installation.house.units.read() as uow:
        assert uow.addresses.need(address.id).standing is AddressStanding.INVALID


@pytest.mark.parametrize(
    ("count", "free", "fine"), [(2, 2, "0.00"), (3, 3, "0.00"), (4, 3, "20.00"), (5, 3, "40.00")]
)
def test_r13_the_month_of_discovery_has_three_free(desk: Desk, count: int, free: int, fine: str) -> None:
    placement = builders.make_placement(desk)
    for _ in range(count):
        record(desk, builders.make_address(desk, placement))
    (person,) = desk.ok(desk.get(COLLECTOR, ERRORS))["people"]
    assert (person["count"], person["free"], person["fine"]) == (count, free, fine)
    assert desk.ok(desk.get(COLLECTOR, ERRORS.replace("03", "02")))["people"] == []


def test_r13_the_month_is_that_of_shanghai(desk: Desk) -> None:
    placement = builders.make_placement(desk)
    desk.clock.move_to(datetime(2026, 3, 31, 15, 59, 59, tzinfo=UTC))
    record(desk, builders.make_address(desk, placement))
    desk.clock.move_to(datetime(2026, 3, 31, 16, 0, tzinfo=UTC))
    record(desk, builders.make_address(desk, placement))
    assert desk.ok(desk.get(DISPATCHER, ERRORS))["people"][0]["count"] == 1
    assert desk.ok(desk.get(DISPATCHER, ERRORS.replace("03", "04")))["people"][0]["count"] == 1


def test_r13_the_same_address_of_the_same_request_counts_once_and_a_zone_never(desk: Desk) -> None:
    placement = builders.make_placement(desk)
    address = builders.make_address(desk, placement)
    zone = builders.make_address(desk, placement, county="河南省郑州市高新区")
    request = builders.make_request(desk, placement, [address, zone])
    first = record(desk, address, request_id=request.id)
    assert record(desk, address, request_id=request.id) == first
    assert record(desk, zone, request_id=request.id) is None
    assert desk.ok(desk.get(COLLECTOR, ERRORS))["people"][0]["count"] == 1


def test_s13_address_errors_of_others_are_not_shown(desk: Desk) -> None:
    record(desk, builders.make_address(desk, builders.make_placement(desk)))
    for stranger in (COLLEAGUE, OUTSIDE_MANAGER):
        assert desk.ok(desk.get(stranger, ERRORS))["people"] == []
    assert len(desk.ok(desk.get(TEAM_LEAD, ERRORS))["people"]) == 1
    desk.refused(desk.get(AGENT, ERRORS), 403, "forbidden")
    desk.refused(desk.get(COLLECTOR, ERRORS.replace("03", "13")), 422, "invalid_input")


def record(desk: Desk, address: Address, **where: str) -> Any:
    with desk.installation.house.units.write(AGENT.id) as uow:
        found = {"request_id": None, "visit_id": None} | where
        error = record_address_error(
            uow, address, COLLECTOR.id, found_by=AGENT.id, note="查无此门牌", **found
        )
        uow.commit()
    return error


def test_of_many_decisions_each_has_its_own_outcome(desk: Desk) -> None:
    (_, _, good), (_, address, wrong), (_, _, stale) = (waiting(desk) for _ in range(3))
    foreign = fresh()
    decisions = [
        {"request_id": stale["id"], "version": stale["version"] - 1, "decision": "accept"},
        {"request_id": good["id"], "version": good["version"], "decision": "accept"},
        {"request_id": foreign, "version": 1, "decision": "accept"},
        {
            "request_id": wrong["id"],
            "version": wrong["version"],
            "decision": "refuse",
            "reason": "门牌号不存在",
            "wrong_address_id": address.id,
        },
        {"request_id": good["id"], "version": good["version"], "decision": "return", "reason": "重复"},
    ]
    outcomes = desk.ok(desk.post(DISPATCHER, f"{REQUESTS}/decisions", {"decisions": decisions}))["outcomes"]
    told = [(o["state"], o["problem"] and o["problem"]["title"]) for o in outcomes]
    assert told == [
        (None, "stale"), ("accepted", None), (None, "not_found"), ("refused", None), (None, "stale"),
    ]  # fmt: skip
    with desk.installation.house.units.read() as uow:
        assert len(uow.visits.having(request_id=good["id"])) == 1
        assert uow.visit_requests.need(stale["id"]).state is RequestState.FILED


@pytest.mark.parametrize(
    "decision",
    [
        {"decision": "refuse"},
        {"decision": "accept", "wrong_address_id": "01234567-89ab-7def-8123-456789abcdef"},
        {"decision": "postpone"},
        {"decision": "accept", "version": 0},
        {"decision": "accept", "version": True},
    ],
)
def test_a_malformed_decision_refuses_the_whole_batch(desk: Desk, decision: dict[str, Any]) -> None:
    body = {"decisions": [{"request_id": fresh(), "version": 1} | decision]}
    desk.refused(desk.post(DISPATCHER, f"{REQUESTS}/decisions", body), 422, "invalid_input")
    desk.refused(desk.post(DISPATCHER, f"{REQUESTS}/decisions", {"decisions": []}), 422, "invalid_input")


def test_a_waiver_is_decided_by_a_dispatcher_of_the_branch_before_filing(desk: Desk) -> None:
    placement = builders.make_placement(desk)
    request = draft(desk, placement, builders.make_address(desk, placement))
    waiver = desk.ok(ask(desk, request, "promise"), 201)
    desk.refused(decide(desk, waiver, True, by=COLLECTOR), 403, "forbidden")
    desk.refused(decide(desk, waiver, True, by=OUTSIDE_DISPATCHER), 404, "not_found")
    desk.refused(decide(desk, {"id": fresh()}, True), 404, "not_found")
    desk.ok(file(desk, request))
    desk.refused(decide(desk, waiver, True), 409, "wrong_state")


def test_a_waiver_for_the_whole_request_names_no_address(desk: Desk) -> None:
    placement = builders.make_placement(desk)
    address = builders.make_address(desk, placement)
    request = draft(desk, placement, address)
    desk.refused(ask(desk, request, "promise", address), 422, "invalid_input")
    desk.refused(ask(desk, request, "address_order"), 422, "address_not_in_request")
