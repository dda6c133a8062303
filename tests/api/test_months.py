"""The month is published and frozen (M1): when, by whom, what is frozen, what stays, who is told."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest
import sqlalchemy as sa

from tests.conftest import Desk
from tests.support import visit_values as values
from tests.support.cases import Case
from tests.support.cast import (
    AGENT,
    COLLECTOR,
    DIRECTOR,
    DISPATCHER,
    MANAGER,
    OTHER_AGENT,
    OTHER_COLLECTOR,
    OUTSIDE_COLLECTOR,
    OUTSIDE_DISPATCHER,
    PARTNER,
    QA,
    TRAINEE,
    Member,
)
from tests.support.months import PUBLISH, closed, published, turn_to
from tests.support.paid import MARCH, Paid
from tests.support.rows import change, changed, keep
from tests.support.statements import statements_of


@pytest.fixture
def paid(desk: Desk) -> Paid:
    return Paid(desk)


@pytest.mark.parametrize("member", [AGENT, COLLECTOR, MANAGER, QA, DIRECTOR])
def test_only_a_dispatcher_publishes(desk: Desk, paid: Paid, member: Member) -> None:
    desk.refused(desk.post(member, PUBLISH, {}), 403, "forbidden")


@pytest.mark.parametrize("month", ["2026-13", "2026-3", "march"])
def test_a_month_that_is_none_is_not_published(desk: Desk, month: str) -> None:
    path = f"/api/v1/statements/{month}/publish"
    desk.refused(desk.post(DISPATCHER, path, {}), 422, "month_unreadable")


@pytest.mark.parametrize(
    ("day", "time", "late"),
    [
        ("2026-04-01", "00:00:00", False),
        ("2026-04-03", "23:59:59", False),
        ("2026-04-04", "00:00:00", True),
    ],
)
def test_the_first_three_days_are_the_time_for_it(
    desk: Desk, paid: Paid, day: str, time: str, late: bool
) -> None:
    turn_to(desk, "2026-03-31", "23:59:59")
    refused = desk.refused(desk.post(DISPATCHER, PUBLISH, {}), 422, "month_not_over")
    assert refused["errors"][0]["clause"] == "M1"
    turn_to(desk, day, time)
    month = desk.ok(desk.post(DISPATCHER, PUBLISH, {}), 201)
    assert month["published_late"] is late
    assert month["objections_until"] == f"2026-04-{int(day[-2:]) + 5:02d}"
    assert month["evidence_until"] == f"2026-04-{int(day[-2:]) + 3:02d}"
    assert (month["state"], month["phase"], month["published_by"]) == (
        "published",
        "objections",
        DISPATCHER.name,
    )


def test_nobody_publishes_for_another_branch(desk: Desk, paid: Paid) -> None:
    turn_to(desk, "2026-04-01")
    asked = {"branch_id": DISPATCHER.branch.id}
    desk.refused(desk.post(OUTSIDE_DISPATCHER, PUBLISH, asked), 404, "not_found")
    assert desk.ok(desk.get(DISPATCHER, "/api/v1/statements"))["items"] == []


def test_a_month_is_published_once(desk: Desk, paid: Paid) -> None:
    published(desk)
    refused = desk.refused(desk.post(DISPATCHER, PUBLISH, {}), 409, "month_published")
    assert DISPATCHER.name in refused["errors"][0]["message"]["zh"]


def test_what_is_not_scored_holds_the_month(desk: Desk, paid: Paid) -> None:
    turn_to(desk, "2026-04-01")
    keep(desk, values.repayment(paid.placement, date(2026, 3, 31), 1_234))
    desk.refused(desk.post(DISPATCHER, PUBLISH, {}), 422, "month_not_scored")
    paid.score()
    published(desk)
    totals = desk.ok(desk.get(QA, f"{MARCH}/totals"))
    assert (totals["lines"]["amount"], totals["difference"]) == ("512.35", "0.00")


def test_months_are_published_one_after_the_other(desk: Desk, paid: Paid) -> None:
    paid.pay(date(2026, 4, 2), 100)
    paid.pay(date(2026, 6, 2), 100)
    published(desk)
    turn_to(desk, "2026-07-01")
    refused = desk.refused(
        desk.post(DISPATCHER, "/api/v1/statements/2026-06/publish", {}), 422, "month_out_of_order"
    )
    assert "2026-04" in refused["errors"][0]["message"]["en"]
    published(desk, "2026-04")
    published(desk, "2026-06")  # nothing was repaid in May


@pytest.mark.parametrize("month", ["2026-02", "2026-05"])
def test_a_month_before_the_last_published_one_is_left_out_for_good(
    desk: Desk, paid: Paid, month: str
) -> None:
    paid.pay(date(2026, 6, 2), 100)
    published(desk)
    published(desk, "2026-06")
    asked = f"/api/v1/statements/{month}/publish"
    refused = desk.refused(desk.post(DISPATCHER, asked, {}), 422, "month_out_of_order")
    assert "2026-07" in refused["errors"][0]["message"]["en"]


def test_published_lines_are_frozen_and_the_draft_goes_on(desk: Desk, paid: Paid) -> None:
    before = desk.ok(desk.get(QA, f"{MARCH}?all=true"))["items"]
    totals = desk.ok(desk.get(QA, f"{MARCH}/totals"))
    published(desk)
    change(desk, paid.met, voided_at=desk.clock.now(), void_reason="伪造")
    paid.pay(date(2026, 3, 13), 777)
    frozen = desk.ok(desk.get(QA, f"{MARCH}?all=true"))
    assert frozen["state"] == "draft"  # 洛阳分公司 has not published, and QA reads both
    assert [item["id"] for item in frozen["items"]] == [item["id"] for item in before]
    labels = ("evidence_label", "why")
    assert [{k: v for k, v in item.items() if k not in labels} for item in frozen["items"]] == [
        {k: v for k, v in item.items() if k not in labels} for item in before
    ]
    assert desk.ok(desk.get(DISPATCHER, MARCH))["state"] == "published"
    after = desk.ok(desk.get(QA, f"{MARCH}/totals"))
    assert after["late"] == {"count": 1, "amount": "7.77"}
    assert after["difference"] == "0.00"
    for name in ("lines", "credited", "agents", "teams", "clients"):
        assert after[name] == totals[name]


def test_three_months_are_listed_with_as_many_statements_as_one(desk: Desk, paid: Paid) -> None:
    def asked() -> int:
        desk.token(MANAGER)
        with statements_of(desk) as statements:
            desk.ok(desk.get(MANAGER, "/api/v1/statements"))
        return len(statements)

    published(desk)
    closed(desk)
    one = asked()
    for month in ("2026-04", "2026-05"):
        published(desk, month)
        closed(desk, month)
    assert asked() == one
    assert [len(month["files"]) for month in desk.ok(desk.get(MANAGER, "/api/v1/statements"))["items"]] == [
        3
    ] * 3


def test_another_branch_stays_a_draft(desk: Desk, paid: Paid) -> None:
    away = Paid(desk, OUTSIDE_COLLECTOR, lead=TRAINEE, partner=PARTNER)
    published(desk)
    away.pay(date(2026, 3, 15), 100)
    lines = desk.ok(desk.get(QA, f"{MARCH}?limit=1"))
    rest = desk.ok(desk.get(QA, f"{MARCH}?after={lines['next']}"))["items"]
    assert len(lines["items"]) + len(rest) == 3
    totals = desk.ok(desk.get(QA, f"{MARCH}/totals"))
    assert totals["repayments"] == totals["lines"] == {"count": 3, "amount": "1001.02"}
    assert {one["name"]: one["amount"] for one in totals["agents"]} == {
        "陈磊": "250.01",
        "王强": "500.50",
        "徐彤": "250.51",
    }


def test_agents_are_told_and_may_object_until(desk: Desk, paid: Paid) -> None:
    published(desk)
    for member in (AGENT, PARTNER, OTHER_AGENT):
        told = desk.ok(desk.get(member, "/api/v1/inbox"))["items"]
        assert any("2026-03" in one["message"]["zh"] and "4月6日" in one["message"]["zh"] for one in told), (
            told
        )
    told = desk.ok(desk.get(COLLECTOR, "/api/v1/inbox"))["items"]
    assert not any("业绩已公布" in one["message"]["zh"] for one in told)


def test_filters_hold_for_frozen_lines_too(desk: Desk) -> None:
    mine, other = Paid(desk), Paid(desk, OTHER_COLLECTOR, partner=OTHER_AGENT)
    late = mine.pay(date(2026, 3, 9), 100)
    published(desk)

    def seen(query: str) -> set[str]:
        return {line["repayment_id"] for line in desk.ok(desk.get(QA, MARCH + query))["items"]}

    assert seen(f"?agent={OTHER_AGENT.id}") == {other.paid.id}
    assert seen(f"?team={COLLECTOR.team.id if COLLECTOR.team else ''}") == {mine.paid.id, late.id}
    assert seen("?credited=false") == {late.id}
    assert seen("?credited=true") == {mine.paid.id, other.paid.id}


def test_a_collector_moved_afterwards_changes_no_frozen_line(desk: Desk, paid: Paid) -> None:
    published(desk)
    with desk.installation.house.units.write() as uow:
        placement = uow.placements.need(paid.placement.id)
        uow.placements.save(dataclasses.replace(placement, collector_id=OTHER_COLLECTOR.id))
        uow.commit()
    (team,) = desk.ok(desk.get(DISPATCHER, f"{MARCH}/totals"))["teams"]
    assert team["name"] == "法务一组"


def test_labels_say_what_is_missing_and_until_when(desk: Desk, paid: Paid) -> None:
    bare = Case(desk)
    visit = bare.visit(proven=False)
    keep(desk, values.contact(visit), values.repayment(bare.placement, date(2026, 3, 20), 300))
    changed(desk, [bare.placement])
    desk.work()

    def labels() -> dict[str, tuple[str, list[str], str | None]]:
        return {
            line["nearest_visit_id"]: (
                line["evidence_label"],
                [one["kind"] for one in line["evidence_missing"]],
                line["evidence_due_on"],
            )
            for line in desk.ok(desk.get(DISPATCHER, MARCH))["items"]
        }

    wanting = ["photo", "recording"]
    assert labels() == {paid.met.id: ("provisional", [], None), visit.id: ("provisional", wanting, None)}
    published(desk)
    assert labels() == {paid.met.id: ("confirmed", [], None), visit.id: ("held", wanting, "2026-04-04")}
    keep(desk, *values.proof(visit, visit.started_at))
    assert labels()[visit.id] == ("confirmed", [], None)
    lines = {line["nearest_visit_id"]: line for line in desk.ok(desk.get(DISPATCHER, MARCH))["items"]}
    assert lines[visit.id]["reason"] == "not_two_present"  # the label never changes the line


BROKEN = {
    "a sealed line changes": "UPDATE statement_lines SET amount_fen = 1",
    "a sealed line goes": "DELETE FROM statement_lines",
    "a seal is broken": "UPDATE statement_lines SET sealed = false",
    "a share changes": "UPDATE statement_shares SET amount_fen = amount_fen + 1",
    "a share goes": "DELETE FROM statement_shares",
    "a share comes": "INSERT INTO statement_shares SELECT id || 'x', line_id, '{other}', 9, 1 FROM statement_shares",
    "a month goes": "DELETE FROM monthly_statements",
    "a month goes back": "UPDATE monthly_statements SET state = 'draft'",
    "a month moves": "UPDATE monthly_statements SET month = '2026-04'",
}


@pytest.mark.parametrize("statement", BROKEN.values(), ids=BROKEN.keys())
def test_the_database_itself_refuses_to_change_what_is_sealed(desk: Desk, paid: Paid, statement: str) -> None:
    published(desk)
    with desk.installation.engine.connect() as connection:
        with pytest.raises(sa.exc.DBAPIError, match=r"seal|stay|goes back|does not change"):
            connection.exec_driver_sql(statement.format(other=OTHER_AGENT.id))
        connection.rollback()


@pytest.mark.parametrize("fen", [-1, 1])
def test_the_database_seals_no_line_to_which_its_shares_do_not_add_up(
    desk: Desk, paid: Paid, fen: int, caplog: pytest.LogCaptureFixture
) -> None:
    turn_to(desk, "2026-04-01")
    with desk.installation.engine.connect() as connection:
        connection.exec_driver_sql(
            f"UPDATE credit_shares SET amount_fen = amount_fen + {fen} WHERE position = 0"
        )
        connection.commit()
    desk.refused(desk.post(DISPATCHER, PUBLISH, {}), 500, "internal")
    assert "the shares of the line do not add up to it" in caplog.text
    assert desk.ok(desk.get(DISPATCHER, "/api/v1/statements"))["items"] == []
