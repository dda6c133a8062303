"""CSV in: what is refused, in what encodings and shapes it comes, and the row that the user sees."""

import random
from pathlib import Path

import pytest

from server.services.ports.tables import TableRefusal, TableRefused, TableRow
from storage.files.tables import FileTables, read_table


def rows_of(path: Path, content: bytes, filename: str = "placements.csv") -> list[TableRow]:
    path.write_bytes(content)
    return list(read_table(path, filename))


def cells_of(path: Path, content: bytes, filename: str = "placements.csv") -> list[tuple[str, ...]]:
    return [row.cells for row in rows_of(path, content, filename)]


def refused(path: Path, content: bytes, filename: str = "placements.csv") -> TableRefused:
    with pytest.raises(TableRefused) as caught:
        rows_of(path, content, filename)
    return caught.value


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "upload"


@pytest.mark.parametrize(
    ("content", "filename", "code"),
    [
        (b"", "a.csv", "empty"),
        (b"a,b", "a.pdf", "type_not_accepted"),
        (b"a,b", "a.xlsm", "type_not_accepted"),
        (b"a,b", "csv", "type_not_accepted"),
        (b"PK\x03\x04rest", "a.csv", "mislabelled"),
        (b"a,b", "a.xlsx", "mislabelled"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a.csv", "old_or_protected"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a.xlsx", "old_or_protected"),
        (b"name\n\xff\xfe\xfd", "a.csv", "encoding"),
        (b"\xef\xbb\xbfname\n\xd6\xff", "a.csv", "encoding"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "a.csv", "control_character"),
    ],
)
def test_what_is_no_table(path: Path, content: bytes, filename: str, code: str) -> None:
    assert refused(path, content, filename).code == code


@pytest.mark.parametrize(
    ("content", "code", "row", "column"),
    [
        (b'a,b\n"open,b\nc,d\n', TableRefusal.UNREADABLE, None, None),
        (b'a,b\n"shut"x,b\n', TableRefusal.UNREADABLE, 2, None),
        (b"a,b\nc,d\0\n", TableRefusal.CONTROL_CHARACTER, 2, 2),
        (b"a,b\n\x1b[31m,d\n", TableRefusal.CONTROL_CHARACTER, 2, 1),
        (b"a\n\nb\n" + b"x" * 10_001, TableRefusal.CELL_TOO_LONG, 4, 1),
        (b"a\n" + b"," * 100 + b"x", TableRefusal.TOO_MANY_COLUMNS, 2, None),
    ],
)
def test_refusals_name_the_place(
    path: Path, content: bytes, code: TableRefusal, row: int | None, column: int | None
) -> None:
    reason = refused(path, content)
    assert reason.code == code
    assert (reason.row, reason.column) == (row or reason.row, column)
    assert str(code) in str(reason)


def test_field_without_an_end_is_refused(path: Path) -> None:
    assert refused(path, b'a\n"' + b"x" * 200_000).code == TableRefusal.UNREADABLE


@pytest.mark.parametrize("width", [99, 100])
def test_as_many_columns_as_allowed(path: Path, width: int) -> None:
    assert len(cells_of(path, b"," * (width - 1) + b"x")[0]) == width


def test_columns_without_anything_in_them_do_not_count(path: Path) -> None:
    assert cells_of(path, b"a,b" + b"," * 300) == [("a", "b")]


@pytest.mark.parametrize("length", [9_999, 10_000])
def test_as_long_a_cell_as_allowed(path: Path, length: int) -> None:
    assert cells_of(path, b"x" * length) == [("x" * length,)]


def test_rows_up_to_the_limit(path: Path) -> None:
    assert len(rows_of(path, b"1\n" * 200_000 + b"\n" * 50)) == 200_000
    reason = refused(path, b"1\n" * 200_001)
    assert (reason.code, reason.row) == (TableRefusal.TOO_MANY_ROWS, 200_001)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends(path: Path, encoding: str, ending: str) -> None:
    text = ending.join(["姓名,地址", "郑某某,河南省新乡市原阳县", '"李，某","村委, 二组"', ""])
    expected = [("姓名", "地址"), ("郑某某", "河南省新乡市原阳县"), ("李，某", "村委, 二组")]
    assert cells_of(path, text.encode(encoding)) == expected


def test_rare_characters_of_names_survive(path: Path) -> None:
    for encoding in ("utf-8", "gb18030"):
        assert cells_of(path, "王䶮,𠮷田".encode(encoding)) == [("王䶮", "𠮷田")]


def test_gb18030_is_found_when_its_first_odd_byte_comes_late(path: Path) -> None:
    content = b"a,b\n" * 300_000
    late = "郑州\n".encode("gb18030")
    with pytest.raises(TableRefused, match="too_many_rows"):
        rows_of(path, content + late)
    assert rows_of(path, b"abc\n" + b" \n" * 600_000 + late)[-1].cells == ("郑州",)


@pytest.mark.parametrize("filename", ["a.csv", "a.tsv", "a.txt", "A.CSV", "委案 2026.11.csv"])
def test_tabs_are_found_whatever_the_name(path: Path, filename: str) -> None:
    content = "number\tname\n1\t郑某某, 女\n".encode()
    assert cells_of(path, content, filename) == [("number", "name"), ("1", "郑某某, 女")]


def test_row_numbers_are_those_of_a_spreadsheet(path: Path) -> None:
    content = b'a\n\n , \nb,"two\nlines"\n\nc\n'
    assert [(row.number, row.cells) for row in rows_of(path, content)] == [
        (1, ("a",)),
        (4, ("b", "two\nlines")),
        (6, ("c",)),
    ]


def test_what_surrounds_a_text_is_not_part_of_it(path: Path) -> None:
    content = " a\u3000,\u00a0b\t,\ufeffc\u200b, 6222 0200 \n".encode()
    assert cells_of(path, content) == [("a", "b", "c", "6222 0200")]


def test_digits_kept_as_text_by_exports(path: Path) -> None:
    content = b'="6222020200112233445",\t0371123,"=""00123""",\'-5,\'quoted,=1+1\n'
    assert cells_of(path, content) == [("6222020200112233445", "0371123", "00123", "-5", "'quoted", "=1+1")]


def test_noise_never_ends_in_another_error(path: Path) -> None:
    dice = random.Random(3)
    codes = set()
    for _ in range(200):
        content = dice.randbytes(dice.randrange(1, 300)).replace(b"\xd0\xcf", b"xx").replace(b"PK", b"xx")
        try:
            rows_of(path, content)
        except TableRefused as reason:
            codes.add(str(reason.code))
    assert {"encoding", "control_character"} <= codes


def test_the_port_reads_the_same(path: Path) -> None:
    path.write_bytes(b"a,b\n")
    assert list(FileTables().read(path, "a.csv")) == [TableRow(1, ("a", "b"))]
