"""The port to tables in files: CSV and XLSX, read into text and written from typed columns.

It owns the shapes that pass through it. It refuses to know what a column means: importers read the text and
judge it, and a cell that they refuse is named by the row and the column that the user sees.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, Literal, Protocol

Language = Literal["zh", "en"]
Value = str | int | Decimal | date | datetime | None


class TableRefusal(StrEnum):
    """Stable codes; the texts people read are keyed by them."""

    EMPTY = "empty"
    TYPE_NOT_ACCEPTED = "type_not_accepted"
    MISLABELLED = "mislabelled"
    OLD_OR_PROTECTED = "old_or_protected"
    ENCODING = "encoding"
    UNREADABLE = "unreadable"
    EXPANDS_TOO_FAR = "expands_too_far"
    TOO_MANY_ROWS = "too_many_rows"
    TOO_MANY_COLUMNS = "too_many_columns"
    CELL_TOO_LONG = "cell_too_long"
    CONTROL_CHARACTER = "control_character"
    LOST_DIGITS = "lost_digits"


class TableRefused(Exception):
    """The file is no table that we read: `code` for programs and texts, `words` in English for the log.

    `row` and `column` count from 1, where the reason lies in one place.
    """

    def __init__(
        self, code: TableRefusal, words: str, row: int | None = None, column: int | None = None
    ) -> None:
        place = "" if row is None else f" (row {row}" + (")" if column is None else f", column {column})")
        super().__init__(f"{code}: {words}{place}")
        self.code = code
        self.words = words
        self.row = row
        self.column = column


@dataclass(frozen=True, slots=True)
class TableRow:
    """`number` is the row as a spreadsheet shows it, from 1; `cells` are texts without white space around
    them.

    Days are ISO (2026-11-14), instants ISO without a zone (2026-11-14T09:03:27), numbers plain decimals.
    """

    number: int
    cells: tuple[str, ...]


class ColumnKind(StrEnum):
    """How a column is shown. Money is a Decimal in yuan; a day is a date; an instant is aware."""

    TEXT = "text"
    MONEY = "money"
    DAY = "day"
    INSTANT = "instant"
    INTEGER = "integer"


@dataclass(frozen=True, slots=True)
class Column:
    """A column with its heading in both languages."""

    key: str
    zh: str
    en: str
    kind: ColumnKind = ColumnKind.TEXT

    def heading(self, language: Language) -> str:
        """What stands above the column."""
        return self.zh if language == "zh" else self.en


class TableFiles(Protocol):
    """Reads whole files on a local disk, writes to streams; memory does not grow with the rows."""

    def read(self, path: Path, filename: str) -> Iterator[TableRow]:
        """Rows that hold anything, the heading among them. `filename` is what the user called the file.

        Raises TableRefused, also while rows are taken: take them all before acting on any.
        """
        ...

    def csv_pieces(
        self, columns: Sequence[Column], rows: Iterable[Sequence[Value]], language: Language
    ) -> Iterator[bytes]:
        """A CSV as it is sent, piece by piece; each row has a value for each column."""
        ...

    def write_xlsx(
        self,
        output: BinaryIO,
        columns: Sequence[Column],
        rows: Iterable[Sequence[Value]],
        language: Language,
        title: str = "Sheet1",
    ) -> None:
        """A workbook of one sheet; each row has a value for each column."""
        ...
