"""S15: what may stand in a text that leaves the house for a group. Typed params, then a guard over the whole text.

Owns the types of the params of group notices and the shapes of personal data that no group may see. It cannot know
names: a debtor's name has no param that it would fit, and amounts, numbers and addresses are refused beside it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from server.domain.calendar import parse_day
from server.domain.credit import month_bounds
from server.domain.identity_numbers import luhn_check
from server.domain.policy.registry import kept_at
from server.domain.problems import Category, kind, problem

GROUP_TEXT_REFUSED = kind(
    "group_text_refused",
    Category.REFUSED,
    "发往工作群的内容含有不得外发的信息：{what_zh}",
    "A text for a group holds what may not leave: {what_en}",
    remedy=(
        "群消息只能含案件编号、区县、外访员、时间和链接，请去掉其余内容。",
        "Group messages carry case number, district, agents, times and a link; take the rest out.",
    ),
    clause="S15",
)

_GAP = r"[ \-·]?"
_BORN = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
_SHAPES: tuple[tuple[str, str, re.Pattern[str]], ...] = (
    (
        "身份证号",
        "an ID number",
        re.compile(
            rf"[1-9][0-9]{{5}}{_GAP}(?:18|19|20)[0-9]{{2}}{_BORN}{_GAP}[0-9]{{3}}[0-9Xx]"  # within longer runs too
            rf"|(?<![0-9])[1-9][0-9]{{5}}{_GAP}[0-9]{{2}}{_BORN}{_GAP}[0-9]{{3}}(?![0-9])"
        ),
    ),
    (
        "电话号码",
        "a telephone",
        re.compile(
            rf"(?<![0-9])(?:1[3-9][0-9]{_GAP}[0-9]{{4}}{_GAP}[0-9]{{4}}|0[1-9][0-9]{{1,2}}{_GAP}[2-8][0-9]{{6,7}}"
            rf"|[48]00{_GAP}[0-9]{{3}}{_GAP}[0-9]{{4}})(?![0-9])"
        ),
    ),
    (
        "金额",
        "an amount",
        re.compile(
            r"[¥$]\s?[0-9]|[0-9]\s?(?:万|亿)?元(?=$|整|[^\u4e00-\u9fff])|[0-9]\s?(?:RMB|CNY|yuan|块钱)"
            r"|[0-9](?:万|亿)(?=$|[^\u4e00-\u9fff])|[0-9]{1,3}(?:,[0-9]{3})+|[0-9]\.[0-9]{2}(?![0-9.])",
            re.IGNORECASE,
        ),
    ),
    (
        "详细地址",
        "a full address",
        re.compile(r"[0-9]\s?(?:号|弄|栋|幢|单元|室|组)|花园(?!区)|小区|公寓|家属院|胡同|大道|村委会"),
    ),
)
_CARD = re.compile(r"(?<![0-9])(?:[0-9]{15,19}|[0-9]{4}(?:[ \-][0-9]{4}){3}(?:[ \-]?[0-9]{1,3})?)(?![0-9])")
_DISTRICT = re.compile(r"[\u4e00-\u9fff]{1,14}[县区市旗]")
_HEADING = re.compile(
    r"(?:[01][0-9]|2[0-3]):[0-5][0-9][–-](?:[01][0-9]|2[0-3]):[0-5][0-9] (?P<names>\S.{0,199})"
)
_LISTED = re.compile(r"(?P<place>[0-9]{1,3}\. )(?P<case>\S.{0,99}?)(?: (?P<district>[\u4e00-\u9fff]+))?")
_TAGS = str.maketrans({"<": "＜", ">": "＞", "@": "＠"})  # robots read <at …> and @name as a call to people


kept_at(
    "S15",
    "server/domain/group_texts.py: guard and the types of params, over every text for a group",
    "server/domain/robots.py: robots at allow-listed hosts alone",
)


def guard(text: str) -> str:
    """The text itself, when nothing in it looks like an ID, a card, a telephone, an amount or a full address."""
    found = _personal(text)
    if found is not None:
        raise problem(GROUP_TEXT_REFUSED, what_zh=found[0], what_en=found[1])
    return text


def group_params(params: Mapping[str, Any], names: set[str]) -> dict[str, str]:
    """The named params as they may stand in a group text; ValueError for one that has no type of its own."""
    untyped = names - _TYPES.keys()
    if untyped:
        raise ValueError(f"a group text may not name {sorted(untyped)}")
    return {name: _TYPES[name](params[name]) for name in names}


def case_number(value: Any) -> str:
    """A case number; one that has the shape of personal data (banks number cases by the card) shows its tail."""
    text = " ".join(str(value).split()).translate(_TAGS)
    if _personal(text) is None:
        return text
    tail = text[-4:]
    return f"****{tail}" if tail.isascii() and tail.isalnum() else "****"


def district(value: Any) -> str:
    """A division at county level, or the city of one that has none: no town, no road, no house."""
    text = str(value)
    if _DISTRICT.fullmatch(text) is None:
        raise problem(GROUP_TEXT_REFUSED, what_zh="并非区县", what_en="no district")
    return text


def _names(value: Any) -> str:
    """Agents' names: one text, or several."""
    text = value if isinstance(value, str) else "、".join(str(name) for name in value)
    if not 0 < len(text) <= 200 or "\n" in text:
        raise problem(GROUP_TEXT_REFUSED, what_zh="并非姓名", what_en="no names")
    return text.translate(_TAGS)


def _day(value: Any) -> str:
    day = value if isinstance(value, date) else parse_day(str(value))
    return f"{day.year}年{day.month}月{day.day}日"


def _month(value: Any) -> str:
    first, _ = month_bounds(str(value))
    return f"{first.year}年{first.month}月"


def _count(value: Any) -> str:
    count = int(value)
    if not 0 <= count < 10_000:
        raise problem(GROUP_TEXT_REFUSED, what_zh="并非件数", what_en="no count")
    return str(count)


def _list(value: Any) -> str:
    """The lines of a list of visits: `08:30–17:00 陈磊、王强`, then `1. AJ00000001 原阳县` for each."""
    return "\n".join(_line(line) for line in str(value).split("\n"))


def _line(line: str) -> str:
    heading = _HEADING.fullmatch(line)
    if heading is not None:
        return line.translate(_TAGS)
    listed = _LISTED.fullmatch(line)
    if listed is None:
        raise problem(GROUP_TEXT_REFUSED, what_zh="并非名单中的一行", what_en="no line of a list of visits")
    place = "" if listed["district"] is None else f" {district(listed['district'])}"
    return f"{listed['place']}{case_number(listed['case'])}{place}"


_TYPES: Mapping[str, Callable[[Any], str]] = {
    "case_number": case_number,
    "district": district,
    "agents": _names,
    "day": _day,
    "until_on": _day,
    "month": _month,
    "visits": _count,
    "list": _list,
}


def _personal(text: str) -> tuple[str, str] | None:
    """What the text looks like it holds, in both languages. Full-width digits are digits."""
    plain = unicodedata.normalize("NFKC", text)
    for zh, en, shape in _SHAPES:
        if shape.search(plain):
            return zh, en
    for run in _CARD.finditer(plain):
        digits = re.sub(r"[ \-]", "", run.group())
        if luhn_check(digits[:-1]) == digits[-1]:
            return "卡号", "a card number"
    return None
