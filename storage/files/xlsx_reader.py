"""The first visible sheet of a workbook as rows of text.

It refuses numbers that have lost digits: a spreadsheet keeps fifteen, and an identity number that was typed
as a number ends in three zeros that nobody typed. Formulas count as what they last showed.
"""

import math
import warnings
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from server.services.ports.tables import TableRefusal, TableRefused, TableRow
from storage.files.limits import MOST_COLUMNS, RowLimits
from storage.files.xlsx_guard import check_workbook, damage_refused

DIGITS_KEPT = 15
# openpyxl warns of each part that it leaves out (drawings, validations, themes); we read cells alone.
warnings.filterwarnings("ignore", category=UserWarning, module=r"openpyxl\.")


def read_xlsx(path: Path) -> Iterator[TableRow]:
    """Rows that hold anything. Raises TableRefused."""
    check_workbook(path)
    limits = RowLimits()
    for number, values in enumerate(_values(path), start=1):
        row = limits.row(number, (_text(value, number, place) for place, value in enumerate(values, start=1)))
        if row is not None:
            yield row


def _values(path: Path) -> Iterator[Sequence[object]]:
    # An opened file, for openpyxl refuses paths that do not end in .xlsx, as those of uploads.
    with path.open("rb") as source, damage_refused("the workbook"):
        workbook = openpyxl.load_workbook(source, read_only=True, data_only=True, keep_links=False)
        with closing(workbook):
            sheet: Any = _first_visible(workbook)
            sheet.reset_dimensions()  # what the file says of them is often wrong, and then rows are missing
            # One column more than allowed, so that too many are seen and sixteen thousand are not made.
            yield from sheet.iter_rows(max_col=MOST_COLUMNS + 1, values_only=True)


def _first_visible(workbook: Workbook) -> ReadOnlyWorksheet:
    for sheet in workbook.worksheets:
        if isinstance(sheet, ReadOnlyWorksheet) and sheet.sheet_state == "visible":
            return sheet
    raise TableRefused(TableRefusal.EMPTY, "no visible sheet")


def _text(value: object, row: int, column: int) -> str:
    """The value as it is read on the screen, but for days, which are ISO."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return _number(value, row, column)
    if isinstance(value, datetime):
        return _instant(value)
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    raise TableRefused(TableRefusal.UNREADABLE, f"a cell holds a {type(value).__name__}", row, column)


def _number(value: float, row: int, column: int) -> str:
    """In the fifteen digits that spreadsheets keep: 0.1 + 0.2 is 0.3, as it was typed and shown."""
    if abs(value) >= 10**DIGITS_KEPT:
        raise TableRefused(
            TableRefusal.LOST_DIGITS, f"a number of more than {DIGITS_KEPT} digits; make it text", row, column
        )
    if isinstance(value, int):
        return str(value)
    if math.isnan(value):
        raise TableRefused(TableRefusal.UNREADABLE, "a cell that is not a number", row, column)
    plain = f"{Decimal(f'{value:.{DIGITS_KEPT}g}'):f}"
    text = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return "0" if text == "-0" else text


def _instant(value: datetime) -> str:
    """A spreadsheet counts days in binary fractions: a second becomes 26.9999."""
    rounded = value.replace(microsecond=0) + timedelta(seconds=round(value.microsecond / 1e6))
    return rounded.date().isoformat() if rounded.time() == time() else rounded.isoformat()
