"""Owns near names: what is written like a division but is none, and the texts with a near name in its place.
Refuses to apply any: they are suggestions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from server.domain.divisions import Divisions, Level

_NAMED = re.compile(r"^[\u4e00-\u9fff]+[省市县区州盟旗]$")
# Parts of an estate, a firm or a town end in 区 and 市 too, and no division is missed there.
_EVERYDAY = re.compile(
    r"(?:小|社|校|厂|院|库|景|园|城|市|郊|矿|辖|山|片|住宅|生活|家属|别墅|商业|工业|发|新|东|西|南|北)区$"
    r"|(?:超|夜|菜|城|门|本|上|股)市$"
)
# 省府大院, 市场, 市长, 海市路, 红旗南街: the word for a kind of division begins another word.
_GOES_ON = re.compile(r"^(?:[府委场长民政]|[东南西北中]?(?:路|街|大街|大道|巷))")
_ROAD = re.compile(r"[路街号镇乡村]")


def named_divisions(text: str, position: int) -> Iterator[str]:
    """What is written like a division's name at `position`, shortest first (姜州, then 姜州区)."""
    for length in range(2, 15):
        name = text[position : position + length]
        whole = len(name) == length and _NAMED.match(name) and not _ROAD.search(name[1:-1])
        if whole and not _GOES_ON.match(text[position + length :]):
            yield name


def sounds_real(name: str) -> bool:
    """Whether a name without a near one is worth a question."""
    return 2 < len(name) < 7 and _EVERYDAY.search(name) is None


def near_texts(text: str, position: int, named: str, divisions: Divisions) -> Iterator[str]:
    """The text with each near name in place of the one at `position`: one character other, missing or too
    many."""
    for length in (len(named), len(named) + 1, len(named) - 1):
        for spelling in divisions.spellings(length):
            if spelling[-1] == named[-1] and _near(named, spelling) and _is_division(spelling, divisions):
                yield text[:position] + spelling + text[position + len(named) :]


def _is_division(spelling: str, divisions: Divisions) -> bool:
    return any(form.level in Level and not form.former for form in divisions.forms(spelling))


def _near(one: str, other: str) -> bool:
    if len(one) == len(other):
        # Of a name of two characters one alone is left to recognize it by: that is no likeness.
        unlike = [(a, b) for a, b in zip(one, other, strict=True) if a != b]
        turned_round = len(unlike) == 2 and unlike[0] == unlike[1][::-1]
        return len(one) > 2 and (len(unlike) == 1 or turned_round)
    longer, shorter = (one, other) if len(one) > len(other) else (other, one)
    return len(shorter) > 2 and any(longer[:i] + longer[i + 1 :] == shorter for i in range(len(longer)))
