"""The port to simulations: the facts of all cases as tables, and what two policies make of them (M5, section 9).

It owns the words of the answer. It refuses to decide what may be compared: `server.services.simulations` does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from server.domain.policy.editions import PolicyBook
from server.domain.policy.facts import PlacementFacts
from server.domain.simulations import FactSnapshot
from server.services.ports.rows import EntityRows


class FactTablesError(Exception):
    """The tables, or a policy over them, cannot be used; the words say why, in English."""


@dataclass(frozen=True, slots=True)
class CaseOf:
    """Whose case a placement is: what a simulation is grouped by and what somebody may see of it."""

    placement_id: str
    client_id: str
    project_id: str
    branch_id: str


@dataclass(frozen=True, slots=True)
class Asked:
    """Repayments of these days (both counted in), of a branch or of a project where one is named; of the lines that
    move so many are left out before the first that is named."""

    first: date
    last: date
    branch_id: str | None = None
    project_id: str | None = None
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """Credited lines and fen of a group under the one policy and under the other; `key` is empty for all together."""

    key: str
    lines_before: int
    fen_before: int
    lines_after: int
    fen_after: int


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a repayment: its visit with the clause, or the reason why it has none; who shares it."""

    visit_id: str | None
    clause: str | None
    reason: str | None
    agents: Sequence[str]


@dataclass(frozen=True, slots=True)
class Moved:
    """A line that another policy credits otherwise."""

    placement_id: str
    repayment_id: str
    paid_on: date
    amount_fen: int
    before: Fate
    after: Fate


@dataclass(frozen=True, slots=True)
class Compared:
    """The whole answer. `by_day` has the whole days between visit and repayment for its keys, as text; `moved` holds
    the largest amounts of `moved_lines`."""

    total: Change
    by_clause: Sequence[Change]
    by_agent: Sequence[Change]
    by_client: Sequence[Change]
    by_day: Sequence[Change]
    moved_lines: int
    moved_fen: int
    moved: Sequence[Moved]


class FactSnapshotRows(EntityRows[FactSnapshot], Protocol):
    def newest(self) -> FactSnapshot | None: ...
    def known_keys(self, keys: Iterable[str]) -> set[str]: ...
    def remove(self, ids: Iterable[str]) -> None: ...
    def cases(self) -> int:
        """How many placements have been scored."""

    def facts(self) -> Iterator[tuple[dict[str, Any], CaseOf]]:
        """What the current run of each placement saw, in the scoring format, read as it is asked for."""


class FactTables(Protocol):
    """Tables lie in a folder of their own, whole or not at all; the folder may be kept and compared over and over."""

    names: Sequence[str]

    def write(self, cases: Iterable[tuple[PlacementFacts, CaseOf]], folder: Path) -> None:
        """The facts of cases as tables."""

    def score(
        self, cases: Iterable[PlacementFacts], book: PolicyBook, folder: Path
    ) -> Iterator[Mapping[str, Any]]:
        """The lines of these cases under a policy, in the scoring format, a placement's lines one after the other."""

    def prepare(self, folder: Path, book: PolicyBook) -> None:
        """Score all cases under a policy, for the comparisons to come."""

    def compare(
        self, folder: Path, before: PolicyBook, after: PolicyBook, asked: Asked, most: int
    ) -> Compared:
        """Score all cases under both and tell what differs; `most` lines are named one by one."""
