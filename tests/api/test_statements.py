"""The month's statement (M1): its months and filters, its lines, and whose lines one sees."""

from __future__ import annotations

from datetime import date

import pytest

from server.services.ports.paging import PageRequest
from tests.conftest import Desk
from tests.support import visit_values as values
from tests.support.cases import TEN, Case
from tests.support.cast import (
    AGENT,
    CLIENT_ID,
    COLLEAGUE,
    COLLECTOR,
    DIRECTOR,
    DISPATCHER,
    MANAGER,
    OTHER_AGENT,
    OTHER_COLLECTOR,
    OTHER_TEAM,
    OUTSIDE_AGENT,
    OUTSIDE_COLLECTOR,
    OUTSIDE_DISPATCHER,
    OUTSIDE_MANAGER,
    PARTNER,
    QA,
    TEAM,
    TEAM_LEAD,
    TRAINEE,
    Member,
    known_id,
)
from tests.support.months import published
from tests.support.paid import MARCH, Paid
from tests.support.rows import at, changed, keep
from tests.support.statements import statements_of


@pytest.fixture
def paid(desk: Desk) -> Paid:
    return Paid(desk)


def seen_by(desk: Desk, member: Member, query: str = "") -> list[str]:
    """The repayments that the statement of March shows to somebody."""
    return [line["repayment_id"] for line in desk.ok(desk.get(member, MARCH + query))["items"]]


@pytest.mark.parametrize("month", ["2026-13", "2026-3", "march", "0000-01", "2026-03-01"])
@pytest.mark.parametrize("ending", ["", "/totals", ".csv", ".xlsx"])
def test_a_month_that_is_none_is_refused(desk: Desk, month: str, ending: str) -> None:
    desk.refused(desk.get(DIRECTOR, f"/api/v1/statements/{month}{ending}"), 422, "month_unreadable")


@pytest.mark.parametrize("query", ["?agent=nobody", "?credited=perhaps", "?all=1", "?sort=amount"])
def test_a_filter_that_is_none_is_refused(desk: Desk, query: str) -> None:
    desk.refused(desk.get(QA, MARCH + query), 422, "invalid_input")


def test_a_line_of_the_statement(desk: Desk, paid: Paid) -> None:
    body = desk.ok(desk.get(DISPATCHER, MARCH))
    assert (body["month"], body["state"], body["next"]) == ("2026-03", "draft", None)
    (line,) = body["items"]
    assert line["case_number"] == paid.placement.case_number
    assert (line["debtor"], line["collector"], line["team"]) == ("张*国", "李敏", "法务一组")
    assert (line["paid_on"], line["amount"], line["clause"]) == ("2026-03-12", "500.01", "C1")
    assert (line["visit_id"], line["visited_at"]) == (paid.met.id, "2026-03-10T02:00:00Z")
    assert (line["photos"], line["recordings"], line["collector_commission"]) == (1, 1, "normal")
    assert line["why"]["en"] == f"credited to visit {paid.met.id} (A1)"


def test_a_line_that_is_not_credited_stands_in_the_statement_with_its_reason(desk: Desk) -> None:
    paid = Paid(desk, voided_at=TEN)
    (line,) = desk.ok(desk.get(DISPATCHER, MARCH))["items"]
    assert (line["visit_id"], line["nearest_visit_id"], line["reason"]) == (None, paid.met.id, "voided")
    assert line["why"]["zh"].endswith("（X1）")


def test_cases_that_nobody_visited_are_left_out_unless_asked_for(desk: Desk, paid: Paid) -> None:
    case = Case(desk)
    unvisited = values.repayment(case.placement, date(2026, 3, 1))
    keep(desk, unvisited)
    changed(desk, [case.placement])
    desk.work()
    assert seen_by(desk, QA) == [paid.paid.id]
    assert seen_by(desk, QA, "?all=true") == [unvisited.id, paid.paid.id]


def test_only_what_was_paid_in_the_month_is_in_it(desk: Desk, paid: Paid) -> None:
    paid.pay(date(2026, 2, 28), 100)
    last = paid.pay(date(2026, 3, 31), 100)
    first = paid.pay(date(2026, 3, 1), 100)
    paid.pay(date(2026, 4, 1), 100)
    assert seen_by(desk, QA) == [first.id, paid.paid.id, last.id]


def test_a_line_that_was_scored_anew_stands_there_once(desk: Desk, paid: Paid) -> None:
    paid.pay(date(2026, 3, 14), 100)
    assert len(seen_by(desk, QA)) == 2


def test_a_recall_by_the_bank_stands_in_the_month_of_its_own_day(desk: Desk, paid: Paid) -> None:
    paid.pay(date(2026, 4, 2), -50_001, reverses_id=paid.paid.id)
    assert seen_by(desk, QA) == [paid.paid.id]
    (line,) = desk.ok(desk.get(QA, "/api/v1/statements/2026-04"))["items"]
    assert (line["amount"], line["reverses_id"], line["visit_id"]) == ("-500.01", paid.paid.id, paid.met.id)
    assert [share["amount"] for share in line["shares"]] == ["-250.01", "-250.00"]


@pytest.mark.parametrize(
    ("member", "sees"),
    [
        (COLLECTOR, "own"),
        (COLLEAGUE, ""),
        (OTHER_COLLECTOR, "other"),
        (TEAM_LEAD, "own"),
        (AGENT, "own other"),
        (OTHER_AGENT, "other"),
        (OUTSIDE_AGENT, ""),
        (DISPATCHER, "own other"),
        (MANAGER, "own other"),
        (QA, "own other away"),
        (DIRECTOR, "own other away"),
        (OUTSIDE_MANAGER, "away"),
        (OUTSIDE_COLLECTOR, "away"),
    ],
)
def test_whose_lines_one_sees(desk: Desk, member: Member, sees: str) -> None:
    """陈磊 visited both cases of the branch, 何伟 the second as his partner; the third is of 洛阳分公司."""
    cases = {
        "own": Paid(desk),
        "other": Paid(desk, OTHER_COLLECTOR, partner=OTHER_AGENT),
        "away": Paid(desk, OUTSIDE_COLLECTOR, lead=TRAINEE, partner=PARTNER),
    }
    assert set(seen_by(desk, member)) == {cases[name].paid.id for name in sees.split()}
    totals = desk.ok(desk.get(member, f"{MARCH}/totals"))
    assert totals["lines"] == totals["repayments"]
    assert totals["lines"]["count"] == len(sees.split())


def test_an_agent_sees_the_lines_of_a_case_visited_though_another_visit_has_them(desk: Desk) -> None:
    paid = Paid(desk)
    later = paid.visit(started_at=at("2026-03-11"), lead=OTHER_AGENT)
    keep(desk, values.contact(later))
    paid.score()
    (line,) = desk.ok(desk.get(AGENT, MARCH))["items"]
    assert line["visit_id"] == later.id


def test_a_planned_visit_shows_nothing_yet(desk: Desk, paid: Paid) -> None:
    paid.visit(started_at=None, lead=OTHER_AGENT)
    assert seen_by(desk, OTHER_AGENT) == []


def test_filters(desk: Desk) -> None:
    mine, other = Paid(desk), Paid(desk, OTHER_COLLECTOR, partner=OTHER_AGENT)
    late = mine.pay(date(2026, 3, 9), 100)
    found = {
        query: set(seen_by(desk, QA, query))
        for query in (
            f"?agent={OTHER_AGENT.id}",
            f"?team={TEAM.id}",
            f"?team={OTHER_TEAM.id}&credited=true",
            "?credited=false",
            f"?client={CLIENT_ID}&credited=true",
            f"?client={known_id('another client')}",
        )
    }
    assert list(found.values()) == [
        {other.paid.id},
        {mine.paid.id, late.id},
        {other.paid.id},
        {late.id},
        {mine.paid.id, other.paid.id},
        set(),
    ]


def test_the_statement_is_read_page_by_page(desk: Desk) -> None:
    paid = [Paid(desk).paid.id for _ in range(5)]
    read, after = [], ""
    while after is not None:
        page = desk.ok(desk.get(QA, f"{MARCH}?limit=2" + (f"&after={after}" if after else "")))
        read += [line["repayment_id"] for line in page["items"]]
        after = page["next"]
    assert sorted(read) == sorted(paid)


def test_a_page_costs_as_many_queries_for_many_lines_as_for_one(desk: Desk) -> None:
    for _ in range(8):
        Paid(desk)
    desk.token(QA)
    with statements_of(desk) as for_one:
        assert len(seen_by(desk, QA, "?limit=1")) == 1
    with statements_of(desk) as for_all:
        assert len(seen_by(desk, QA)) == 8
    assert len(for_all) == len(for_one)


def test_reading_is_in_the_trail_with_the_ids_shown(desk: Desk, paid: Paid) -> None:
    (line,) = desk.ok(desk.get(DISPATCHER, MARCH))["items"]
    desk.ok(desk.get(DISPATCHER, paid.path))
    desk.get(MANAGER, f"{MARCH}.csv").close()
    with desk.installation.house.units.read() as uow:
        trail = uow.trail.page(PageRequest(200), subject_id=None, actor_id=None).items
    told = {entry.action: (entry.actor_id, entry.detail) for entry in trail}
    assert told["statement.read"] == (DISPATCHER.id, {"month": "2026-03", "ids": [line["id"]]})
    assert told["credit.read"][0] == DISPATCHER.id
    assert told["statement.exported"] == (MANAGER.id, {"month": "2026-03", "format": "csv"})


def test_a_month_says_how_far_its_statement_is(desk: Desk, paid: Paid) -> None:
    published(desk)
    for member, state in ((DISPATCHER, "published"), (OUTSIDE_MANAGER, "draft"), (QA, "draft")):
        assert desk.ok(desk.get(member, MARCH))["state"] == state
        assert desk.ok(desk.get(member, f"{MARCH}/totals"))["state"] == state
    published(desk, member=OUTSIDE_DISPATCHER)
    assert desk.ok(desk.get(QA, MARCH))["state"] == "published"
