"""A case's credit with its why; the month's statement, its scope, its files, and its sums to the fen (A1 to A6, M1)."""

from __future__ import annotations

import csv
import io
import random
from datetime import date
from typing import Any

import openpyxl
import pytest

from server.domain.credit import MonthlyStatement, StatementState
from server.domain.visits import Visit
from server.services.ports.paging import PageRequest
from server.services.statement_table import COLUMNS
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
    IT,
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
    TRAINER,
    Member,
    known_id,
)
from tests.support.rows import at, changed, fresh_id, keep
from tests.support.statements import statements_of

MARCH = "/api/v1/statements/2026-03"


class Paid(Case):
    """A case whose debtor was met by 陈磊 and 王强 on 10 March and paid 500.01 yuan on the 12th; scored."""

    def __init__(self, desk: Desk, collector: Member = COLLECTOR, **visit: Any) -> None:
        super().__init__(desk, collector=collector)
        self.met: Visit = self.visit(**visit)
        self.paid = values.repayment(self.placement, date(2026, 3, 12), 50_001)
        keep(desk, values.contact(self.met), self.paid)
        self.score()

    def pay(self, day: date, fen: int, **more: Any) -> Any:
        paid = values.repayment(self.placement, day, fen, **more)
        keep(self.desk, paid)
        self.score()
        return paid

    def score(self) -> None:
        changed(self.desk, [self.placement])
        self.desk.work()

    @property
    def path(self) -> str:
        return f"/api/v1/placements/{self.placement.id}/credit"


@pytest.fixture
def paid(desk: Desk) -> Paid:
    return Paid(desk)


def seen_by(desk: Desk, member: Member, query: str = "") -> list[str]:
    """The repayments that the statement of March shows to somebody."""
    return [line["repayment_id"] for line in desk.ok(desk.get(member, MARCH + query))["items"]]


# the case
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
    assert line["why"]["zh"][0] == f"计入外访 {paid.met.id}(A1)"
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


# the month
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
    assert line["why"]["zh"].endswith("(X1)")


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


@pytest.mark.parametrize("state", [StatementState.PUBLISHED, StatementState.CLOSED])
def test_a_month_says_how_far_its_statement_is(desk: Desk, state: StatementState) -> None:
    with desk.installation.house.units.write() as uow:
        uow.monthly_statements.add(MonthlyStatement(fresh_id(), "2026-03", state, uow.now, None, 1))
        uow.commit()
    assert desk.ok(desk.get(QA, MARCH))["state"] == state
    assert desk.ok(desk.get(QA, f"{MARCH}/totals"))["state"] == state


# files
@pytest.mark.parametrize("member", [AGENT, COLLECTOR, DISPATCHER, QA])
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_files_are_for_those_who_may_export(desk: Desk, paid: Paid, member: Member, ending: str) -> None:
    desk.refused(desk.get(member, f"{MARCH}.{ending}"), 403, "forbidden")


def test_a_csv_in_chinese(desk: Desk, paid: Paid) -> None:
    answer = desk.get(MANAGER, f"{MARCH}.csv")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == 'attachment; filename="statement-2026-03.csv"'
    heading, row = list(csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))
    assert heading == [column.zh for column in COLUMNS]
    told = dict(zip(heading, row, strict=True))
    assert told["借款人"] == "张*国"
    assert (told["回款日"], told["回款金额"], told["是否计入"]) == ("2026-03-12", "500.01", "是")
    assert (told["外访业绩"], told["条款"]) == ("陈磊 250.01；王强 250.00", "C1")
    assert told["回款编号"] == paid.paid.id


def test_a_workbook_in_english(desk: Desk, paid: Paid) -> None:
    answer = desk.get(IT, f"{MARCH}.xlsx?language=en")
    assert answer.status_code == 200
    heading, row = openpyxl.load_workbook(io.BytesIO(answer.get_data())).active.iter_rows(values_only=True)
    assert list(heading) == [column.en for column in COLUMNS]
    told = dict(zip(heading, row, strict=True))
    assert (told["credited"], told["shares"]) == ("yes", "陈磊 250.01; 王强 250.00")
    assert told["repayment id"] == paid.paid.id
    assert float(told["amount"]) == 500.01


def test_a_file_has_the_rows_that_its_reader_may_see(desk: Desk, paid: Paid) -> None:
    Paid(desk, OUTSIDE_COLLECTOR, lead=TRAINEE, partner=PARTNER)
    lengths = [
        len(desk.get(member, f"{MARCH}.csv").get_data(as_text=True).splitlines())
        for member in (MANAGER, DIRECTOR, OUTSIDE_MANAGER)
    ]
    assert lengths == [2, 3, 2]


# sums
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
