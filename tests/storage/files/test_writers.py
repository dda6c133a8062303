"""Tables out: nothing in a cell runs, numbers are exact, and what was written is read back."""

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from server.services.ports.tables import Column, ColumnKind, Value
from storage.files.tables import FileTables, read_table
from storage.files.writers import csv_pieces, write_csv, write_xlsx

COLUMNS = [
    Column("number", "案件编号", "Placement"),
    Column("amount", "金额", "Amount", ColumnKind.MONEY),
    Column("paid_on", "回款日", "Paid on", ColumnKind.DAY),
    Column("checked_in_at", "签到时间", "Checked in", ColumnKind.INSTANT),
    Column("lines", "行数", "Lines", ColumnKind.INTEGER),
]
AN_INSTANT = datetime(2026, 11, 14, 1, 3, 27, 999_999, tzinfo=UTC)
ROW: list[Value] = ["6222020200112233445", Decimal("1234.50"), date(2026, 11, 14), AN_INSTANT, 3]
RUNNING = ["=1+1", "+1+cmd|' /C calc'!A0", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "=", "-"]


def csv_text(rows: Sequence[Sequence[Value]], columns: Sequence[Column] = COLUMNS) -> str:
    return b"".join(csv_pieces(columns, rows, "zh")).decode("utf-8-sig")


def xlsx_bytes(rows: Sequence[Sequence[Value]], columns: Sequence[Column] = COLUMNS) -> bytes:
    output = io.BytesIO()
    write_xlsx(output, columns, rows, "zh")
    return output.getvalue()


@pytest.mark.parametrize("text", RUNNING)
def test_text_that_begins_like_a_formula_is_shown_and_not_run(text: str) -> None:
    columns = [Column("name", "姓名", "Name")]
    line = csv_text([[text]], columns).partition("\r\n")[2]
    assert line.removeprefix('"').startswith("'")
    sheet = zipfile.ZipFile(io.BytesIO(xlsx_bytes([[text]], columns))).read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    assert b"inlineStr" in sheet


def test_heading_that_begins_like_a_formula_is_not_run_either() -> None:
    columns = [Column("x", "=1+1", "=1+1")]
    assert csv_text([], columns) == "'=1+1\r\n"
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(xlsx_bytes([], columns))).read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize("text", ["-500.00", "-0371", "2026-11-14", "a=b", "'quoted"])
def test_text_that_is_harmless_is_left_alone(text: str) -> None:
    assert csv_text([[text]], [Column("name", "姓名", "Name")]) == f"姓名\r\n{text}\r\n"


@pytest.mark.parametrize("text", [each for each in RUNNING if each.strip()])
@pytest.mark.parametrize("filename", ["a.csv", "a.xlsx"])
def test_what_was_made_safe_is_read_back(tmp_path: Path, text: str, filename: str) -> None:
    columns = [Column("name", "姓名", "Name")]
    content = csv_text([[text]], columns).encode() if filename == "a.csv" else xlsx_bytes([[text]], columns)
    (tmp_path / filename).write_bytes(content)
    assert [row.cells for row in read_table(tmp_path / filename, filename)][1] == (text.strip(),)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (0, 5),
        (1, 12.5),
        (1, 1250),
        (1, "12.50"),
        (2, "2026-11-14"),
        (2, AN_INSTANT),
        (3, date(2026, 11, 14)),
        (3, datetime(2026, 11, 14, 9, 0)),
        (4, Decimal(3)),
        (4, "3"),
    ],
)
def test_value_of_another_kind_is_a_mistake_of_the_caller(place: int, value: Value) -> None:
    row = [*ROW[:place], value, *ROW[place + 1 :]]
    with pytest.raises(TypeError):
        csv_text([row])
    with pytest.raises(TypeError):
        xlsx_bytes([row])


def test_row_of_another_width_is_a_mistake_of_the_caller() -> None:
    for row in (ROW[:-1], [*ROW, "more"]):
        with pytest.raises(ValueError, match="zip"):
            csv_text([row])
        with pytest.raises(ValueError, match="zip"):
            xlsx_bytes([row])


def test_csv_as_a_spreadsheet_opens_it() -> None:
    content = b"".join(FileTables().csv_pieces(COLUMNS, [ROW, [None] * 5], "zh"))
    assert (
        content
        == (
            "\ufeff案件编号,金额,回款日,签到时间,行数\r\n"
            "6222020200112233445,1234.50,2026-11-14,2026-11-14 09:03:27,3\r\n"
            ",,,,\r\n"
        ).encode()
    )


def test_headings_in_english() -> None:
    output = io.BytesIO()
    write_csv(output, COLUMNS, [], "en")
    assert output.getvalue().decode("utf-8-sig") == "Placement,Amount,Paid on,Checked in,Lines\r\n"


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (Decimal(0), "0.00"),
        (Decimal("-0.01"), "-0.01"),
        (Decimal("1E+3"), "1000.00"),
        (Decimal("12345678901234567890.12"), "12345678901234567890.12"),
        (Decimal("0.125"), "0.125"),
    ],
)
def test_money_is_exact(tmp_path: Path, amount: Decimal, text: str) -> None:
    row = [ROW[0], amount, *ROW[2:]]
    assert csv_text([row]).splitlines()[1].split(",")[1] == text
    (tmp_path / "a.xlsx").write_bytes(xlsx_bytes([row]))
    read = [each.cells for each in read_table(tmp_path / "a.xlsx", "a.xlsx")][1][1]
    assert Decimal(read) == amount


def test_xlsx_holds_numbers_days_and_text_as_such() -> None:
    workbook = openpyxl.load_workbook(io.BytesIO(xlsx_bytes([ROW, [None] * 5])))
    sheet = workbook.active
    assert [cell.value for cell in sheet[1]] == ["案件编号", "金额", "回款日", "签到时间", "行数"]
    assert sheet["A1"].font.bold
    values = [(cell.value, cell.data_type, cell.number_format) for cell in sheet[2]]
    assert values == [
        ("6222020200112233445", "s", "@"),
        (1234.5, "n", "#,##0.00"),
        (datetime(2026, 11, 14), "d", "yyyy-mm-dd"),
        (datetime(2026, 11, 14, 9, 3, 27), "d", "yyyy-mm-dd hh:mm:ss"),
        (3, "n", "0"),
    ]
    assert sheet.freeze_panes == "A2"
    assert sheet.column_dimensions["A"].width == 20


def test_instants_stand_in_the_firms_time_whatever_their_zone() -> None:
    west = AN_INSTANT.astimezone(timezone(timedelta(hours=-9)))
    columns = [Column("at", "时间", "At", ColumnKind.INSTANT)]
    assert csv_text([[west]], columns) == csv_text([[AN_INSTANT]], columns)
    late = datetime(2026, 11, 14, 16, 0, tzinfo=UTC)
    assert csv_text([[late]], columns).splitlines()[1] == "2026-11-15 00:00:00"


def test_characters_that_xml_cannot_hold_are_replaced() -> None:
    columns = [Column("name", "姓名", "Name")]
    workbook = openpyxl.load_workbook(io.BytesIO(xlsx_bytes([["a\x00b\x1f"]], columns)))
    assert workbook.active["A2"].value == "a\ufffdb\ufffd"


@pytest.mark.parametrize("count", [0, 1, 499, 500, 501, 2000])
def test_rows_are_taken_one_by_one_and_none_is_lost(tmp_path: Path, count: int) -> None:
    rows = ([str(number), Decimal(number), date(2026, 11, 14), AN_INSTANT, number] for number in range(count))
    pieces = list(csv_pieces(COLUMNS, rows, "zh"))
    (tmp_path / "a.csv").write_bytes(b"".join(pieces))
    read = list(read_table(tmp_path / "a.csv", "a.csv"))
    assert [row.cells[0] for row in read[1:]] == [str(number) for number in range(count)]
    assert len(pieces) == (count + 500) // 500


def test_what_was_written_is_read_back_from_both(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(csv_text([ROW]).encode())
    (tmp_path / "a.xlsx").write_bytes(xlsx_bytes([ROW]))
    from_csv = [row.cells for row in read_table(tmp_path / "a.csv", "a.csv")]
    from_xlsx = [row.cells for row in read_table(tmp_path / "a.xlsx", "a.xlsx")]
    assert from_csv[0] == from_xlsx[0]
    assert from_csv[1] == ("6222020200112233445", "1234.50", "2026-11-14", "2026-11-14 09:03:27", "3")
    assert from_xlsx[1] == ("6222020200112233445", "1234.5", "2026-11-14", "2026-11-14T09:03:27", "3")
