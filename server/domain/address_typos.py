"""Owns near names: what is written like a division but is none, and the texts with a near name in its place.
Refuses to apply any: they are suggestions."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import combinations

from server.domain.divisions import Divisions

_WORDS = re.compile(r"[\u4e00-\u9fff]+")
_END = re.compile("[省市县区州盟旗]")
# Parts of an estate, a firm or a town end in 区 and 市 too, and no division is missed there.
_EVERYDAY = re.compile(
    r"(?:小|社|校|厂|院|库|景|园|城|市|郊|矿|辖|山|片|住宅|生活|家属|别墅|商业|工业|发|新|东|西|南|北)区$"
    r"|(?:超|夜|菜|城|门|本|上|股)市$"
)
# 省府大院, 市场, 市长, 海市路, 红旗南街: the word for a kind of division begins another word.
_GOES_ON = re.compile(r"(?:[府委场长民政]|[东南西北中]?(?:路|街|大街|大道|巷))")
_ROAD = re.compile(r"[路街号镇乡村]")


def named_divisions(text: str, position: int) -> Iterator[str]:
    """What is written like a division's name at `position`, shortest first (姜州, then 姜州区)."""
    words = _WORDS.match(text, position, position + 14)
    if words is None:
        return
    road = _ROAD.search(text, position + 1, words.end())
    for end in _END.finditer(text, position + 1, road.start() if road else words.end()):
        if _GOES_ON.match(text, end.end()) is None:
            yield text[position : end.end()]


def sounds_real(name: str) -> bool:
    """Whether a name without a near one is worth a question."""
    return 2 < len(name) < 7 and _EVERYDAY.search(name) is None


def near_texts(text: str, position: int, named: str, divisions: Divisions) -> Iterator[str]:
    """The text with each near name in place of the one at `position`: one character other, missing or too
    many."""
    for spelling in _near_names(divisions).to(named):
        yield text[:position] + spelling + text[position + len(named) :]


class _NearNames:
    """Today's full names by what is left of them when one character is covered up or left out.

    Looking through all of them for each name that is none took a file of misspelt addresses an hour.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._order = {name: number for number, name in enumerate(names)}
        self._covered: dict[str, list[str]] = defaultdict(list)
        self._shortened: dict[str, list[str]] = defaultdict(list)
        for name in names:
            for covered, shortened in _blurred(name):
                self._covered[covered].append(name)
                self._shortened[shortened].append(name)

    def to(self, named: str) -> Iterator[str]:
        """Names near this one that end alike: those of its length, then the longer, then the shorter, each in
        the order of the table."""
        if len(named) > 2:
            # Of a name of two characters one alone is left to recognize it by: that is no likeness.
            blurred = list(_blurred(named))
            covered = (name for key, _ in blurred for name in self._covered.get(key, ()) if name != named)
            yield from self._sorted((*covered, *self._turned_round(named)))
            yield from self._sorted(self._shortened.get(named, ()))
            yield from self._sorted(name for _, name in blurred if len(name) > 2 and name in self._order)

    def _turned_round(self, named: str) -> Iterator[str]:
        """Names in which two characters have changed places."""
        for one, other in combinations(range(len(named)), 2):
            characters = list(named)
            characters[one], characters[other] = named[other], named[one]
            name = "".join(characters)
            if name != named and name[-1] == named[-1] and name in self._order:
                yield name

    def _sorted(self, names: Iterable[str]) -> list[str]:
        return sorted(set(names), key=self._order.__getitem__)


def _blurred(name: str) -> Iterator[tuple[str, str]]:
    """The name with each character but the last covered up, and without it."""
    for place in range(len(name) - 1):
        yield name[:place] + "?" + name[place + 1 :], name[:place] + name[place + 1 :]


@lru_cache(maxsize=1)
def _near_names(divisions: Divisions) -> _NearNames:
    return _NearNames(divisions.names)
