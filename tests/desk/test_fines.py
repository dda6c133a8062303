"""Fines and incidents at the desk: refusals first; a fine's course, double once overdue, a decision by the matrix."""

from __future__ import annotations

import re

from server.domain.adverse import FINDING_WORDS
from server.domain.fines import FineState
from server.domain.incident_matrix import Consequence
from server.services.visit_records import keep_finding
from tests.conftest import Desk
from tests.desk.conftest import Browser, seen
from tests.support.case_builders import make_fine
from tests.support.cast import (
    AGENT,
    COLLECTOR,
    DISPATCHER,
    MANAGER,
    OUTSIDE_AGENT,
    OUTSIDE_MANAGER,
    QA,
    TRAINER,
)
from tests.support.months import turn_to
from tests.support.paid import Paid
from tests.support.rows import fresh_id
from tests.support.statements import statements_of
from tests.support.visit_builders import make_incident

FINES, INCIDENTS = "/desk/fines", "/desk/incidents"


def entered(**changes: str) -> dict[str, str]:
    return {
        "id": fresh_id(), "account_id": COLLECTOR.id, "entry": "sensitive_call_note", "count": "2",
        "found_on": "2026-03-10", "note": "催记里写了 <b>单位</b>",
    } | changes  # fmt: skip


def decided(**changes: str) -> dict[str, str]:
    return {
        "id": fresh_id(), "account_id": AGENT.id, "found": "inspection", "at_fault": "false", "pacified": "false",
        "reasons": "检查时发现，无过错，未安抚",
    } | changes  # fmt: skip


def states(desk: Desk) -> list[FineState]:
    with desk.installation.house.units.read() as uow:
        return [one.state for one in uow.fines.having()]


def test_who_has_nothing_to_do_with_fines_sees_none(desk: Desk) -> None:
    fine = make_fine(desk, COLLECTOR, DISPATCHER)
    assert Browser(desk, QA).get(FINES).status_code == 403
    agent = Browser(desk, AGENT)
    assert "没有罚款" in seen(agent.page(FINES))
    assert agent.post(FINES, entered()).status_code == 403
    assert agent.post(f"{FINES}/{fine.id}/payment", {"amount": "10.00"}).status_code == 403
    assert Browser(desk, TRAINER).get(INCIDENTS).status_code == 403
    assert (
        Browser(desk, OUTSIDE_MANAGER).post(f"{FINES}/{fine.id}/payment", {"amount": "1.00"}).status_code
        == 404
    )


def test_what_is_no_fine_is_refused(desk: Desk) -> None:
    dispatcher = Browser(desk, DISPATCHER)
    for changes, status in (
        ({"entry": "whistling"}, 422), ({"account_id": OUTSIDE_AGENT.id}, 404), ({"found_on": "2026-03-11"}, 422),
        ({"count": "0"}, 422), ({"note": ""}, 422),
    ):  # fmt: skip
        assert dispatcher.post(FINES, entered(**changes)).status_code == status, changes
    assert dispatcher.post(f"{FINES}/address-errors", {"month": "2026-03"}).status_code == 422
    assert states(desk) == []


def test_a_fine_is_entered_once_verified_due_and_double_the_day_after(desk: Desk) -> None:
    dispatcher, fields = Browser(desk, DISPATCHER), entered()
    for _ in range(2):
        dispatcher.done(FINES, fields, part=False)
    (fine_id,) = re.findall(r"/desk/fines/([0-9a-f-]{36})/verification", dispatcher.page(FINES))
    assert "催记里写了 <b>单位</b>" in seen(dispatcher.page(FINES)).replace("&lt;", "<")
    verification = f"{FINES}/{fine_id}/verification"
    assert dispatcher.post(verification, {"holds": "true"}).status_code == 422
    dispatcher.done(verification, {"holds": "true", "note": "已核对"}, part=False)
    assert dispatcher.post(verification, {"holds": "false", "note": "x"}).status_code == 409
    own = seen(Browser(desk, COLLECTOR).page(FINES))
    assert "¥100.00 已通知，待缴" in own
    turn_to(desk, "2026-03-11")
    dispatcher = Browser(desk, DISPATCHER)
    assert "逾期，加倍" in seen(dispatcher.page(FINES))
    assert dispatcher.post(f"{FINES}/{fine_id}/payment", {"amount": "100.00"}).status_code == 422
    dispatcher.done(f"{FINES}/{fine_id}/payment", {"amount": "200.00"}, part=False)
    assert states(desk) == [FineState.PAID]
    assert "已收 ¥200.00" in seen(dispatcher.page(f"{FINES}?state=paid"))


def test_a_fine_that_does_not_hold_is_dropped(desk: Desk) -> None:
    fine = make_fine(desk, COLLECTOR, DISPATCHER)
    dispatcher = Browser(desk, DISPATCHER)
    dispatcher.done(f"{FINES}/{fine.id}/verification", {"holds": "false", "note": "误登"}, part=False)
    assert states(desk) == [FineState.DROPPED]
    assert "误登" in seen(dispatcher.page(f"{FINES}?state=dropped"))


def test_a_manager_decides_by_the_matrix_once_and_a_fine_follows(desk: Desk) -> None:
    case = Paid(desk)
    incident = make_incident(desk, case.met, about_account_id=AGENT.id, note="着装不规范")
    path = f"{INCIDENTS}/{incident.id}"
    assert Browser(desk, QA).post(f"{path}/decision", decided()).status_code == 403
    manager = Browser(desk, MANAGER)
    page = seen(manager.page(path))
    assert "检查发现 无责 未安抚 处罚 ¥100.00" in page
    assert manager.post(f"{path}/decision", decided(account_id=COLLECTOR.id)).status_code == 422
    assert manager.post(f"{path}/decision", decided(consequence="fine")).status_code == 422
    assert manager.post(f"{path}/decision", decided(reasons="")).status_code == 422
    manager.done(f"{path}/decision", decided(), part=False)
    assert manager.post(f"{path}/decision", decided()).status_code == 409
    page = seen(manager.page(path))
    assert "处罚 ¥100.00 F7" in page
    assert "作出处理" in page
    assert "合规事件处罚 F7" in seen(manager.page(f"{FINES}?state=due"))
    manager.done(f"{path}/close", {"note": "已处理"}, part=False)
    assert "已处理" in seen(manager.page(path))
    assert "着装不规范" in seen(manager.page(f"{INCIDENTS}?open=false"))
    assert "没有合规事件" in seen(manager.page(f"{INCIDENTS}?open=true"))
    with desk.installation.house.units.read() as uow:
        (decision,) = uow.incident_decisions.having(incident_id=incident.id)
    assert (decision.consequence, decision.amount_fen) == (Consequence.FINE, 10_000)


def test_what_was_told_of_a_visit_is_named_in_the_list_on_its_page_and_on_the_visit(desk: Desk) -> None:
    case = Paid(desk)
    incident = make_incident(desk, case.met)
    with desk.installation.house.units.write() as uow:
        keep_finding(uow, case.met, "cash_offered", "V4", "")
        keep_finding(uow, case.met, "started_before_told", "V13", "complaint")
        uow.commit()
    manager = Browser(desk, MANAGER)
    for path in (INCIDENTS, f"{INCIDENTS}/{incident.id}", f"/desk/visits/{case.met.id}"):
        assert FINDING_WORDS["cash_offered"][0] in manager.page(path), path
    course = manager.page(f"/desk/visits/{case.met.id}")
    assert FINDING_WORDS["started_before_told"][0] in course
    assert ">complaint<" not in course


def test_longer_lists_ask_no_more_queries(desk: Desk) -> None:
    case = Paid(desk)
    manager = Browser(desk, MANAGER)

    def one_more() -> None:
        make_fine(desk, COLLECTOR, DISPATCHER)
        make_incident(desk, case.met, about_account_id=AGENT.id, note="x")

    one_more()
    for path in (FINES, INCIDENTS):
        manager.page(path)
        with statements_of(desk) as few:
            manager.page(path)
        one_more()
        with statements_of(desk) as many:
            manager.page(path)
        assert len(many) == len(few), path
