"""Objections and rulings (M2, M3): who may object and until when, what is frozen, who rules, what it books."""

from __future__ import annotations

import threading
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from server.app import create_app
from server.domain.access import SHIPPED, Permission, Post, Scope
from server.domain.disputes import GROUNDS, Ground, Ruling, RulingOutcome
from server.services.adjustments import book
from server.services.ruled_lines import ruled_lines
from tests.conftest import Desk
from tests.support import visit_values as values
from tests.support.cast import (
    AGENT,
    COLLECTOR,
    DISPATCHER,
    MANAGER,
    OTHER_AGENT,
    OTHER_COLLECTOR,
    PARTNER,
    QA,
    Member,
)
from tests.support.months import CLOSE, closed, lines_of, published, turn_to
from tests.support.paid import MARCH, Paid
from tests.support.rows import at, change, fresh_id, keep

RULE = f"{MARCH}/rulings"


class Rivals(Paid):
    """A case that 何伟 and 王强 visited again on 11 March without meeting anybody: 陈磊 and 王强 have the repayment."""

    def __init__(self, desk: Desk, **more: Any) -> None:
        super().__init__(desk, **more)
        self.again = self.visit(started_at=at("2026-03-11"), lead=OTHER_AGENT)
        self.score()

    @property
    def line(self) -> str:
        return next(
            str(one["id"]) for one in lines_of(self.desk, "2026-03") if one["repayment_id"] == self.paid.id
        )


@pytest.fixture
def rivals(desk: Desk) -> Rivals:
    return Rivals(desk)


def objection(rivals: Rivals, **changes: Any) -> dict[str, Any]:
    claim = {"id": fresh_id(), "ground": "contact", "words": "见到本人", "claimed_visit_id": rivals.again.id}
    return claim | changes


def disputed(desk: Desk, rivals: Rivals, member: Member = OTHER_AGENT, **changes: Any) -> Any:
    path = f"/api/v1/statement-lines/{rivals.line}/disputes"
    return desk.ok(desk.post(member, path, objection(rivals, **changes)), 201)


def refused(desk: Desk, rivals: Rivals, member: Member, status: int, code: str, **changes: Any) -> None:
    path = f"/api/v1/statement-lines/{rivals.line}/disputes"
    desk.refused(desk.post(member, path, objection(rivals, **changes)), status, code)


def ruling(dispute: Any, outcome: str = "upheld", **changes: Any) -> dict[str, Any]:
    return {"dispute_id": dispute["id"], "outcome": outcome, "reasons": "录音可证"} | changes


def ruled(desk: Desk, *rulings: dict[str, Any], member: Member = MANAGER) -> Any:
    return desk.post(member, RULE, {"rulings": list(rulings)})


def test_every_ground_has_its_words() -> None:
    assert GROUNDS.keys() == set(Ground)


def test_no_dispatcher_has_a_road_to_an_objection() -> None:
    roads = {Permission.DISPUTES_FILE, Permission.DISPUTES_READ, Permission.STATEMENTS_RULE}
    assert roads & SHIPPED[Post.DISPATCHER].keys() == set()


def test_a_dispatcher_is_no_party_whatever_a_firm_grants(desk: Desk, rivals: Rivals) -> None:
    published(desk)
    with desk.installation.house.units.write() as uow:
        granted = dict(SHIPPED[Post.DISPATCHER]) | {Permission.DISPUTES_FILE: Scope.BRANCH}
        uow.grants.replace(Post.DISPATCHER, granted)
        uow.commit()
    refused(desk, rivals, DISPATCHER, 422, "dispatcher_no_party")


def test_who_has_no_share_and_claims_none_is_refused(desk: Desk, rivals: Rivals) -> None:
    published(desk)
    refused(desk, rivals, OTHER_AGENT, 422, "no_share_in_line", claimed_visit_id=rivals.met.id)
    away = f"/api/v1/statement-lines/{fresh_id()}/disputes"
    desk.refused(desk.post(OTHER_AGENT, away, objection(rivals)), 404, "not_found")


def test_a_collector_objects_only_where_the_policy_says_so(desk: Desk, rivals: Rivals) -> None:
    published(desk)
    refused(desk, rivals, COLLECTOR, 422, "collector_may_not_object", claimed_visit_id=None)
    with desk.installation.house.units.write() as uow:
        uow.policy_documents.publish(uow.new_id(), "collector_may_object = true", uow.now, None)
        uow.commit()
    filed = disputed(desk, rivals, COLLECTOR, claimed_visit_id=None, ground="other")
    assert {one["name"]: one["after"] for one in filed["effect"]} == {"陈磊": "0.00", "王强": "0.00"}


def test_a_visit_or_an_attachment_of_another_case_is_refused(desk: Desk, rivals: Rivals) -> None:
    other = Paid(desk, OTHER_COLLECTOR)
    published(desk)
    refused(desk, rivals, AGENT, 422, "invalid_input", claimed_visit_id=other.met.id)
    refused(desk, rivals, AGENT, 422, "invalid_input", attachments=[fresh_id()])


@pytest.mark.parametrize(("day", "open_"), [("2026-04-06", True), ("2026-04-07", False)])
def test_the_last_day_for_objections_is_one_of_them(
    desk: Desk, rivals: Rivals, day: str, open_: bool
) -> None:
    published(desk)
    turn_to(desk, day, "23:59:59" if open_ else "00:00:00")
    if open_:
        assert disputed(desk, rivals)["ruling"] is None
    else:
        refused(desk, rivals, OTHER_AGENT, 422, "objections_over")


def test_an_objection_says_what_it_saw_and_what_it_would_change(desk: Desk, rivals: Rivals) -> None:
    published(desk)
    with desk.installation.house.units.read() as uow:
        items = uow.evidence_items.having(visit_id=rivals.again.id)
    filed = disputed(desk, rivals, attachments=[items[0].id])
    assert (filed["filed_by"], filed["month"], filed["editions"]) == (
        OTHER_AGENT.name,
        "2026-03",
        ["2019-12-20"],
    )
    assert filed["ground_words"]["zh"].endswith("（C1、C2）")
    assert filed["ground_words"]["en"].endswith("(C1, C2)")
    assert {one["id"] for one in filed["evidence"]} >= {item.id for item in items}
    assert all(len(one["sha256"]) == 64 for one in filed["evidence"])
    assert {one["name"]: (one["before"], one["after"]) for one in filed["effect"]} == {
        "陈磊": ("250.01", "0.00"),
        "何伟": ("0.00", "250.01"),
    }
    refused(desk, rivals, OTHER_AGENT, 409, "line_not_open_to_objection")
    assert desk.ok(desk.get(MANAGER, f"/api/v1/disputes/{filed['id']}")) == filed
    assert desk.ok(desk.get(QA, f"{MARCH}/disputes"))["items"] == [filed]
    assert desk.ok(desk.get(AGENT, f"{MARCH}/disputes"))["items"] == []
    desk.refused(desk.get(AGENT, f"/api/v1/disputes/{filed['id']}"), 404, "not_found")
    told = desk.ok(desk.get(MANAGER, "/api/v1/inbox"))["items"]
    assert any("2026-03 外访业绩有异议" in one["message"]["zh"] for one in told)
    told = desk.ok(desk.get(DISPATCHER, "/api/v1/inbox"))["items"]
    assert not any("异议：" in one["message"]["zh"] for one in told)


def test_an_agent_who_wins(desk: Desk, rivals: Rivals) -> None:
    published(desk)
    before = lines_of(desk, "2026-03")
    dispute = disputed(desk, rivals)
    turn_to(desk, "2026-04-07")
    desk.refused(desk.post(MANAGER, CLOSE, {}), 422, "disputes_open")
    (told,) = desk.ok(ruled(desk, ruling(dispute)), 201)["items"]
    assert (told["ruling"]["outcome"], told["ruled_by"]) == ("upheld", MANAGER.name)
    computed, counter, won = lines_of(desk, "2026-03")
    assert [computed] == before  # both stay visible
    assert (counter["kind"], counter["by"]) == ("counter", {"陈磊": "-250.01", "王强": "-250.00"})
    assert (won["kind"], won["clause"], won["corrects_id"]) == ("ruled", "M3", computed["id"])
    assert (won["visit_id"], won["by"]) == (rivals.again.id, {"何伟": "250.01", "王强": "250.00"})
    assert won["why"]["zh"] == "按经理裁决（M3）"
    totals = desk.ok(desk.get(DISPATCHER, f"{MARCH}/totals"))
    assert {one["name"]: one["amount"] for one in totals["agents"]} == {
        "陈磊": "0.00",
        "何伟": "250.01",
        "王强": "250.00",
    }
    assert (totals["lines"]["amount"], totals["difference"]) == ("500.01", "0.00")
    desk.refused(ruled(desk, ruling(dispute, "dismissed")), 409, "nothing_to_rule")
    closed(desk)
    rivals.pay(date(2026, 4, 8), -10_001, reverses_id=rivals.paid.id)
    published(desk, "2026-04")
    by = {one["kind"]: one["by"] for one in lines_of(desk, "2026-04")}
    assert by["ruled"] == {
        "何伟": "-50.01",
        "王强": "-50.00",
    }  # the reversal follows the ruling, not the computed line
    assert by["counter"] == {"陈磊": "50.01", "王强": "50.00"}


def test_an_agent_who_loses(desk: Desk, rivals: Rivals) -> None:
    published(desk)
    before = lines_of(desk, "2026-03")
    dispute = disputed(desk, rivals)
    turn_to(desk, "2026-04-07")
    desk.ok(ruled(desk, ruling(dispute, "dismissed", reasons="录音中无人应答")), 201)
    assert lines_of(desk, "2026-03") == before
    seen = desk.ok(desk.get(OTHER_AGENT, f"/api/v1/disputes/{dispute['id']}"))
    assert seen["ruling"]["reasons"] == "录音中无人应答"
    told = desk.ok(desk.get(OTHER_AGENT, "/api/v1/inbox"))["items"]
    assert any("驳回（录音中无人应答）" in one["message"]["zh"] for one in told)
    assert closed(desk)["state"] == "closed"


@pytest.mark.parametrize(
    ("shares", "code"),
    [
        ([(OTHER_AGENT, "100.00"), (AGENT, "400.00")], "ruling_shares"),
        ([(OTHER_AGENT, "100.00"), (AGENT, "400.02")], "ruling_shares"),
        ([(MANAGER, "500.01")], "ruling_shares"),
        ([(OTHER_AGENT, "-0.01"), (AGENT, "500.02")], "ruling_shares"),
        ([(OTHER_AGENT, "0.00"), (AGENT, "500.01")], None),
        ([], "ruling_shares"),
        ([(OTHER_AGENT, "100.00"), (AGENT, "400.01")], None),
    ],
)
def test_an_objection_upheld_in_part(
    desk: Desk, rivals: Rivals, shares: list[tuple[Member, str]], code: str | None
) -> None:
    published(desk)
    dispute = disputed(desk, rivals)
    turn_to(desk, "2026-04-07")
    told = [{"account_id": member.id, "amount": amount} for member, amount in shares]
    answer = ruled(desk, ruling(dispute, "partly", visit_id=rivals.met.id, shares=told))
    if code is not None:
        desk.refused(answer, 422, code)
        assert len(lines_of(desk, "2026-03")) == 1
        return
    desk.ok(answer, 201)
    assert lines_of(desk, "2026-03")[2]["by"] == {member.name: amount for member, amount in shares}


@pytest.mark.parametrize("member", [AGENT, DISPATCHER, QA])
def test_only_a_manager_rules(desk: Desk, rivals: Rivals, member: Member) -> None:
    published(desk)
    dispute = disputed(desk, rivals)
    turn_to(desk, "2026-04-07")
    desk.refused(ruled(desk, ruling(dispute), member=member), 403, "forbidden")
    with desk.installation.house.units.write() as uow:
        uow.grants.replace(member.posts[0], SHIPPED[Post.MANAGER])
        uow.commit()
    desk.refused(ruled(desk, ruling(dispute), member=member), 422, "ruling_manager_only")


def test_a_manager_does_not_rule_on_own_credit(desk: Desk) -> None:
    """The manager worked the case as its collector, and would judge an objection to its line."""
    rivals = Rivals(desk, collector=MANAGER)
    published(desk)
    dispute = disputed(desk, rivals)
    turn_to(desk, "2026-04-07")
    desk.refused(ruled(desk, ruling(dispute)), 422, "ruling_own_credit")
    assert len(lines_of(desk, "2026-03")) == 1


def test_a_sitting_is_whole(desk: Desk, rivals: Rivals) -> None:
    other = Rivals(desk)
    published(desk)
    first, second, rival = (
        disputed(desk, rivals),
        disputed(desk, other),
        disputed(desk, other, PARTNER, ground="share"),
    )
    desk.refused(ruled(desk, ruling(first), ruling(second), ruling(rival)), 422, "objections_open")
    turn_to(desk, "2026-04-07")
    refusal = desk.refused(ruled(desk, ruling(first), ruling(second)), 422, "sitting_incomplete")
    assert rival["id"] in refusal["errors"][0]["message"]["en"]
    desk.refused(ruled(desk, ruling(first), ruling(second), ruling(rival)), 422, "rulings_contradict")
    unknown = ruling({"id": fresh_id()})
    desk.refused(ruled(desk, ruling(first), unknown), 404, "not_found")
    desk.ok(ruled(desk, ruling(first), ruling(second), ruling(rival, "dismissed")), 201)
    assert closed(desk)["state"] == "closed"


def test_a_ruling_after_the_next_month_is_over_the_line_that_stands_by_then(
    desk: Desk, rivals: Rivals
) -> None:
    """The next month was published before the sitting and has corrected the line that it was objected to."""
    published(desk)
    dispute = disputed(desk, rivals)
    keep(desk, values.contact(rivals.again))
    rivals.score()
    published(desk, "2026-04")
    rebooked = lines_of(desk, "2026-04")[1]
    told = [{"account_id": AGENT.id, "amount": "500.01"}]
    desk.ok(ruled(desk, ruling(dispute, "partly", visit_id=rivals.met.id, shares=told)), 201)
    computed, counter, won = lines_of(desk, "2026-03")
    assert (computed["id"], counter["corrects_id"], won["corrects_id"]) == (
        dispute["line_id"],
        rebooked["id"],
        rebooked["id"],
    )
    assert (counter["by"], won["by"]) == ({"何伟": "-250.01", "王强": "-250.00"}, {"陈磊": "500.01"})
    closed(desk)
    published(desk, "2026-05")
    assert lines_of(desk, "2026-05") == []  # what was known at the sitting does not undo the ruling


def test_a_second_sitting_does_not_undo_what_the_first_booked(desk: Desk, rivals: Rivals) -> None:
    """An objection from which its manager earns is left to another one."""
    published(desk)
    dispute, own = disputed(desk, rivals), disputed(desk, rivals, AGENT, ground="share")
    turn_to(desk, "2026-04-07")
    with desk.installation.house.units.write() as uow:
        uow.rulings.add(
            Ruling(
                fresh_id(), dispute["id"], dispute["line_id"], uow.disputes.need(dispute["id"]).statement_id,
                RulingOutcome.UPHELD, "录音可证", rivals.again.id, MANAGER.id, uow.now,
            )
        )  # fmt: skip
        line = uow.ledger.need(dispute["line_id"])
        statement = uow.monthly_statements.need(line.statement_id)
        book(uow, statement, ruled_lines(uow, line, None, (None, "normal"), ()))
        uow.ledger.seal(statement.id)
        uow.commit()
    desk.refused(ruled(desk, ruling(own)), 422, "rulings_contradict")
    desk.ok(ruled(desk, ruling(own, "dismissed")), 201)
    assert closed(desk)["state"] == "closed"


def test_of_twenty_rulings_at_once_one_wins_and_the_others_are_told(desk: Desk, rivals: Rivals) -> None:
    published(desk)
    dispute = disputed(desk, rivals)
    turn_to(desk, "2026-04-07")
    headers = {"Authorization": f"Bearer {desk.token(MANAGER)}"}
    application, answers, together = create_app(desk.installation), [], threading.Barrier(20)

    def rule() -> None:
        client = application.test_client()
        together.wait()
        answer = client.post(RULE, json={"rulings": [ruling(dispute)]}, headers=headers)
        answers.append((answer.status_code, answer.get_json()))

    threads = [threading.Thread(target=rule) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(status for status, _ in answers) == [201] + [409] * 19
    codes = {body["errors"][0]["code"] for status, body in answers if status == 409}
    assert codes == {"nothing_to_rule"}
    assert [line["kind"] for line in lines_of(desk, "2026-03")] == ["computed", "counter", "ruled"]


@pytest.mark.parametrize(
    "statement",
    ["UPDATE disputes SET words = 'x'", "DELETE FROM rulings", "UPDATE rulings SET outcome = 'upheld'"],
)
def test_the_database_itself_keeps_objections_and_rulings(desk: Desk, rivals: Rivals, statement: str) -> None:
    published(desk)
    dispute = disputed(desk, rivals)
    turn_to(desk, "2026-04-07")
    desk.ok(ruled(desk, ruling(dispute, "dismissed")), 201)
    with desk.installation.engine.connect() as connection:
        with pytest.raises(sa.exc.DBAPIError, match=r"does not change|stays"):
            connection.exec_driver_sql(statement)
        connection.rollback()


def test_a_ruling_is_final_whatever_is_learnt_later_of_its_line(desk: Desk, rivals: Rivals) -> None:
    """M3: it overrides the computed line; what that line is computed as later is overridden too."""
    published(desk)
    dispute = disputed(desk, rivals)
    turn_to(desk, "2026-04-07")
    desk.ok(ruled(desk, ruling(dispute)), 201)
    closed(desk)
    keep(desk, values.contact(rivals.again))
    change(desk, rivals.met, voided_at=desk.clock.now(), void_reason="伪造")
    rivals.score()
    published(desk, "2026-04")
    assert lines_of(desk, "2026-04") == []


def test_a_ruling_falls_with_the_evidence_that_was_forged(desk: Desk, rivals: Rivals) -> None:
    published(desk)
    dispute = disputed(desk, rivals)
    turn_to(desk, "2026-04-07")
    desk.ok(ruled(desk, ruling(dispute)), 201)
    closed(desk)
    change(desk, rivals.again, voided_at=desk.clock.now(), void_reason="伪造")
    rivals.score()
    published(desk, "2026-04")
    counter, rebooked = lines_of(desk, "2026-04")
    assert counter["by"] == {"何伟": "-250.01", "王强": "-250.00"}
    assert (rebooked["visit_id"], rebooked["by"]) == (rivals.met.id, {"陈磊": "250.01", "王强": "250.00"})
    published(desk, "2026-05")
    assert lines_of(desk, "2026-05") == []
