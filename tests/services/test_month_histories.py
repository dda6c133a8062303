"""Random legal histories of a branch's months: what is closed never changes, sums hold, adjustments catch up (M4).

Repayments, reversals, voids and late facts come at any time; months are published, objected to, ruled and closed in
their order. After each step every line of a published month is what it was, and at the end the ledger says of each
repayment that nobody ruled on what a fresh computation says.
"""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date, timedelta
from typing import Any

import pytest

from server.domain.visits import Visit
from tests.conftest import Desk
from tests.support import visit_values as values
from tests.support.cases import Case
from tests.support.cast import AGENT, MANAGER, OTHER_AGENT, PARTNER
from tests.support.months import closed, lines_of, published, turn_to
from tests.support.rows import at, change, changed, fresh_id, keep

MONTHS = ("2026-03", "2026-04", "2026-05")
AGENTS = (AGENT, PARTNER, OTHER_AGENT)


class History:
    """Three cases, and what has happened to them; the seed says what comes next."""

    def __init__(self, desk: Desk, seed: int) -> None:
        self.desk, self.dice = desk, random.Random(seed)
        self.cases = [Case(desk) for _ in range(3)]
        self.visits: list[Visit] = []
        self.paid: list[tuple[Case, Any, int]] = []
        self.ruled: set[str] = set()
        self.frozen: dict[str, Any] = {}

    def meet(self) -> None:
        case, dice = self.dice.choice(self.cases), self.dice
        lead, partner = dice.sample(AGENTS, 2)
        visit = case.visit(started_at=at(f"2026-03-{dice.randrange(1, 29):02d}"), lead=lead, partner=partner)
        self.visits.append(visit)
        if dice.random() < 0.7:
            keep(self.desk, values.contact(visit))

    def pay(self, month: str) -> None:
        case, day = (
            self.dice.choice(self.cases),
            date.fromisoformat(f"{month}-{self.dice.randrange(1, 29):02d}"),
        )
        paid = values.repayment(case.placement, day, self.dice.randrange(1, 99_999))
        keep(self.desk, paid)
        self.paid.append((case, paid, paid.amount_fen))

    def reverse(self) -> None:
        if self.paid:
            place = self.dice.randrange(len(self.paid))
            case, paid, left = self.paid[place]
            fen = self.dice.randrange(1, left + 1) if left else 0
            day = paid.paid_on + timedelta(days=self.dice.randrange(40))
            if fen and day < date(2026, 5, 29):
                keep(self.desk, values.repayment(case.placement, day, -fen, reverses_id=paid.id))
                self.paid[place] = (case, paid, left - fen)

    def void(self) -> None:
        if self.visits:
            place = self.dice.randrange(len(self.visits))
            at_ = None if self.visits[place].voided_at else self.desk.clock.now()
            self.visits[place] = change(self.desk, self.visits[place], voided_at=at_)

    def learn(self) -> None:
        if self.visits:
            keep(self.desk, values.contact(self.dice.choice(self.visits)))

    def happen(self, month: str, times: int) -> None:
        for _ in range(times):
            step = self.dice.choice((self.meet, self.void, self.learn, self.reverse, None, None))
            self.pay(month) if step is None else step()
        changed(self.desk, [case.placement for case in self.cases])
        self.desk.work()
        self.check()

    def dispute_and_rule(self, month: str) -> None:
        lines = [one for one in lines_of(self.desk, month) if one["kind"] != "counter" and one["shares"]]
        filed = []
        for line in self.dice.sample(lines, min(2, len(lines))):
            member = next(one for one in AGENTS if one.id == line["shares"][0]["account_id"])
            body = {
                "id": fresh_id(), "ground": "nearest", "words": "异议",
                "claimed_visit_id": self.dice.choice(self.visits_of(line)),
            }  # fmt: skip
            answer = self.desk.post(member, f"/api/v1/statement-lines/{line['id']}/disputes", body)
            if answer.status_code == 201:
                filed.append((line, answer.get_json()["id"]))
            else:
                self.desk.refused(answer, 409, "line_not_open_to_objection")
        turn_to(self.desk, f"{self.desk.clock.now():%Y-%m}-07")
        rulings = [
            {"dispute_id": id_, "outcome": self.dice.choice(("upheld", "dismissed")), "reasons": "裁决"}
            for _, id_ in filed
        ]
        if rulings:
            path = f"/api/v1/statements/{month}/rulings"
            self.desk.ok(self.desk.post(MANAGER, path, {"rulings": rulings}), 201)
        self.ruled |= {line["repayment_id"] for line, _ in filed}
        self.frozen.pop(month, None)  # rulings came to it; what was there is looked at below
        self.check()

    def visits_of(self, line: Any) -> list[str]:
        """Those of the case: whoever has a share may claim any of them for it."""
        return [one.id for one in self.visits if one.placement_id == line["placement_id"]]

    def check(self) -> None:
        for month, lines in self.frozen.items():
            assert told(lines_of(self.desk, month)) == lines, month

    def freeze(self, month: str) -> None:
        self.frozen[month] = told(lines_of(self.desk, month))


def told(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """All of a line but its label, which says what evidence is there now."""
    return sorted(
        (
            {
                k: v
                for k, v in one.items()
                if not k.startswith("evidence") and k not in ("photos", "recordings")
            }
            for one in lines
        ),
        key=lambda one: str(one["id"]),
    )


@pytest.mark.parametrize("seed", range(6))
def test_a_random_history_keeps_what_is_closed_and_catches_up(desk: Desk, seed: int) -> None:
    history = History(desk, seed)
    for month in MONTHS:
        history.happen(month, 8)
        published(desk, month)
        history.freeze(month)
        history.dispute_and_rule(month)
        closed(desk, month)
        history.freeze(month)
        history.happen(month, 3)  # late repayments among it
    published(desk, "2026-06")
    booked: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    amounts: dict[str, int] = defaultdict(int)
    for month in (*MONTHS, "2026-06"):
        for line in lines_of(desk, month):
            assert not line["shares"] or sum(fen(one["amount"]) for one in line["shares"]) == fen(
                line["amount"]
            )
            amounts[line["repayment_id"]] += fen(line["amount"])
            for share in line["shares"]:
                booked[line["repayment_id"]][share["account_id"]] += fen(share["amount"])
        totals = desk.ok(desk.get(MANAGER, f"/api/v1/statements/{month}/totals"))
        assert totals["difference"] == "0.00", f"seed {seed}"
    computed, paid = fresh(desk, history)
    assert dict(amounts) == paid, f"seed {seed}"
    for repayment_id, shares in computed.items():
        if repayment_id not in history.ruled:
            assert {k: v for k, v in booked[repayment_id].items() if v} == shares, f"seed {seed}"


def fresh(desk: Desk, history: History) -> tuple[dict[str, dict[str, int]], dict[str, int]]:
    """What the current runs say of each repayment; those that follow a ruling on their original are among the ruled."""
    shares: dict[str, dict[str, int]] = {}
    amounts: dict[str, int] = {}
    with desk.installation.house.units.read() as uow:
        for case in history.cases:
            for one in uow.repayments.having(placement_id=case.placement.id):
                if one.reverses_id in history.ruled:
                    history.ruled.add(one.id)
            for run in uow.credit_runs.having(placement_id=case.placement.id, current=True):
                for row in uow.credit_lines.having(run_id=run.id):
                    amounts[row.repayment_id] = row.amount_fen
                    of_row = uow.credit_shares.having(line_id=row.id)
                    shares[row.repayment_id] = {
                        one.account_id: one.amount_fen for one in of_row if one.amount_fen
                    }
    return shares, amounts


def fen(amount: str) -> int:
    return int(amount.replace(".", ""))
