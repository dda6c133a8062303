"""The port to a second process that scores a share of many placements while this one scores the others.

Owns what is asked of it and what comes back. Refuses to write: there is one writer (docs/adr/0003), and what comes back
is written in its turn, by whoever asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class AskedRuns:
    """Placements to be scored by the facts on file, as `server.services.credit.score` does; `moment` is the turn's."""

    placement_ids: Sequence[str]
    cause: str
    moment: datetime
    anew: bool


@dataclass(frozen=True, slots=True)
class MadeRuns:
    """The rows of new runs, ready to be added (None where there are none), the runs whose place they take, and the new
    run of each placement."""

    runs: Any
    lines: Any
    shares: Any
    former_run_ids: Sequence[str]
    run_ids: Mapping[str, str]


class ScoringShare(Protocol):
    """A conversation over one turn of the writer or several. Answers come in the order of what was asked."""

    def ask(self, asked: AskedRuns) -> bool:
        """False where it takes no more for now, or is not there."""
        ...

    def has_answered(self) -> bool: ...

    def answer(self) -> MadeRuns | None:
        """The next one, waited for; None where it failed, and whoever asked scores these placements itself."""
        ...


class SecondScorer(Protocol):
    def start(self) -> None:
        """Many placements are about to be scored: it takes most of a second until it can help."""

    def share(self) -> AbstractContextManager[ScoringShare]:
        """The other process sees what is committed when it comes to a question. Within a writer's turn that has written
        nothing of what scoring reads that is all there is; between two turns others write (`credit.Scoring`)."""
        ...


class NoShare:
    """Nobody is there to help."""

    def ask(self, asked: AskedRuns) -> bool:
        return False

    def has_answered(self) -> bool:
        return False

    def answer(self) -> MadeRuns | None:
        return None
