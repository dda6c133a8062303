"""Rows of credit: runs and their lines, the month's statement read from them, call notes as scoring reads them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from server.domain.access import Reach
from server.domain.credit import (
    CreditRow,
    CreditRun,
    CreditShareRow,
    LedgerLine,
    LineKind,
    MonthlyStatement,
    StatementFile,
)
from server.domain.disputes import Dispute
from server.domain.placements import CallNote
from server.domain.policy.credit_lines import CreditWindow
from server.services.ports.paging import Page, PageRequest
from server.services.ports.rows import EntityRows


@dataclass(frozen=True, slots=True)
class CurrentRun:
    """What is asked of a current run before a placement is scored again."""

    run_id: str
    digest: str


@dataclass(frozen=True, slots=True)
class StatementFilter:
    """Which lines of a month. `everything` adds the repayments of cases that nobody visited (M1 leaves them out)
    and `statement_id` asks for the lines of one published statement alone. `clause` ("none" where a ruling gave none)
    and `days`, from and to after the visit, the latter open where None, narrow to credited lines."""

    month: str
    agent_id: str | None = None
    team_id: str | None = None
    client_id: str | None = None
    credited: bool | None = None
    everything: bool = False
    statement_id: str | None = None
    branch_id: str | None = None
    clause: str | None = None
    days: tuple[int, int | None] | None = None


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A current credit line with what a reader of the month needs beside it; names as they are, unmasked.

    `outcome` is the step of the trace that decided: its clause, its code, its facts. `statement_id` is None in a draft.
    """

    id: str
    placement_id: str
    case_number: str
    debtor_name: str
    client_id: str
    client_name: str
    collector_id: str
    team_id: str | None
    repayment_id: str
    reference: str
    paid_on: date
    paid_at: datetime | None
    amount_fen: int
    reverses_id: str | None
    visit_id: str | None
    nearest_visit_id: str | None
    visited_at: datetime | None
    visited: bool
    basis: str | None
    clause: str | None
    window_from: date | None
    window_to: date | None
    extended: bool
    commission: str
    reason: str | None
    outcome: Mapping[str, Any]
    kind: LineKind
    corrects_id: str | None
    statement_id: str | None

    @property
    def window(self) -> CreditWindow | None:
        """The days that the credited visit covers."""
        if self.window_from is None or self.window_to is None:
            return None
        return CreditWindow(self.window_from, self.window_to, self.extended)


@dataclass(frozen=True, slots=True)
class MonthSum:
    """The lines of one client and team that are alike in `credited`, `visited` and `computed`, added up; what is not
    computed adjusts a line."""

    client_id: str
    client_name: str
    team_id: str | None
    credited: bool
    visited: bool
    lines: int
    fen: int
    computed: bool


@dataclass(frozen=True, slots=True)
class AgentSum:
    account_id: str
    lines: int
    fen: int


@dataclass(frozen=True, slots=True)
class RepaymentSum:
    """All repayments of a month, how many of them have no current line yet, and those that came after publication."""

    repayments: int
    fen: int
    unscored: int
    late: int
    late_fen: int


@dataclass(frozen=True, slots=True)
class Moved:
    """A standing line and the id of the credit line that is current; `forged` where a ruling credits a visit that was
    voided since (X1): all else that is learnt later leaves a ruled line as it is (M3)."""

    line: LedgerLine
    newer_id: str
    forged: bool


class CreditRunRows(EntityRows[CreditRun], Protocol):
    def current_of(self, placement_ids: Iterable[str]) -> Mapping[str, CurrentRun]:
        """The current run of each placement that has one."""

    def retire(self, run_ids: Iterable[str]) -> None:
        """These runs are no longer current."""

    def paid_between(self, first: date, last: date) -> list[str]:
        """The placements with a repayment on one of these days, by id."""


class CreditLineRows(EntityRows[CreditRow], Protocol):
    def page_of_run(self, request: PageRequest, run_id: str) -> Page[CreditRow]:
        """By day of payment, then id."""


class CreditShareRows(EntityRows[CreditShareRow], Protocol):
    def of_lines(self, line_ids: Iterable[str]) -> Mapping[str, list[CreditShareRow]]:
        """The shares of each line, in the order of the team."""


class LedgerRows(EntityRows[LedgerLine], Protocol):
    """The lines of published months."""

    def freeze(self, statement: MonthlyStatement) -> int:
        """Take the current lines of the branch and month into the statement, unsealed, with those of earlier published
        months that came late; how many there were."""

    def moved(self, branch_id: str) -> list[Moved]:
        """The standing lines of a branch that nobody ruled and a newer computation may say otherwise, and those
        ruled on forgeries."""

    def standing_of(self, repayment_ids: Iterable[str]) -> dict[str, LedgerLine]:
        """The line of each repayment that no counter takes back."""

    def reversals_to_rule(self, branch_id: str) -> list[tuple[LedgerLine, LedgerLine]]:
        """Originals whose standing line was ruled, each with a reversal whose standing line was not, by its id."""

    def ruled_back(self, repayment_id: str) -> int:
        """What the reversals of a repayment that follow its ruling come to, in fen."""

    def seal(self, statement_id: str) -> None:
        """Seal what is not sealed yet; the database refuses a line to which its shares do not add up."""

    def last_and_next_month(self, branch_id: str) -> tuple[str | None, str | None]:
        """The last published month, and the earliest after it that has lines; None where there is none."""

    def agents_of(self, statement_id: str) -> list[str]:
        """Whoever has a share in a line of the statement."""


class LedgerShareRows(EntityRows[CreditShareRow], Protocol):
    def of_lines(self, line_ids: Iterable[str]) -> Mapping[str, list[CreditShareRow]]:
        """The shares of each line, in the order of the team."""


class DisputeRows(EntityRows[Dispute], Protocol):
    def page(self, request: PageRequest, reach: Reach, month: str) -> Page[Dispute]:
        """The objections of a month, the own ones and those within reach; an own reach has the own ones alone."""

    def waiting_count(self, reach: Reach) -> int:
        """How many objections within reach nobody has ruled on."""

    def waiting(self, statement_id: str) -> list[Dispute]:
        """Those that nobody has ruled on or withdrawn."""


class StatementFileRows(EntityRows[StatementFile], Protocol):
    """The files of closed statements."""


class StatementRows(Protocol):
    """Reading a month; whose rows (S13) comes with the reach."""

    def page(self, request: PageRequest, reach: Reach, wanted: StatementFilter) -> Page[StatementLine]:
        """By day of payment, then id."""

    def of_people(self, month: str, account_ids: Iterable[str]) -> list[StatementLine]:
        """All lines of a month, of drafts and of published statements, in which one of these has a share or whose case
        is one of theirs; by day of payment, then id."""

    def sums(self, reach: Reach, month: str) -> list[MonthSum]: ...
    def agent_sums(self, reach: Reach, month: str) -> list[AgentSum]: ...
    def repayment_sum(self, reach: Reach, first: date, last: date) -> RepaymentSum: ...


class CallNoteRows(EntityRows[CallNote], Protocol):
    def of_phones(self, phone_ids: Iterable[str], first: datetime, last: datetime) -> list[CallNote]:
        """The calls to and from these phones from `first` to `last`, by id; of each what the scoring looks at, another
        field is an AttributeError."""

    def newest_of(self, placement_ids: Iterable[str]) -> dict[str, datetime]:
        """When each of these cases was last telephoned about; one without a call is left out."""
