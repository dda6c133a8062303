"""Owns the town or sub-district behind the county: where it ends, and whether another county of the city
has it now.
Refuses to correct it: towns merge every year, so an unknown one is taken as written and a misplaced one is
a warning."""

from __future__ import annotations

import re

from server.domain.address_reading import SEPARATORS
from server.domain.divisions import Division, Divisions, Towns

_UNLISTED = re.compile(r"^[\u4e00-\u9fff]{1,9}?(?:街道办事处|街道办|街道|民族乡|镇|乡|苏木)")
_TOWN = re.compile("[镇乡]|街道|苏木")
_NO_TOWN = re.compile(r"[路街巷弄号村区厦院楼]|大道|社区|公司|学校")
_OFFICE = re.compile(r"办事处|办")
_BETWEEN = SEPARATORS - frozenset("#(")
_GOES_ON = re.compile(
    r"(?:[东南西北中]?(?:路|街|大道|道|巷|桥|站)|政府|中学|小学|中心|医院|卫生院|派出所|银行|企业|工业|村镇|城|府(?![前后东西南北])|大厦|广场)"
)
# Parts of the cities without districts that people call 区; the table lists no towns of these cities.
QUARTERS: dict[str, frozenset[str]] = {
    "441900": frozenset({"莞城区", "东城区", "南城区", "万江区"}),
    "442000": frozenset({"石岐区", "东区", "西区", "南区", "五桂山区"}),
    "620200": frozenset({"雄关区", "镜铁区", "长城区"}),
}


def split_town(tail: str, names: Towns) -> tuple[str, str]:
    """Town and detail of what follows the county; `names` are the towns known there.

    A known town wins by its full name, the longest first; else what is written like one is taken as one.
    """
    for name in names.in_front(tail):
        if _GOES_ON.match(tail, len(name)) is None:
            return _with_office(tail, len(name))
    # Few details name a town within reach, and to try every length for one takes five times as long.
    found = _UNLISTED.match(tail) if _TOWN.search(tail, 1, 15) is not None else None
    if found is None or _NO_TOWN.search(
        found[0].removesuffix("街道办事处").removesuffix("街道办").removesuffix("街道")[1:]
    ):
        return "", tail
    if _GOES_ON.match(tail, found.end()):
        return "", tail
    return _with_office(tail, found.end())


def is_quarter(division: Division, spelling: str) -> bool:
    """Whether a city without districts has a part that is written like a district (东莞市东城区)."""
    return not division.county and spelling in QUARTERS.get(division.code, ())


def _with_office(tail: str, length: int) -> tuple[str, str]:
    office = _OFFICE.match(tail, length) if tail.endswith("街道", 0, length) else None
    end = office.end() if office else length
    while end < len(tail) and tail[end] in _BETWEEN:
        end += 1
    return tail[:length], tail[end:]


def elsewhere(town: str, division: Division, divisions: Divisions) -> str:
    """The county of the same city that has this town today when the claimed one has not; empty for no
    objection."""
    if town in ("", "城关镇") or not division.county or town in divisions.towns(division.code):
        return ""
    others = divisions.counties(division.province, division.city)
    having = [other.county for other in others if other != division and town in divisions.towns(other.code)]
    # 城关镇 and other names of several counties were dissolved here or there: they tell nothing.
    return having[0] if len(having) == 1 else ""
