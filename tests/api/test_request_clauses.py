"""The clauses at filing, by the front door: each refusal with its clause, then what opens the way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from server.domain.placements import AddressKind, HoldReason
from server.domain.requests import RequestState
from server.domain.visits import AddressOutcome, VisitState
from server.services import holds
from tests.conftest import Desk
from tests.support import builders
from tests.support.cast import (
    COLLECTOR,
    DISPATCHER,
    OUTSIDE_COLLECTOR,
)
from tests.support.requests import act, ask, decide, draft, file, filed, fresh, inbox

TODAY = date(2026, 3, 10)


def refused(desk: Desk, answer: Any, clause: str, code: str) -> dict[str, Any]:
    body = desk.refused(answer, 422, code)
    assert body["clause"] == clause
    assert body["remedy"]
    return body


def test_r1_before_the_opening(desk: Desk) -> None:
    placement = builders.make_placement(desk, opened_on=TODAY + timedelta(days=1))
    request = draft(desk, placement, builders.make_address(desk, placement))
    body = refused(desk, file(desk, request), "R1", "request_before_opening")
    assert body["errors"][0]["facts"] == {"opened_on": "2026-03-11", "requested_on": "2026-03-10"}


def test_r1_after_the_end(desk: Desk) -> None:
    placement = builders.make_placement(desk, ended_on=TODAY)
    refused(
        desk,
        file(desk, draft(desk, placement, builders.make_address(desk, placement))),
        "R1",
        "request_after_end",
    )


def test_r2_without_an_address(desk: Desk) -> None:
    request = draft(desk, builders.make_placement(desk))
    refused(desk, file(desk, request), "R2", "request_without_address")


@pytest.mark.parametrize(
    ("county", "clause", "code"),
    [
        ("河南省郑州市高新区", "R2", "address_incomplete"),
        ("原阳县", "R2", "address_to_accept"),
        ("郑州市原阳县", "R3", "address_divisions_wrong"),
        ("河南省洛阳市吉利区", "R3", "address_renamed"),
    ],
)
def test_r2_and_r3_at_filing(desk: Desk, county: str, clause: str, code: str) -> None:
    placement = builders.make_placement(desk)
    request = draft(desk, placement, builders.make_address(desk, placement, county=county))
    body = refused(desk, file(desk, request), clause, code)
    assert body["errors"][0]["field"] == "addresses[0]"


def test_r2_detail_missing(desk: Desk) -> None:
    placement = builders.make_placement(desk)
    request = draft(desk, placement, builders.make_address(desk, placement, detail=""))
    refused(desk, file(desk, request), "R2", "address_detail_missing")


def test_r2_what_was_filled_in_is_accepted_by_the_author_and_kept_on_the_address(desk: Desk) -> None:
    placement = builders.make_placement(desk)
    address = builders.make_address(
        desk, placement, county="原阳县", detail="建设路12号", county_code="", normalized=""
    )
    request = draft(desk, placement, address, accept=True)
    assert request["addresses"][0]["accepted_text"] == "河南省新乡市原阳县建设路12号"
    desk.ok(file(desk, request))
    with desk.installation.house.units.read() as uow:
        kept = uow.addresses.need(address.id)
    assert (kept.county_code, kept.normalized, kept.text) == (
        "410725", "河南省新乡市原阳县建设路12号", "原阳县建设路12号",
    )  # fmt: skip


@pytest.mark.parametrize(("days_left", "fine"), [(14, False), (15, False), (16, True)])
def test_r4_fifteen_days_before_the_recall(desk: Desk, days_left: int, fine: bool) -> None:
    placement = builders.make_placement(desk, recall_on=TODAY + timedelta(days=days_left))
    answer = file(desk, draft(desk, placement, builders.make_address(desk, placement)))
    if fine:
        assert desk.ok(answer)["requested_on"] == "2026-03-10"
    else:
        body = refused(desk, answer, "R4", "recall_too_near")
        assert body["errors"][0]["facts"]["days_left"] == days_left


def test_r4_an_exception_opens_it_only_once_a_dispatcher_granted_it(desk: Desk) -> None:
    placement = builders.make_placement(desk, recall_on=TODAY + timedelta(days=10))
    request = draft(desk, placement, builders.make_address(desk, placement))
    waiver = desk.ok(ask(desk, request, "recall_blackout"), 201)
    assert "waiver_asked" in inbox(desk, DISPATCHER)
    refused(desk, file(desk, request), "R4", "recall_too_near")
    desk.ok(decide(desk, waiver, granted=True))
    assert "waiver_granted" in inbox(desk, COLLECTOR)
    assert desk.ok(file(desk, request))["state"] == "filed"


def test_r4_a_declined_exception_stays_declined_and_may_be_asked_again(desk: Desk) -> None:
    placement = builders.make_placement(desk, recall_on=TODAY + timedelta(days=10))
    request = draft(desk, placement, builders.make_address(desk, placement))
    waiver = desk.ok(ask(desk, request, "recall_blackout"), 201)
    desk.refused(ask(desk, request, "recall_blackout"), 409, "waiver_asked_already")
    desk.ok(decide(desk, waiver, granted=False))
    desk.refused(decide(desk, waiver, granted=True), 409, "wrong_state")
    refused(desk, file(desk, request), "R4", "recall_too_near")
    desk.ok(ask(desk, request, "recall_blackout"), 201)


def test_r5_the_household_registration_comes_first(desk: Desk) -> None:
    placement = builders.make_placement(desk)
    household = builders.make_address(desk, placement)
    home = builders.make_address(desk, placement, AddressKind.HOME)
    builders.make_confirmation(desk, home, by="物业")
    request = draft(desk, placement, home)
    body = refused(desk, file(desk, request), "R5", "higher_address_open")
    assert body["errors"][0]["facts"]["higher_ids"] == [household.id]
    waiver = desk.ok(ask(desk, request, "address_order", home), 201)
    desk.ok(decide(desk, waiver, granted=True))
    desk.ok(file(desk, request))


def test_r5_a_visit_of_this_placement_to_the_household_opens_the_home(desk: Desk) -> None:
    placement = builders.make_placement(desk)
    household = builders.make_address(desk, placement)
    home = builders.make_address(desk, placement, AddressKind.HOME)
    builders.make_confirmation(desk, home, by="物业")
    earlier = builders.make_placement(desk, debtor_id=placement.debtor_id)
    builders.make_visit(desk, earlier, household, VisitState.COMPLETED)
    request = draft(desk, placement, home)
    refused(desk, file(desk, request), "R5", "higher_address_open")
    builders.make_visit(desk, placement, household, VisitState.COMPLETED)
    desk.ok(file(desk, request))


def test_r5_a_home_that_the_debtor_confirmed_comes_before_the_household(desk: Desk) -> None:
    placement = builders.make_placement(desk)
    household = builders.make_address(desk, placement)
    home = builders.make_address(desk, placement, AddressKind.HOME)
    builders.make_confirmation(desk, home, by="邻居")
    request = draft(desk, placement, household)
    desk.ok(file(desk, request))
    builders.make_confirmation(desk, home, by="母亲")
    other = draft(desk, placement, household)
    body = refused(desk, file(desk, other), "R5", "higher_address_open")
    assert body["errors"][0]["facts"]["higher_ids"] == [home.id]


def test_r6_an_address_found_gone_is_refused_until_somebody_confirms_it_anew(
    desk: Desk, later: Callable[..., None]
) -> None:
    placement = builders.make_placement(desk)
    home = builders.make_address(desk, placement, AddressKind.HOME)
    builders.make_confirmation(desk, home, by="物业")
    later(minutes=1)
    builders.make_visit(
        desk, placement, home, VisitState.COMPLETED, outcome=AddressOutcome.MOVED, ended_at=desk.clock.now()
    )
    request = draft(desk, placement, home)
    refused(desk, file(desk, request), "R6", "address_recorded_invalid")
    later(minutes=1)
    builders.make_confirmation(desk, home, by="物业")
    desk.ok(file(desk, request))


def test_r6_a_home_without_a_confirmation(desk: Desk) -> None:
    placement = builders.make_placement(desk)
    home = builders.make_address(desk, placement, AddressKind.HOME)
    request = draft(desk, placement, home)
    refused(desk, file(desk, request), "R6", "address_not_confirmed")
    builders.make_confirmation(desk, home)
    desk.ok(file(desk, request))


def test_r6_where_a_visit_found_somebody_no_other_confirmation_is_needed(desk: Desk) -> None:
    placement = builders.make_placement(desk)
    home = builders.make_address(desk, placement, AddressKind.HOME)
    builders.make_visit(desk, placement, home, VisitState.COMPLETED, outcome=AddressOutcome.FOUND)
    desk.ok(file(desk, draft(desk, placement, home)))


def test_r7_two_counties_in_one_request(desk: Desk) -> None:
    placement = builders.make_placement(desk)
    first = builders.make_address(desk, placement)
    second = builders.make_address(desk, placement, county="河南省郑州市金水区")
    third = builders.make_address(desk, placement)
    refused(desk, file(desk, draft(desk, placement, first, second)), "R7", "counties_differ")
    desk.ok(file(desk, draft(desk, placement, first, third)))


def test_r7_an_open_request_of_the_debtor_in_another_placement(desk: Desk) -> None:
    placement = builders.make_placement(desk)
    here = builders.make_address(desk, placement)
    there = builders.make_address(desk, placement, county="河南省郑州市金水区")
    again = builders.make_placement(desk, OUTSIDE_COLLECTOR, debtor_id=placement.debtor_id)
    other = builders.make_request(desk, again, [there])
    request = draft(desk, placement, here)
    body = refused(desk, file(desk, request), "R7", "other_request_open")
    assert "郑州市金水区" in body["detail"]
    assert other.id not in str(body)
    builders.change(desk, "visit_requests", other.id, state=RequestState.ACCEPTED)
    visit = builders.make_visit(desk, again, there, request_id=other.id)
    refused(desk, file(desk, request), "R7", "other_request_open")
    builders.change(desk, "visits", visit.id, state=VisitState.COMPLETED)
    desk.ok(file(desk, request))


def test_r7_an_open_request_in_the_same_county_is_no_obstacle(desk: Desk) -> None:
    placement = builders.make_placement(desk)
    filed(desk, placement, builders.make_address(desk, placement))
    filed(desk, placement, builders.make_address(desk, placement))


def test_r8_the_office_is_called_before(desk: Desk) -> None:
    placement = builders.make_placement(desk)
    village = builders.make_address(desk, placement, county="河南省郑州市金水区", detail="张庄村12号")
    request = draft(desk, placement, village)
    refused(desk, file(desk, request), "R8", "demolition_unchecked")
    call = {
        "id": fresh(),
        "office": "某街道办事处",
        "telephone": "0371-66660000",
        "called_at": "2026-03-10T09:30:00+08:00",
        "answer": "demolished",
    }
    calls = f"/api/v1/addresses/{village.id}/demolition-checks"
    future = call | {"id": fresh(), "called_at": "2026-03-10T12:00:01+08:00"}
    assert (
        desk.refused(desk.post(COLLECTOR, calls, future), 422, "invalid_input")["errors"][0]["field"]
        == "called_at"
    )
    desk.ok(desk.post(COLLECTOR, calls, call), 201)
    refused(desk, file(desk, request), "R8", "address_demolished")
    desk.ok(
        desk.post(
            COLLECTOR,
            calls,
            call | {"id": fresh(), "called_at": "2026-03-10T10:00:00+08:00", "answer": "standing"},
        ),
        201,
    )
    desk.ok(file(desk, request))


def test_r8_a_demolished_village_is_filed_with_a_reason_that_a_dispatcher_accepts(desk: Desk) -> None:
    placement = builders.make_placement(desk)
    village = builders.make_address(desk, placement, county="河南省郑州市金水区", detail="张庄村12号")
    request = draft(desk, placement, village)
    call = {
        "id": fresh(),
        "office": "某街道办事处",
        "telephone": "0371-66660000",
        "called_at": "2026-03-10T09:30:00+08:00",
        "answer": "demolished",
    }
    calls = f"/api/v1/addresses/{village.id}/demolition-checks"
    for field in ("office", "telephone", "called_at", "answer"):
        short = {name: value for name, value in call.items() if name != field}
        desk.refused(desk.post(COLLECTOR, calls, short), 422, "invalid_input")
    told = desk.ok(desk.post(COLLECTOR, calls, call), 201)
    assert (told["called_by"], told["answer"]) == (COLLECTOR.id, "demolished")
    declined = desk.ok(ask(desk, request, "demolished", village), 201)
    desk.ok(decide(desk, declined, granted=False))
    refused(desk, file(desk, request), "R8", "address_demolished")
    granted = desk.ok(ask(desk, request, "demolished", village), 201)
    refused(desk, file(desk, request), "R8", "address_demolished")
    desk.ok(decide(desk, granted, granted=True))
    desk.ok(file(desk, request))


def test_r8_a_dispatcher_records_that_it_is_no_urban_village(desk: Desk) -> None:
    placement = builders.make_placement(desk)
    village = builders.make_address(desk, placement, county="河南省郑州市金水区", detail="张庄村12号")
    request = draft(desk, placement, village)
    desk.refused(ask(desk, request, "no_urban_village"), 422, "address_not_in_request")
    waiver = desk.ok(ask(desk, request, "no_urban_village", village), 201)
    desk.ok(decide(desk, waiver, granted=True))
    desk.ok(file(desk, request))


@pytest.mark.parametrize(("days", "fine"), [(-1, True), (0, False), (1, False)])
def test_r11_on_or_before_the_promised_day(desk: Desk, days: int, fine: bool) -> None:
    placement = builders.make_placement(desk)
    builders.make_promise(desk, placement, TODAY + timedelta(days=days))
    answer = file(desk, draft(desk, placement, builders.make_address(desk, placement)))
    if fine:
        desk.ok(answer)
    else:
        refused(desk, answer, "R11", "promise_not_due")


def test_r11_an_accepted_explanation_travels_with_the_visit(desk: Desk) -> None:
    placement = builders.make_placement(desk)
    builders.make_promise(desk, placement, TODAY + timedelta(days=5))
    request = draft(desk, placement, builders.make_address(desk, placement))
    desk.ok(decide(desk, desk.ok(ask(desk, request, "promise"), 201), granted=True))
    accepted = desk.ok(act(desk, DISPATCHER, desk.ok(file(desk, request)), "accept"))
    with desk.installation.house.units.read() as uow:
        (visit,) = uow.visits.having(request_id=accepted["id"])
    assert (visit.promise_due_on, visit.promise_explained) == (date(2026, 3, 15), True)


def test_v13_nothing_is_filed_or_accepted_while_the_case_is_on_hold(desk: Desk) -> None:
    placement = builders.make_placement(desk)
    address = builders.make_address(desk, placement)
    waiting = filed(desk, placement, address)
    request = draft(desk, placement, address)
    with desk.installation.house.units.write() as uow:
        holds.place_hold(uow, placement, HoldReason.COMPLAINT, "来电投诉", by=None)
        uow.commit()
    refused(desk, file(desk, request), "V13", "request_on_hold")
    refused(desk, act(desk, DISPATCHER, waiting, "accept"), "V13", "request_on_hold")
