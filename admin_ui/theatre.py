"""The small theatre of a line: the repayment, and every candidate visit as a bar on an axis of days.

Owns where things stand on the axis. Refuses to decide: bars and reasons are those of the trace.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from admin_ui.named import named
from server.domain.calendar import parse_day
from server.domain.policy.explanations import say

WIDTH = 560.0
_MARGIN_DAYS = 2


@dataclass(frozen=True, slots=True)
class Bar:
    """A candidate visit: where it stands and where its window reaches, in units of the drawing; None without one."""

    visit_id: str
    visited_on: date
    at: float
    left: float | None
    width: float | None
    first: date | None
    last: date | None
    credited: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Stage:
    """The axis from `first` to `last` with the repayment's place on it and the bars, the nearest visit first."""

    first: date
    last: date
    paid_on: date
    paid_at: float
    bars: tuple[Bar, ...]


def staged(trace: Mapping[str, Any], told: Any) -> Stage:
    """The trace of one line, drawn; `told` says a step (`readable`)."""
    paid_on = parse_day(trace["repayment"]["paid_on"])
    visits: Sequence[Mapping[str, Any]] = trace["visits"]
    days = [paid_on]
    for visit in visits:
        days.append(parse_day(visit["visited_on"]))
        days += [parse_day(visit["window"][end]) for end in ("from", "last") if visit["window"] is not None]
    first = date.fromordinal(min(days).toordinal() - _MARGIN_DAYS)
    last = date.fromordinal(min(max(days).toordinal() + _MARGIN_DAYS, date.max.toordinal()))
    span = max(1, (last - first).days)

    def place(day: date) -> float:
        return (day - first).days / span * WIDTH

    bars = tuple(_bar(visit, place, told) for visit in visits)
    return Stage(first, last, paid_on, place(paid_on), bars)


def readable(trace: Mapping[str, Any], telephones: Mapping[str, str], *, zh: bool) -> Any:
    """Says a step in the reader's language; a visit is named by its day, for nobody knows its number."""
    names = {visit["visit"]: visit["visited_on"] for visit in trace["visits"]} | dict(telephones)

    def told(step: Mapping[str, Any], facts: Mapping[str, Any] | None = None) -> str:
        return named(say(step, "zh-CN" if zh else "en", facts), names)

    return told


def _bar(visit: Mapping[str, Any], place: Any, told: Any) -> Bar:
    window = visit["window"]
    step = visit["exclusion"] or (visit["basis"] if window is None else visit["coverage"])
    first = None if window is None else parse_day(window["from"])
    last = None if window is None else parse_day(window["last"])
    left = None if first is None else place(first)
    width = None if last is None or left is None else max(place(last) - left, 4.0)
    day = parse_day(visit["visited_on"])
    reason = told(step, visit["facts"])
    return Bar(visit["visit"], day, place(day), left, width, first, last, bool(visit["credited"]), reason)
