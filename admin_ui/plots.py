"""Plots of two policies side by side: bars from zero, each labelled where it ends; what the templates draw as SVG.

Owns where things stand. Refuses to count: the figures are those of the comparison or the month, and each plot has its
table beside.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from server.domain.month_figures import DAY_STEPS
from server.services.ports.simulation import Change

WIDTH = 300.0  # the longest bar, in units of the drawing
HEIGHT = 120.0  # the highest column
STEP = 20.0  # from one column to the next
DAYS = 32  # a column for each day of the longest month's window; what is later stands in one
MOST_BARS = 20


@dataclass(frozen=True, slots=True)
class Bars:
    """A group: what it is called, and both bars."""

    label: str
    change: Change
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Column:
    """A day after the visit, or all later ones (`last`): both columns' heights and the place of the pair."""

    day: int
    last: bool
    change: Change
    at: float
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Days:
    """The columns, and the fen that the height of the drawing stands for."""

    columns: Sequence[Column]
    top_fen: int


def bars(changes: Sequence[Change], name: Callable[[str], str], *, by_size: bool = False) -> list[Bars]:
    """The groups as bars; by size the largest first, and no more than fit on a screen."""
    shown = list(changes)
    if by_size:
        shown = sorted(shown, key=_size, reverse=True)[:MOST_BARS]
    top = max((_size(one) for one in shown), default=0) or 1
    return [
        Bars(
            name(one.key),
            one,
            max(one.fen_before, 0) / top * WIDTH,
            max(one.fen_after, 0) / top * WIDTH,
        )
        for one in shown
    ]


def days(changes: Sequence[Change]) -> Days:
    """Credited by days from the visit to the repayment."""
    by_day: Mapping[int, Change] = {int(one.key): one for one in changes}
    later = [one for day, one in by_day.items() if day >= DAYS]
    several = [by_day.get(day, Change(str(day), 0, 0, 0, 0)) for day in range(DAYS)]
    several.append(_together(str(DAYS), later))
    top = max((_size(one) for one in several), default=0) or 1
    columns = [
        Column(
            day,
            day == DAYS,
            one,
            day * STEP,
            max(one.fen_before, 0) / top * HEIGHT,
            max(one.fen_after, 0) / top * HEIGHT,
        )
        for day, one in enumerate(several)
    ]
    return Days(columns, top)


def steps_in_words() -> dict[str, str]:
    """The steps of days after the visit, by their first day."""
    return {
        str(first): f"{first}+" if last is None else str(first) if first == last else f"{first}–{last}"
        for first, last in DAY_STEPS
    }


def _size(change: Change) -> int:
    return max(change.fen_before, change.fen_after)


def _together(key: str, changes: Sequence[Change]) -> Change:
    return Change(
        key,
        sum(one.lines_before for one in changes),
        sum(one.fen_before for one in changes),
        sum(one.lines_after for one in changes),
        sum(one.fen_after for one in changes),
    )
