"""Tables out: CSV piece by piece, XLSX row by row, from typed columns.

It refuses to let a cell be run: text from outside that begins like a formula is shown as text. Long numbers
(cards, telephones) are text too, for a spreadsheet keeps fifteen digits. Instants are written in the firm's
time.
"""

import csv
import io
import itertools
import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, BinaryIO

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from server.domain.calendar import SHANGHAI
from server.services.ports.tables import Column, ColumnKind, Language, Value

ROWS_OF_A_PIECE = 500
_RUN = ("=", "+", "-", "@", "\t", "\r", "\n")
_FORMATS = {
    ColumnKind.TEXT: "@",
    ColumnKind.MONEY: "#,##0.00",
    ColumnKind.DAY: "yyyy-mm-dd",
    ColumnKind.INSTANT: "yyyy-mm-dd hh:mm:ss",
    ColumnKind.INTEGER: "0",
}
_WIDTHS = {
    ColumnKind.TEXT: 20,
    ColumnKind.MONEY: 14,
    ColumnKind.DAY: 12,
    ColumnKind.INSTANT: 20,
    ColumnKind.INTEGER: 10,
}
# Beyond it a spreadsheet rounds: such an amount is written as text.
_EXACT_IN_A_SHEET = Decimal(10) ** 13


def csv_pieces(
    columns: Sequence[Column], rows: Iterable[Sequence[Value]], language: Language
) -> Iterator[bytes]:
    """UTF-8 with the mark by which spreadsheets know it, lines ended as RFC 4180 says."""
    lines = itertools.chain(
        ([column.heading(language) for column in columns],),
        ([_plain(column, value) for column, value in zip(columns, row, strict=True)] for row in rows),
    )
    mark = "\ufeff"
    while piece := list(itertools.islice(lines, ROWS_OF_A_PIECE)):
        text = io.StringIO()
        csv.writer(text).writerows([_safe(cell) for cell in line] for line in piece)
        yield (mark + text.getvalue()).encode()
        mark = ""


def write_csv(
    output: BinaryIO, columns: Sequence[Column], rows: Iterable[Sequence[Value]], language: Language
) -> None:
    """The same into a stream."""
    for piece in csv_pieces(columns, rows, language):
        output.write(piece)


def write_xlsx(
    output: BinaryIO,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Value]],
    language: Language,
    title: str = "Sheet1",
) -> None:
    """One sheet with a heading that stays in sight; rows go to a temporary file as they come."""
    workbook = Workbook(write_only=True)
    try:
        _fill_sheet(workbook.create_sheet(title), columns, rows, language)
    except BaseException:
        workbook.save(os.devnull)  # closes the half-written sheet and removes its temporary file
        raise
    workbook.save(output)


def _fill_sheet(
    sheet: Any, columns: Sequence[Column], rows: Iterable[Sequence[Value]], language: Language
) -> None:
    """`sheet` is Any: its types do not know the column widths of a sheet that is written only."""
    sheet.freeze_panes = "A2"
    for place, column in enumerate(columns, start=1):
        width = max(_WIDTHS[column.kind], 2 * len(column.heading(language)) + 2)
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.append([_text_cell(sheet, column.heading(language), bold=True) for column in columns])
    # A cell is written as soon as it is appended, so one object a column serves all rows.
    cells = [_styled_cell(sheet, column) for column in columns]
    for row in rows:
        for cell, column, value in zip(cells, columns, row, strict=True):
            _fill(cell, column, value)
        sheet.append(cells)


def _text_cell(sheet: Any, text: str, *, bold: bool) -> Cell:
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"
    cell.font = Font(bold=bold)
    return cell


def _styled_cell(sheet: Any, column: Column) -> Cell:
    cell = WriteOnlyCell(sheet)
    cell.number_format = _FORMATS[column.kind]
    return cell


def _fill(cell: Cell, column: Column, value: Value) -> None:
    """The value in the type of its column; what has no exact place there is text."""
    style = cell.number_format
    text = _plain(column, value)
    if value is None:
        cell.value = None
    elif isinstance(value, str) or (
        isinstance(value, int | Decimal) and abs(Decimal(value)) >= _EXACT_IN_A_SHEET
    ):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("\ufffd", text)
        cell.data_type = "s"  # what begins with = would be a formula otherwise
    else:
        cell.value = _local(value) if isinstance(value, datetime) else value
    cell.number_format = style  # setting a day sets a format of its own


def _plain(column: Column, value: Value) -> str:
    """The value as text. Raises TypeError for one that does not belong in the column."""
    if value is None:
        return ""
    kind = column.kind
    if kind is ColumnKind.MONEY and isinstance(value, Decimal):
        return f"{value:.2f}" if value == round(value, 2) else f"{value:f}"
    if kind is ColumnKind.INTEGER and isinstance(value, int):
        return str(value)
    if kind is ColumnKind.INSTANT and isinstance(value, datetime):
        return _local(value).isoformat(sep=" ")
    if kind is ColumnKind.DAY and isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    if kind is ColumnKind.TEXT and isinstance(value, str):
        return value
    raise TypeError(f"{column.key} is {kind} and takes no {type(value).__name__}")


def _local(instant: datetime) -> datetime:
    """The firm's time without a zone, to the second. A naive instant would be read as the machine's own
    time."""
    if instant.tzinfo is None:
        raise TypeError("an instant is aware")
    return instant.astimezone(SHANGHAI).replace(tzinfo=None, microsecond=0)


def _safe(text: str) -> str:
    """A leading apostrophe keeps spreadsheets from running it. Numbers are let through: -500.00 is an
    amount."""
    if text.startswith(_RUN) and not _is_number(text):
        return "'" + text
    return text


def _is_number(text: str) -> bool:
    digits = text[1:].replace(".", "", 1)
    return text[0] == "-" and digits.isascii() and digits.isdigit()
