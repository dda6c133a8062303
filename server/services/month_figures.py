"""What a month's visits brought, for whoever reads the month (M6).

Owns whose visits and lines are counted, and when they are counted anew: a job adds up the months that a change touches,
and a reader of all, a branch or a project is given what it kept, with the time at which that was true. Whoever reaches
less is counted for on the spot. Refuses to judge a visit: `server.domain.month_figures` says what is met.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from server.domain import month_figures as figures
from server.domain.access import Actor, Permission, Reach, Scope, reach
from server.domain.audit import AuditEntry
from server.domain.calendar import days_after, local_day
from server.domain.credit import month_bounds, month_of
from server.domain.month_figures import (
    Counted,
    EvidenceReading,
    Figures,
    added_up,
    counted_visits,
    figures_of,
)
from server.domain.visits import Visit
from server.services.credit import PLACEMENT_JOB, PLACEMENTS_JOB, with_other_placements
from server.services.ports.figures import FigureSlice, KeptFigure
from server.services.ports.paging import Page, PageRequest
from server.services.ports.unit_of_work import UnitOfWork

FIGURES_JOB = "month.figures"
RENEW_JOB = "month.figures_daily"
# A month of 60,000 visits takes seconds to count: what changes within the minute is counted once.
_DELAY = timedelta(minutes=1)
_KEPT_MONTHS = 13
# An import lets ten thousand cases wait: which months these touch is not asked on every look at a page.
_LOOKED_AT = 500
_KEPT_SCOPES = (Scope.ALL, Scope.BRANCH, Scope.PROJECT)
_EVERYWHERE = Reach(Scope.ALL, "", None, None, None)

Sums = Mapping[str, tuple[int, int]]
"""By figure how many, and what they come to."""


@dataclass(frozen=True, slots=True)
class AgentFigures:
    account_id: str
    name: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """Of the visits and lines within reach. `agents` is empty for whoever reaches the own ones alone: of a colleague
    that would be a part only. `counted_at` is when kept figures were true, None where they were counted now; `behind`
    says that something has changed since, or may have."""

    month: str
    total: Figures
    agents: Sequence[AgentFigures]
    sums: Sums
    counted_at: datetime | None
    behind: bool


def read_figures(
    uow: UnitOfWork, actor: Actor, month: str, *, branch_id: str | None = None, client_id: str | None = None
) -> MonthFigures:
    """M6, with each agent's by name."""
    month_bounds(month)
    visits, lines = reach(actor, Permission.VISITS_READ), reach(actor, Permission.CREDIT_READ)
    asked = FigureSlice(branch_id=branch_id, client_id=client_id)
    counted_at = None
    if visits.scope in _KEPT_SCOPES and lines.scope in _KEPT_SCOPES:
        counted_at = uow.month_figures.counted_at(month)
    if counted_at is None:
        by_account = added_up(_asked(count_month(uow, visits, lines, month), asked))
    else:
        by_account = _kept(uow, month, asked, visits, lines)
    sums = by_account.pop(None, {})
    credited = sum(fen for figure, (_, fen) in sums.items() if figure.startswith(figures.CREDITED))
    agents = [] if visits.scope is Scope.OWN else _agents(uow, by_account)
    behind = counted_at is not None and is_behind(uow, month)
    return MonthFigures(month, figures_of(sums, credited), agents, sums, counted_at, behind)


def is_counted_anew(uow: UnitOfWork, month: str) -> bool:
    """Whether a job is to count the month, or counts it."""
    return any(job.payload["month"] == month for job in uow.jobs.unfinished_of([FIGURES_JOB], _LOOKED_AT))


def is_behind(uow: UnitOfWork, month: str) -> bool:
    """Whether what waits or runs touches the month; where it is more than is worth looking through, it may."""
    if is_counted_anew(uow, month):
        return True
    waiting = uow.jobs.unfinished_of([PLACEMENT_JOB, PLACEMENTS_JOB], _LOOKED_AT)
    to_score = {id_ for job in waiting for id_ in _to_score(job.payload)}
    if max(len(waiting), len(to_score)) >= _LOOKED_AT:
        return True
    of_debtors = with_other_placements(uow, to_score)
    began, of_lines = uow.month_figures.months_of(of_debtors)
    repaid = uow.repayments.having_any("placement_id", of_debtors)
    days = {local_day(moment) for moment in began} | {one.paid_on for one in repaid}
    return month in {month_of(day) for day in days} | of_lines


def _to_score(payload: Mapping[str, Any]) -> list[str]:
    """The cases of a job of one, or of several."""
    return list(payload["placement_ids"] if "placement_ids" in payload else [payload["placement_id"]])


def visits_behind(
    uow: UnitOfWork, actor: Actor, request: PageRequest, month: str, figure: str, asked: FigureSlice
) -> Page[Visit]:
    """The visits within reach that a figure counts, as they are now."""
    whose = reach(actor, Permission.VISITS_READ)
    part = slice_of(whose, asked)
    if part is None:
        return Page([])
    found = uow.month_figures.visits_behind(request, whose, figure, readings_of(uow, month), part)
    ids = [one.id for one in found.items]
    uow.audit(AuditEntry("visit.listed", "visit", None, {"ids": ids, "figure": figure}))
    return found


def count_month(uow: UnitOfWork, visits: Reach, lines: Reach, month: str) -> list[Counted]:
    """The month as it is now, of visits and of lines within reach."""
    first, last = month_bounds(month)
    return [
        *counted_visits(uow.visits.made_between(visits, first, last)),
        *uow.month_figures.of_visits(visits, readings_of(uow, month)),
        *uow.month_figures.of_lines(lines, month),
        *uow.month_figures.of_shares(lines, month),
    ]


def count_everything(uow: UnitOfWork, month: str) -> list[Counted]:
    """The month as it is now, for everybody."""
    return count_month(uow, _EVERYWHERE, _EVERYWHERE, month)


def readings_of(uow: UnitOfWork, month: str) -> list[EvidenceReading]:
    """What the editions in force ask of the evidence, from day to day of the month."""
    first, last = month_bounds(month)
    days = [days_after(first, number) for number in range((last - first).days + 1)]
    asked = [(day, uow.policy.in_force_on(day)) for day in days]
    found = []
    for (team_size, required), of_days in groupby(
        asked, key=lambda one: (one[1].team_size, one[1].evidence_required)
    ):
        alike = [day for day, _ in of_days]
        found.append(EvidenceReading(alike[0], alike[-1], team_size, required == "either"))
    return found


def slice_of(whose: Reach, asked: FigureSlice) -> FigureSlice | None:
    """The part of everything that lies within a reach by its branch or its project; None where they exclude each
    other."""
    if whose.scope is Scope.PROJECT:
        return FigureSlice(asked.branch_id, whose.project_id or "", asked.client_id)
    if whose.scope is Scope.BRANCH:
        own = whose.branch_id or ""
        return None if asked.branch_id not in (None, own) else FigureSlice(own, None, asked.client_id)
    return asked


def touch(uow: UnitOfWork, placement_ids: Iterable[str]) -> None:
    """Something about these cases changed: their months are counted anew."""
    began, of_lines = uow.month_figures.months_of(placement_ids)
    days = set(map(local_day, began))  # of thousands of visits these are a few
    touch_months(uow, {month_of(day) for day in days} | of_lines)


def touch_months(uow: UnitOfWork, months: Iterable[str]) -> None:
    for month in sorted(set(months)):
        uow.enqueue(FIGURES_JOB, {"month": month}, once_key=f"{FIGURES_JOB}:{month}", due_at=uow.now + _DELAY)


def touch_recent(uow: UnitOfWork) -> None:
    """The present month and the last one, whatever was noticed of them, and those of a year that never were counted."""
    month, recent = month_of(local_day(uow.now)), list[str]()
    while len(recent) < _KEPT_MONTHS:
        recent.append(month)
        month = month_of(month_bounds(month)[0] - timedelta(days=1))
    known = uow.month_figures.counted_months()
    touch_months(uow, [*recent[:2], *(one for one in recent[2:] if one not in known)])


def _asked(counted: Iterable[Counted], of: FigureSlice) -> list[Counted]:
    return [
        one
        for one in counted
        if of.branch_id in (None, one.place.branch_id) and of.client_id in (None, one.place.client_id)
    ]


def _kept(
    uow: UnitOfWork, month: str, asked: FigureSlice, visits: Reach, lines: Reach
) -> dict[str | None, dict[str, tuple[int, int]]]:
    """Figures of visits by the one reach, of lines by the other."""
    by_account: dict[str | None, dict[str, tuple[int, int]]] = {}
    for whose, of_lines in ((visits, False), (lines, True)):
        part = slice_of(whose, asked)
        for one in [] if part is None else uow.month_figures.kept(month, part):
            if _is_of_lines(one) is of_lines:
                by_account.setdefault(one.account_id, {})[one.figure] = (one.count, one.amount)
    return by_account


def _is_of_lines(one: KeptFigure) -> bool:
    return one.figure == figures.SHARE or one.figure.startswith((figures.CREDITED, figures.DAYS))


def _agents(uow: UnitOfWork, by_account: Mapping[str | None, Sums]) -> list[AgentFigures]:
    known = {id_: sums for id_, sums in by_account.items() if id_ is not None}
    accounts = uow.accounts.by_ids(known)
    told = [
        AgentFigures(id_, accounts[id_].display_name, figures_of(sums, sums.get(figures.SHARE, (0, 0))[1]))
        for id_, sums in known.items()
    ]
    return sorted(told, key=lambda one: (one.name, one.account_id))
