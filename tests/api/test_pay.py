"""Targets and payslips (F1 to F3): who sets and reads them, what a line earns, and the files."""

from __future__ import annotations

import csv
import dataclasses
import io
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from server.services.ports.paging import PageRequest
from tests.conftest import Desk
from tests.support.case_builders import make_referral
from tests.support.cast import (
    AGENT,
    COLLECTOR,
    DIRECTOR,
    DISPATCHER,
    MANAGER,
    OTHER_AGENT,
    OUTSIDE_AGENT,
    OUTSIDE_MANAGER,
    PARTNER,
    TEAM_LEAD,
    Member,
)
from tests.support.months import closed, lines_of, published, turn_to
from tests.support.paid import Paid
from tests.support.rows import change

PAY = "/api/v1/pay/2026-03"


@pytest.fixture
def paid(desk: Desk) -> Paid:
    return Paid(desk)


def targets(desk: Desk, *given: tuple[Member, str], member: Member = MANAGER) -> Any:
    body = {"targets": [{"account_id": one.id, "amount": amount} for one, amount in given]}
    return desk.post(member, f"{PAY}/targets", body)


def slip(desk: Desk, member: Member, of: Member | None = None) -> Any:
    return desk.ok(desk.get(member, f"{PAY}/payslips/{(of or member).id}"))


@pytest.mark.parametrize("member", [AGENT, COLLECTOR, DISPATCHER, TEAM_LEAD, DIRECTOR])
def test_only_a_manager_sets_targets(desk: Desk, member: Member) -> None:
    desk.refused(targets(desk, (AGENT, "1000.00"), member=member), 403, "forbidden")


def test_a_target_is_refused_with_its_place(desk: Desk) -> None:
    desk.refused(targets(desk, (OUTSIDE_AGENT, "1000.00")), 404, "not_found")
    refused = desk.refused(targets(desk, (AGENT, "1000.00"), (AGENT, "1.00")), 422, "target_twice")
    assert refused["errors"][0]["field"] == "targets[1].account_id"
    desk.refused(targets(desk, (AGENT, "1.00"), (DISPATCHER, "1.00")), 422, "target_without_post")
    desk.refused(targets(desk, (MANAGER, "1.00")), 422, "target_own")
    for amount in ("0.00", "-1.00", "1.001"):
        desk.refused(targets(desk, (AGENT, amount)), 422, "invalid_input")
    assert desk.ok(desk.get(MANAGER, f"{PAY}/targets"))["items"] == []  # none of them was kept
    desk.refused(desk.post(MANAGER, "/api/v1/pay/2026-13/targets", {"targets": []}), 422, "invalid_input")
    desk.refused(desk.get(MANAGER, "/api/v1/pay/2026-13/targets"), 422, "month_unreadable")


def test_a_target_freezes_with_its_month(desk: Desk, paid: Paid) -> None:
    desk.ok(targets(desk, (AGENT, "1000.00")))
    desk.ok(targets(desk, (AGENT, "500.00")))
    published(desk)
    desk.refused(targets(desk, (AGENT, "400.00")), 409, "target_frozen")
    desk.ok(targets(desk, (AGENT, "500.00")))  # the same again changes nothing
    desk.ok(targets(desk, (PARTNER, "800.00")))  # it was forgotten
    closed(desk)
    desk.refused(targets(desk, (OTHER_AGENT, "1.00")), 409, "target_frozen")
    told = {one["name"]: one["amount"] for one in desk.ok(desk.get(MANAGER, f"{PAY}/targets"))["items"]}
    assert told == {"陈磊": "500.00", "王强": "800.00"}
    own = desk.ok(desk.get(AGENT, f"{PAY}/targets"))["items"]
    assert [(one["name"], one["set_by"]) for one in own] == [("陈磊", MANAGER.name)]


def test_a_payslip_is_for_its_person_and_the_manager(desk: Desk, paid: Paid) -> None:
    for member, of in ((PARTNER, AGENT), (COLLECTOR, AGENT), (OUTSIDE_MANAGER, AGENT), (MANAGER, DISPATCHER)):
        desk.refused(desk.get(member, f"{PAY}/payslips/{of.id}"), 404, "not_found")
    desk.refused(desk.get(DISPATCHER, f"{PAY}/payslips"), 403, "forbidden")
    assert [one["name"] for one in desk.ok(desk.get(AGENT, f"{PAY}/payslips"))["items"]] == ["陈磊"]
    names = {one["name"] for one in desk.ok(desk.get(MANAGER, f"{PAY}/payslips"))["items"]}
    assert {"陈磊", "王强", "李敏"} <= names
    assert "邓可" not in names
    everybody = {one["name"] for one in desk.ok(desk.get(DIRECTOR, f"{PAY}/payslips"))["items"]}
    assert {"陈磊", "邓可"} <= everybody
    of_branch = desk.ok(desk.get(DIRECTOR, f"{PAY}/payslips?branch_id={OUTSIDE_AGENT.branch.id}"))["items"]
    assert {one["branch_id"] for one in of_branch} == {OUTSIDE_AGENT.branch.id}


def test_a_payslip_names_the_lines_that_it_is_made_of(desk: Desk, paid: Paid) -> None:
    desk.ok(targets(desk, (AGENT, "500.00"), (COLLECTOR, "500.01")))
    running = slip(desk, AGENT)
    assert (running["provisional"], running["achieved"]) == (True, "250.01")
    published(desk)
    assert slip(desk, AGENT)["provisional"] is True
    closed(desk)
    (line,) = lines_of(desk, "2026-03")
    told = slip(desk, MANAGER, AGENT)
    assert told["provisional"] is False
    assert (told["completion"], told["rate"], told["commission"]) == ("50%", "0.03", "7.50")
    assert (told["base"], told["subsidy"], told["total"]) == ("3000.00", "500.00", "3507.50")
    (part,) = told["parts"]
    assert (part["line_id"], part["case_number"]) == (line["id"], line["case_number"])
    assert (part["kind"], part["counted"], part["earned"]) == ("agent", "250.01", "7.50")
    assert any("完成率 50%" in one["zh"] for one in told["trace"])
    assert told["warnings"] == ["rests_on_amounts"]
    desk_slip = slip(desk, COLLECTOR)
    assert (desk_slip["completion"], desk_slip["rate"], desk_slip["commission"]) == ("100%", "0.04", "20.00")
    assert slip(desk, PARTNER)["warnings"] == ["no_target", "rests_on_amounts"]


def test_a_visit_after_a_referral_brings_the_team_the_collectors_commission(desk: Desk) -> None:
    """A3, from the statement's line to three payslips."""
    paid = Paid(desk)
    make_referral(desk, paid.placement)
    paid.score()
    desk.ok(targets(desk, (AGENT, "1000.00"), (PARTNER, "1000.00"), (COLLECTOR, "500.01")))
    published(desk)
    (out,) = slip(desk, COLLECTOR)["parts"]
    assert (out["kind"], out["counted"], out["earned"]) == ("moved_out", "500.01", "20.00")
    assert slip(desk, COLLECTOR)["commission"] == "0.00"
    for member, share in ((AGENT, "250.01"), (PARTNER, "250.00")):
        told = {part["kind"]: (part["counted"], part["earned"]) for part in slip(desk, member)["parts"]}
        assert told == {"agent": (share, "2.50"), "moved_in": ("0.00", "10.00")}


def test_what_is_adjusted_later_is_paid_with_the_month_in_which_it_stands(desk: Desk, paid: Paid) -> None:
    desk.ok(targets(desk, (AGENT, "500.00")))
    published(desk)
    closed(desk)
    before = slip(desk, AGENT)
    change(desk, paid.met, voided_at=desk.clock.now(), void_reason="伪造")
    paid.score()
    published(desk, "2026-04")
    assert slip(desk, AGENT) == before
    april = desk.ok(desk.get(AGENT, f"/api/v1/pay/2026-04/payslips/{AGENT.id}"))
    assert (april["achieved"], [part["counted"] for part in april["parts"]]) == ("-250.01", ["-250.01"])


def test_the_files_add_up_to_the_payslips(desk: Desk, paid: Paid) -> None:
    keep_formula(desk, paid)
    desk.ok(targets(desk, (AGENT, "500.00"), (COLLECTOR, "500.00")))
    text = desk.get(MANAGER, f"{PAY}/payslips.csv").get_data().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    totals: dict[str, Decimal] = {}
    for row in rows:
        totals[row["姓名"]] = totals.get(row["姓名"], Decimal()) + Decimal(row["应发金额"] or 0)
    listed = desk.ok(desk.get(MANAGER, f"{PAY}/payslips"))["items"]
    assert totals == {one["name"]: Decimal(one["total"]) for one in listed}
    assert {row["回款流水号"] for row in rows} >= {"'=1+1"}
    answer = desk.get(AGENT, f"{PAY}/payslips.xlsx?language=en")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.get_data())).active
    heading, *lines = sheet.iter_rows(values_only=True)
    told = [dict(zip(heading, line, strict=True)) for line in lines]
    assert {one["account id"] for one in told} == {AGENT.id}
    assert {one["item"] for one in told} == {"base", "subsidy", "visit commission"}
    cell = next(row for row in sheet.iter_rows() if row[6].value == "=1+1")[6]
    assert cell.data_type == "s"
    page = desk.get(MANAGER, f"{PAY}/payslips/{AGENT.id}/print")
    assert (page.status_code, page.get_data()[:5]) == (200, b"%PDF-")
    desk.refused(desk.get(PARTNER, f"{PAY}/payslips/{AGENT.id}/print"), 404, "not_found")


def keep_formula(desk: Desk, paid: Paid) -> None:
    """A repayment whose reference would be run by a spreadsheet."""
    paid.pay(date(2026, 3, 13), 10_000, reference="=1+1")


def test_who_read_a_payslip_is_on_record(desk: Desk, paid: Paid) -> None:
    slip(desk, MANAGER, AGENT)
    desk.get(MANAGER, f"{PAY}/payslips/{AGENT.id}/print")
    with desk.installation.house.units.read() as uow:
        found = uow.trail.page(PageRequest(200, None), subject_id=None, actor_id=MANAGER.id).items
    said = [line.action for line in found if line.action.startswith("payslip.")]
    assert sorted(said) == ["payslip.exported", "payslip.read"]


def test_somebody_who_left_keeps_the_payslip_of_a_month_with_a_target(desk: Desk, paid: Paid) -> None:
    desk.ok(targets(desk, (PARTNER, "500.00")))
    turn_to(desk, "2026-04-01")
    with desk.installation.house.units.write() as uow:
        account = uow.accounts.need(PARTNER.id)
        uow.accounts.save(dataclasses.replace(account, left_on=date(2026, 3, 31)))
        uow.commit()
    names = {one["name"] for one in desk.ok(desk.get(MANAGER, f"{PAY}/payslips"))["items"]}
    assert "王强" in names
