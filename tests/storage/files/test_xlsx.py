"""XLSX in: bombs and made-up workbooks refused, and every kind of cell as it was typed."""

import io
import random
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.chart import BarChart
from openpyxl.workbook.workbook import Workbook

from server.services.ports.tables import TableRefusal, TableRefused, TableRow
from storage.files.tables import read_table

SHEET = "xl/worksheets/sheet1.xml"
HEAD = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'


def workbook_of(*rows: list[Any], change: Callable[[Workbook], None] | None = None) -> bytes:
    workbook = openpyxl.Workbook()
    for row in rows:
        workbook.active.append(row)
    if change:
        change(workbook)
    output = io.BytesIO()
    workbook.save(output)
    return output.getvalue()


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """The workbook with one of its parts replaced or added."""
    output = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for member in old.infolist():
            if member.filename != name:
                new.writestr(member, old.read(member))
        new.writestr(name, part)
    return output.getvalue()


def with_sheet(rows: str) -> bytes:
    """A workbook whose first sheet holds the given rows as they stand."""
    part = f"{HEAD}<sheetData>{rows}</sheetData></worksheet>"
    return with_part(workbook_of(["a"]), SHEET, part.encode())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "upload"


def rows_of(path: Path, content: bytes) -> list[TableRow]:
    path.write_bytes(content)
    return list(read_table(path, "placements.xlsx"))


def refused(path: Path, content: bytes) -> TableRefused:
    with pytest.raises(TableRefused) as caught:
        rows_of(path, content)
    return caught.value


def test_archive_that_grows_a_thousandfold_is_refused(path: Path) -> None:
    bomb = with_part(workbook_of(["a"]), "xl/media/image1.bin", bytes(40 << 20))
    assert len(bomb) < 100_000
    assert refused(path, bomb).code == TableRefusal.EXPANDS_TOO_FAR


def test_archive_larger_than_allowed_is_refused_by_what_it_declares(path: Path) -> None:
    """210 MiB that shrink to a tenth: dense enough for the ratio, too much in all."""
    piece = random.Random(1).randbytes(100_000) + bytes(900_000)
    bomb = with_part(workbook_of(["a"]), "xl/media/image1.bin", piece * 221)
    assert refused(path, bomb).code == TableRefusal.EXPANDS_TOO_FAR


def test_archive_that_declares_less_than_it_holds_is_refused(path: Path) -> None:
    content = bytearray(
        with_part(workbook_of(["a"]), "xl/media/image1.xml", b"<a>" + b" " * 5_000_000 + b"</a>")
    )
    size = (5_000_007).to_bytes(4, "little")
    while (place := content.find(size)) >= 0:
        content[place : place + 4] = (100).to_bytes(4, "little")
    assert refused(path, bytes(content)).code == TableRefusal.UNREADABLE


def test_too_many_members_are_refused(path: Path) -> None:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as made:
        for number in range(2_001):
            made.writestr(f"{number}.bin", b"")
    assert refused(path, output.getvalue()).code == TableRefusal.EXPANDS_TOO_FAR


@pytest.mark.parametrize("part", [SHEET, "xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml"])
def test_entities_are_refused(path: Path, part: str) -> None:
    laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'
    reader = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'
    for text in (laughs, reader):
        for encoding in ("utf-8", "utf-16"):
            reason = refused(path, with_part(workbook_of(["a"]), part, text.encode(encoding)))
            assert (reason.code, reason.words) == (TableRefusal.UNREADABLE, "a document type is declared")


@pytest.mark.parametrize("number", ["1048577", "99999999999999", "-1", "1e3", "x", "\u0661"])
def test_row_numbers_that_no_sheet_has_are_refused(path: Path, number: str) -> None:
    reason = refused(path, with_sheet(f'<row r="{number}"><c r="A1"><v>1</v></c></row>'))
    assert reason.code == TableRefusal.UNREADABLE


def test_row_without_end_is_refused(path: Path) -> None:
    reason = refused(path, with_sheet("<row>" + "<c/>" * 70_000 + "</row>"))
    assert (reason.code, reason.words) == (TableRefusal.UNREADABLE, "a row has more in it than any sheet")


def test_part_that_should_be_small_is_refused(path: Path) -> None:
    noise = random.Random(2).randbytes(4_500_000).hex()
    reason = refused(path, with_part(workbook_of(["a"]), "xl/styles.xml", f"<a>{noise}</a>".encode()))
    assert reason.code == TableRefusal.EXPANDS_TOO_FAR


def test_workbook_cut_anywhere_is_refused(path: Path) -> None:
    content = workbook_of(["a", "b"], [1, 2])
    for cut in [4, 30, len(content) - 1, *random.Random(4).sample(range(30, len(content)), 40)]:
        assert refused(path, content[:cut]).code == TableRefusal.UNREADABLE, cut


def test_flipped_bytes_never_end_in_another_error(path: Path) -> None:
    content = workbook_of(["a", "b"], [1, date(2026, 11, 14)])
    dice = random.Random(6)
    outcomes = set()
    for _ in range(150):
        damaged = bytearray(content)
        for place in dice.sample(range(4, len(content)), 3):
            damaged[place] = dice.randrange(256)
        try:
            outcomes.add(str(len(rows_of(path, bytes(damaged)))))
        except TableRefused as reason:
            outcomes.add(str(reason.code))
    assert "unreadable" in outcomes
    assert outcomes <= {str(code) for code in TableRefusal} | {"0", "1", "2"}


@pytest.mark.parametrize(
    "part",
    [
        '<row><c t="s"><v>99</v></c></row>',
        '<row><c t="s"><v>x</v></c></row>',
        "<row><c><v>abc</v></c></row>",
        '<row><c r="??"><v>1</v></c></row>',
        '<row><c t="d"><v>soon</v></c></row>',
    ],
)
def test_cells_that_make_no_sense_are_refused(path: Path, part: str) -> None:
    assert refused(path, with_sheet(part)).code == TableRefusal.UNREADABLE


def test_archive_that_is_no_workbook_is_refused(path: Path) -> None:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as made:
        made.writestr("letter.txt", "invented")
    assert refused(path, output.getvalue()).code == TableRefusal.UNREADABLE


@pytest.mark.parametrize("value", [10**15, 410105199003070000, -(10**15), 1e15, 6.2220202e18])
def test_number_that_lost_its_digits_is_refused(path: Path, value: float) -> None:
    reason = refused(path, workbook_of(["card"], [None, value]))
    assert (reason.code, reason.row, reason.column) == (TableRefusal.LOST_DIGITS, 2, 2)


def test_limits_are_those_of_csv(path: Path) -> None:
    assert len(rows_of(path, workbook_of(list(range(100))))[0].cells) == 100
    assert refused(path, workbook_of(list(range(101)))).code == TableRefusal.TOO_MANY_COLUMNS
    assert rows_of(path, workbook_of(["x" * 10_000]))[0].cells == ("x" * 10_000,)
    reason = refused(path, workbook_of(["a"], ["b", "x" * 10_001]))
    assert (reason.code, reason.row, reason.column) == (TableRefusal.CELL_TOO_LONG, 2, 2)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("  郑某某 ", "郑某某"),
        ("'-5", "-5"),
        (0, "0"),
        (-0.0, "0"),
        (7, "7"),
        (999_999_999_999_999, "999999999999999"),
        (0.1, "0.1"),
        (0.1 + 0.2, "0.3"),
        (1234.56, "1234.56"),
        (1234.5600000000001, "1234.56"),
        (-500.0, "-500"),
        (1e-7, "0.0000001"),
        (100000.0, "100000"),
        (True, "TRUE"),
        (False, "FALSE"),
        (date(2026, 11, 14), "2026-11-14"),
        (date(2024, 2, 29), "2024-02-29"),
        (datetime(2026, 11, 14, 0, 0), "2026-11-14"),
        (datetime(2026, 11, 14, 9, 3, 27), "2026-11-14T09:03:27"),
        (datetime(2026, 11, 14, 23, 59, 59), "2026-11-14T23:59:59"),
        (time(9, 3, 27), "09:03:27"),
        (timedelta(hours=30), "1 day, 6:00:00"),
    ],
)
def test_cells_as_they_were_typed(path: Path, value: object, text: str) -> None:
    assert rows_of(path, workbook_of(["heading"], [value, "end"]))[1].cells == (text, "end")


def test_days_of_the_calendar_that_begins_in_1904(path: Path) -> None:
    def change(workbook: Workbook) -> None:
        workbook.epoch = datetime(1904, 1, 1)

    assert rows_of(path, workbook_of([date(2026, 11, 14)], change=change))[0].cells == ("2026-11-14",)


def test_number_marked_as_a_day_that_is_none(path: Path) -> None:
    def change(workbook: Workbook) -> None:
        workbook.active["A1"].number_format = "yyyy-mm-dd"

    assert rows_of(path, workbook_of([99_999_999], change=change))[0].cells == ("#VALUE!",)


def test_blank_rows_keep_the_numbers_of_the_others(path: Path) -> None:
    def change(workbook: Workbook) -> None:
        workbook.active["B7"] = "late"

    rows = rows_of(path, workbook_of(["a"], [], ["  ", None], ["b"], change=change))
    assert [(row.number, row.cells) for row in rows] == [(1, ("a",)), (4, ("b",)), (7, ("", "late"))]


def test_dimensions_that_lie_lose_no_row(path: Path) -> None:
    part = f'{HEAD}<dimension ref="A1"/><sheetData>' + "".join(
        f'<row r="{number}"><c r="A{number}"><v>{number}</v></c><c r="B{number}"><v>2</v></c></row>'
        for number in range(1, 6)
    )
    rows = rows_of(path, with_part(workbook_of(["a"]), SHEET, f"{part}</sheetData></worksheet>".encode()))
    assert [row.cells for row in rows] == [(str(number), "2") for number in range(1, 6)]


def test_formula_is_what_it_last_showed(path: Path) -> None:
    sheet = '<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1" t="str"><f>A1</f><v>two</v></c></row>'
    assert rows_of(path, with_sheet(sheet))[0].cells == ("2", "two")


def test_first_visible_sheet_is_read(path: Path) -> None:
    def change(workbook: Workbook) -> None:
        workbook.active.sheet_state = "hidden"
        workbook.create_chartsheet("chart").add_chart(BarChart())
        workbook.create_sheet("seen").append(["this"])
        workbook.create_sheet("later").append(["not this"])
        workbook.active = 2

    assert [row.cells for row in rows_of(path, workbook_of(["hidden"], change=change))] == [("this",)]


def test_empty_sheet_has_no_rows(path: Path) -> None:
    assert rows_of(path, workbook_of()) == []
