"""Owns the plain road of the address check: a head known to name one county of today, and nothing behind it that
gives cause to look closer.
Refuses every other address, and answers only where the long road would say the same.

Nine addresses in ten are plain. One pass over what stands behind the head tells that there is no second county, no
zone, no telephone number and no character to be replaced, which the long road asks one by one.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from server.domain.address_heads import Ready, heads_of
from server.domain.address_reading import SEPARATORS, skip_separators
from server.domain.address_towns import split_town
from server.domain.divisions import Divisions
from server.domain.traditional_characters import TRADITIONAL
from server.domain.urban_villages import r8_urban_village

# Counties end in the first four of these, zones in 区 and, where something certain stands before it, in the last three.
_PLAIN = re.compile(
    rf"(?:[^区县市旗城局会0-9:\"\\\x00- \x7f-\u4dff\ua000-\U0010ffff{TRADITIONAL}]++"
    r"|[0-9][0-9-]{0,8}+(?![0-9-])"  # more digits may be a telephone number
    r"|(?<=[小社校])区|(?<![学技态新])城|(?<!管)局|(?<!管委)会)*+"
)
_AROUND = " ,.;:/\\_-—、。；："


class Plain(NamedTuple):
    """A plain address: what its head is known for, the town, the detail, which is never empty, and R8's pattern."""

    ready: Ready
    town: str
    detail: str
    urban_village: bool


class PlainRoad:
    """The plain addresses by one table of divisions."""

    def __init__(self, divisions: Divisions) -> None:
        self._known = heads_of(divisions).known

    def read(self, text: str) -> Plain | None:
        """The address where it is plain; none of its characters has to be escaped in JSON."""
        found = self._known(text)
        if found is None:
            return None
        ready, end = found
        if _PLAIN.fullmatch(text, end) is None:
            return None
        tail = text[skip_separators(text, end) if text[end : end + 1] in SEPARATORS else end :]
        town, tail = split_town(tail, ready.towns)
        if town and town not in ready.towns:
            return None
        detail = tail.strip(_AROUND)
        if not detail:
            return None
        division = ready.division
        village = "村" in detail and r8_urban_village(
            division.county or division.city, town, detail, ready.towns
        )
        return Plain(ready, town, detail, village)


@lru_cache(maxsize=1)
def plain_road(divisions: Divisions) -> PlainRoad:
    """The plain road of a table of divisions, kept from one check to the next."""
    return PlainRoad(divisions)
