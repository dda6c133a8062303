"""Owns the calendar of the independent scoring: days as (year, month, day), instants as exact seconds.

Refuses datetime arithmetic on purpose: a day is walked to its neighbour one step at a time, so that month
ends, leap years and the end of year 9999 follow from the calendar's own rule and share no code with the
product. Only the offset of Asia/Shanghai before 1992 is asked of zoneinfo, because it changed with law and
war.
"""

import datetime
import re
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

Day = tuple[int, int, int]

SHANGHAI = ZoneInfo("Asia/Shanghai")
SECONDS_OF_A_DAY = 86_400

# ASCII digits: RFC 3339 knows no others, and SCORING_FORMAT.md shows its dates in that form.
DAY_PATTERN = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
# "started_at and paid_at are RFC 3339 with an offset": seconds are required, a fraction may have any number
# of digits, T and Z may be small letters (RFC 3339, 5.6). A space for the T is left to "applications": not
# taken.
INSTANT_PATTERN = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]([0-9]{2}):([0-9]{2}):([0-9]{2})(\.[0-9]+)?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})"
)


def is_leap(year: int) -> bool:
    return year % 400 == 0 or (year % 4 == 0 and year % 100 != 0)


def days_in(year: int, month: int) -> int:
    if month == 2:
        return 29 if is_leap(year) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def parse_day(text: str) -> Day | None:
    """A day written YYYY-MM-DD that exists, or None. Year 0000 is taken for no year."""
    match = DAY_PATTERN.fullmatch(text)
    if match is None:
        return None
    year, month, day = (int(part) for part in match.groups())
    if year < 1 or not 1 <= month <= 12 or not 1 <= day <= days_in(year, month):
        return None
    return (year, month, day)


def write_day(day: Day) -> str:
    """The day as YYYY-MM-DD; what lies beyond the last day that can be written so is written as that day."""
    day = min(day, (9999, 12, 31))
    return f"{day[0]:04d}-{day[1]:02d}-{day[2]:02d}"


def next_day(day: Day) -> Day:
    year, month, number = day
    if number < days_in(year, month):
        return (year, month, number + 1)
    return (year, month + 1, 1) if month < 12 else (year + 1, 1, 1)


def previous_day(day: Day) -> Day:
    year, month, number = day
    if number > 1:
        return (year, month, number - 1)
    return (year, month - 1, days_in(year, month - 1)) if month > 1 else (year - 1, 12, 31)


def add_days(day: Day, count: int) -> Day:
    for _ in range(count):
        day = next_day(day)
    return day


def month_end(day: Day, reading: str) -> Day:
    """W1: "the day before the same day of the next month; where the next month has no such day, its last
    day".

    `month_end "same_day"`: "the window ends on the same day of the next month, or on its last day where it
    has none".
    """
    year, month, number = day
    next_year, next_month = (year, month + 1) if month < 12 else (year + 1, 1)
    if number > days_in(next_year, next_month):
        return (next_year, next_month, days_in(next_year, next_month))
    same_day = (next_year, next_month, number)
    return same_day if reading == "same_day" else previous_day(same_day)


def parse_instant(text: str) -> tuple[Fraction, Day] | None:
    """(exact seconds on the scale of UTC, local day in Asia/Shanghai), or None where it is no such instant.

    Second 60 is refused: a leap second needs a table that no clause speaks of.
    """
    match = INSTANT_PATTERN.fullmatch(text)
    if match is None:
        return None
    day = parse_day(match[1])
    hour, minute, second = int(match[2]), int(match[3]), int(match[4])
    if day is None or hour > 23 or minute > 59 or second > 59:
        return None
    offset = 0
    if match[6] not in ("Z", "z"):
        offset_hours, offset_minutes = int(match[6][1:3]), int(match[6][4:6])
        if offset_hours > 23 or offset_minutes > 59:
            return None
        offset = (offset_hours * 60 + offset_minutes) * 60 * (-1 if match[6][0] == "-" else 1)
    fraction = Fraction(Decimal("0" + match[5])) if match[5] else Fraction(0)
    of_day = hour * 3600 + minute * 60 + second - offset
    instant = datetime.date(*day).toordinal() * SECONDS_OF_A_DAY + of_day + fraction
    # "D is the date of started_at in Asia/Shanghai": walk from the written day, at most two days either way.
    local_seconds = of_day + shanghai_offset(instant)
    while local_seconds < 0:
        day, local_seconds = previous_day(day), local_seconds + SECONDS_OF_A_DAY
    while local_seconds >= SECONDS_OF_A_DAY:
        day, local_seconds = next_day(day), local_seconds - SECONDS_OF_A_DAY
    # A day that YYYY-MM-DD cannot write is none of the format's: `window.from` would have to show it.
    return (instant, day) if 1 <= day[0] <= 9999 else None


def shanghai_offset(instant: Fraction) -> int:
    """Seconds east of UTC: eight hours since 1992, before it what the tables say (summer time, mean time)."""
    if instant >= datetime.date(1992, 1, 1).toordinal() * SECONDS_OF_A_DAY:
        return 8 * 3600
    if instant < datetime.date(1900, 1, 1).toordinal() * SECONDS_OF_A_DAY:
        return 8 * 3600 + 5 * 60 + 43
    start = datetime.datetime(1900, 1, 1, tzinfo=datetime.UTC)
    since = instant - datetime.date(1900, 1, 1).toordinal() * SECONDS_OF_A_DAY
    moment = (start + datetime.timedelta(seconds=int(since))).astimezone(SHANGHAI)
    offset = moment.utcoffset()
    assert offset is not None
    return int(offset.total_seconds())
