"""A list as its reader keeps it: filters under names, and which columns are shown.

Owns what stands above every list beside its rows. The columns are read off the page as it was made, by the key of their
words, so that the choice holds in either language and for every post. Refuses to leave out the first column, which
leads to the row.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from server.domain.kept_lists import KeptList
from server.services.kept_lists import hidden_of

_HEAD = re.compile(r"<table[^>]* data-rows.*?</thead>", re.DOTALL)
_HEADING = re.compile(r"<th scope=\"col\"([^>]*)>")
_KEY = re.compile(r'data-column="([a-z_.]+)"')
# The place in a list is no filter: whoever opens a kept one begins at its beginning.
_PLACES = ("after", "open", "limit")


@dataclass(frozen=True, slots=True)
class ShownColumn:
    """`number` is its place in the row, from 1; `fixed` cannot be left out."""

    key: str
    number: int
    fixed: bool
    hidden: bool


@dataclass(frozen=True, slots=True)
class KeptFilter:
    id: str
    name: str
    href: str
    here: bool


@dataclass(frozen=True, slots=True)
class ListView:
    """What the reader keeps of the list at `path`, which was asked for with `query`."""

    path: str
    query: str
    kept: Sequence[KeptList]

    @property
    def filters(self) -> list[KeptFilter]:
        return [
            KeptFilter(one.id, one.name, _address(self.path, one.query), one.query == self.query)
            for one in self.kept
            if one.name
        ]

    def columns(self, html: str) -> list[ShownColumn]:
        """The columns of the page's list; none where it has no rows."""
        head = _HEAD.search(html)
        if head is None:
            return []
        hidden, shown = hidden_of(self.kept), list[ShownColumn]()
        for number, heading in enumerate(_HEADING.findall(head[0]), start=1):
            key = _KEY.search(heading)
            if key is not None:
                fixed = not shown
                shown.append(ShownColumn(key[1], number, fixed, not fixed and key[1] in hidden))
        return shown


def filters_of(query: str) -> str:
    """What of a list's query narrows it, in one order whoever wrote it."""
    given = [(name, value) for name, value in parse_qsl(query) if name not in _PLACES]
    return urlencode(sorted(given))


def _address(path: str, query: str) -> str:
    return f"{path}?{query}" if query else path
