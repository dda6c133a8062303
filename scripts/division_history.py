"""Owns what became of the divisions abolished, renamed or moved since 1990.
Refuses to guess: a successor counts when two sources agree, when an official change leads to it, or when it
was
listed by hand (division_mergers); otherwise the former division keeps no single successor and is asked
about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from division_mergers import BY_TOWN, CITIES, COUNTIES
from division_sources import MUNICIPALITIES, Path3

SINCE = 1989  # the last year of what was abolished in 1990
SUFFIXES = ("自治县", "自治旗", "矿区", "林区", "新区", "地区", "县", "市", "区", "旗", "盟")
MOVED_TO_CHONGQING = frozenset({"重庆市", "万县市", "万县地区", "涪陵市", "涪陵地区", "黔江地区"})
# Words that dozens of cities gave to a part of themselves: sharing such a name proves nothing.
COMMON = frozenset(
    {"城区", "郊区", "市郊区", "矿区", "市中区", "新城区", "新市区", "东区", "西区", "南区", "北区"}
)


@dataclass
class Former:
    """A division as it was named: first and last year of that path, codes it bore, today's divisions it
    became."""

    path: Path3
    first: int
    last: int
    codes: set[str] = field(default_factory=set)
    linked: set[str] = field(default_factory=set)
    successors: tuple[Path3, ...] = ()
    by_town: tuple[Path3, ...] = ()


@dataclass(frozen=True)
class _Step:
    year: int
    old: tuple[str, ...]
    new: tuple[str, ...]
    old_code: str


def stem(name: str) -> str:
    """A division's name without the word for its kind."""
    for suffix in SUFFIXES:
        if name.endswith(suffix) and len(name) > len(suffix):
            return name[: -len(suffix)]
    return name


def _city(province: str, city: str) -> str:
    if province in MUNICIPALITIES or "直辖" in city or not city.endswith(("市", "州", "盟", "地区")):
        return ""
    return city


def read_former(years: Iterable[Mapping[str, str]], today: set[Path3]) -> tuple[list[Former], list[Former]]:
    """Former counties and former cities: paths that some year since 1990 had and today has not."""
    counties: dict[Path3, Former] = {}
    cities: dict[Path3, Former] = {}
    city_names = {(path[0], path[1]) for path in today}
    for row in years:
        year, province = int(row["year"]), row["province_name"]
        if year < SINCE or row["rank"] not in ("2", "3"):
            continue
        city = _city(province, row["city_name"])
        if row["rank"] == "2":
            path, table, code, link = (province, city, ""), cities, row["city_adcode"], row["city_id"]
            known = not city or (province, city) in city_names
        else:
            path, table = (province, city, row["county_name"]), counties
            code, link = row["county_adcode"], row["county_id"]
            # A former county-level city whose name is a city's today would hide the city from the reader.
            known = path in today or (province, path[2]) in city_names
        if known:
            continue
        former = table.setdefault(path, Former(path, year, year))
        former.first, former.last = min(former.first, year), max(former.last, year)
        former.codes.add(code)
        former.linked.add(link)
    return list(counties.values()), list(cities.values())


class History:
    """Follows former divisions to today's."""

    def __init__(self, codes: Mapping[Path3, str], events: Iterable[Mapping[str, Any]]) -> None:
        self.codes = dict(codes)
        self.by_code = {code: path for path, code in codes.items()}
        self.by_name: dict[str, list[Path3]] = defaultdict(list)
        for path in codes:
            self.by_name[path[2]].append(path)
        self.steps: dict[str, list[_Step]] = defaultdict(list)
        for event in events:
            old, new = event.get("old_path"), event.get("new_path")
            code = ((event.get("old") or {}).get("code") or "")[:6]
            changed = event["year"] >= SINCE - 1 and old and new and event["type"] != "码位改派"
            if changed and not code.endswith("00"):
                self.steps[old[-1]].append(_Step(event["year"], tuple(old), tuple(new), code))

    def settle(self, former: Former) -> tuple[Path3, ...]:
        """Today's divisions a former county became; exactly one means it is certain. Sets `by_town` on the
        way."""
        former.by_town = tuple(self._known(path) for path in BY_TOWN.get(former.path, ()))
        by_hand = COUNTIES.get(former.path, COUNTIES.get((former.path[0], "*", former.path[2])))
        if by_hand is not None:
            return tuple(self._known(path) for path in by_hand)
        told = self._follow(former.path, former.last, former.codes, 0)
        linked = {self.by_code[code] for code in former.linked if code in self.by_code}
        kept = {
            path
            for path in self.by_name.get(former.path[2], [])
            if path[0] in (former.path[0], self._province(former.path)) and former.path[2] not in COMMON
        }
        common = former.path[2] in COMMON
        if len(kept) == 1 and (told == kept or linked == kept or not told):
            return tuple(kept)
        if len(told) == 1 and (not common or told == linked):
            return tuple(told)
        if len(linked) == 1 and not told and self._same_stem(former.path, next(iter(linked))):
            return tuple(linked)
        return tuple(sorted(told)) if len(told) > 1 else ()

    def _known(self, path: Path3) -> Path3:
        if path not in self.codes:
            raise SystemExit(f"division_mergers names {path}, which is no division of today")
        return path

    @staticmethod
    def _same_stem(path: Path3, other: Path3) -> bool:
        return stem(path[2])[:2] == stem(other[2])[:2]

    @staticmethod
    def _province(path: Path3) -> str:
        return "重庆市" if path[0] == "四川省" and path[1] in MOVED_TO_CHONGQING else path[0]

    def _follow(self, path: Path3, year: int, codes: set[str], depth: int) -> set[Path3]:
        if path in self.codes:
            return {path}
        province = self._province(path)
        if province != path[0]:
            # Chongqing left Sichuan in 1997; its counties kept their names that day and changed later.
            return self._follow((province, "", path[2]), min(year, 1996), codes, depth) or self._walk(
                path, year, codes, depth
            )
        return self._walk(path, year, codes, depth)

    def _walk(self, path: Path3, year: int, codes: set[str], depth: int) -> set[Path3]:
        steps = [
            step
            for step in self.steps.get(path[2], [])
            if step.year >= year and self._fits(step, path, codes)
        ]
        if depth > 8 or not steps:
            return set()
        first = min(step.year for step in steps)
        found: set[Path3] = set()
        for step in steps:
            if step.year == first:
                found |= self._follow(self._target(step, path), first, {step.old_code}, depth + 1)
        return {other for other in found if other[0] in (path[0], self._province(path))}

    @staticmethod
    def _target(step: _Step, path: Path3) -> Path3:
        new = step.new
        if len(new) == 1:
            return (path[0], path[1], new[0])
        province = new[0]
        return (province, _city(province, new[1]) if len(new) == 3 else "", new[-1])

    def _fits(self, step: _Step, path: Path3, codes: set[str]) -> bool:
        if self._target(step, path) == path:
            return False
        if step.old_code and step.old_code in codes:
            return True
        if len(step.old) == 1:
            return False
        city = _city(step.old[0], step.old[1]) if len(step.old) == 3 else ""
        return step.old[0] in (path[0], self._province(path)) and city in ("", path[1])


def settle_cities(formers: Iterable[Former], today: Mapping[tuple[str, str], str]) -> list[Former]:
    """Former cities with the city they became; one that was split among several keeps none.

    The links between cities, unlike those between counties, were verified by their source.
    """
    by_code = {code: path for path, code in today.items()}
    settled = []
    for former in formers:
        targets = {by_code[code] for code in former.linked if code in by_code}
        by_hand = CITIES.get(former.path[:2])
        if by_hand is not None:
            targets = {(former.path[0], by_hand)}
        former.successors = (
            tuple((province, city, "") for province, city in targets) if len(targets) == 1 else ()
        )
        settled.append(former)
    return settled
