"""What publishing sets off and what may still change: R9, V5, R15, R16, swaps, withdrawals, holds, planning again."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from server.domain.leases import lease_findings
from server.domain.messages import RobotFlavour, Webhook
from server.domain.placements import AddressStanding
from server.domain.requests import RequestState, Waiver, WaiverKind
from server.domain.visits import Visit, VisitState
from server.services.holds import hold_on
from server.services.ids import new_id
from server.services.ports.paging import PageRequest
from server.services.request_facts import gather
from tests.api.test_plans import (
    TODAY,
    TOMORROW,
    ZHENGZHOU,
    add_team,
    assign,
    conflicts,
    hold,
    if_match,
    open_plan,
    publish,
    published_plan,
    release,
    shown,
    visit_now,
    waiting_visit,
)
from tests.conftest import NOON, Desk
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
    BRANCH,
    COLLEAGUE,
    COLLECTOR,
    DISPATCHER,
    MANAGER,
    OTHER_AGENT,
    OTHER_BRANCH,
    OTHER_COLLECTOR,
    OUTSIDE_COLLECTOR,
    OUTSIDE_DISPATCHER,
    OUTSIDE_MANAGER,
    PARTNER,
    TEAM_LEAD,
    TRAINEE,
    Branch,
    Member,
)

YUANYANG = "河南省新乡市原阳县"
LUOYANG = "河南省洛阳市西工区"


def make_robot(desk: Desk, branch: Branch = BRANCH, *, enabled: bool = True) -> None:
    with desk.installation.house.units.write() as uow:
        url = "https://robot.example/send"
        uow.webhooks.add(
            Webhook(uow.new_id(), branch.id, RobotFlavour.WECOM, "工作群", url, None, enabled, 1)
        )
        uow.commit()


def inbox(desk: Desk, member: Member, kind: str) -> list[Any]:
    with desk.installation.house.units.read() as uow:
        return uow.inbox_messages.having(account_id=member.id, kind=kind)


def sent_to_groups(desk: Desk) -> list[str]:
    with desk.installation.house.units.read() as uow:
        return [message.text for message in uow.outbox_messages.having()]


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


# R9, V5, R15


def test_r9_the_list_and_the_agents_telephones_go_to_all_collectors(desk: Desk) -> None:
    make_robot(desk)
    make_robot(desk, enabled=False)
    make_robot(desk, OTHER_BRANCH)
    visit = waiting_visit(desk)
    published_plan(desk, visit)
    with desk.installation.house.units.read() as uow:
        case_number = uow.placements.need(visit.placement_id).case_number
    for member in (COLLECTOR, COLLEAGUE, OTHER_COLLECTOR, TEAM_LEAD, AGENT, PARTNER):
        (message,) = inbox(desk, member, "plan_published")
        assert message.params["list"] == f"09:00–12:00 陈磊、王强\n1. {case_number} 金水区"
        assert message.confidential == "陈磊 13800005678\n王强 13800005678"
    for member in (OUTSIDE_COLLECTOR, OTHER_AGENT):
        assert inbox(desk, member, "plan_published") == []
    (text,) = sent_to_groups(desk)
    assert case_number in text
    assert "13800005678" not in text
    with desk.installation.house.units.read() as uow:
        debtor = uow.debtors.need(uow.placements.need(visit.placement_id).debtor_id)
        address = uow.addresses.need(visit.address_id)
    assert debtor.name not in text
    assert address.detail not in text


def test_s6_the_telephones_of_a_message_are_sealed_in_the_database(desk: Desk) -> None:
    published_plan(desk, waiting_visit(desk))
    with desk.installation.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM inbox_messages").all()
    assert rows
    assert all(b"13800005678" not in str(row).encode() for row in rows)


def test_v5_a_list_is_sent_by_one_call(desk: Desk, later: Callable[..., None]) -> None:
    path = "/api/v1/visit-plans/lists/group"
    desk.refused(desk.post(COLLECTOR, path), 403, "forbidden")
    refused = desk.refused(desk.post(DISPATCHER, path), 422, "nothing_to_send")
    assert refused["clause"] == "V5"
    plan = open_plan(desk)
    desk.ok(assign(desk, add_team(desk, plan), waiting_visit(desk), waiting_visit(desk)))
    second = add_team(
        desk, plan, lead=OTHER_AGENT, start=f"{TOMORROW}T13:00:00+08:00", end=f"{TOMORROW}T15:00:00+08:00"
    )
    desk.ok(assign(desk, second, waiting_visit(desk)))
    desk.refused(desk.post(DISPATCHER, f"{path}?day=tomorrow"), 422, "nothing_to_send")
    desk.ok(publish(desk, plan))
    desk.refused(desk.post(DISPATCHER, f"{path}?day=tomorrow"), 422, "no_group")
    make_robot(desk)
    desk.refused(desk.post(DISPATCHER, f"{path}?day=yesterday"), 422, "invalid_input")
    desk.refused(desk.post(OUTSIDE_DISPATCHER, f"{path}?day=tomorrow"), 422, "nothing_to_send")
    assert desk.ok(desk.post(DISPATCHER, f"{path}?day=tomorrow")) == {"visits": 3, "robots": 1}
    assert desk.ok(desk.post(OTHER_AGENT, f"{path}?day=tomorrow")) == {"visits": 1, "robots": 1}
    desk.refused(desk.post(TRAINEE, f"{path}?day=tomorrow"), 422, "nothing_to_send")
    later(days=1)
    assert desk.ok(desk.post(AGENT, path))["visits"] == 2
    assert all("13800005678" not in text for text in sent_to_groups(desk))


def test_r15_the_published_plan_is_the_list_for_the_gate(desk: Desk) -> None:
    path = f"/api/v1/attendance?day={TOMORROW}"
    plan = open_plan(desk)
    team = add_team(desk, plan, trainee=TRAINEE)
    desk.ok(assign(desk, team, waiting_visit(desk), waiting_visit(desk)))
    assert desk.ok(desk.get(ADMINISTRATION, path))["items"] == []
    desk.ok(publish(desk, plan))
    lines = desk.ok(desk.get(ADMINISTRATION, path))["items"]
    assert [(line["name"], line["role"]) for line in lines] == [
        ("陈磊", "lead"),
        ("王强", "partner"),
        ("徐彤", "trainee"),
    ]
    assert {line["districts"] for line in lines} == {"金水区"}
    assert {line["starts_at"] for line in lines} == {f"{TOMORROW}T01:00:00Z"}
    assert [line["name"] for line in desk.ok(desk.get(AGENT, path))["items"]] == ["陈磊"]
    assert desk.ok(desk.get(OUTSIDE_DISPATCHER, path))["items"] == []
    assert desk.ok(desk.get(ADMINISTRATION, f"/api/v1/attendance?day={TODAY}"))["items"] == []
    assert len(inbox(desk, ADMINISTRATION, "attendance_list")) == 1


def test_r15_the_list_is_exported_and_the_export_is_on_record(desk: Desk) -> None:
    published_plan(desk, waiting_visit(desk))
    path = f"/api/v1/attendance.csv?day={TOMORROW}"
    desk.refused(desk.get(ADMINISTRATION, "/api/v1/attendance.csv"), 422, "invalid_input")
    answer = desk.get(ADMINISTRATION, path)
    assert (answer.status_code, answer.content_type.split(";")[0]) == (200, "text/csv")
    heading, first, second = answer.get_data().decode("utf-8-sig").splitlines()
    assert heading == "工号,姓名,岗位,外出时间,返回时间,前往区县"
    assert first.startswith(f"N-chenlei,陈磊,组长,{TOMORROW} 09:00:00")
    assert second.split(",")[2] == "同伴"
    outside = desk.get(OUTSIDE_DISPATCHER, f"{path}&language=en").get_data().decode("utf-8-sig")
    assert outside.splitlines() == ["employee number,name,role,out from,out until,districts"]
    with desk.installation.house.units.read() as uow:
        lines = uow.trail.page(PageRequest(), subject_id=None, actor_id=ADMINISTRATION.id).items
    assert "attendance.exported" in {line.action for line in lines}


# R16


def ask_travel(desk: Desk, plan: dict[str, Any], kind: str = "approval") -> Any:
    body = {"id": new_id(NOON), "kind": kind, "reason": "原阳县三户"}
    return desk.post(DISPATCHER, f"/api/v1/visit-plans/{plan['id']}/travel-approvals", body)


def decide(desk: Desk, approval: dict[str, Any], *, granted: bool, by: Member = MANAGER) -> Any:
    body = {"granted": granted, "reason": "已核对"}
    headers = if_match(approval["version"])
    return desk.post(by, f"/api/v1/travel-approvals/{approval['id']}/decide", body, headers=headers)


def test_r16_a_plan_outside_the_city_waits_for_the_manager(desk: Desk) -> None:
    plan = open_plan(desk)
    team = desk.ok(assign(desk, add_team(desk, plan), waiting_visit(desk)))
    desk.refused(ask_travel(desk, plan), 422, "travel_not_needed")
    away = waiting_visit(desk, county=YUANYANG)
    team = desk.ok(assign(desk, team, away))
    refused = desk.refused(publish(desk, plan), 422, "travel_not_approved")
    assert refused["clause"] == "R16"
    assert refused["errors"][0]["facts"]["cities"] == "新乡市"
    approval = desk.ok(ask_travel(desk, plan), 201)
    assert len(inbox(desk, MANAGER, "travel_asked")) == 1
    desk.refused(publish(desk, plan), 422, "travel_not_approved")
    desk.refused(decide(desk, approval, granted=True, by=DISPATCHER), 403, "forbidden")
    desk.refused(decide(desk, approval, granted=True, by=OUTSIDE_MANAGER), 404, "not_found")
    declined = desk.ok(decide(desk, approval, granted=False))
    desk.refused(decide(desk, declined, granted=True), 409, "wrong_state")
    desk.refused(publish(desk, plan), 422, "travel_not_approved")
    desk.ok(decide(desk, desk.ok(ask_travel(desk, plan), 201), granted=True))
    assert len(inbox(desk, DISPATCHER, "travel_granted")) == 1
    assert conflicts(desk, plan) == []
    desk.ok(assign(desk, team, away, waiting_visit(desk, county=LUOYANG)))
    desk.refused(publish(desk, plan), 422, "travel_not_approved")
    desk.ok(decide(desk, desk.ok(ask_travel(desk, plan), 201), granted=True))
    desk.ok(publish(desk, plan))


def test_r16_a_notice_by_phone_is_made_good_afterwards(desk: Desk) -> None:
    waiting = "/api/v1/travel-approvals?waiting=true"
    plan = open_plan(desk)
    desk.ok(assign(desk, add_team(desk, plan), waiting_visit(desk, county=YUANYANG)))
    notice = desk.ok(ask_travel(desk, plan, "phone_notice"), 201)
    desk.ok(publish(desk, plan))
    assert [item["id"] for item in desk.ok(desk.get(MANAGER, waiting))["items"]] == [notice["id"]]
    assert desk.ok(desk.get(OUTSIDE_MANAGER, waiting))["items"] == []
    path = f"/api/v1/travel-approvals/{notice['id']}/make-good"
    body, headers = {"reason": "补办手续"}, if_match(notice["version"])
    desk.refused(desk.post(DISPATCHER, path, body, headers=headers), 403, "forbidden")
    made_good = desk.ok(desk.post(MANAGER, path, body, headers=headers))
    assert made_good["made_good_at"] is not None
    again = desk.post(MANAGER, path, body, headers=if_match(made_good["version"]))
    desk.refused(again, 409, "wrong_state")
    assert desk.ok(desk.get(MANAGER, waiting))["items"] == []
    assert len(desk.ok(desk.get(MANAGER, "/api/v1/travel-approvals"))["items"]) == 1


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
