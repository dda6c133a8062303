"""Sheets of import files: the columns of each kind with headers in both languages, and rows read by them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from server.domain.import_cells import Cell
from server.domain.import_problems import (
    CELL_EMPTY,
    CELL_INVALID,
    FILE_EMPTY,
    HEADER_MISSING,
    HEADER_TWICE,
    HEADER_UNKNOWN,
    ProblemList,
)

_LONGEST_SHOWN = 40


@dataclass(frozen=True, slots=True)
class ImportColumn:
    """A column by its key; `zh`, `en` and `aliases` are headers it is known by, `example` stands in the template.

    An empty cell of a required column is refused; of another one it gives `default`.
    """

    key: str
    zh: str
    en: str
    cell: Cell
    required: bool = False
    example: str = ""
    aliases: tuple[str, ...] = ()
    default: Any = None


@dataclass(frozen=True, slots=True)
class ImportRow:
    """A row that could be read: its number and a value for each column of the sheet."""

    number: int
    values: Mapping[str, Any]

    def __getitem__(self, key: str) -> Any:
        return self.values[key]


class Sheet:
    """The columns of one kind of import."""

    def __init__(self, *columns: ImportColumn) -> None:
        self.columns = columns
        self._by_key = {column.key: column for column in columns}
        self._defaults = {column.key: column.default for column in columns}
        self._required = {column.key for column in columns if column.required}
        self._by_header = {
            _bare(name): column
            for column in columns
            for name in (column.key, column.zh, column.en, *column.aliases)
        }

    def column(self, key: str) -> ImportColumn:
        return self._by_key[key]

    def header(self, cells: Sequence[str], row: int, problems: ProblemList) -> list[ImportColumn | None]:
        """The column of each place; unknown, repeated and missing headers are problems."""
        places: list[ImportColumn | None] = []
        seen: set[str] = set()
        for text in cells:
            column = self._by_header.get(_bare(text))
            places.append(column)
            if column is None:
                if text.strip():
                    problems.add(row, text[:_LONGEST_SHOWN], HEADER_UNKNOWN, header=text[:_LONGEST_SHOWN])
            elif column.key in seen:
                problems.add(row, column.zh, HEADER_TWICE, header=column.zh)
            else:
                seen.add(column.key)
        for column in self.columns:
            if column.required and column.key not in seen:
                problems.add(row, column.zh, HEADER_MISSING, header=f"{column.zh} ({column.en})")
        return places

    def read(
        self,
        numbered: Iterable[tuple[int, Sequence[str]]],
        problems: ProblemList,
        progress: Callable[[int], None] = lambda _: None,
    ) -> list[ImportRow]:
        """All rows that could be read; the first one is the header. Rows without a filled cell are passed over."""
        rows: list[ImportRow] = []
        places: list[ImportColumn | None] | None = None
        for number, cells in numbered:
            if places is None:
                places = self.header(cells, number, problems)
                if problems:
                    return []
                continue
            if any(map(str.strip, cells)):
                row = self._row(number, cells, places, problems)
                if row is not None:
                    rows.append(row)
                progress(number)
        if not rows and not problems:
            problems.add(1, None, FILE_EMPTY)
        return rows

    def _row(
        self,
        number: int,
        cells: Sequence[str],
        places: Sequence[ImportColumn | None],
        problems: ProblemList,
    ) -> ImportRow | None:
        before = problems.total
        values = self._defaults.copy()
        filled: set[str] = set()
        for place, cell in enumerate(cells):
            text = cell.strip()
            if not text:
                continue
            column = places[place] if place < len(places) else None
            if column is None:
                # Under no header stands something that nobody would ever see again.
                problems.add(number, None, HEADER_UNKNOWN, header=f"({place + 1})")
                continue
            filled.add(column.key)
            try:
                values[column.key] = column.cell.parse(text)
            except ValueError:
                self._refuse(number, column, text, problems)
        for column in [] if self._required <= filled else self.columns:
            if column.required and column.key not in filled:
                problems.add(number, column.zh, CELL_EMPTY, header_zh=column.zh, header_en=column.en)
        return ImportRow(number, values) if problems.total == before else None

    @staticmethod
    def _refuse(number: int, column: ImportColumn, text: str, problems: ProblemList) -> None:
        shown = "" if column.cell.personal else f"“{text[:_LONGEST_SHOWN]}”"
        problems.add(
            number,
            column.zh,
            CELL_INVALID,
            header_zh=column.zh,
            header_en=column.en,
            shown=shown,
            expected_zh=column.cell.zh,
            expected_en=column.cell.en,
        )


def _bare(header: str) -> str:
    """Headers are compared without blanks, underscores, marks of what is required, and case."""
    bare = header.strip().lower().replace("（", "(").replace("）", ")")
    return "".join(c for c in bare if c not in " _-*\u3000\ufeff")
