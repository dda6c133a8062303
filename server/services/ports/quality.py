"""Rows of QA's samples, of the visits in them (S12)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Protocol

from server.domain.access import Reach
from server.domain.quality import Candidate, QualityItem, QualitySample
from server.services.ports.paging import Page, PageRequest
from server.services.ports.rows import EntityRows


class QualitySampleRows(EntityRows[QualitySample], Protocol):
    def frame(self, first: date, last: date, as_of: datetime) -> list[Candidate]:
        """The visits that began on these days, with what had come of each by then; in no order."""

    def newest_first(self) -> list[QualitySample]:
        """All there are, the latest month first: one a month."""


class QualityItemRows(EntityRows[QualityItem], Protocol):
    def page(
        self, request: PageRequest, reach: Reach, sample_id: str, *, checked: bool | None
    ) -> Page[QualityItem]:
        """The visits of a sample within reach, in the order of the draw."""

    def waiting_count(self, reach: Reach) -> int:
        """How many within reach nobody has checked yet."""

    def samples_waiting(self) -> set[str]:
        """The samples with a visit that nobody has checked yet."""

    def counts(self, sample_ids: list[str]) -> dict[str, tuple[int, int]]:
        """Of each sample how many were drawn, and how many of these are checked."""
