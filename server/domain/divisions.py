"""Owns what the core knows of administrative divisions: their names and paths, and the index the address
check reads.
Refuses the table itself: server/geo holds it and hands over an index built once."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence, Set
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Protocol

MUNICIPALITIES = frozenset({"北京市", "天津市", "上海市", "重庆市"})
"""Provinces that are cities too: their districts have no city between."""

Path = tuple[str, str, str]
"""Province, city, county as the table writes them: no city right under a province, no county in a city
without districts."""


class Level(StrEnum):
    """The three levels of GB/T 2260."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"


# A member looked up in its enumeration takes five times as long as a name, and an address asks dozens of times.
PROVINCE, CITY, COUNTY = Level


@dataclass(frozen=True, slots=True)
class Division:
    """A division that an address may resolve to: a county, or a city without districts (then `county` is
    empty)."""

    code: str
    province: str
    city: str
    county: str

    @property
    def path(self) -> Path:
        """Province, city, county; in a municipality the city is empty, as in the table."""
        return (self.province, self.city, self.county)

    @property
    def written(self) -> str:
        """The levels as an address writes them, one after another."""
        return self.province + self.city + self.county


@dataclass(frozen=True, slots=True)
class Form:
    """One meaning of one spelling: the division as it was or is named, and today's divisions it stands for.

    `by_town` names divisions that took over some towns of a former county beside its one successor.
    `divisions` holds the county or the city without districts; for a former county its successors, none or
    several when they are not certain. `cities` holds (province, city) that a city stands for today. `recent` marks a
    former name that people still write beside namesakes of today (江北区 of 重庆, abolished in 2025).
    """

    level: Level
    path: Path
    short: bool = False
    former: bool = False
    divisions: tuple[Division, ...] = ()
    cities: tuple[tuple[str, str], ...] = ()
    by_town: tuple[Division, ...] = ()
    recent: bool = False


class Token(NamedTuple):
    """A spelling with its meanings on one level; `short` when none of them has it as its full name."""

    spelling: str
    level: Level
    forms: tuple[Form, ...]
    short: bool


class Towns(Set[str]):
    """Names of towns, kept in one text: sets of them would take a third of the memory of the whole table.

    Args:
        names: one a line; none of them is shorter than two characters.
    """

    __slots__ = ("_lines",)

    def __init__(self, names: str = "") -> None:
        self._lines = f"\n{names}\n" if names else "\n"

    def __contains__(self, name: object) -> bool:
        return f"\n{name}\n" in self._lines

    def __iter__(self) -> Iterator[str]:
        return iter(self._lines.split())

    def __len__(self) -> int:
        return self._lines.count("\n") - 1

    def in_front(self, text: str) -> Sequence[str]:
        """Those with which a text begins, the longest first."""
        lines = self._lines
        beginning = "\n" + text[:2]
        at = lines.find(beginning) if text else -1
        if at < 0:
            return ()
        found = []
        while at >= 0:
            end = lines.index("\n", at + 1)
            name = lines[at + 1 : end]
            if text.startswith(name):
                found.append(name)
            at = lines.find(beginning, end)
        return sorted(found, key=len, reverse=True) if len(found) > 1 else found


class Divisions(Hashable, Protocol):
    """The index the check reads: spellings, towns, and the counties of a place. Built once, never changed."""

    def words(self, beginning: str) -> Sequence[Token]:
        """Every spelling that begins with these two characters, the longest first, a token for each level it
        stands on.

        No spelling is shorter, so that two characters tell at once that nothing begins in a place."""

    def forms(self, spelling: str) -> Sequence[Form]:
        """What a spelling may mean, current and former, full and short; empty when nothing."""

    @property
    def names(self) -> Sequence[str]:
        """All full names of today's divisions, for near names."""

    def towns(self, code: str) -> Towns:
        """Names of the towns and sub-districts of a county or a city without districts."""

    def counties(self, province: str, city: str = "") -> Sequence[Division]:
        """The counties of a city, or of a whole province when no city is given."""
