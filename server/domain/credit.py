"""Credit as it lies in the rows: runs of the scoring over a placement, their lines, shares and traces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class CreditRun:
    """One scoring of one placement: the snapshot of the facts and the editions it was judged under.

    The newest run of a placement is `current`; earlier ones stay, so that what was once computed can be shown.
    """

    id: str
    placement_id: str
    cause: str
    facts: Mapping[str, Any]
    editions: tuple[str, ...]
    computed_at: datetime
    current: bool


@dataclass(frozen=True, slots=True)
class CreditRow:
    """One line of a run, as SCORING_FORMAT.md writes it, with its trace. `month` is that of `paid_on`, YYYY-MM."""

    id: str
    run_id: str
    placement_id: str
    repayment_id: str
    month: str
    paid_on: date
    amount_fen: int
    visit_id: str | None
    basis: str | None
    clause: str | None
    window_from: date | None
    window_to: date | None
    extended: bool
    commission: str
    reason: str | None
    trace: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CreditShareRow:
    """What one agent has of one line, in fen."""

    id: str
    line_id: str
    account_id: str
    position: int
    amount_fen: int
