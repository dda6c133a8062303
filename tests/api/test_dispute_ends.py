"""How objections end: withdrawn by whoever raised them, or ruled over what went back since; what files tell (M2)."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from server.domain.access import SHIPPED, Permission, Post, Scope
from tests.api.test_closing import content
from tests.api.test_disputes import RULE, Rivals, disputed, ruled, ruling
from tests.conftest import Desk
from tests.support.case_builders import make_referral
from tests.support.cast import AGENT, DISPATCHER, MANAGER, OTHER_AGENT, PARTNER, QA, Member
from tests.support.months import CLOSE, closed, lines_of, published, turn_to
from tests.support.paid import MARCH
from tests.support.planning import make_robot
from tests.support.rows import fresh_id


@pytest.fixture
def rivals(desk: Desk) -> Rivals:
    return Rivals(desk)


def withdrawn(desk: Desk, dispute: Any, member: Member = OTHER_AGENT) -> Any:
    body = {"id": fresh_id(), "words": "已核对，无异议"}
    return desk.post(member, f"/api/v1/disputes/{dispute['id']}/withdrawal", body)


def test_an_objection_is_withdrawn_by_nobody_else(desk: Desk, rivals: Rivals) -> None:
    published(desk)
    dispute = disputed(desk, rivals)
    desk.refused(withdrawn(desk, dispute, MANAGER), 403, "forbidden")
    desk.refused(withdrawn(desk, dispute, AGENT), 404, "not_found")
    with desk.installation.house.units.write() as uow:
        granted = dict(SHIPPED[Post.QA]) | {Permission.DISPUTES_FILE: Scope.ALL}
        uow.grants.replace(Post.QA, granted)
        uow.commit()
    desk.refused(withdrawn(desk, dispute, QA), 422, "dispute_not_yours")
    assert desk.ok(desk.get(MANAGER, f"/api/v1/disputes/{dispute['id']}"))["withdrawal"] is None


def test_it_is_withdrawn_once_and_not_raised_again(desk: Desk, rivals: Rivals) -> None:
    published(desk)
    before, dispute = lines_of(desk, "2026-03"), disputed(desk, rivals)
    told = desk.ok(withdrawn(desk, dispute), 201)
    assert (told["withdrawal"]["words"], told["ruling"]) == ("已核对，无异议", None)
    desk.refused(withdrawn(desk, dispute), 409, "dispute_withdrawn")
    again = {"id": fresh_id(), "ground": "contact", "words": "见到", "claimed_visit_id": rivals.again.id}
    path = f"/api/v1/statement-lines/{rivals.line}/disputes"
    desk.refused(desk.post(OTHER_AGENT, path, again), 409, "line_not_open_to_objection")
    inbox = desk.ok(desk.get(MANAGER, "/api/v1/inbox"))["items"]
    assert any("异议已撤回" in one["message"]["zh"] for one in inbox)
    turn_to(desk, "2026-04-07")
    desk.refused(ruled(desk, ruling(dispute)), 409, "nothing_to_rule")
    assert closed(desk)["state"] == "closed"
    assert lines_of(desk, "2026-03") == before


def test_what_was_withdrawn_is_left_out_of_the_sitting(desk: Desk, rivals: Rivals) -> None:
    published(desk)
    gone, stays = disputed(desk, rivals), disputed(desk, rivals, PARTNER, ground="share")
    desk.ok(withdrawn(desk, gone), 201)
    turn_to(desk, "2026-04-07")
    desk.refused(desk.post(MANAGER, CLOSE, {}), 422, "disputes_open")
    desk.refused(ruled(desk, ruling(gone), ruling(stays, "dismissed")), 404, "not_found")
    desk.ok(ruled(desk, ruling(stays, "dismissed")), 201)
    desk.refused(withdrawn(desk, stays, PARTNER), 409, "dispute_ruled")


@pytest.mark.parametrize(
    "statement",
    ["UPDATE dispute_withdrawals SET words = 'x'", "DELETE FROM dispute_withdrawals"],
)
def test_the_database_itself_keeps_withdrawals(desk: Desk, rivals: Rivals, statement: str) -> None:
    published(desk)
    desk.ok(withdrawn(desk, disputed(desk, rivals)), 201)
    with desk.installation.engine.connect() as connection:
        with pytest.raises(sa.exc.DBAPIError, match=r"does not change|stays"):
            connection.exec_driver_sql(statement)
        connection.rollback()


@pytest.mark.parametrize("outcome", ["upheld", "dismissed"])
@pytest.mark.parametrize("field", ["visit_id", "shares"])
def test_only_what_is_upheld_in_part_takes_a_visit_and_shares(
    desk: Desk, rivals: Rivals, outcome: str, field: str
) -> None:
    published(desk)
    dispute = disputed(desk, rivals)
    turn_to(desk, "2026-04-07")
    given = {
        "visit_id": rivals.met.id,
        "shares": [{"account_id": AGENT.id, "amount": "500.01"}],
    }
    answer = ruled(desk, ruling(dispute, outcome, **{field: given[field]}))
    body = desk.refused(answer, 422, "ruling_takes_no_shares")
    assert body["errors"][0]["field"] == f"rulings[0].{field}"
    assert len(lines_of(desk, "2026-03")) == 1


# A repayment that went back between the objection and its ruling


def money(desk: Desk, *months: str) -> dict[str, int]:
    """What each has of all these months, in fen."""
    told: dict[str, int] = {}
    for month in months:
        for line in lines_of(desk, month):
            for name, amount in line["by"].items():
                told[name] = told.get(name, 0) + int(amount.replace(".", ""))
    return {name: fen for name, fen in told.items() if fen}


def test_a_ruling_over_what_went_back_within_the_month(desk: Desk, rivals: Rivals) -> None:
    rivals.pay(date(2026, 3, 20), -10_001, reverses_id=rivals.paid.id)
    published(desk)
    dispute = disputed(desk, rivals)
    turn_to(desk, "2026-04-07")
    desk.ok(ruled(desk, ruling(dispute)), 201)
    assert money(desk, "2026-03") == {"何伟": 20_000, "王强": 20_000}
    totals = desk.ok(desk.get(DISPATCHER, f"{MARCH}/totals"))
    assert (totals["credited"]["amount"], totals["difference"]) == ("400.00", "0.00")


def test_a_ruling_over_what_went_back_whole(desk: Desk, rivals: Rivals) -> None:
    rivals.pay(date(2026, 3, 20), -50_001, reverses_id=rivals.paid.id)
    published(desk)
    dispute = disputed(desk, rivals)
    turn_to(desk, "2026-04-07")
    desk.ok(ruled(desk, ruling(dispute)), 201)
    assert money(desk, "2026-03") == {}


def test_a_ruling_over_what_went_back_in_the_next_month_before_the_sitting(
    desk: Desk, rivals: Rivals
) -> None:
    """The reversal was published with the next month, whose computed shares the ruling finds there."""
    published(desk)
    dispute = disputed(desk, rivals)
    rivals.pay(date(2026, 4, 3), -10_001, reverses_id=rivals.paid.id)
    published(desk, "2026-04")
    desk.ok(ruled(desk, ruling(dispute)), 201)
    assert money(desk, "2026-03", "2026-04") == {"何伟": 20_000, "王强": 20_000}
    for month in ("2026-03", "2026-04"):
        totals = desk.ok(desk.get(DISPATCHER, f"/api/v1/statements/{month}/totals"))
        assert totals["difference"] == "0.00"
    closed(desk)
    closed(desk, "2026-04")
    published(desk, "2026-05")
    assert lines_of(desk, "2026-05") == []


def test_a_ruling_over_what_went_back_after_publication(desk: Desk, rivals: Rivals) -> None:
    """Late in its own month: it comes with the next one, by the shares of the ruling."""
    published(desk)
    dispute = disputed(desk, rivals)
    rivals.pay(date(2026, 3, 30), -10_001, reverses_id=rivals.paid.id)
    turn_to(desk, "2026-04-07")
    desk.ok(ruled(desk, ruling(dispute)), 201)
    assert money(desk, "2026-03") == {"何伟": 25_001, "王强": 25_000}
    closed(desk)
    published(desk, "2026-04")
    assert money(desk, "2026-03", "2026-04") == {"何伟": 20_000, "王强": 20_000}


def test_what_went_back_and_was_itself_objected_to_is_ruled_by_itself(desk: Desk, rivals: Rivals) -> None:
    """Both lines in one sitting: the reversal has the shares of what it takes back, with the other sign (A5)."""
    back = rivals.pay(date(2026, 3, 20), -10_001, reverses_id=rivals.paid.id)
    published(desk)
    line = next(one["id"] for one in lines_of(desk, "2026-03") if one["repayment_id"] == back.id)
    body = {"id": fresh_id(), "ground": "contact", "words": "见到", "claimed_visit_id": rivals.again.id}
    second = desk.ok(desk.post(OTHER_AGENT, f"/api/v1/statement-lines/{line}/disputes", body), 201)
    first = disputed(desk, rivals)
    turn_to(desk, "2026-04-07")
    desk.ok(ruled(desk, ruling(first), ruling(second)), 201)
    assert money(desk, "2026-03") == {"何伟": 20_000, "王强": 20_000}


@pytest.mark.parametrize(
    ("referred_on", "commission"), [(date(2026, 3, 11), "to_visit"), (date(2026, 3, 12), "normal")]
)
def test_a_ruling_asks_a3_of_the_visit_that_it_credits(
    desk: Desk, rivals: Rivals, referred_on: date, commission: str
) -> None:
    """The computed line is of a visit before the referral; the one that the ruling credits was on its day, or not."""
    make_referral(desk, rivals.placement, referred_on=referred_on)
    rivals.score()
    published(desk)
    (computed,) = lines_of(desk, "2026-03")
    assert computed["collector_commission"] == "normal"
    dispute = disputed(desk, rivals)
    turn_to(desk, "2026-04-07")
    desk.ok(ruled(desk, ruling(dispute)), 201)
    assert lines_of(desk, "2026-03")[2]["collector_commission"] == commission


# What is told of them


def test_the_closed_json_tells_of_objections_and_how_they_ended(desk: Desk, rivals: Rivals) -> None:
    published(desk)
    gone = disputed(desk, rivals, PARTNER, ground="share", claimed_visit_id=rivals.met.id)
    stays = disputed(desk, rivals)
    desk.ok(withdrawn(desk, gone, PARTNER), 201)
    turn_to(desk, "2026-04-07")
    desk.ok(ruled(desk, ruling(stays)), 201)
    (file,) = [one for one in closed(desk)["files"] if one["format"] == "json"]
    told = {one["dispute_id"]: one for one in json.loads(content(desk, MANAGER, file))["disputes"]}
    assert told.keys() == {gone["id"], stays["id"]}
    assert told[gone["id"]]["withdrawal"]["words"] == "已核对，无异议"
    assert told[gone["id"]]["ruling"] is None
    won = told[stays["id"]]
    assert (won["ruling"]["outcome"], won["ruling"]["ruled_by"]) == ("upheld", MANAGER.name)
    assert (won["line_id"], won["filed_by"]) == (stays["line_id"], OTHER_AGENT.name)
    assert [one["sha256"] for one in won["evidence"]] == [one["sha256"] for one in stays["evidence"]]
    assert {one["name"]: one["after"] for one in won["effect"]} == {"陈磊": "0.00", "何伟": "250.01"}


def test_the_branch_group_is_told_that_the_month_is_published(desk: Desk, rivals: Rivals) -> None:
    """S15: a group sees the month and the last day, nobody's name and no amount."""
    make_robot(desk)
    published(desk)
    with desk.installation.house.units.read() as uow:
        (message,) = uow.outbox_messages.having(kind="statement_published")
    assert message.text == (
        "【外访业绩】2026年3月外访业绩已公布，请外访员登录系统查看；如有异议，请在2026年4月6日前（含当日）向经理提出"
    )
    assert message.link == "/statements/2026-03"
    assert RULE.startswith("/api/v1/statements/2026-03")
