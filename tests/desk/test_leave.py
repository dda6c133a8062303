"""Leave over HTTP and at the desk: refusals first; entered, seen before a team is made, withdrawn (R15, V1)."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from server.domain.plans import PlanState
from server.domain.visits import VisitState
from tests.conftest import Desk
from tests.desk.conftest import Browser, seen
from tests.support import builders, plan_builders
from tests.support.cast import (
    AGENT,
    COLLECTOR,
    DISPATCHER,
    MANAGER,
    OTHER_AGENT,
    OUTSIDE_AGENT,
    OUTSIDE_MANAGER,
    PARTNER,
    PERSONNEL,
)
from tests.support.rows import fresh_id
from tests.support.statements import statements_of

LIST, PAGE = "/api/v1/leave", "/desk/leave"
TOMORROW = date(2026, 3, 11)


def body(**changes: Any) -> dict[str, Any]:
    return {
        "id": fresh_id(), "account_id": AGENT.id, "first_day": "2026-03-11", "last_day": "2026-03-12",
        "kind": "sick", "note": "",
    } | changes  # fmt: skip


def form(**changes: str) -> dict[str, str]:
    given = body(**{"employee_number": f"N-{AGENT.username}"} | changes)
    return {name: value for name, value in given.items() if name != "account_id"}


def entered(desk: Desk, **changes: Any) -> dict[str, Any]:
    return dict(desk.ok(desk.post(PERSONNEL, LIST, body(**changes)), 201))


def test_personnel_alone_enters_and_a_manager_reads_the_own_branch(desk: Desk) -> None:
    for member in (COLLECTOR, AGENT, DISPATCHER):
        assert desk.get(member, LIST).status_code == 403
        assert Browser(desk, member).get(PAGE).status_code == 403
    desk.refused(desk.post(MANAGER, LIST, body()), 403, "forbidden")
    leave = entered(desk)
    assert [one["id"] for one in desk.ok(desk.get(MANAGER, LIST))["items"]] == [leave["id"]]
    assert desk.ok(desk.get(OUTSIDE_MANAGER, LIST))["items"] == []
    desk.refused(desk.post(MANAGER, f"{LIST}/{leave['id']}/withdraw", {"reason": "x"}), 403, "forbidden")
    manager = Browser(desk, MANAGER)
    assert "登记请假" not in seen(manager.page(PAGE))
    assert manager.post(PAGE, form()).status_code == 403


def test_what_cannot_be_is_not_entered(desk: Desk) -> None:
    leave = entered(desk)
    for changes, status, code in (
        ({"last_day": "2026-03-10"}, 422, "leave_backwards"),
        ({"first_day": "2026-03-12", "last_day": "2026-03-13"}, 409, "leave_overlaps"),
        ({"account_id": fresh_id()}, 404, "not_found"),
        ({"kind": "holiday"}, 422, "invalid_input"),
    ):
        desk.refused(desk.post(PERSONNEL, LIST, body(**changes)), status, code)
    entered(desk, first_day="2026-03-13", last_day="2026-03-13")
    path = f"{LIST}/{leave['id']}/withdraw"
    desk.refused(desk.post(PERSONNEL, path, {"reason": " "}), 422, "invalid_input")
    desk.ok(desk.post(PERSONNEL, path, {"reason": "已康复"}))
    desk.refused(desk.post(PERSONNEL, path, {"reason": "x"}), 409, "leave_withdrawn")
    desk.refused(desk.post(PERSONNEL, f"{LIST}/{fresh_id()}/withdraw", {"reason": "x"}), 404, "not_found")
    entered(desk)


def test_a_plan_shows_who_is_away_and_does_not_go_out_with_them(desk: Desk) -> None:
    plan = plan_builders.make_plan(desk, TOMORROW)
    plan_builders.make_team(desk, plan)
    leave = entered(desk)
    assert leave["team_ids"], "whoever enters it is told that somebody must be swapped"
    agents = desk.ok(desk.get(DISPATCHER, f"/api/v1/visit-plans/{plan.id}/agents"))["items"]
    away = {one["account_id"]: one["away_until"] for one in agents}
    assert (away[AGENT.id], away[PARTNER.id]) == ("2026-03-12", None)
    told = desk.ok(desk.get(DISPATCHER, f"/api/v1/visit-plans/{plan.id}/conflicts"))["forbidding"]
    assert "agent_on_leave" in [one["code"] for one in told]
    page = Browser(desk, DISPATCHER).page(f"/desk/plans/{plan.id}")
    assert f"{AGENT.name} · 请假至 2026-03-12" in seen(page)
    assert f"{AGENT.name} 在 2026-03-11 请假" in seen(page)
    assert "病假" not in page, "why somebody is away is not the planner's to know"
    desk.ok(desk.post(PERSONNEL, f"{LIST}/{leave['id']}/withdraw", {"reason": "x"}))
    assert "请假" not in seen(Browser(desk, DISPATCHER).page(f"/desk/plans/{plan.id}").partition("<main")[2])


def test_nobody_on_leave_is_swapped_into_a_published_team(desk: Desk) -> None:
    plan = plan_builders.make_plan(desk, TOMORROW, state=PlanState.PUBLISHED)
    team = plan_builders.make_team(desk, plan)
    placement = builders.make_placement(desk)
    address = builders.make_address(desk, placement)
    builders.make_visit(
        desk, placement, address, VisitState.PUBLISHED, AGENT, PARTNER, plan_id=plan.id, team_id=team.id,
        valid_from=team.starts_at, valid_until=team.ends_at,
    )  # fmt: skip
    entered(desk)
    entered(desk, account_id=OTHER_AGENT.id)
    page = seen(Browser(desk, DISPATCHER).page(f"/desk/plans/{plan.id}"))
    assert f"{AGENT.name} 当天请假，请换人" in page
    swap = {"leaves": AGENT.id, "joins": OTHER_AGENT.id, "reason": "病假"}
    path = f"/desk/teams/{team.id}/swap"
    refused = Browser(desk, DISPATCHER).post(path, swap | {"version": "1"})
    assert refused.status_code == 422
    assert f"{OTHER_AGENT.name} 在 2026-03-11 请假" in seen(refused.text)


def test_at_the_desk_it_is_entered_by_number_and_withdrawn_with_a_reason(desk: Desk) -> None:
    personnel = Browser(desk, PERSONNEL)
    assert personnel.post(PAGE, form(employee_number="N-nobody")).status_code == 404
    assert personnel.post(PAGE, form(last_day="2026-03-01")).status_code == 422
    fields = form(first_day="2026-03-10", note="复诊<b>")
    for _ in range(2):
        assert personnel.post(PAGE, fields).status_code == 303, "a double tap is one leave"
    page = personnel.page(PAGE)
    assert page.count("data-row ") == 1
    assert "请假中" in seen(page)
    assert "复诊<b>" in seen(page)
    (path,) = re.findall(r'action="(/desk/leave/[0-9a-f-]{36}/withdraw)"', page)
    assert personnel.post(path, {"reason": ""}).status_code == 422
    personnel.done(path, {"reason": "改期"}, part=False)
    assert "没有请假" in seen(personnel.page(PAGE))
    assert "撤销：改期" in seen(personnel.page(f"{PAGE}?listed=withdrawn"))
    assert "没有请假" in seen(personnel.page(f"{PAGE}?listed=past"))


def test_more_leave_asks_no_more(desk: Desk) -> None:
    personnel = Browser(desk, PERSONNEL)
    plan_builders.make_leave(desk, AGENT, TOMORROW)
    personnel.page(PAGE)
    with statements_of(desk) as few:
        personnel.page(PAGE)
    for member in (PARTNER, OTHER_AGENT, OUTSIDE_AGENT):
        plan_builders.make_leave(desk, member, TOMORROW)
    with statements_of(desk) as many:
        personnel.page(PAGE)
    assert len(many) == len(few)
