"""Owns the table of divisions in memory: spellings, parents, former names, towns, and a point in each county.
Refuses geometry: a point tells roughly where a county lies, never whether another point is inside.

The files are made by scripts/build_divisions.py; their heads name the sources, which `Gazetteer.source`
gives back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path as FilePath

from server.domain.divisions import Division, Form, Level, Path, Token, Towns
from server.geo.short_names import city_names, county_names, province_names

FOLDER = FilePath(__file__).parent
RECENT_SINCE = 2015
"""A name abolished before this year is no longer written without its city by those who mean it."""


@dataclass(frozen=True, slots=True)
class Source:
    """A package the table was read from, as its head records it."""

    package: str
    version: str
    sha256: str
    data_date: str
    licence: str


@dataclass(frozen=True, slots=True)
class FormerDivision:
    """A county or city as it was named from `first` to `last` (years), and the codes of what it became."""

    path: Path
    first: int
    last: int
    successors: tuple[str, ...]
    by_town: tuple[str, ...]


def _rows(name: str) -> Iterator[list[str]]:
    with (FOLDER / name).open(encoding="utf-8") as lines:
        body = (line.rstrip("\n").split("\t") for line in lines if not line.startswith("#"))
        next(body)
        yield from body


def _sources() -> tuple[Source, ...]:
    found: dict[str, Source] = {}
    for path in sorted(FOLDER.glob("*.tsv")):
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                if not line.startswith("# source\t"):
                    break
                _, package, version, sha256, data_date, licence = line.rstrip("\n").split("\t")
                found[package] = Source(package, version, sha256, data_date, licence)
    return tuple(found.values())


_NO_TOWNS = Towns()


class Gazetteer:
    """The divisions of today and those of the years since 1990; implements
    server.domain.divisions.Divisions."""

    def __init__(self) -> None:
        self.source = _sources()
        self._forms: dict[str, list[Form]] = defaultdict(list)
        self._points: dict[str, tuple[float, float]] = {}
        self._divisions: dict[str, Division] = {}
        self._cities: dict[str, tuple[str, str]] = {}
        self._by_place: dict[tuple[str, str], list[Division]] = defaultdict(list)
        self.former = tuple(self._read_former())
        self._read_today()
        self._add_former()
        self._towns = {code: Towns(names.replace(",", "\n")) for code, names in _rows("towns.tsv")}
        self._words = _by_beginning(self._forms)
        self.names = tuple(
            spelling
            for spelling, forms in self._forms.items()
            if any(not form.short and not form.former for form in forms)
        )

    # The index that the address check reads

    def words(self, beginning: str) -> Sequence[Token]:
        """Spellings that begin with two characters, the longest first."""
        return self._words.get(beginning, ())

    def forms(self, spelling: str) -> Sequence[Form]:
        """What a spelling may mean."""
        return self._forms.get(spelling, ())

    def towns(self, code: str) -> Towns:
        """Towns and sub-districts by the code of their county or city without districts."""
        return self._towns.get(code, _NO_TOWNS)

    def counties(self, province: str, city: str = "") -> Sequence[Division]:
        """Counties and cities without districts, of a city or of a whole province."""
        return self._by_place.get((province, city), ())

    # What others ask

    @property
    def divisions(self) -> Sequence[Division]:
        """Every county and city without districts, by code."""
        return tuple(self._divisions.values())

    def division(self, code: str) -> Division | None:
        """The county or city without districts of a code of today."""
        return self._divisions.get(code)

    def point(self, code: str) -> tuple[float, float] | None:
        """A point inside the county, (longitude, latitude) in degrees, WGS-84 within some hundred metres;
        None where
        the outlines lack it."""
        return self._points.get(code)

    # Building

    def _read_today(self) -> None:
        rows = list(_rows("divisions.tsv"))
        parents = {row[3] for row in rows if row[2] == Level.COUNTY}
        names = {row[0]: row[1] for row in rows}
        above = {row[0]: row[3] for row in rows}
        for code, name, level, parent, longitude, latitude in rows:
            if longitude:
                self._points[code] = (float(longitude), float(latitude))
            if level == Level.PROVINCE:
                self._add(province_names(name), Form(Level.PROVINCE, (name, "", "")))
            elif level == Level.CITY:
                self._add_city(code, names[parent], name, leaf=code not in parents)
            else:
                province = names[above[parent]] if above[parent] else names[parent]
                self._add_county(Division(code, province, names[parent] if above[parent] else "", name))

    def _add_city(self, code: str, province: str, city: str, *, leaf: bool) -> None:
        self._cities[code] = (province, city)
        found: tuple[Division, ...] = ()
        if leaf:
            found = (Division(code, province, city, ""),)
            self._remember(found[0])
        form = Form(Level.CITY, (province, city, ""), divisions=found, cities=((province, city),))
        self._add(city_names(city), form)

    def _add_county(self, division: Division) -> None:
        self._remember(division)
        self._add(county_names(division.county), Form(Level.COUNTY, division.path, divisions=(division,)))

    def _remember(self, division: Division) -> None:
        self._divisions[division.code] = division
        self._by_place[(division.province, "")].append(division)
        if division.city:
            self._by_place[(division.province, division.city)].append(division)

    def _add(self, names: Sequence[str], form: Form) -> None:
        full, *shorts = names
        self._forms[full].append(form)
        for short in shorts:
            self._forms[short].append(
                Form(form.level, form.path, True, form.former, form.divisions, form.cities)
            )

    @staticmethod
    def _read_former() -> Iterator[FormerDivision]:
        for province, city, county, first, last, codes, by_town in _rows("former_divisions.tsv"):
            successors, others = (
                tuple(code for code in text.split(",") if code) for text in (codes, by_town)
            )
            yield FormerDivision((province, city, county), int(first), int(last), successors, others)

    def _add_former(self) -> None:
        for old in self.former:
            _, city, county = old.path
            if county:
                became = tuple(self._divisions[code] for code in old.successors)
                others = tuple(self._divisions[code] for code in old.by_town)
                form = Form(Level.COUNTY, old.path, former=True, divisions=became, by_town=others)
                self._add([county], replace(form, recent=old.last >= RECENT_SINCE))
            else:
                places = tuple(self._cities[code] for code in old.successors)
                shorts = city_names(city) if city.endswith("市") else (city,)
                self._add(shorts, Form(Level.CITY, old.path, former=True, cities=places))


def _by_beginning(forms: Mapping[str, Sequence[Form]]) -> dict[str, tuple[Token, ...]]:
    found: dict[str, list[Token]] = defaultdict(list)
    for spelling in sorted(forms, key=len, reverse=True):
        for level in Level:
            chosen = tuple(form for form in forms[spelling] if form.level is level)
            if chosen:
                short = all(form.short for form in chosen)
                found[spelling[:2]].append(Token(spelling, level, chosen, short))
    return {beginning: tuple(tokens) for beginning, tokens in found.items()}


@cache
def gazetteer() -> Gazetteer:
    """The one gazetteer of the process, read on first use."""
    return Gazetteer()
