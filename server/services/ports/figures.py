"""Port: a month's figures, counted anew or as they were counted last (M6)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from server.domain.access import Reach
from server.domain.month_figures import Counted, EvidenceReading
from server.domain.visits import Visit
from server.services.ports.paging import Page, PageRequest


@dataclass(frozen=True, slots=True)
class FigureSlice:
    """Whose figures; None leaves a side open."""

    branch_id: str | None = None
    project_id: str | None = None
    client_id: str | None = None


@dataclass(frozen=True, slots=True)
class KeptFigure:
    """A figure of a month added up; `account_id` where it is one agent's."""

    account_id: str | None
    figure: str
    count: int
    amount: int


class FigureRows(Protocol):
    def of_visits(self, reach: Reach, readings: Sequence[EvidenceReading]) -> list[Counted]:
        """The month of the readings by state, outcome, contact and evidence; one walk over its visits."""

    def of_lines(self, reach: Reach, month: str) -> list[Counted]:
        """Credited lines by clause and by days from the visit."""

    def of_shares(self, reach: Reach, month: str) -> list[Counted]:
        """What is credited to each agent."""

    def replace(self, month: str, counted: Iterable[Counted], counted_at: datetime) -> bool:
        """Keep these figures of the month, and when they were true; False, and no change, where newer ones are kept."""

    def counted_at(self, month: str) -> datetime | None:
        """When the kept figures of the month were true; None where none are kept."""

    def counted_months(self) -> set[str]: ...
    def kept(self, month: str, of: FigureSlice) -> list[KeptFigure]: ...
    def months_of(self, placement_ids: Iterable[str]) -> tuple[list[datetime], set[str]]:
        """When the visits of these cases began or were to begin, and the months of their lines."""

    def visits_behind(
        self,
        request: PageRequest,
        reach: Reach,
        figure: str,
        readings: Sequence[EvidenceReading],
        of: FigureSlice,
    ) -> Page[Visit]:
        """The visits that the figure counts now, the last to begin first."""
