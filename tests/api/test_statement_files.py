"""The month's statement as a file: who may take it, its columns, its rows (M1)."""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest

from server.services.statement_table import COLUMNS
from tests.conftest import Desk
from tests.support.cast import (
    AGENT,
    COLLECTOR,
    DIRECTOR,
    DISPATCHER,
    IT,
    MANAGER,
    OUTSIDE_COLLECTOR,
    OUTSIDE_MANAGER,
    PARTNER,
    QA,
    TRAINEE,
    Member,
)
from tests.support.paid import MARCH, Paid


@pytest.fixture
def paid(desk: Desk) -> Paid:
    return Paid(desk)


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
