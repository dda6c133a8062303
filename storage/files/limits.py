"""How large a table may be, and what a cell may hold. Shared by both readers, so that both refuse the
same."""

import re
from collections.abc import Iterable

from server.services.ports.tables import TableRefusal, TableRefused, TableRow

MOST_BYTES = 200 << 20
MOST_ROWS = 200_000
MOST_COLUMNS = 100
LONGEST_CELL = 10_000

# Byte order marks and zero-width spaces come along with copied cells; nobody sees them, and nothing matches
# them.
_AROUND = " \t\r\n\v\f\u00a0\u3000\ufeff\u200b"
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
# Exports of banks write ="6222…" so that spreadsheets keep the digits; our own put ' before what looks like
# a formula.
_KEPT_AS_TEXT = re.compile(r'="([^"]*)"')
_MADE_SAFE = re.compile(r"'[=+\-@\t\r\n]")
# A row without any of these, and most are, holds only cells that are what they look like.
_NEEDS_CARE = re.compile("[\x00-\x20\x7f'=" + _AROUND + "]")


class RowLimits:
    """Turns the cells of one file into rows; counts them."""

    def __init__(self) -> None:
        self._rows = 0

    def row(self, number: int, cells: Iterable[str]) -> TableRow | None:
        """The row, None when it is blank. Raises TableRefused."""
        texts = list(cells)
        together = "".join(texts)
        if len(together) > LONGEST_CELL or _NEEDS_CARE.search(together):
            texts = [_cell(text, number, column) for column, text in enumerate(texts, start=1)]
        while texts and not texts[-1]:
            texts.pop()
        if not texts:
            return None
        if len(texts) > MOST_COLUMNS:
            raise TableRefused(TableRefusal.TOO_MANY_COLUMNS, f"more than {MOST_COLUMNS} columns", number)
        self._rows += 1
        if self._rows > MOST_ROWS:
            raise TableRefused(TableRefusal.TOO_MANY_ROWS, f"more than {MOST_ROWS} rows", number)
        return TableRow(number, tuple(texts))


def _cell(text: str, row: int, column: int) -> str:
    if not text:
        return text
    if len(text) > LONGEST_CELL:
        raise TableRefused(TableRefusal.CELL_TOO_LONG, f"more than {LONGEST_CELL} characters", row, column)
    if _CONTROL.search(text):
        raise TableRefused(TableRefusal.CONTROL_CHARACTER, "a character that no text has", row, column)
    if _MADE_SAFE.match(text):
        return text[1:].strip(_AROUND)
    plain = text.strip(_AROUND)
    kept = _KEPT_AS_TEXT.fullmatch(plain)
    return kept[1].strip(_AROUND) if kept else plain
