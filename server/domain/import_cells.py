"""Cells of import files: text as a person typed it, read into a day, an amount, a number, a choice.

Owns what each sort of cell accepts and how it is told that it does not. It never repeats a personal number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from server.domain.calendar import SHANGHAI, parse_instant
from server.domain.identity_numbers import normalize_card_number, normalize_identity_number
from server.domain.money import parse_fen
from server.domain.telephones import normalize_telephone

MOST_TEXT = 500
_LARGEST_FEN = 10**14
_DAY = re.compile(
    r"(?P<year>[0-9]{4})(?:[-/.年](?P<month>[0-9]{1,2})[-/.月](?P<day>[0-9]{1,2})日?|(?P<packed>[0-9]{4}))"
    r"(?:[ T]00:00(?::00(?:\.0+)?)?)?"
)
_TIME = re.compile(r"(?P<day>.+?)[ T](?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2}))?")
_GROUPED = re.compile(r"-?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]{1,2})?")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_YES = frozenset({"是", "有", "y", "yes", "true", "1"})
_NO = frozenset({"否", "无", "没有", "n", "no", "false", "0"})


@dataclass(frozen=True, slots=True)
class Cell:
    """A sort of cell: `parse` gives the value or raises ValueError; `zh` and `en` say what belongs there.

    `personal` cells are never repeated in a problem; `kind` is the sort of a spreadsheet's column.
    """

    parse: Callable[[str], Any]
    zh: str
    en: str
    kind: str = "text"
    personal: bool = False


@lru_cache(maxsize=4096)  # a file names the same days again and again
def parse_day_cell(text: str) -> date:
    """2026-01-05, 2026/1/5, 2026.1.5, 2026年1月5日, 20260105, and a spreadsheet's day with midnight behind it."""
    found = _DAY.fullmatch(text)
    if found is None:
        raise ValueError("must be a date such as 2026-01-05")
    packed = found["packed"]
    month, day = (packed[:2], packed[2:]) if packed else (found["month"], found["day"])
    try:
        parsed = date(int(found["year"]), int(month), int(day))
    except ValueError:
        raise ValueError("must be a date that exists") from None
    if not 1990 <= parsed.year < 2200:
        raise ValueError("must be a date between 1990 and 2199")
    return parsed


def parse_instant_cell(text: str) -> datetime:
    """RFC 3339, or a day and a time of Asia/Shanghai such as 2026-01-05 10:20."""
    if text[-1:] in "Zz" or re.search(r"[+-][0-9]{2}:[0-9]{2}\Z", text):
        return parse_instant(text.replace(" ", "T"))
    found = _TIME.fullmatch(text)
    if found is None:
        raise ValueError("must be a time such as 2026-01-05 10:20")
    day = parse_day_cell(found["day"])
    try:
        return datetime(
            day.year,
            day.month,
            day.day,
            int(found["hour"]),
            int(found["minute"]),
            int(found["second"] or 0),
            tzinfo=SHANGHAI,
        )
    except ValueError:
        raise ValueError("must be a time that exists") from None


def parse_money_cell(text: str) -> int:
    """Fen of 1234.5, 1,234.50, ¥1234.50 or 1234.50元."""
    bare = text.removesuffix("元").strip().lstrip("¥￥").strip()
    if _GROUPED.fullmatch(bare):
        bare = bare.replace(",", "")
    fen = parse_fen(bare)
    if abs(fen) > _LARGEST_FEN:
        raise ValueError("must be an amount below a trillion")
    return fen


def _positive_money(text: str) -> int:
    fen = parse_money_cell(text)
    if fen <= 0:
        raise ValueError("must be greater than zero")
    return fen


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise ValueError("must be a whole number")
    return int(text)


def _flag(text: str) -> bool:
    said = text.lower()
    if said in _YES:
        return True
    if said in _NO:
        return False
    raise ValueError("must be yes or no")


def text_cell(most: int = MOST_TEXT) -> Cell:
    def parse(text: str) -> str:
        if len(text) > most or _CONTROL.search(text):
            raise ValueError(f"must be a text of at most {most} characters")
        return text

    return Cell(parse, f"应为不超过 {most} 字的文本", f"a text of at most {most} characters")


def choice_cell(choices: Mapping[str, Any]) -> Cell:
    """One of the words; `choices` maps every accepted word, Chinese and English, to its value."""

    def parse(text: str) -> Any:
        try:
            return choices[text if text in choices else text.lower()]
        except KeyError:
            raise ValueError("must be one of the named choices") from None

    words = " / ".join(choices)
    return Cell(parse, f"应为：{words}", f"one of {words}")


def several_cell(choices: Mapping[str, Any]) -> Cell:
    """Several of the words, one after another with 、 , ; or / between them."""
    one = choice_cell(choices)

    def parse(text: str) -> tuple[Any, ...]:
        parts = [part.strip() for part in re.split(r"[、,，;；/]", text)]
        return tuple(dict.fromkeys(one.parse(part) for part in parts if part))

    return Cell(parse, f"{one.zh}，多个以顿号分隔", f"{one.en}, several with commas between them")


NAME = text_cell(60)
SHORT = text_cell(100)
LONG = text_cell()
DAY = Cell(parse_day_cell, "应为存在的日期，如 2026-01-05", "a date that exists, such as 2026-01-05", "day")
INSTANT = Cell(
    parse_instant_cell, "应为时间，如 2026-01-05 10:20", "a time such as 2026-01-05 10:20", "instant"
)
MONEY = Cell(
    parse_money_cell,
    "应为金额，如 1234.50，最多两位小数",
    "an amount such as 1234.50, at most two decimals",
    "money",
)
POSITIVE_MONEY = Cell(
    _positive_money, "应为大于零的金额，如 1234.50", "an amount above zero, such as 1234.50", "money"
)
COUNT = Cell(_count, "应为整数", "a whole number", "integer")
FLAG = Cell(_flag, "应为：是 / 否", "yes or no")
TELEPHONE = Cell(
    normalize_telephone,
    "应为电话号码，如 13800001234 或 0371-66001234",
    "a telephone such as 13800001234 or 0371-66001234",
    personal=True,
)
IDENTITY_NUMBER = Cell(
    normalize_identity_number,
    "应为生日与校验位正确的 18 位身份证号",
    "an 18-digit identity number with a right birthday and check digit",
    personal=True,
)
CARD_NUMBER = Cell(
    normalize_card_number,
    "应为校验位正确的 12 至 19 位卡号",
    "a card number of 12 to 19 digits with a right check digit",
    personal=True,
)
SECRET = Cell(lambda text: text, "应为文本", "a text", personal=True)
