"""The sums of a month, to the fen: lines, repayments, shares (A1 to A6, M1)."""

from __future__ import annotations

import random
from datetime import date

import pytest

from tests.conftest import Desk
from tests.support import visit_values as values
from tests.support.cases import Case
from tests.support.cast import DIRECTOR, OTHER_AGENT, OTHER_COLLECTOR, QA
from tests.support.paid import MARCH, Paid
from tests.support.rows import at, changed, keep


@pytest.fixture
def paid(desk: Desk) -> Paid:
    return Paid(desk)


def test_the_totals_of_a_month(desk: Desk) -> None:
    first, second = Paid(desk), Paid(desk, OTHER_COLLECTOR, partner=OTHER_AGENT)
    first.pay(date(2026, 3, 9), 300)
    case = Case(desk)
    keep(desk, values.repayment(case.placement, date(2026, 3, 31), 7))
    changed(desk, [case.placement])
    desk.work()
    assert second.paid.amount_fen == 50_001
    totals = desk.ok(desk.get(DIRECTOR, f"{MARCH}/totals"))
    assert totals["repayments"] == totals["lines"] == {"count": 4, "amount": "1003.09"}
    assert (totals["difference"], totals["unscored"]) == ("0.00", 0)
    assert totals["credited"] == {"count": 2, "amount": "1000.02"}
    assert totals["not_credited"] == {"count": 1, "amount": "3.00"}
    assert totals["not_visited"] == {"count": 1, "amount": "0.07"}
    assert [(a["name"], a["lines"], a["amount"]) for a in totals["agents"]] == [
        ("何伟", 1, "250.00"),
        ("王强", 1, "250.00"),
        ("陈磊", 2, "500.02"),
    ]
    assert [(t["name"], t["credited"]["amount"], t["not_credited"]["amount"]) for t in totals["teams"]] == [
        ("法务一组", "500.01", "3.00"),
        ("法务二组", "500.01", "0.00"),
    ]
    assert [(c["name"], c["credited"]["count"]) for c in totals["clients"]] == [("示例银行", 2)]


def test_an_empty_month_adds_up_too(desk: Desk) -> None:
    totals = desk.ok(desk.get(QA, "/api/v1/statements/2025-12/totals"))
    assert totals["repayments"] == totals["lines"] == {"count": 0, "amount": "0.00"}
    assert totals["agents"] == totals["teams"] == totals["clients"] == []


def test_what_is_not_scored_yet_is_the_difference(desk: Desk, paid: Paid) -> None:
    keep(desk, values.repayment(paid.placement, date(2026, 3, 20), 1_234))
    totals = desk.ok(desk.get(QA, f"{MARCH}/totals"))
    assert (totals["difference"], totals["unscored"]) == ("12.34", 1)


def test_random_months_agree_to_the_fen(desk: Desk) -> None:
    """Sums of lines, of repayments and of shares, over cases with reversals, with and without visits."""
    seed = 20260310
    dice = random.Random(seed)
    cases = []
    for _ in range(12):
        case = Case(desk)
        for _ in range(dice.randrange(3)):
            visit = case.visit(started_at=at(f"2026-03-{dice.randrange(1, 28):02d}"))
            keep(desk, *([values.contact(visit)] if dice.random() < 0.7 else []))
        for _ in range(dice.randrange(1, 5)):
            paid = values.repayment(
                case.placement, date(2026, 3, dice.randrange(1, 32)), dice.randrange(1, 99_999)
            )
            back = values.repayment(
                case.placement,
                date(2026, dice.choice((3, 4)), dice.randrange(1, 31)),
                -dice.randrange(1, paid.amount_fen + 1),
                reverses_id=paid.id,
            )
            keep(desk, paid, *([back] if dice.random() < 0.4 else []))
        cases.append(case.placement)
    changed(desk, cases)
    desk.work()
    for month in ("2026-03", "2026-04"):
        totals = desk.ok(desk.get(DIRECTOR, f"/api/v1/statements/{month}/totals"))
        assert totals["repayments"] == totals["lines"], f"seed {seed}"
        assert totals["difference"] == "0.00"
        fen = {name: cents(totals[name]["amount"]) for name in ("credited", "not_credited", "not_visited")}
        assert sum(fen.values()) == cents(totals["lines"]["amount"])
        assert sum(cents(agent["amount"]) for agent in totals["agents"]) == fen["credited"]
        lines = desk.ok(desk.get(DIRECTOR, f"/api/v1/statements/{month}?limit=200&all=true"))["items"]
        assert sum(cents(line["amount"]) for line in lines) == cents(totals["lines"]["amount"])


def cents(amount: str) -> int:
    return int(amount.replace(".", ""))
