"""The list of everybody's payslips against each payslip line by line: random months, drafts, frozen, now and kept."""

from __future__ import annotations

import dataclasses
import os
import random
from datetime import date, timedelta
from typing import Any

import pytest

from server.domain.access import Post
from server.domain.credit import CreditRow, CreditRun, CreditShareRow, StatementState
from server.domain.pay_targets import MonthTarget
from server.jobs.figures import count_figures
from server.services.credit import fact_changed
from server.services.month_figures import touch_months
from tests.conftest import NOON, Desk
from tests.support import visit_values as values
from tests.support.cases import Case
from tests.support.cast import (
    AGENT,
    COLLEAGUE,
    COLLECTOR,
    DIRECTOR,
    MANAGER,
    OTHER_AGENT,
    OTHER_COLLECTOR,
    OUTSIDE_AGENT,
    OUTSIDE_COLLECTOR,
    OUTSIDE_DISPATCHER,
    PARTNER,
)
from tests.support.months import published, turn_to
from tests.support.paid import Paid
from tests.support.rows import fresh_id, keep

MONTH = "2026-03"
PAY = f"/api/v1/pay/{MONTH}/payslips"
DESKS = (COLLECTOR, COLLEAGUE, OTHER_COLLECTOR, OUTSIDE_COLLECTOR, AGENT)
AGENTS = (AGENT, PARTNER, OTHER_AGENT, OUTSIDE_AGENT, COLLECTOR)


def random_month(desk: Desk, chance: random.Random) -> None:
    """Cases of both branches with lines of every kind, some taken back; 陈磊 is an agent with cases of his own, 李敏 a
    collector who has shares, also in her own cases; some have no target."""
    runs, rows, shares = [], [], []
    for collector in DESKS:
        case = Case(desk, collector=collector)
        visit = case.visit(started_at=NOON)
        run = CreditRun(fresh_id(), case.placement.id, "test", {}, (), fresh_id(), NOON, current=True)
        superseded = dataclasses.replace(run, id=fresh_id(), current=False)
        runs += [run, superseded]
        for number in range(chance.randint(1, 9)):
            day = date(2026, 3, 1) + timedelta(days=chance.randint(0, 6))
            paid = values.repayment(case.placement, day, chance.randint(1, 5_000_000))
            lines = [(paid, run), (paid, superseded)] if number == 0 else [(paid, run)]
            keep(desk, paid)
            if chance.random() < 0.3:
                back = dataclasses.replace(
                    paid,
                    id=fresh_id(),
                    reference=fresh_id(),
                    amount_fen=-chance.randint(1, paid.amount_fen),
                    reverses_id=paid.id,
                )
                keep(desk, back)
                lines.append((back, run))
            for one, of_run in lines:
                row, of_row = random_line(chance, one, of_run, visit.id)
                rows.append(row)
                shares += of_row
    with desk.installation.house.units.write() as uow:
        agent = uow.accounts.need(AGENT.id)
        uow.accounts.save(dataclasses.replace(agent, posts=(Post.FIELD_AGENT, Post.COLLECTOR)))
        other = uow.accounts.need(COLLECTOR.id)
        uow.accounts.save(dataclasses.replace(other, posts=(Post.FIELD_AGENT, Post.COLLECTOR)))
        uow.credit_runs.add_all(runs)
        uow.credit_lines.add_all(rows)
        uow.credit_shares.add_all(shares)
        for one in {*DESKS, *AGENTS}:
            if chance.random() < 0.8:
                fen = chance.randint(1, 20_000_000)
                uow.month_targets.add(MonthTarget(fresh_id(), MONTH, one.id, fen, MANAGER.id, NOON, 1))
        uow.commit()


def random_line(
    chance: random.Random, paid: Any, run: CreditRun, visit_id: str
) -> tuple[CreditRow, list[CreditShareRow]]:
    team = chance.sample(AGENTS, chance.randint(0, 3))
    row = CreditRow(
        id=fresh_id(),
        run_id=run.id,
        placement_id=run.placement_id,
        repayment_id=paid.id,
        month=MONTH,
        paid_on=paid.paid_on,
        amount_fen=paid.amount_fen,
        visit_id=visit_id if team else None,
        nearest_visit_id=visit_id,
        visited=True,
        basis="C1" if team else None,
        clause="C1" if team else None,
        window_from=None,
        window_to=None,
        extended=False,
        commission=chance.choice(("normal", "to_visit", "to_visit", "none")),
        reason=None if team else "window_over",
        trace={"outcome": {"clause": "A1", "code": "credited", "facts": {}}},
    )
    left, parts = abs(paid.amount_fen), []
    for place, agent in enumerate(team):
        part = left if place == len(team) - 1 else chance.randint(0, left)
        left -= part
        fen = -part if paid.amount_fen < 0 else part
        parts.append(CreditShareRow(fresh_id(), row.id, agent.id, place, fen))
    return row, parts


def equal(desk: Desk, *, kept: bool) -> list[Any]:
    """The list says of each what the payslip says."""
    told = desk.ok(desk.get(DIRECTOR, PAY))
    assert (told["counted_at"] is not None) is kept
    for one in told["items"]:
        slip = desk.ok(desk.get(DIRECTOR, f"{PAY}/{one['account_id']}"))
        del slip["parts"]
        assert one == slip
    items: list[Any] = told["items"]
    return items


def close(desk: Desk) -> None:
    """What is published is closed, without the files that are stored with it."""
    with desk.installation.house.units.write() as uow:
        for one in uow.monthly_statements.having(month=MONTH, state=StatementState.PUBLISHED):
            uow.monthly_statements.save(dataclasses.replace(one, state=StatementState.CLOSED))
        uow.commit()


def counted(desk: Desk) -> None:
    desk.clock.move_to(desk.clock.now() + timedelta(seconds=1))
    count_figures(desk.installation.house, {"month": MONTH}, lambda done, total: None)


@pytest.mark.parametrize("number", range(3))
def test_the_list_says_what_the_payslips_say(desk: Desk, number: int) -> None:
    seed = int(os.environ.get("FIELDVISIT_SEED", random.randrange(2**32))) + number
    print("seed", seed)
    random_month(desk, random.Random(seed))
    now = equal(desk, kept=False)
    assert any(float(one["achieved"]) for one in now)
    counted(desk)
    assert equal(desk, kept=True) == now
    published(desk)  # of one branch: what the other has stays a draft
    frozen = equal(desk, kept=False)
    assert [one["total"] for one in frozen] == [one["total"] for one in now]
    counted(desk)
    assert equal(desk, kept=True) == frozen
    close(desk)
    half = equal(desk, kept=True)
    assert {one["provisional"] for one in half} == {True, False}
    published(desk, member=OUTSIDE_DISPATCHER)
    close(desk)
    counted(desk)
    assert not any(one["provisional"] for one in equal(desk, kept=True))


def test_a_month_is_believed_only_as_counted_after_its_publication(desk: Desk) -> None:
    Paid(desk)
    counted(desk)
    assert desk.ok(desk.get(MANAGER, PAY))["counted_at"] is not None
    published(desk)
    assert desk.ok(desk.get(MANAGER, PAY))["counted_at"] is None
    counted(desk)
    assert desk.ok(desk.get(MANAGER, PAY))["counted_at"] is not None


def test_the_list_says_since_when_and_that_something_waits(desk: Desk) -> None:
    paid = Paid(desk)
    turn_to(desk, "2026-03-11")
    desk.work()
    told = desk.ok(desk.get(MANAGER, PAY))
    assert (told["counted_at"] is not None, told["behind"]) == (True, False)
    paid.pay(date(2026, 3, 13), 10_000)
    told = desk.ok(desk.get(MANAGER, PAY))
    assert told["behind"] is True
    of = {one["name"]: one["achieved"] for one in told["items"]}
    assert of["陈磊"] == "250.01"
    turn_to(desk, "2026-03-12")
    desk.work()
    told = desk.ok(desk.get(MANAGER, PAY))
    of = {one["name"]: one["achieved"] for one in told["items"]}
    assert (of["陈磊"], told["behind"]) == ("300.01", False)
    own = desk.ok(desk.get(AGENT, PAY))
    assert (own["counted_at"], [one["achieved"] for one in own["items"]]) == (None, ["300.01"])


def test_a_closed_month_is_not_behind_whatever_waits_to_be_scored(desk: Desk) -> None:
    paid = Paid(desk)
    published(desk)
    published(desk, member=OUTSIDE_DISPATCHER)
    for state in (StatementState.PUBLISHED, StatementState.CLOSED):
        for _ in range(2):  # what is scored anew has its month counted a minute later
            desk.clock.move_to(desk.clock.now() + timedelta(minutes=2))
            desk.work()
        with desk.installation.house.units.write() as uow:
            fact_changed(uow, paid.placement.id, "test")
            uow.commit()
        told = desk.ok(desk.get(MANAGER, PAY))
        assert (told["counted_at"] is not None, told["behind"]) == (True, state is StatementState.PUBLISHED)
        close(desk)
        turn_to(desk, "2026-04-02")
    with desk.installation.house.units.write() as uow:
        touch_months(uow, [MONTH])
        uow.commit()
    assert desk.ok(desk.get(MANAGER, PAY))["behind"] is True
