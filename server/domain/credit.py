"""Credit as it lies in the rows: runs of the scoring over a placement, their lines, shares and traces; months (M1, M4).

Frozen values; what decides stands in `server.domain.policy`.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from server.domain.making import quickly
from server.domain.policy.credit_lines import CreditWindow
from server.domain.problems import Category, kind, problem

MONTH_UNREADABLE = kind(
    "month_unreadable",
    Category.INVALID,
    "“{month}”不是月份",
    "{month} is no month",
    remedy=("请按 2026-03 的形式填写月份。", "Write the month as in 2026-03."),
)
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")


@quickly
@dataclass(frozen=True, slots=True)
class CreditRun:
    """One scoring of one placement: the snapshot of the facts and the editions it was judged under.

    The newest run of a placement is `current`; earlier ones stay, so that what was once computed can be shown.
    `editions` are the first days of the editions that judged a visit, `digest` is that of facts and editions together.
    """

    id: str
    placement_id: str
    cause: str
    facts: Mapping[str, Any]
    editions: tuple[str, ...]
    digest: str
    computed_at: datetime
    current: bool


@quickly
@dataclass(frozen=True, slots=True)
class CreditRow:
    """One line of a run, as SCORING_FORMAT.md writes it, with its trace. `month` is that of `paid_on`, YYYY-MM.

    `nearest_visit_id` is the visit that is credited, or the one that `reason` speaks of (A6); `visited` says whether
    the placement had any visit, for M1's list is of cases visited and repaid.
    """

    id: str
    run_id: str
    placement_id: str
    repayment_id: str
    month: str
    paid_on: date
    amount_fen: int
    visit_id: str | None
    nearest_visit_id: str | None
    visited: bool
    basis: str | None
    clause: str | None
    window_from: date | None
    window_to: date | None
    extended: bool
    commission: str
    reason: str | None
    trace: Mapping[str, Any]

    @property
    def window(self) -> CreditWindow | None:
        """The days that the credited visit covers."""
        if self.window_from is None or self.window_to is None:
            return None
        return CreditWindow(self.window_from, self.window_to, self.extended)


@quickly
@dataclass(frozen=True, slots=True)
class CreditShareRow:
    """What one agent has of one line, in fen."""

    id: str
    line_id: str
    account_id: str
    position: int
    amount_fen: int


class StatementState(StrEnum):
    """How far a branch's month is (M1 to M4); its facts freeze when it is published."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class MonthlyStatement:
    """A branch's statement of a month (月初汇总), from its publication on; a month without one is a draft.

    `objections_until` and `evidence_until` are the last days for objections (M2) and for evidence that is missing.
    """

    id: str
    month: str
    branch_id: str
    state: StatementState
    published_at: datetime
    published_by: str | None
    published_late: bool
    objections_until: date
    evidence_until: date
    closed_at: datetime | None
    closed_by: str | None
    version: int


class LineKind(StrEnum):
    """Why a line stands in the ledger. A counter, a rebooked and a ruled line name the line that they correct."""

    COMPUTED = "computed"  # a repayment of the month, as it was scored
    LATE = "late"  # a repayment of a month that had been published when it came
    COUNTER = "counter"  # takes back what a line of a frozen month had
    REBOOKED = "rebooked"  # what the repayment has by what was learnt later (M4)
    RULED = "ruled"  # what the manager ruled (M3)


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One line of a published statement. A credited one is sealed when its shares add up to it, and stays so.

    `computed_id` is the credit line that it was made from; where a ruling overrides that line, both stay visible.
    """

    id: str
    statement_id: str
    month: str
    kind: LineKind
    corrects_id: str | None
    computed_id: str
    ruling_id: str | None
    placement_id: str
    client_id: str
    collector_id: str
    team_id: str | None
    repayment_id: str
    paid_on: date
    amount_fen: int
    visit_id: str | None
    nearest_visit_id: str | None
    visited: bool
    basis: str | None
    clause: str | None
    window_from: date | None
    window_to: date | None
    extended: bool
    commission: str
    reason: str | None
    outcome: Mapping[str, Any]
    sealed: bool


@dataclass(frozen=True, slots=True)
class StatementFile:
    """A file of a closed statement, as it was made at closing; `format` is csv, xlsx or json."""

    id: str
    statement_id: str
    format: str
    media_type: str
    object_key: str
    size: int
    sha256: str
    made_at: datetime


def month_of(day: date) -> str:
    """The month of a line is that of `paid_on`: YYYY-MM."""
    return day.isoformat()[:7]


def month_bounds(month: str) -> tuple[date, date]:
    """The first and the last day of a month written YYYY-MM."""
    if _MONTH.fullmatch(month) is None or month.startswith("0000"):
        raise problem(MONTH_UNREADABLE, "month", month=month)
    first = date.fromisoformat(f"{month}-01")
    return first, first.replace(day=monthrange(first.year, first.month)[1])
