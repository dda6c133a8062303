"""Owns the firm's calendar: days in Asia/Shanghai, instants, a month later. Refuses to ask what day it is.

Days beyond the last one that a date can hold are clamped to it, so that a fact in the year 9999 is judged,
not a crash.
"""

import re
from datetime import date, datetime
from functools import lru_cache
from typing import Any, SupportsIndex
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
LAST_DAY = date.max
_LAST_ORDINAL = LAST_DAY.toordinal()
# Only here can the local day of an instant fall before the first or after the last day that a date can hold.
_EDGE_YEARS = (date.min.year, date.max.year)

_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?"
    r"(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
)


def local_day(instant: datetime) -> date:
    """The calendar day of an aware instant in Asia/Shanghai."""
    return instant.astimezone(SHANGHAI).date()


@lru_cache(maxsize=8192)
def parse_day(text: str) -> date:
    """The day written YYYY-MM-DD; ValueError for any other form, those that Python would take included."""
    if len(text) != 10 or text[4] != "-" or text[7] != "-":
        raise ValueError("must be a date YYYY-MM-DD")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("must be a date YYYY-MM-DD that exists") from None


def parse_instant(text: str) -> datetime:
    """The aware instant of an RFC 3339 text with an offset, however fine; ValueError for any other form."""
    if _INSTANT.fullmatch(text) is None:
        raise ValueError("must be a time with an offset such as 2026-01-10T10:00:00+08:00")
    try:
        instant = datetime.fromisoformat(text.upper())
        if instant.year in _EDGE_YEARS:
            local_day(instant)
    except (ValueError, OverflowError):
        raise ValueError("must be a time that exists") from None
    return _finer(instant, text) if "." in text else instant


class FineInstant(datetime):
    """An instant finer than a microsecond. RFC 3339 bounds no fraction, and a repayment a nanosecond before a
    visit is still before it; `beyond` holds the digits after the sixth, without zeros at their end.
    """

    beyond = ""

    def __eq__(self, other: object) -> bool:
        return datetime.__eq__(self, other) is True and self.beyond == getattr(other, "beyond", "")

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return datetime.__hash__(self)

    def __lt__(self, other: date) -> bool:
        if datetime.__eq__(self, other) is True:
            return self.beyond < getattr(other, "beyond", "")
        return datetime.__lt__(self, other)  # type: ignore[operator]  # a bare date is refused by datetime

    def __le__(self, other: date) -> bool:
        return self == other or self < other

    def __gt__(self, other: date) -> bool:
        return not self <= other

    def __ge__(self, other: date) -> bool:
        return not self < other

    def isoformat(self, sep: str = "T", timespec: str = "microseconds") -> str:
        """The whole instant, so that a snapshot gives back what was read; `timespec` cannot shorten it."""
        text = datetime.isoformat(self, sep, "microseconds")
        return text[:_FRACTION_END] + self.beyond + text[_FRACTION_END:]

    def __reduce_ex__(self, protocol: SupportsIndex) -> tuple[Any, ...]:
        """A copy of it is as fine; datetime's own would give a coarser one."""
        return (*super().__reduce_ex__(protocol)[:2], {"beyond": self.beyond})


_FRACTION = re.compile(r"\.([0-9]+)")
_FRACTION_END = len("2026-01-10T10:00:00.000000")


def _finer(instant: datetime, text: str) -> datetime:
    digits = _FRACTION.findall(text)[0]
    beyond = digits[6:].rstrip("0")
    if not beyond:
        return instant
    fine = FineInstant.fromisoformat(text.upper())
    fine.beyond = beyond
    return fine


def days_after(day: date, count: int) -> date:
    """The day `count` days later (0 or more)."""
    return date.fromordinal(min(day.toordinal() + count, _LAST_ORDINAL))


@lru_cache(maxsize=8192)
def month_later(day: date) -> tuple[date, bool]:
    """The same day of the next month and True; where that month has no such day, its last day and False."""
    year, month = (day.year, day.month + 1) if day.month < 12 else (day.year + 1, 1)
    if year > LAST_DAY.year:
        return LAST_DAY, False
    try:
        return date(year, month, day.day), True
    except ValueError:
        return _last_of_month(year, month), False


def _last_of_month(year: int, month: int) -> date:
    # December has 31 days, so only a month before it can lack the day that was asked for.
    return date.fromordinal(date(year, month + 1, 1).toordinal() - 1)
