"""A month is closed (M4): its files for ever, one of many closings, and what is learnt later as adjustments."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import threading
from datetime import date
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa

from server.app import create_app
from server.services.evidence_upkeep import without_row
from server.services.statement_table import COLUMNS
from tests.conftest import NOON, Desk
from tests.support import visit_values as values
from tests.support.cases import Case
from tests.support.cast import (
    AGENT,
    COLLECTOR,
    DIRECTOR,
    DISPATCHER,
    IT,
    MANAGER,
    OUTSIDE_MANAGER,
    QA,
    Member,
)
from tests.support.months import CLOSE, closed, lines_of, published, turn_to
from tests.support.paid import MARCH, Paid
from tests.support.rows import change, changed, fresh_id, keep
from tests.support.statements import statements_of


@pytest.fixture
def paid(desk: Desk) -> Paid:
    return Paid(desk)


def content(desk: Desk, member: Member, file: dict[str, Any]) -> bytes:
    answer = desk.get(member, f"/api/v1/statement-files/{file['id']}/content")
    assert answer.status_code == 200, answer.text
    assert answer.headers["ETag"] == f'"{file["sha256"]}"'
    return answer.get_data()


@pytest.mark.parametrize("member", [AGENT, COLLECTOR, DISPATCHER, QA, DIRECTOR])
def test_only_a_manager_closes(desk: Desk, paid: Paid, member: Member) -> None:
    desk.refused(desk.post(member, CLOSE, {}), 403, "forbidden")


def test_a_draft_is_not_closed(desk: Desk, paid: Paid) -> None:
    desk.refused(desk.post(MANAGER, CLOSE, {}), 409, "month_not_published")


def test_nobody_closes_for_another_branch(desk: Desk, paid: Paid) -> None:
    published(desk)
    desk.refused(desk.post(OUTSIDE_MANAGER, CLOSE, {"branch_id": MANAGER.branch.id}), 404, "not_found")


def test_it_is_closed_when_nobody_may_object_any_more(desk: Desk, paid: Paid) -> None:
    published(desk)
    turn_to(desk, "2026-04-06", "23:59:59")
    refused = desk.refused(desk.post(MANAGER, CLOSE, {}), 422, "objections_open")
    assert "2026-04-06" in refused["errors"][0]["message"]["en"]
    turn_to(desk, "2026-04-07", "00:00:00")
    month = desk.ok(desk.post(MANAGER, CLOSE, {}))
    assert (month["state"], month["phase"], month["closed_by"]) == ("closed", "closed", MANAGER.name)
    refused = desk.refused(desk.post(MANAGER, CLOSE, {}), 409, "month_closed")
    assert MANAGER.name in refused["errors"][0]["message"]["zh"]


def test_its_files_hold_its_lines_and_stay_byte_for_byte(desk: Desk, paid: Paid) -> None:
    case = Case(desk)
    keep(desk, values.repayment(case.placement, date(2026, 3, 31), 7))
    changed(desk, [case.placement])
    desk.work()
    published(desk)
    files = {file["format"]: file for file in closed(desk)["files"]}
    first = {name: content(desk, MANAGER, file) for name, file in files.items()}
    for name, file in files.items():
        assert hashlib.sha256(first[name]).hexdigest() == file["sha256"]
        assert len(first[name]) == file["size"]
    rows = list(csv.DictReader(io.StringIO(first["csv"].decode("utf-8-sig"))))
    assert [row["回款金额"] for row in rows] == ["500.01", "0.07"]
    assert [row["证据状态"] for row in rows] == ["确认", "确认"]
    sheet = openpyxl.load_workbook(io.BytesIO(first["xlsx"])).active
    assert sheet.max_row == 3
    told = json.loads(first["json"])
    assert told["totals"]["lines"] == {"count": 2, "amount": "500.08"}
    assert (told["difference"], told["agents"][0]["amount"]) == ("0.00", "250.00")
    assert [line["line_id"] for line in told["lines"]] == [row["明细编号"] for row in rows]
    assert set(told["lines"][0]) == {column.key for column in COLUMNS}
    change(desk, paid.met, voided_at=desk.clock.now(), void_reason="伪造")
    paid.pay(date(2026, 3, 13), 777)
    published(desk, "2026-04")
    assert {name: content(desk, IT, file) for name, file in files.items()} == first


def test_its_files_are_for_those_who_may_export_the_branch(desk: Desk, paid: Paid) -> None:
    published(desk)
    (file, *_) = closed(desk)["files"]
    path = f"/api/v1/statement-files/{file['id']}/content"
    desk.refused(desk.get(OUTSIDE_MANAGER, path), 404, "not_found")
    desk.refused(desk.get(DISPATCHER, path), 403, "forbidden")
    part = desk.get(DIRECTOR, path, headers={"Range": "bytes=0-4"})
    assert (part.status_code, len(part.get_data())) == (206, 5)


def test_the_sweep_leaves_the_files_of_closed_months(desk: Desk, paid: Paid) -> None:
    published(desk)
    closed(desk)
    keys = list(desk.installation.house.objects.keys("statements/"))
    with desk.installation.house.units.read() as uow:
        assert len(keys) == 3
        assert without_row(uow, [*keys, "statements/lost/1.csv"]) == ["statements/lost/1.csv"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE monthly_statements SET closed_by = NULL",
        "UPDATE statement_files SET sha256 = 'x'",
        "DELETE FROM statement_files",
        "INSERT INTO statement_lines SELECT * FROM statement_lines",
    ],
)
def test_the_database_itself_refuses_to_change_a_closed_month(desk: Desk, paid: Paid, statement: str) -> None:
    published(desk)
    closed(desk)
    with desk.installation.engine.connect() as connection:
        with pytest.raises(sa.exc.DBAPIError, match=r"closed month|closed statement"):
            connection.exec_driver_sql(statement)
        connection.rollback()


def test_of_twenty_closings_at_once_one_wins_and_the_others_are_told(desk: Desk, paid: Paid) -> None:
    published(desk)
    turn_to(desk, "2026-04-07")
    headers = {"Authorization": f"Bearer {desk.token(MANAGER)}"}
    application = create_app(desk.installation)
    answers: list[tuple[int, Any]] = []
    together = threading.Barrier(20)

    def close() -> None:
        client = application.test_client()
        together.wait()
        answer = client.post(CLOSE, json={}, headers=headers)
        answers.append((answer.status_code, answer.get_json()))

    threads = [threading.Thread(target=close) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(status for status, _ in answers) == [200] + [409] * 19
    codes = {body["errors"][0]["code"] for status, body in answers if status == 409}
    assert codes == {"month_closed"}
    (month,) = desk.ok(desk.get(MANAGER, "/api/v1/statements"))["items"]
    assert len(month["files"]) == 3


def test_the_lines_are_read_once_for_all_files(desk: Desk, paid: Paid) -> None:
    published(desk)
    turn_to(desk, "2026-04-07")
    with statements_of(desk) as said:
        closed(desk)
    assert len([one for one in said if "statement_lines" in one and "LIMIT" in one]) == 1


# What is learnt later, as a journey each


def test_a_recording_voided_after_closing_is_taken_back_in_the_next_month(desk: Desk, paid: Paid) -> None:
    published(desk)
    closed(desk)
    before = lines_of(desk, "2026-03")
    reason = {"id": fresh_id(), "reason": "录音系伪造"}
    desk.ok(desk.post(MANAGER, f"/api/v1/visits/{paid.met.id}/void", reason))
    desk.work()
    assert lines_of(desk, "2026-03") == before
    published(desk, "2026-04")
    counter, rebooked = lines_of(desk, "2026-04")
    assert (counter["kind"], counter["corrects_id"], counter["amount"]) == (
        "counter",
        before[0]["id"],
        "-500.01",
    )
    assert counter["by"] == {"陈磊": "-250.01", "王强": "-250.00"}
    assert (rebooked["kind"], rebooked["corrects_id"], rebooked["amount"]) == (
        "rebooked",
        before[0]["id"],
        "500.01",
    )
    assert (rebooked["reason"], rebooked["by"]) == ("voided", {})
    totals = desk.ok(desk.get(DISPATCHER, "/api/v1/statements/2026-04/totals"))
    assert totals["adjustments"] == {"count": 2, "amount": "0.00"}
    assert {one["name"]: one["amount"] for one in totals["agents"]} == {"陈磊": "-250.01", "王强": "-250.00"}
    assert lines_of(desk, "2026-03") == before


def test_a_letter_acknowledged_after_closing_is_credited_in_the_next_month(desk: Desk) -> None:
    case = Case(desk)
    visit = case.visit()
    letter = values.letter(visit, counterfoil_returned_at=NOON)
    keep(desk, letter, *values.letter_photos(visit), values.repayment(case.placement, date(2026, 3, 25), 301))
    changed(desk, [case.placement])
    desk.work()
    published(desk)
    closed(desk)
    (line,) = lines_of(desk, "2026-03")
    assert line["visit_id"] is None
    change(desk, letter, acknowledged_on=date(2026, 3, 20))
    changed(desk, [case.placement])
    desk.work()
    published(desk, "2026-04")
    counter, rebooked = lines_of(desk, "2026-04")
    assert (counter["amount"], counter["by"], counter["corrects_id"]) == ("-3.01", {}, line["id"])
    assert (rebooked["basis"], rebooked["clause"]) == ("letter_acknowledged", "C5")
    assert rebooked["by"] == {"陈磊": "1.51", "王强": "1.50"}


def test_a_reversal_in_a_later_month_stands_there_with_its_original(desk: Desk, paid: Paid) -> None:
    published(desk)
    closed(desk)
    paid.pay(date(2026, 4, 8), -50_001, reverses_id=paid.paid.id)
    published(desk, "2026-04")
    (line,) = lines_of(desk, "2026-04")
    assert (line["kind"], line["reverses_id"], line["amount"]) == ("computed", paid.paid.id, "-500.01")
    assert line["by"] == {"陈磊": "-250.01", "王强": "-250.00"}


def test_a_reversal_dated_in_a_closed_month_comes_late(desk: Desk, paid: Paid) -> None:
    published(desk)
    closed(desk)
    paid.pay(date(2026, 3, 30), -50_001, reverses_id=paid.paid.id)
    published(desk, "2026-04")
    (line,) = lines_of(desk, "2026-04")
    assert (line["kind"], line["reverses_id"], line["paid_on"]) == ("late", paid.paid.id, "2026-03-30")
    totals = desk.ok(desk.get(DISPATCHER, f"{MARCH}/totals"))
    assert (totals["late"]["amount"], totals["difference"]) == ("-500.01", "0.00")


def test_what_is_learnt_twice_is_corrected_twice(desk: Desk, paid: Paid) -> None:
    published(desk)
    visit = change(desk, paid.met, voided_at=desk.clock.now(), void_reason="伪造")
    paid.score()
    published(desk, "2026-04")
    change(desk, visit, voided_at=None, void_reason=None)
    paid.score()
    published(desk, "2026-05")
    counter, rebooked = lines_of(desk, "2026-05")
    assert counter["corrects_id"] == rebooked["corrects_id"] == lines_of(desk, "2026-04")[1]["id"]
    assert rebooked["by"] == {"陈磊": "250.01", "王强": "250.00"}
    published(desk, "2026-06")
    assert lines_of(desk, "2026-06") == []
