"""Owns what a reading of an address stands for: the divisions that fit it, and whether its levels belong
together.
Refuses the wording of the answer and everything behind the divisions (addresses)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

from server.domain.address_reading import GENERIC, NEEDS_PARENT, Reading, readings
from server.domain.address_towns import is_quarter
from server.domain.divisions import CITY, Division, Divisions, Form, Token


class Fit(IntEnum):
    """How the levels of a reading belong together, the better the smaller."""

    CURRENT = 0
    HISTORICAL = 1
    WRONG_PARENT = 2
    PLACE_ONLY = 3
    NOTHING = 4


CURRENT, HISTORICAL, WRONG_PARENT, PLACE_ONLY, NOTHING = Fit


@dataclass(frozen=True)
class Match:
    """A reading with its fit, today's divisions it may stand for, and the (province, city) that is certain.

    `front` is what stood before the county and names no division (a road, a company).
    """

    reading: Reading
    fit: Fit
    divisions: tuple[Division, ...] = ()
    place: tuple[str, str] = ("", "")
    former: bool = False
    by_town: tuple[Division, ...] = ()
    front: str = ""

    @cached_property
    def filled(self) -> tuple[str, ...]:
        """Levels of its one division that the text lacks or shortens; told once for all that share a head."""
        (division,) = self.divisions
        _, _, _, province, city, county, _ = self.reading
        filled: tuple[str, ...] = () if province is not None and not province.short else ("province",)
        if division.city and (city is None or city.short):
            filled += ("city",)
        if division.county and (county is None or county.short or _shortened(county, division)):
            filled += ("county",)
        return filled


def _shortened(county: Token, division: Division) -> bool:
    """雨花区 is a district of 长沙, and how 南京 shortens its 雨花台区."""
    own = [form for form in county.forms if division in form.divisions]
    return bool(own) and all(form.short for form in own)


def best_match(text: str, divisions: Divisions, start: int = 0) -> Match:
    """The best of all readings: the one that covers most of the text, then the one whose levels fit best.

    Coverage comes first: 郑州市 alone is right, but 郑州市原阳县 is what was written.
    """
    return best_of(readings(text, divisions, start), divisions)


def best_of(found: list[Reading], divisions: Divisions) -> Match:
    """The best of the readings, one of which is the empty one."""
    while True:
        # What a reading stands for takes longer to tell than to read it, so the longest are tried alone first.
        most = max(reading.covered for reading in found)
        longest = [reading for reading in found if reading.covered == most]
        matches = [match for reading in longest if (match := match_of(reading, divisions)) is not None]
        if matches:
            return matches[0] if len(matches) == 1 else min(matches, key=_rank)
        found = [reading for reading in found if reading.covered < most]


def _rank(match: Match) -> tuple[int, int, bool, int, int]:
    reading = match.reading
    shorts = sum(
        token.short for token in (reading.province, reading.city, reading.county) if token is not None
    )
    # 重庆市 was a city of 四川省 once: today's meaning goes first.
    old_city = reading.city is not None and all(form.former for form in reading.city.forms)
    return (-reading.covered, int(match.fit), old_city, shorts, reading.end)


def match_of(reading: Reading, divisions: Divisions) -> Match | None:
    """What one reading stands for; None where its levels say nothing together."""
    province = reading.province.forms[0].path[0] if reading.province is not None else ""
    if reading.county is not None:
        return _match_county(reading, province, reading.county, divisions)
    if reading.city is not None:
        return _match_city(reading, province, reading.city)
    if province:
        return Match(reading, PLACE_ONLY, place=(province, ""))
    return Match(reading, NOTHING)


def _places(city: Token | None, *, former: bool) -> set[tuple[str, str]] | None:
    """(province, city) pairs that the city's spelling allows: today's, or with `former` the names of old as
    well."""
    if city is None:
        return None
    places = {place for form in city.forms if not form.former or former for place in form.cities}
    return places | {form.path[:2] for form in city.forms} if former else places


def _stands(path: Iterable[str], province: str, places: set[tuple[str, str]] | None) -> bool:
    own_province, own_city, _ = path
    return province in ("", own_province) and (places is None or (own_province, own_city) in places)


def _unique(found: Iterable[Division]) -> tuple[Division, ...]:
    return tuple({division.code: division for division in found}.values())


def _match_county(reading: Reading, province: str, county: Token, divisions: Divisions) -> Match | None:
    today = _places(reading.city, former=False)
    current = [
        form for form in county.forms if not form.former and not _is_its_city(form, reading, divisions)
    ]
    fitting = _unique(d for form in current for d in form.divisions if _stands(d.path, province, today))
    if fitting:
        return _match_current(reading, county, province, fitting)
    ever = _places(reading.city, former=True)
    renamed = _unique(d for form in current for d in form.divisions if _stands(d.path, province, ever))
    old = [form for form in county.forms if form.former and _stands(form.path, province, ever)]
    alone = reading.city is None and reading.province is None
    if (renamed or old) and not (alone and county.spelling in NEEDS_PARENT):
        became = renamed or _unique(d for form in old for d in form.divisions)
        place = _common_place(became) if became else _place(old[0], divisions)
        others = _unique(d for form in old for d in form.by_town)
        return Match(reading, HISTORICAL, became, place, True, others)
    if county.short or county.spelling in GENERIC or _is_quarter(reading, county):
        return None
    if not current and len(county.spelling) < 3:
        return None
    candidates = _unique(d for form in (current or county.forms) for d in form.divisions)
    if not candidates:
        return None
    meant = _true_ones(candidates, province, today or ever)
    return Match(reading, WRONG_PARENT, meant, _common_place(meant), former=not current)


def _match_current(
    reading: Reading, county: Token, province: str, fitting: tuple[Division, ...]
) -> Match | None:
    if reading.city is None:
        # 江北区 alone is 宁波's today, and was 重庆's for most of those who write it: both are asked.
        lately = (form for form in county.forms if form.recent and _stands(form.path, province, None))
        fitting = _unique((*fitting, *(d for form in lately for d in form.divisions)))
    alone = reading.city is None and reading.province is None
    if alone and county.spelling in NEEDS_PARENT and len(fitting) == 1:
        return None  # 西区 behind a university is no district of 攀枝花
    return Match(reading, CURRENT, fitting, _common_place(fitting))


def _is_its_city(form: Form, reading: Reading, divisions: Divisions) -> bool:
    """Whether a short name without a city in front is that of the county's own city (长沙 is no 长沙县)."""
    county = reading.county
    if county is None or not form.short or reading.city is not None:
        return False
    namesakes = divisions.forms(county.spelling)
    return any(form.path[:2] in other.cities for other in namesakes if other.level is CITY)


def _is_quarter(reading: Reading, county: Token) -> bool:
    """Whether the city named has no districts and calls a part of itself so (东莞市东城区)."""
    if reading.city is None:
        return False
    leaves = (division for form in reading.city.forms for division in form.divisions)
    return any(is_quarter(leaf, county.spelling) for leaf in leaves)


def _place(form: Form, divisions: Divisions) -> tuple[str, str]:
    """Today's province and city of a former county without a certain successor, as far as they still
    exist."""
    province, city, _ = form.path
    known = {division.city for division in divisions.counties(province)}
    return (province, city if city in known else "") if known else ("", "")


def _true_ones(
    candidates: tuple[Division, ...], province: str, places: set[tuple[str, str]] | None
) -> tuple[Division, ...]:
    """The divisions meant when the parents contradict: those under the city named, else under its
    province."""
    in_city = tuple(d for d in candidates if places and (d.province, d.city) in places)
    in_province = tuple(d for d in candidates if d.province == province)
    beside_city = tuple(d for d in candidates if places and d.province in {place[0] for place in places})
    return in_city or in_province or beside_city or candidates


def _common_place(found: tuple[Division, ...]) -> tuple[str, str]:
    provinces = {division.province for division in found}
    cities = {division.city for division in found}
    if len(provinces) != 1:
        return ("", "")
    return (provinces.pop(), cities.pop() if len(cities) == 1 else "")


def _match_city(reading: Reading, province: str, city: Token) -> Match | None:
    fitting = [form for form in city.forms if province in ("", form.path[0])]
    right = bool(fitting)
    if not right and city.short:
        return None
    forms = fitting or list(city.forms)
    forms = [form for form in forms if not form.former] or forms
    former = all(form.former for form in forms)
    leaves = _unique(division for form in forms for division in form.divisions)
    places = {place for form in forms for place in form.cities}
    place = places.pop() if len(places) == 1 else (province, "")
    if not right:
        return Match(reading, WRONG_PARENT, leaves, place, former)
    if leaves:
        return Match(reading, HISTORICAL if former else CURRENT, leaves, place, former)
    return Match(reading, PLACE_ONLY, place=place, former=former)
