"""The rows of a list as its page shows them: headings, cells, where each row leads.

Every list of the desk is a table of one shape (`table.list[data-rows]`), so that what is exported is read off the page
itself: the same columns, masked the same, in the reader's language. Refuses to read anything but such a table.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

_SPACES = re.compile(r"\s+")
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass
class ShownRow:
    """The cells of a row; `leads_to` is the address behind it, the id in it its own."""

    cells: list[str] = field(default_factory=list)
    leads_to: str = ""

    @property
    def id(self) -> str | None:
        found = _ID.search(self.leads_to)
        return found[0] if found else None


@dataclass
class ShownTable:
    headings: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    rows: list[ShownRow] = field(default_factory=list)
    next: str | None = None


def read_table(html: str) -> ShownTable:
    """The first list of the page."""
    reader = _Reader()
    reader.feed(html)
    return reader.table


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.table = ShownTable()
        self._inside = self._more = False
        self._row: ShownRow | None = None
        self._words: list[str] | None = None
        self._key = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "table" and "data-rows" in given and not self.table.headings:
            self._inside = True
        elif not self._inside:
            return
        elif tag == "tr":
            self._row = ShownRow() if "data-row" in given else None
            self._more = given.get("class") == "more"
        elif tag in ("td", "th"):
            self._words = []
            self._key = given.get("data-column") or ""
        elif tag == "a" and self._more:
            self.table.next = given.get("href")
        elif tag == "a" and self._row is not None and "open" in (given.get("class") or "").split():
            self._row.leads_to = given.get("href") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "table":
            self._inside = False
        elif tag in ("td", "th") and self._words is not None:
            words = _SPACES.sub(" ", "".join(self._words)).strip()
            if self._row is not None:
                self._row.cells.append(words)
            elif tag == "th":
                self.table.headings.append(words)
                self.table.keys.append(self._key)
            self._words = None
        elif tag == "tr" and self._row is not None:
            self.table.rows.append(self._row)
            self._row = None

    def handle_data(self, data: str) -> None:
        if self._words is not None:
            self._words.append(data)
