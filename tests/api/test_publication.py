"""What is frozen at publication and what may still change: explanations, swaps, withdrawals, holds, planning again."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from server.domain.leases import lease_findings
from server.domain.placements import AddressStanding
from server.domain.requests import RequestState, Waiver, WaiverKind
from server.domain.visits import Visit, VisitState
from server.services.holds import hold_on
from server.services.request_facts import gather
from tests.conftest import Desk
from tests.support.builders import (
    make_address,
    make_confirmation,
    make_placement,
    make_promise,
    make_request,
    make_visit,
)
from tests.support.cast import (
    ADMINISTRATION,
    AGENT,
    COLLECTOR,
    DISPATCHER,
    OTHER_AGENT,
    OUTSIDE_DISPATCHER,
    PARTNER,
    TRAINEE,
    Member,
)
from tests.support.planning import (
    TOMORROW,
    YUANYANG,
    ZHENGZHOU,
    add_team,
    assign,
    hold,
    if_match,
    inbox,
    open_plan,
    publish,
    published_plan,
    release,
    shown,
    visit_now,
    waiting_visit,
)


def swap(desk: Desk, team: dict[str, Any], leaves: Member, joins: Member) -> Any:
    body = {"leaves": leaves.id, "joins": joins.id, "reason": "生病"}
    headers = if_match(team["version"])
    return desk.post(DISPATCHER, f"/api/v1/visit-teams/{team['id']}/swap", body, headers=headers)


def why_not(desk: Desk, visit: Visit) -> list[str]:
    """What stands against a start within the lease."""
    with desk.installation.house.units.read() as uow:
        read = uow.visits.need(visit.id)
        moment = read.valid_from or uow.now
        return [finding.kind.code for finding in lease_findings(read, moment, hold_on(uow, read))]


# R11, X4


@pytest.mark.parametrize(("granted", "explained"), [(None, False), (False, False), (True, True)])
def test_x4_only_an_accepted_explanation_is_frozen(desk: Desk, granted: bool | None, explained: bool) -> None:
    placement = make_placement(desk)
    address = make_address(desk, placement, county=ZHENGZHOU)
    request = make_request(desk, placement, [address])
    make_promise(desk, placement, date(2026, 3, 20))
    with desk.installation.house.units.write() as uow:
        waiver = Waiver(
            uow.new_id(), request.id, WaiverKind.PROMISE, None, "已搬离", COLLECTOR.id, uow.now,
            granted, DISPATCHER.id, uow.now, "", 1,
        )  # fmt: skip
        uow.waivers.add(waiver)
        uow.commit()
    visit = make_visit(desk, placement, address, request_id=request.id)
    published_plan(desk, visit)
    assert visit_now(desk, visit).promise_explained is explained


# after publication


def test_a_partner_is_swapped_the_same_morning(desk: Desk, later: Callable[..., None]) -> None:
    begun, to_come = waiting_visit(desk), waiting_visit(desk)
    plan, team = published_plan(desk, begun, to_come)
    with desk.installation.house.units.write() as uow:
        started = dataclasses.replace(uow.visits.need(begun.id), state=VisitState.COMPLETED)
        uow.visits.save(started)
        uow.commit()
    later(hours=22)
    desk.refused(swap(desk, team, PARTNER, AGENT), 422, "team_not_two")
    desk.refused(swap(desk, team, PARTNER, TRAINEE), 422, "certificate_missing")
    desk.refused(swap(desk, team, PARTNER, COLLECTOR), 422, "not_an_agent")
    desk.refused(swap(desk, team, OTHER_AGENT, PARTNER), 422, "not_on_team")
    swapped = desk.ok(swap(desk, team, PARTNER, OTHER_AGENT))
    assert swapped["partner"]["name"] == "何伟"
    assert visit_now(desk, to_come).partner_id == OTHER_AGENT.id
    assert visit_now(desk, begun).partner_id == PARTNER.id
    for member in (AGENT, PARTNER, OTHER_AGENT, COLLECTOR, ADMINISTRATION):
        assert len(inbox(desk, member, "team_swapped")) == 1
    desk.refused(swap(desk, team, OTHER_AGENT, PARTNER), 412, "stale")
    assert shown(desk, plan)["version"] > plan["version"]


def test_a_swap_does_not_book_anybody_twice_nor_after_the_hours(
    desk: Desk, later: Callable[..., None]
) -> None:
    plan = open_plan(desk)
    team = desk.ok(assign(desk, add_team(desk, plan), waiting_visit(desk)))
    desk.refused(swap(desk, team, PARTNER, OTHER_AGENT), 409, "wrong_state")
    desk.ok(publish(desk, plan))
    busy = {"start": f"{TOMORROW}T11:59:00+08:00", "end": f"{TOMORROW}T14:00:00+08:00"}
    add_team(desk, plan, lead=OTHER_AGENT, partner=TRAINEE, **busy)
    desk.refused(swap(desk, team, PARTNER, OTHER_AGENT), 422, "agent_booked_twice")
    later(hours=24)
    desk.refused(swap(desk, team, PARTNER, TRAINEE), 422, "team_over")


def test_a_published_visit_is_withdrawn_with_a_reason_and_may_wait_again(desk: Desk) -> None:
    visit, other = waiting_visit(desk), waiting_visit(desk)
    path = f"/api/v1/visits/{visit.id}/withdraw"
    desk.refused(desk.post(DISPATCHER, path, {"reason": "客户来电"}), 409, "wrong_state")
    plan, _ = published_plan(desk, visit, other)
    desk.refused(desk.post(DISPATCHER, path, {}), 422, "invalid_input")
    desk.refused(desk.post(COLLECTOR, path, {"reason": "客户来电"}), 403, "forbidden")
    fresh = desk.ok(desk.post(DISPATCHER, path, {"reason": "客户来电", "again": True}))
    withdrawn = visit_now(desk, visit)
    assert (withdrawn.state, withdrawn.lead_id) == (VisitState.CANCELLED, AGENT.id)
    assert fresh["id"] != visit.id
    assert (fresh["state"], fresh["address_id"]) == ("accepted", visit.address_id)
    assert [m.params["reason"] for m in inbox(desk, AGENT, "visit_withdrawn")] == ["客户来电"]
    gone = desk.ok(desk.post(DISPATCHER, f"/api/v1/visits/{other.id}/withdraw", {"reason": "无"}))
    assert (gone["id"], gone["state"]) == (other.id, "cancelled")
    assert shown(desk, plan)["state"] == "published"


def test_a_failed_visit_is_planned_again_as_a_new_one(desk: Desk) -> None:
    placement = make_placement(desk)
    address = make_address(desk, placement)
    failed = make_visit(desk, placement, address, state=VisitState.FAILED, outcome_note="无人应门")
    path = f"/api/v1/visits/{failed.id}/plan-again"
    desk.refused(desk.post(AGENT, path), 403, "forbidden")
    fresh = desk.ok(desk.post(DISPATCHER, path), 201)
    assert (fresh["state"], visit_now(desk, failed).state) == ("accepted", VisitState.FAILED)
    with desk.installation.house.units.read() as uow:
        assert uow.visits.need(fresh["id"]).outcome_note == ""
    desk.refused(desk.post(DISPATCHER, path), 409, "already_planned_again")
    waiting = f"/api/v1/visits/{fresh['id']}/plan-again"
    desk.refused(desk.post(DISPATCHER, waiting), 409, "wrong_state")


def test_r7_a_request_is_over_when_the_visit_planned_again_is(desk: Desk, later: Callable[..., None]) -> None:
    placement = make_placement(desk)
    address = make_address(desk, placement, county=ZHENGZHOU)
    request = make_request(desk, placement, [address], RequestState.ACCEPTED)
    failed = make_visit(desk, placement, address, state=VisitState.FAILED, request_id=request.id)
    other = make_request(
        desk, placement, [make_address(desk, placement, county=YUANYANG)], RequestState.DRAFT
    )

    def open_elsewhere() -> int:
        with desk.installation.house.units.read() as uow:
            facts = gather(
                uow, desk.installation.house.addresses, uow.visit_requests.need(other.id), placement
            )
        return len(facts.open_divisions)

    assert open_elsewhere() == 1
    later(minutes=1)
    fresh = desk.ok(desk.post(DISPATCHER, f"/api/v1/visits/{failed.id}/plan-again"), 201)
    assert open_elsewhere() == 1
    with desk.installation.house.units.write() as uow:
        done = dataclasses.replace(uow.visits.need(fresh["id"]), state=VisitState.COMPLETED)
        uow.visits.save(done)
        uow.commit()
    assert open_elsewhere() == 0


def test_r14_nothing_waits_again_after_the_placement(desk: Desk) -> None:
    placement = make_placement(desk, recall_on=date(2026, 3, 9))
    failed = make_visit(desk, placement, make_address(desk, placement), state=VisitState.FAILED)
    path = f"/api/v1/visits/{failed.id}/plan-again"
    assert desk.refused(desk.post(DISPATCHER, path), 422, "visit_after_end")["clause"] == "R14"
    last_day = make_placement(desk, recall_on=date(2026, 3, 10))
    again = make_visit(desk, last_day, make_address(desk, last_day), state=VisitState.FAILED)
    desk.ok(desk.post(DISPATCHER, f"/api/v1/visits/{again.id}/plan-again"), 201)


def test_an_expired_lease_is_planned_again(desk: Desk, later: Callable[..., None]) -> None:
    visit = waiting_visit(desk)
    published_plan(desk, visit)
    path = f"/api/v1/visits/{visit.id}/plan-again"
    later(hours=24)
    desk.refused(desk.post(DISPATCHER, path), 409, "wrong_state")
    later(seconds=1)
    desk.ok(desk.post(DISPATCHER, path), 201)
    assert visit_now(desk, visit).ended_reason == "lease expired"


def test_v13_a_hold_after_publication_stops_the_start_until_it_is_released(desk: Desk) -> None:
    visit = waiting_visit(desk)
    published_plan(desk, visit)
    assert why_not(desk, visit) == []
    placed = hold(desk, visit)
    assert why_not(desk, visit) == ["visit_on_hold"]
    assert len(inbox(desk, AGENT, "visit_held")) == 1
    release(desk, visit, placed)
    assert why_not(desk, visit) == []
    assert len(inbox(desk, AGENT, "visit_released")) == 1


def test_a_withdrawn_address_holds_the_visits_to_it_alone(desk: Desk, later: Callable[..., None]) -> None:
    placement = make_placement(desk)
    address = make_address(desk, placement, county=ZHENGZHOU)
    other = make_address(desk, placement, county=ZHENGZHOU)
    visit, elsewhere = make_visit(desk, placement, address), make_visit(desk, placement, other)
    published_plan(desk, visit, elsewhere)
    path = f"/api/v1/addresses/{address.id}"
    body = {"reason": "查明已拆迁"}
    desk.refused(desk.post(COLLECTOR, f"{path}/withdraw", body), 403, "forbidden")
    desk.refused(desk.post(OUTSIDE_DISPATCHER, f"{path}/withdraw", body), 404, "not_found")
    desk.refused(desk.post(DISPATCHER, f"{path}/take-back", body), 409, "wrong_state")
    answer = desk.ok(desk.post(DISPATCHER, f"{path}/withdraw", body))
    assert (answer["standing"], answer["visits"]) == ("invalid", 1)
    assert (why_not(desk, visit), why_not(desk, elsewhere)) == (["visit_on_hold"], [])
    desk.refused(desk.post(DISPATCHER, f"{path}/withdraw", body), 409, "wrong_state")
    third = make_visit(desk, placement, address)
    team = add_team(
        desk,
        open_plan(desk, "2026-03-12"),
        start="2026-03-12T09:00:00+08:00",
        end="2026-03-12T10:00:00+08:00",
    )
    desk.refused(assign(desk, team, third), 422, "visit_address_invalid")
    later(minutes=1)
    make_confirmation(desk, address)
    confirmed = desk.refused(assign(desk, team, third), 422, "visit_on_hold")
    assert [error["code"] for error in confirmed["errors"]] == ["visit_on_hold"]
    taken_back = desk.ok(desk.post(DISPATCHER, f"{path}/take-back", body))
    assert taken_back["standing"] == AddressStanding.UNKNOWN
    assert why_not(desk, visit) == []
    desk.ok(assign(desk, team, third))
