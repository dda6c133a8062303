"""Complaints with the clock of the report to the client (V13), who is out for the gate (R15), the last visit here."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from server.domain.placements import HoldReason
from server.domain.plans import PlanState
from server.domain.visits import AddressOutcome, VisitState
from server.services.ports.paging import PageRequest
from tests.conftest import Desk
from tests.desk.conftest import Browser, seen
from tests.support import builders, case_builders, plan_builders
from tests.support.cast import (
    ADMINISTRATION,
    AGENT,
    COLLEAGUE,
    COLLECTOR,
    DISPATCHER,
    MANAGER,
    OUTSIDE_MANAGER,
    PARTNER,
    TEAM_LEAD,
)
from tests.support.requests import fresh
from tests.support.statements import statements_of

LIST = "/desk/complaints"


@pytest.fixture
def manager(desk: Desk) -> Browser:
    return Browser(desk, MANAGER)


def test_a_complaint_is_taken_led_told_and_released(desk: Desk, manager: Browser) -> None:
    placement = builders.make_placement(desk)
    case_builders.make_hold(desk, builders.make_placement(desk), reason=HoldReason.REPAID)
    case = f"/desk/cases/{placement.id}"
    assert "没有投诉" in seen(manager.page(LIST))
    Browser(desk, COLLECTOR).done(
        f"{case}/hold", {"id": fresh(), "reason": "complaint", "note": "要求停止上门"}
    )
    for browser in (Browser(desk, OUTSIDE_MANAGER), Browser(desk, COLLEAGUE)):
        assert placement.case_number not in browser.page(LIST)
    with desk.installation.house.units.read() as uow:
        (hold,) = uow.holds.having(placement_id=placement.id)
    builders.change(desk, "holds", hold.id, placed_at=desk.clock.now() - timedelta(hours=26, minutes=5))
    page = seen(manager.page(LIST))
    assert "要求停止上门" in page
    assert "未报备，已过 26 小时 5 分" in page
    assert "未指派" in page
    own = Browser(desk, COLLECTOR).page(LIST)
    assert placement.case_number in own
    assert "/reported" not in own
    for path in ("reported", "release", "lead"):
        assert Browser(desk, COLLECTOR).post(f"/desk/holds/{hold.id}/{path}").status_code == 403, path
    assert manager.post(f"/desk/holds/{hold.id}/lead", {"lead_id": AGENT.id}).status_code == 404
    manager.done(f"/desk/holds/{hold.id}/lead", {"lead_id": TEAM_LEAD.id})
    manager.done(f"/desk/holds/{hold.id}/reported")
    assert manager.post(f"/desk/holds/{hold.id}/reported").status_code == 409
    page = seen(manager.page(LIST))
    assert "用时 26 小时 5 分" in page
    assert TEAM_LEAD.name in page
    assert manager.post(f"/desk/holds/{hold.id}/release", {}).status_code == 422
    manager.done(f"/desk/holds/{hold.id}/release", {"reason": "已安抚"})
    assert placement.case_number not in manager.page(LIST)
    assert placement.case_number in manager.page(f"{LIST}?which=released")
    assert manager.get(f"{LIST}?which=some").status_code == 422


def test_more_complaints_ask_no_more_queries(desk: Desk, manager: Browser) -> None:
    def some(count: int) -> None:
        for _ in range(count):
            placement = builders.make_placement(desk)
            builders.make_visit(desk, placement, builders.make_address(desk, placement))
            case_builders.make_hold(desk, placement, placed_by=COLLECTOR.id)

    some(1)
    manager.page(LIST)
    with statements_of(desk) as few:
        manager.page(LIST)
    some(6)
    with statements_of(desk) as many:
        shown = manager.page(LIST)
    assert shown.count("data-row ") == 7
    assert len(many) == len(few)


def test_the_gate_sees_who_is_out_and_no_case(desk: Desk) -> None:
    plan = plan_builders.make_plan(desk, state=PlanState.PUBLISHED, published_at=desk.clock.now())
    team = plan_builders.make_team(desk, plan, AGENT, PARTNER)
    placement = builders.make_placement(desk)
    builders.make_visit(
        desk, placement, builders.make_address(desk, placement), VisitState.PUBLISHED, AGENT, PARTNER,
        plan_id=plan.id, team_id=team.id,
    )  # fmt: skip
    gate = Browser(desk, ADMINISTRATION)
    page = gate.page(f"/desk/out?day={plan.day.isoformat()}")
    assert AGENT.name in page
    assert "09:00–12:00" in page
    assert placement.case_number not in page
    assert "这一天没有已发布的外访" in seen(gate.page("/desk/out"))
    assert gate.get("/desk/out?day=2026-02-30").status_code == 422
    file = gate.get(f"/desk/out.csv?day={plan.day.isoformat()}")
    assert file.get_data().startswith(b"\xef\xbb\xbf")
    assert PARTNER.name in file.get_data(as_text=True)
    file.close()
    with desk.installation.house.units.read() as uow:
        lines = uow.trail.page(PageRequest(100), subject_id=None, actor_id=ADMINISTRATION.id).items
    assert [line.action for line in lines if line.action.startswith("attendance")] == ["attendance.exported"]


def test_a_failed_visit_says_when_somebody_was_there_last(desk: Desk) -> None:
    placement = builders.make_placement(desk)
    address = builders.make_address(desk, placement)
    before = desk.clock.now() - timedelta(days=3)
    builders.make_visit(
        desk, placement, address, VisitState.COMPLETED, started_at=before, ended_at=before,
        outcome=AddressOutcome.NOBODY,
    )  # fmt: skip
    failed = builders.make_visit(desk, placement, address, VisitState.FAILED)
    page = seen(Browser(desk, DISPATCHER).page(f"/desk/visits/{failed.id}"))
    assert "此地址上次外访：2026-03-07（3 天前），无人" in page
    other = builders.make_visit(desk, placement, builders.make_address(desk, placement), VisitState.FAILED)
    assert re.search("上次外访", seen(Browser(desk, DISPATCHER).page(f"/desk/visits/{other.id}"))) is None
