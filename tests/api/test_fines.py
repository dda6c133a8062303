"""The ledger of fines (F4, F5, R13) and what incidents lead to (F7), as far as payslips tell of both (F6)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from server.domain.policy.editions import CONSEQUENCES, MATRIX_AXES
from server.domain.requests import AddressError
from server.domain.visits import Visit
from tests.conftest import Desk
from tests.support import visit_builders
from tests.support.cast import (
    AGENT,
    COLLECTOR,
    DISPATCHER,
    MANAGER,
    OTHER_COLLECTOR,
    OUTSIDE_AGENT,
    OUTSIDE_MANAGER,
    PARTNER,
    QA,
    TEAM_LEAD,
    Member,
)
from tests.support.months import turn_to
from tests.support.paid import Paid
from tests.support.rows import fresh_id

PAY = "/api/v1/pay/2026-03"


def entered(desk: Desk, of: Member = COLLECTOR, member: Member = DISPATCHER, **changes: Any) -> Any:
    body = {
        "id": fresh_id(), "account_id": of.id, "entry": "false_case_state", "found_on": "2026-03-10",
        "note": "标记 Found1",
    }  # fmt: skip
    return desk.post(member, "/api/v1/fines", body | changes)


def verified(desk: Desk, fine: Any, member: Member = DISPATCHER, holds: bool = True) -> Any:
    body = {"id": fresh_id(), "holds": holds, "note": "已核对"}
    return desk.post(member, f"/api/v1/fines/{fine['id']}/verification", body)


def handed(desk: Desk, fine: Any, amount: str, member: Member = DISPATCHER) -> Any:
    body = {"id": fresh_id(), "amount": amount}
    return desk.post(member, f"/api/v1/fines/{fine['id']}/payment", body)


def slip(desk: Desk, of: Member) -> Any:
    return desk.ok(desk.get(of, f"{PAY}/payslips/{of.id}"))


def test_who_supervises_enters_a_fine_of_the_catalogue(desk: Desk) -> None:
    desk.refused(entered(desk, member=COLLECTOR), 403, "forbidden")
    refused = desk.refused(entered(desk, entry="late"), 422, "fine_unknown")
    assert "sales_recording" in refused["errors"][0]["remedy"]["en"]
    desk.refused(entered(desk, OUTSIDE_AGENT), 404, "not_found")
    desk.refused(entered(desk, OTHER_COLLECTOR, TEAM_LEAD), 404, "not_found")
    desk.refused(entered(desk, DISPATCHER), 422, "fine_not_supervised")
    desk.refused(entered(desk, found_on="2026-03-11"), 422, "day_ahead")
    for count in (0, 1001):
        desk.refused(entered(desk, count=count), 422, "invalid_input")
    fine = desk.ok(entered(desk, member=TEAM_LEAD, count=3), 201)
    assert (fine["amount"], fine["clause"], fine["state"], fine["month"]) == (
        "30.00",
        "F4",
        "found",
        "2026-03",
    )
    assert desk.ok(entered(desk, entry="sensitive_call_note"), 201)["amount"] == "50.00"
    assert desk.ok(entered(desk, entry="sales_recording"), 201)["amount"] == "50.00"


def test_an_entry_is_supervised_by_the_posts_of_the_edition(desk: Desk) -> None:
    with desk.installation.house.units.write() as uow:
        document = 'fine_catalogue = [["no_badge", "5.00", "F4", "team_lead"]]'
        uow.policy_documents.publish(uow.new_id(), document, uow.now, None)
        uow.commit()
    desk.refused(entered(desk, entry="no_badge"), 422, "fine_not_supervised")
    desk.refused(entered(desk), 422, "fine_unknown")
    assert desk.ok(entered(desk, member=TEAM_LEAD, entry="no_badge"), 201)["amount"] == "5.00"


def test_it_is_due_on_the_day_on_which_it_is_verified_and_double_after_it(desk: Desk) -> None:
    desk.token(DISPATCHER)
    fine = desk.ok(entered(desk), 201)
    desk.refused(handed(desk, fine, "10.00"), 409, "fine_state")
    due = desk.ok(verified(desk, fine))
    assert (due["state"], due["due_on"]) == ("due", "2026-03-10")
    told = desk.ok(desk.get(COLLECTOR, "/api/v1/inbox"))["items"]
    assert any("标记虚假案件状态 10.00 元" in one["message"]["zh"] for one in told)
    desk.refused(verified(desk, fine), 409, "fine_state")
    refused = desk.refused(handed(desk, fine, "9.99"), 422, "fine_amount")
    assert "10.00" in refused["errors"][0]["message"]["en"]
    turn_to(desk, "2026-03-11", "00:00:00")
    desk.refused(handed(desk, fine, "10.00"), 422, "fine_amount")
    paid = desk.ok(handed(desk, fine, "20.00"))
    assert (paid["state"], paid["received"], paid["paid_on"]) == ("paid", "20.00", "2026-03-11")
    desk.refused(handed(desk, fine, "20.00"), 409, "fine_state")


def test_on_the_day_itself_it_is_paid_once(desk: Desk) -> None:
    fine = desk.ok(verified(desk, desk.ok(entered(desk), 201)))
    assert desk.ok(handed(desk, fine, "10.00"))["received"] == "10.00"


def test_what_does_not_hold_is_dropped(desk: Desk) -> None:
    fine = desk.ok(entered(desk), 201)
    desk.refused(verified(desk, fine, QA), 403, "forbidden")
    dropped = desk.ok(verified(desk, fine, holds=False))
    assert (dropped["state"], dropped["due_on"], dropped["decision_note"]) == ("dropped", None, "已核对")
    desk.refused(handed(desk, fine, "10.00"), 409, "fine_state")


def test_fines_are_shown_to_their_person_and_those_who_supervise(desk: Desk) -> None:
    desk.ok(entered(desk), 201)
    desk.ok(entered(desk, OTHER_COLLECTOR), 201)
    seen = {
        member.username: len(desk.ok(desk.get(member, "/api/v1/fines?month=2026-03&state=found"))["items"])
        for member in (COLLECTOR, TEAM_LEAD, DISPATCHER, MANAGER, OUTSIDE_MANAGER)
    }
    assert list(seen.values()) == [1, 1, 2, 2, 0]


def test_no_fine_leaves_the_ledger(desk: Desk) -> None:
    desk.ok(entered(desk), 201)
    with desk.installation.engine.connect() as connection:
        with pytest.raises(sa.exc.DBAPIError, match="stays in the ledger"):
            connection.exec_driver_sql("DELETE FROM fines")
        connection.rollback()


@pytest.mark.parametrize(("errors", "fine"), [(3, None), (4, "20.00"), (6, "60.00")])
def test_r13_is_entered_once_for_a_month_that_is_over(desk: Desk, errors: int, fine: str | None) -> None:
    paid = Paid(desk)
    with desk.installation.house.units.write() as uow:
        for number in range(errors):
            uow.address_errors.add(
                AddressError(
                    uow.new_id(), COLLECTOR.id, paid.met.address_id, None, paid.met.id,
                    date(2026, 3, 1) + timedelta(days=number), "door", "",
                )
            )  # fmt: skip
        uow.commit()
    path, body = "/api/v1/fines/address-errors", {"month": "2026-03"}
    desk.refused(desk.post(DISPATCHER, path, body), 422, "month_not_over")
    turn_to(desk, "2026-04-01")
    items = desk.ok(desk.post(DISPATCHER, path, body))["items"]
    assert [(one["amount"], one["clause"], one["count"]) for one in items] == (
        [] if fine is None else [(fine, "R13", errors)]
    )
    assert desk.ok(desk.post(DISPATCHER, path, body))["items"] == []


# What incidents lead to


def incident(desk: Desk, **changes: Any) -> Any:
    return visit_builders.make_incident(desk, met(desk), **changes)


def met(desk: Desk) -> Visit:
    return Paid(desk).met


def decided(desk: Desk, of: Any, member: Member = MANAGER, **changes: Any) -> Any:
    body = {
        "id": fresh_id(), "account_id": AGENT.id, "found": "inspection", "at_fault": True, "pacified": False,
        "reasons": "录音可证",
    }  # fmt: skip
    return desk.post(member, f"/api/v1/incidents/{of.id}/decision", body | changes)


MATRIX = {
    ("self_reported", False, True): ("reward", "100.00"),
    ("self_reported", False, False): ("exempt", "0.00"),
    ("self_reported", True, True): ("exempt", "0.00"),
    ("self_reported", True, False): ("suspend_and_transfer", "0.00"),
    ("inspection", False, True): ("reward", "100.00"),
    ("inspection", False, False): ("fine", "100.00"),
    ("inspection", True, True): ("suspend_and_transfer", "0.00"),
    ("inspection", True, False): ("dismissal", "0.00"),
    ("concealed", False, True): ("none", "0.00"),
    ("concealed", False, False): ("dismissal", "0.00"),
    ("concealed", True, True): ("dismissal", "0.00"),
    ("concealed", True, False): ("dismissal", "0.00"),
}


def test_the_matrix_of_the_handbook_proposes(desk: Desk) -> None:
    one = incident(desk)
    for (found, at_fault, pacified), (consequence, amount) in MATRIX.items():
        query = f"found={found}&at_fault={str(at_fault).lower()}&pacified={str(pacified).lower()}"
        told = desk.ok(desk.get(DISPATCHER, f"/api/v1/incidents/{one.id}/proposal?{query}"))
        assert told == {"consequence": consequence, "amount": amount}, query
    assert len(MATRIX) == len(MATRIX_AXES[0]) * 4
    assert {consequence for consequence, _ in MATRIX.values()} == set(CONSEQUENCES)


def test_a_manager_decides_once_and_not_on_the_own_incident(desk: Desk) -> None:
    one = incident(desk)
    desk.refused(decided(desk, one, QA), 403, "forbidden")
    desk.refused(decided(desk, one, OUTSIDE_MANAGER), 404, "not_found")
    desk.refused(decided(desk, one, account_id=MANAGER.id), 422, "incident_own")
    desk.refused(decided(desk, one, account_id=OUTSIDE_AGENT.id), 404, "not_found")
    desk.refused(decided(desk, one, consequence="fine"), 422, "consequence_amount")
    desk.refused(decided(desk, one, consequence="exempt", amount="1.00"), 422, "consequence_amount")
    desk.refused(decided(desk, one, consequence="fine", amount="-1.00"), 422, "consequence_amount")
    told = desk.ok(decided(desk, one), 201)
    assert (told["proposed"], told["consequence"], told["decided_on"]) == (
        "dismissal",
        "dismissal",
        "2026-03-10",
    )
    desk.refused(decided(desk, one), 409, "incident_decided")
    inbox = desk.ok(desk.get(AGENT, "/api/v1/inbox"))["items"]
    assert any("合规事件处理结果：清退（录音可证" in one["message"]["zh"] for one in inbox)
    assert [one["id"] for one in desk.ok(desk.get(AGENT, "/api/v1/incident-decisions"))["items"]] == [
        told["id"]
    ]
    assert desk.ok(desk.get(PARTNER, "/api/v1/incident-decisions"))["items"] == []


def test_who_told_of_the_own_fault_is_treated_so(desk: Desk) -> None:
    one = incident(desk, about_account_id=AGENT.id, self_reported=True)
    desk.refused(decided(desk, one, account_id=PARTNER.id), 422, "incident_of_another")
    desk.refused(decided(desk, one), 422, "incident_self_reported")
    told = desk.ok(decided(desk, one, found="self_reported", pacified=True), 201)
    assert told["consequence"] == "exempt"


def test_a_fine_of_the_matrix_stands_in_the_ledger_and_is_due(desk: Desk) -> None:
    told = desk.ok(decided(desk, incident(desk), at_fault=False), 201)
    assert (told["consequence"], told["amount"]) == ("fine", "100.00")
    (fine,) = desk.ok(desk.get(AGENT, "/api/v1/fines"))["items"]
    assert (fine["entry"], fine["clause"], fine["state"], fine["due_on"]) == (
        "incident",
        "F7",
        "due",
        "2026-03-10",
    )


def test_the_database_itself_keeps_decisions(desk: Desk) -> None:
    desk.ok(decided(desk, incident(desk)), 201)
    for statement in ("UPDATE incident_decisions SET reasons = 'x'", "DELETE FROM incident_decisions"):
        with desk.installation.engine.connect() as connection:
            with pytest.raises(sa.exc.DBAPIError, match=r"does not change|stays"):
                connection.exec_driver_sql(statement)
            connection.rollback()


# What payslips tell of both


def in_force(desk: Desk, document: str) -> None:
    with desk.installation.house.units.write() as uow:
        uow.policy_documents.publish(uow.new_id(), document, uow.now, None)
        uow.commit()


def test_an_overdue_fine_is_told_and_taken_off_nothing(desk: Desk) -> None:
    fine = desk.ok(entered(desk), 201)
    assert slip(desk, COLLECTOR)["overdue_fines"] == "0.00"
    desk.ok(verified(desk, fine))
    assert slip(desk, COLLECTOR)["overdue_fines"] == "0.00"  # it is due today
    turn_to(desk, "2026-03-11")
    told = slip(desk, COLLECTOR)
    assert (told["overdue_fines"], told["proposed_deduction"], told["total"]) == ("20.00", "0.00", "3000.00")
    in_force(desk, "fine_deduction = true")
    told = slip(desk, COLLECTOR)
    assert (told["proposed_deduction"], told["total"]) == ("20.00", "3000.00")
    assert any("建议财务扣除 ¥20.00" in one["zh"] for one in told["trace"])
    desk.ok(handed(desk, fine, "20.00"))
    assert slip(desk, COLLECTOR)["overdue_fines"] == "0.00"


def test_a_reward_is_paid_with_the_month_in_which_it_was_decided(desk: Desk) -> None:
    desk.ok(decided(desk, incident(desk), found="self_reported", at_fault=False, pacified=True), 201)
    told = slip(desk, AGENT)
    assert (told["rewards"], told["total"]) == ("100.00", "3600.00")
    april = desk.ok(desk.get(AGENT, f"/api/v1/pay/2026-04/payslips/{AGENT.id}"))
    assert april["rewards"] == "0.00"


def test_faults_and_the_veto_lower_the_commission_where_the_edition_says_so(desk: Desk) -> None:
    paid = Paid(desk)
    targets = {"targets": [{"account_id": member.id, "amount": "500.00"} for member in (AGENT, PARTNER)]}
    desk.ok(desk.post(MANAGER, f"{PAY}/targets", targets))
    first = visit_builders.make_incident(desk, paid.met)
    desk.ok(decided(desk, first, account_id=PARTNER.id, pacified=True), 201)
    desk.ok(decided(desk, visit_builders.make_incident(desk, paid.met)), 201)
    assert slip(desk, AGENT)["paid"] == slip(desk, AGENT)["commission"] == "7.50"
    in_force(desk, 'compliance_veto = true\ncompliance_factors = [["0", "1"], ["1", "0.8"]]')
    vetoed, lowered = slip(desk, AGENT), slip(desk, PARTNER)
    assert (vetoed["vetoed"], vetoed["paid"], vetoed["total"]) == (True, "0.00", "3500.00")
    assert (lowered["vetoed"], lowered["factor"], lowered["commission"], lowered["paid"]) == (
        False,
        "0.8",
        "7.50",
        "6.00",
    )
    assert "rests_on_amounts" not in lowered["warnings"]
