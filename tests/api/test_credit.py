"""A case's credit with its why (A1 to A6): who is told, what a line says, how it is read."""

from __future__ import annotations

from datetime import date

import pytest

from tests.conftest import Desk
from tests.support.cases import TEN, Case
from tests.support.cast import (
    AGENT,
    COLLEAGUE,
    COLLECTOR,
    DIRECTOR,
    DISPATCHER,
    MANAGER,
    OTHER_AGENT,
    OUTSIDE_DISPATCHER,
    OUTSIDE_MANAGER,
    PARTNER,
    QA,
    TEAM_LEAD,
    TRAINEE,
    TRAINER,
    Member,
)
from tests.support.paid import MARCH, Paid


@pytest.fixture
def paid(desk: Desk) -> Paid:
    return Paid(desk)


def test_posts_without_credit_are_refused(desk: Desk, paid: Paid) -> None:
    for path in (paid.path, MARCH, f"{MARCH}/totals"):
        desk.refused(desk.get(TRAINER, path), 403, "forbidden")


@pytest.mark.parametrize("member", [COLLEAGUE, OTHER_AGENT, TRAINEE, OUTSIDE_DISPATCHER, OUTSIDE_MANAGER])
def test_the_credit_of_a_case_out_of_reach_is_not_found(desk: Desk, paid: Paid, member: Member) -> None:
    desk.refused(desk.get(member, paid.path), 404, "not_found")


@pytest.mark.parametrize("member", [COLLECTOR, TEAM_LEAD, AGENT, PARTNER, DISPATCHER, MANAGER, QA, DIRECTOR])
def test_the_credit_of_a_case_is_told_to_its_people_and_its_visitors(
    desk: Desk, paid: Paid, member: Member
) -> None:
    assert [line["repayment_id"] for line in desk.ok(desk.get(member, paid.path))["items"]] == [paid.paid.id]


def test_a_line_says_why_in_both_languages(desk: Desk, paid: Paid) -> None:
    body = desk.ok(desk.get(AGENT, paid.path))
    assert body["run"]["editions"] == ["2019-12-20"]
    (line,) = body["items"]
    assert (line["amount"], line["clause"], line["basis"], line["reason"]) == ("500.01", "C1", "met", None)
    assert line["sentence"] == "外访见到借款人，或见到借款人直系亲属(有沟通)"
    assert line["window"] == {"from": "2026-03-10", "to": "2026-04-09", "extended": False}
    assert [(share["name"], share["amount"]) for share in line["shares"]] == [
        ("陈磊", "250.01"),
        ("王强", "250.00"),
    ]
    assert line["why"]["en"][0] == f"credited to visit {paid.met.id} (A1)"
    assert line["why"]["zh"][0] == f"计入外访 {paid.met.id}（A1）"
    assert line["trace"]["visits"][0]["tests"][0]["code"] == "met"


def test_a_line_says_why_not(desk: Desk) -> None:
    paid = Paid(desk, voided_at=TEN)
    (line,) = desk.ok(desk.get(AGENT, paid.path))["items"]
    assert (line["visit_id"], line["nearest_visit_id"]) == (None, paid.met.id)
    assert (line["reason"], line["clause"], line["window"], line["shares"]) == ("voided", "X1", None, [])


def test_a_case_that_was_never_scored_has_no_run(desk: Desk) -> None:
    case = Case(desk)
    body = desk.ok(desk.get(COLLECTOR, f"/api/v1/placements/{case.placement.id}/credit"))
    assert body == {"placement_id": case.placement.id, "run": None, "items": [], "next": None}


def test_a_case_is_read_page_by_page(desk: Desk, paid: Paid) -> None:
    second = paid.pay(date(2026, 3, 14), 100)
    first = desk.ok(desk.get(QA, f"{paid.path}?limit=1"))
    rest = desk.ok(desk.get(QA, f"{paid.path}?limit=1&after={first['next']}"))
    assert [line["repayment_id"] for page in (first, rest) for line in page["items"]] == [
        paid.paid.id,
        second.id,
    ]
    assert rest["next"] is None
