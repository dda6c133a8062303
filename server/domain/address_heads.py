"""Owns the heads of addresses, province to county, which thousands of addresses share: each is read once.
Refuses a head whose meaning hangs on what follows it: there the whole text is read.

Reading looks a little ahead: whether a name goes on, a zone follows, a level is written again. A head is kept
with what could follow it and change its reading; where none of that follows, the text behind it does not
matter to the divisions, and the head alone is read as the whole text would be.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from server.domain.address_chains import Chains
from server.domain.address_matching import CURRENT, Match, best_match, best_of, match_of
from server.domain.address_reading import FILLER, Reading, readings, skip_separators, tokens_at, written_again
from server.domain.address_zones import ZONES, continued, names_zone, special_province
from server.domain.divisions import COUNTY, Division, Divisions, Token, Towns

MOST_HEADS = 24_000
"""Heads kept at a time, in 20 MB: every county as it is written in eight ways."""
# Peoples and autonomous kinds end a name several characters after its short form.
_PEOPLES = re.compile("族|自治")
# 市 at the end of a head may begin 市辖区 and 市区, which name nothing, and 县 what 县级 belongs to.
_GO_ON = "辖区直级"


@dataclass(frozen=True, slots=True, eq=False)
class Ready:
    """What is told of every plain address in a county whose levels are written in one way."""

    division: Division
    written: str
    filled: tuple[str, ...]
    towns: Towns


class _Head(NamedTuple):
    """A head's match, the readings that end with it, and what must not follow it.

    `goes_on` are characters that would lengthen a name in it; with `edge` a name may begin with its last one, as
    市中区 does. Behind a `zone` no name may follow at all: it might lie in that zone. `peoples` tells that a short
    name in it may turn out to be part of a longer one (海南保亭黎族苗族自治县).
    """

    match: Match
    readings: tuple[Reading, ...]
    goes_on: str
    edge: bool
    zone: bool
    peoples: bool
    ready: Ready | None


class Heads:
    """What the heads of addresses stand for, by the divisions of one table."""

    def __init__(self, divisions: Divisions) -> None:
        self._divisions = divisions
        self._words = divisions.words
        self._known: dict[str, _Head | None] = {}
        self._chains = Chains(divisions)
        self._lengths: dict[str, tuple[int, ...]] = {}
        self._ready: dict[tuple[str, tuple[str, ...]], Ready] = {}

    def known(self, text: str) -> tuple[Ready, int] | None:
        """What the head of a text is ready for and where it ends; None where the whole text must be read.

        That no zone stands behind it is left to the caller to see.
        """
        known = self._known
        for length in self._lengths.get(text[:2], ()):
            spelled = text[:length]
            if spelled in known:
                head = known[spelled]
                break
        else:
            spelled, head = self._first_head(text)
        if head is None or head.ready is None or not self._ends_here(text, len(spelled), head):
            return None
        return head.ready, len(spelled)

    def match(self, text: str) -> Match:
        """The best match of a text: that of its head where what follows leaves it as it is."""
        spelled, head = self._first_head(text)
        end = len(spelled)
        if head is not None and self._ends_here(text, end, head) and not names_zone(text, end):
            return head.match
        return best_match(text, self._divisions)

    def _first_head(self, text: str) -> tuple[str, _Head | None]:
        """The levels down to the first county as one head, learnt where they are new; empty where none is named."""
        levels, end = self._levels(text)
        spelled = text[:end]
        if not end:
            return spelled, None
        return spelled, self._known[spelled] if spelled in self._known else self._learnt(spelled, levels)

    def _levels(self, text: str) -> tuple[list[Token], int]:
        """The levels down to the first county's full name, each the longest there, and where it ends; 0 for none."""
        position = 0
        levels: list[Token] = []
        for _ in range(3):
            for token in self._words(text[position : position + 2]):
                if text.startswith(token.spelling, position):
                    break
            else:
                return levels, 0
            levels.append(token)
            spelling, level, _, short = token
            position += len(spelling)
            if level is COUNTY:
                # 费县路 is a road: a name of two characters says little by itself.
                return levels, 0 if short or position == 2 else position
            position = skip_separators(text, position)
        return levels, 0

    def _ends_here(self, text: str, end: int, head: _Head) -> bool:
        """Whether what follows, a zone aside, leaves the head as it is."""
        if end == len(text):
            return True
        if text[end] in head.goes_on:
            return False
        if head.edge and self._divisions.words(text[end - 1 : end + 1]):
            return False
        position = skip_separators(text, end)
        if self._words(text[position : position + 2]):
            named = tokens_at(text, position, self._divisions)
            if named and (head.zone or any(_again(text, whole, position, named) for whole in head.readings)):
                return False
        return not head.peoples or _PEOPLES.search(text, end, end + 10) is None

    def _learnt(self, spelled: str, levels: list[Token]) -> _Head | None:
        if len(self._known) >= MOST_HEADS:
            # Those learnt first make room: dropping all of them would have a long file learn each again and again.
            self._known = dict(islice(self._known.items(), MOST_HEADS // 2, None))
        head = self._known[spelled] = self._learn(spelled, levels)
        beginning, length = spelled[:2], len(spelled)
        lengths = self._lengths.get(beginning, ())
        if head is not None and length not in lengths:
            self._lengths[beginning] = tuple(sorted((length, *lengths), reverse=True))
        return head

    def _learn(self, spelled: str, levels: list[Token]) -> _Head | None:
        chain = self._chains.chain(spelled, levels)
        if chain is not None:
            match = match_of(chain.reading, self._divisions)
            if match is not None:
                ready = self._readiness(spelled, match)
                return _Head(
                    match, (chain.reading,), _GO_ON + chain.goes_on, True, False, chain.shortened, ready
                )
        return self._learn_as_text(spelled)

    def _learn_as_text(self, spelled: str) -> _Head | None:
        found = readings(spelled, self._divisions)
        whole = [reading for reading in found if reading.end == len(spelled)]
        if not whole or any(reading.county is None for reading in whole) or _is_open(spelled):
            return None
        zone = names_zone(spelled, 0)
        starts = set(range(len(spelled))) if zone else _starts(spelled, found)
        named = [pair for start in starts for pair in tokens_at(spelled, start, self._divisions)]
        if not all(self._ends_whole(spelled, start) for start in starts):
            return None
        more = {*self._longer(spelled, starts), *self._towns(spelled, starts)}
        goes_on = "".join([_GO_ON, *more, "路街大" if zone else ""]) if more or zone else _GO_ON
        match = best_of(found, self._divisions)
        whole = [match.reading if reading == match.reading else reading for reading in whole]
        last = len(spelled) - 1
        edge = last in starts or any(end == last and token.level is not COUNTY for token, end in named)
        peoples = any(token.short and end > last - 9 and not continued(spelled, end) for token, end in named)
        return _Head(match, tuple(whole), goes_on, edge, zone, peoples, self._readiness(spelled, match))

    def _readiness(self, spelled: str, match: Match) -> Ready | None:
        """What is told of plain addresses with this head; None where more than the levels is to be said."""
        one = len(match.divisions) == 1 and not match.by_town and match.reading.end == len(spelled)
        if match.fit is not CURRENT or match.former or not one:
            return None
        if not spelled.isalnum() or special_province(spelled):
            return None
        division = match.divisions[0]
        key = (division.code, match.filled)
        if key not in self._ready:
            self._ready[key] = Ready(
                division, division.written, match.filled, self._divisions.towns(division.code)
            )
        return self._ready[key]

    def _ends_whole(self, spelled: str, start: int) -> bool:
        """Whether what is read from `start` to the end is a county's full name, which needs no look ahead."""
        return all(
            token.level is COUNTY and not token.short and len(token.spelling) > 2
            for token, end in tokens_at(spelled, start, self._divisions)
            if end == len(spelled)
        )

    def _longer(self, spelled: str, starts: set[int]) -> Iterator[str]:
        """Characters with which a name that begins in the head would go on behind it."""
        for start in starts:
            rest = spelled[start:]
            for token in self._divisions.words(rest[:2]) if rest[1:] else ():
                if len(token.spelling) > len(rest) and token.spelling.startswith(rest):
                    yield token.spelling[len(rest)]

    def _towns(self, spelled: str, starts: set[int]) -> Iterator[str]:
        """Characters with which a town's name that begins behind a county's short one would go on."""
        for start in starts:
            for token, end in tokens_at(spelled, start, self._divisions):
                rest = spelled[end:]
                if rest and token.short and token.level is COUNTY:
                    codes = (division.code for form in token.forms for division in form.divisions)
                    names = (name for code in codes for name in self._divisions.towns(code))
                    yield from (name[len(rest)] for name in names if name.startswith(rest) and name != rest)


def _again(text: str, reading: Reading, position: int, named: list[tuple[Token, int]]) -> bool:
    """Whether levels of the reading, or other names of its county, are written once more at `position`."""
    paths = [form.path for form in reading.county.forms] if reading.county is not None else []
    same = any(form.path in paths for token, _ in named for form in token.forms)
    return same or bool(written_again(text, reading, position))


def _is_open(spelled: str) -> bool:
    # Whether 新城 is a zone shows only farther on, and so does a zone known by a name that begins like a county.
    return "新城" in spelled or any(spelled.startswith(zone) or zone.startswith(spelled) for zone in ZONES)


def _starts(spelled: str, found: list[Reading]) -> set[int]:
    """Where a name may begin: behind every reading, and behind the words that name nothing."""
    starts = {skip_separators(spelled, reading.end) for reading in found}
    fillers = [filler for start in starts if (filler := FILLER.match(spelled, start))]
    return starts | {skip_separators(spelled, filler.end()) for filler in fillers}


@lru_cache(maxsize=1)
def heads_of(divisions: Divisions) -> Heads:
    """The heads of a table of divisions, kept from one check to the next."""
    return Heads(divisions)
