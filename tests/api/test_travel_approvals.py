"""A plan that leaves the city: the manager's approval, or a notice by phone that is made good (R16)."""

from __future__ import annotations

from typing import Any

from server.services.ids import new_id
from tests.conftest import NOON, Desk
from tests.support.cast import DISPATCHER, MANAGER, OUTSIDE_MANAGER, Member
from tests.support.planning import (
    LUOYANG,
    YUANYANG,
    add_team,
    assign,
    conflicts,
    if_match,
    inbox,
    open_plan,
    publish,
    waiting_visit,
)


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
