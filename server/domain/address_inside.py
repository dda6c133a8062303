"""Owns the counties named further inside a text: behind a road or a company, or a second one behind the
first.
Refuses short names there: 人民路 and 中山 are everywhere."""

from __future__ import annotations

import re
from dataclasses import replace

from server.domain.address_matching import CURRENT, Match, best_match
from server.domain.address_reading import skip_separators, tokens_at
from server.domain.address_towns import is_quarter
from server.domain.address_zones import runs_on
from server.domain.divisions import Division, Divisions, Token

# A county's full name ends in one of these, a city's in one of those: where none is left, none is named.
_COUNTY_END = re.compile("[区县市旗]")
_CITY_AND_COUNTY = re.compile("[市州盟区].*[区县市旗]")


def inside(text: str, outer: Match, divisions: Divisions) -> Match | None:
    """The first full county name behind `outer`, where a road or a company stands in front of it; None for
    none."""
    if _COUNTY_END.search(text, outer.reading.end + 2) is None:
        return None
    for start in range(outer.reading.end + 1, len(text) - 2):
        match = _starting_at(text, start, outer, divisions)
        if match is not None:
            return match
    return None


def _starting_at(text: str, start: int, outer: Match, divisions: Divisions) -> Match | None:
    named = tokens_at(text, start, divisions)
    if not named or all(len(token.spelling) > 6 for token, _ in named):
        return None
    match = best_match(text, divisions, start)
    read = match.reading
    first = read.province or read.city or read.county
    if first is None or first.short or match.fit is not CURRENT or not _full(read.county):
        return None
    there = tuple(division for division in match.divisions if _within(division, outer.place))
    front = text[outer.reading.end : start]
    # A division in front that does not go with this one is a contradiction, not a road (双鸭山路北区).
    if not there or runs_on(text, read.end) or divisions.forms(front):
        return None
    whole = read._replace(
        province=read.province or outer.reading.province, city=read.city or outer.reading.city
    )
    return replace(match, reading=whole, divisions=there, front=front)


def second_county(text: str, match: Match, division: Division, divisions: Divisions) -> Division | None:
    """Another county of today named behind the first: right behind it, or with its full city in front."""
    position = skip_separators(text, match.reading.end)
    if divisions.words(text[position : position + 2]):
        beside = _named_at(text, position, divisions, needs_city=False)
        if beside is not None and beside != division and not is_quarter(division, beside.county):
            return beside
    if _CITY_AND_COUNTY.search(text, position + 1) is None:
        return None
    for start in range(position + 1, len(text) - 4):
        other = _named_at(text, start, divisions, needs_city=True)
        if other is not None and other != division:
            return other
    return None


def _named_at(text: str, start: int, divisions: Divisions, *, needs_city: bool) -> Division | None:
    named = tokens_at(text, start, divisions)
    if not named or all(len(token.spelling) < 3 for token, _ in named):
        return None
    match = best_match(text, divisions, start)
    reading = match.reading
    if match.fit is not CURRENT or len(match.divisions) != 1 or not _full(reading.county):
        return None
    if needs_city and not _full(reading.city):
        return None
    return None if runs_on(text, reading.end) or reading.covered < 3 else match.divisions[0]


def _full(token: Token | None) -> bool:
    return token is not None and not token.short


def _within(division: Division, place: tuple[str, str]) -> bool:
    province, city = place
    return province in ("", division.province) and city in ("", division.city)
