"""The months that a page offers as tabs: the present one and those before it."""

from __future__ import annotations

from datetime import date

from server.domain.credit import month_of

_OFFERED = 6


def month_before(month: str) -> str:
    year, number = int(month[:4]), int(month[5:])
    return f"{year - 1}-12" if number == 1 else f"{year}-{number - 1:02d}"


def offered(today: date, chosen: str) -> list[str]:
    """The newest first; a month that was asked for and lies before them stands at the end."""
    months = [month_of(today)]
    while len(months) < _OFFERED:
        months.append(month_before(months[-1]))
    return months if chosen in months else [*months, chosen]
