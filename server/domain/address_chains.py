"""Owns the heads that are full levels one behind another, told from what is known of each part: most first sights.
Refuses a head whose parts might be read in another way as well: that one is read as a text.

What could lengthen or overlap the parts is looked up once for every county's name and for every upper part, and is
told rather too widely than too narrowly: an address that is sent to the long road for nothing is answered there.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from server.domain.address_reading import FILLER, Reading, readings, tokens_at
from server.domain.address_zones import ROAD_BEGINNINGS, ZONES, names_zone
from server.domain.divisions import COUNTY, Divisions, Token

_ZONES_BEGIN = frozenset(zone[:2] for zone in ZONES)
# 市 before one of these begins 市辖区 and 市区, and a river or bay at the end of a part may go on in the next.
_NOT_FIRST = "辖区直级县"
_NOT_LAST = "江河湖湾"


class Chain(NamedTuple):
    """The one reading of a head, the characters behind it that would lengthen a name in it, and whether one of its
    names is a short one."""

    reading: Reading
    goes_on: str
    shortened: bool


class _Upper(NamedTuple):
    """The one reading of what stands before the county, and characters with which a name in it would go on."""

    reading: Reading
    goes_on: frozenset[str]


class Chains:
    """The heads of one table that are told by their parts."""

    def __init__(self, divisions: Divisions) -> None:
        self._divisions = divisions
        self._uppers: dict[str, _Upper | None] = {"": _Upper(Reading(), frozenset())}
        self._counties: dict[str, str | None] = {}

    def chain(self, spelled: str, tokens: list[Token]) -> Chain | None:
        """The head as the chain of these tokens, the county last; None where it must be read as a text."""
        county = tokens[-1]
        name = county.spelling
        front = spelled[: -len(name)]
        if sum(len(token.spelling) for token in tokens) != len(spelled) or spelled[:2] in _ZONES_BEGIN:
            return None
        upper = self._uppers[front] if front in self._uppers else self._learn_upper(front, tokens[:-1])
        goes_on = self._counties[name] if name in self._counties else self._learn_county(name)
        if upper is None or goes_on is None or not self._stay_apart(front, name, upper, tokens):
            return None
        if len(name) == 2:
            if not front or not _holds(tokens[-2], county):
                return None
            goes_on += ROAD_BEGINNINGS
        shortened = any(token.short for token in tokens)
        return Chain(upper.reading.onward(county, len(spelled), len(name)), goes_on, shortened)

    def _stay_apart(self, front: str, name: str, upper: _Upper, tokens: list[Token]) -> bool:
        """Whether nothing is read across the border between the upper part and the county."""
        if not front:
            return True
        if (
            name[0] in upper.goes_on
            or self._divisions.words(front[-1] + name[0])
            or names_zone(front + name, 0)
        ):
            return False
        return not tokens[-2].short or _holds(tokens[-2], tokens[-1])

    def _learn_upper(self, front: str, tokens: list[Token]) -> _Upper | None:
        self._uppers[front] = None
        found = [reading for reading in readings(front, self._divisions) if reading.end == len(front)]
        if len(found) != 1 or found[0].covered != len(front) or front[-1] in _NOT_LAST:
            return None
        if [token for token in found[0][3:6] if token is not None] != tokens:
            return None
        if not _all_hold(tokens) or self._may_name_town(front):
            return None
        self._uppers[front] = _Upper(found[0], frozenset(self._longer(front)))
        return self._uppers[front]

    def _may_name_town(self, front: str) -> bool:
        """Whether a county's short name stands in the upper part with what may be one of its towns behind it."""
        return any(
            token.short and token.level is COUNTY and self._towns(token, front[end:])
            for token, end in self._reached(front)
        )

    def _learn_county(self, name: str) -> str | None:
        """The characters that would lengthen a name in a county's; None where it can be read in several ways."""
        self._counties[name] = None
        named = self._reached(name)
        alone = sum(end == len(name) for _, end in named) == 1
        if not alone or name[0] in _NOT_FIRST or "新城" in name or FILLER.match(name) or names_zone(name, 0):
            return None
        towns = (self._towns(token, name[end:]) for token, end in named if token.short and end < len(name))
        self._counties[name] = "".join(self._longer(name) | set().union(*towns))
        return self._counties[name]

    def _reached(self, text: str) -> list[tuple[Token, int]]:
        """The names in a text that can be read one behind another, from its beginning."""
        reached = {0}
        named = []
        for start in range(len(text)):
            if start in reached:
                named += tokens_at(text, start, self._divisions)
                reached.update(end for _, end in named)
        return named

    def _longer(self, text: str) -> set[str]:
        found = set()
        for start in range(len(text) - 1):
            rest = text[start:]
            for token in self._divisions.words(rest[:2]):
                if len(token.spelling) > len(rest) and token.spelling.startswith(rest):
                    found.add(token.spelling[len(rest)])
        return found

    def _towns(self, token: Token, rest: str) -> set[str]:
        """Characters with which a town's name that begins behind a county's short one would go on."""
        codes = {division.code for form in token.forms for division in form.divisions}
        names = (name for code in codes for name in self._divisions.towns(code))
        return {name[len(rest)] for name in names if name.startswith(rest) and name != rest}


def _all_hold(tokens: list[Token]) -> bool:
    return all(not above.short or _holds(above, below) for above, below in pairwise(tokens))


def _holds(above: Token, below: Token) -> bool:
    """Whether a name below is certainly one in the upper one: then even a shortened upper one is no road."""
    return any(
        form.path[0] == over.path[0] and over.path[1] in ("", form.path[1]) and form.path != over.path
        for form in below.forms
        for over in above.forms
    )
