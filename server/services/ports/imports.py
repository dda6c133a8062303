"""What the use cases ask of the rows of imported files."""

from __future__ import annotations

from typing import Protocol

from server.domain.access import Reach
from server.domain.imports import ImportFile, ImportKind, ImportState
from server.services.ports.paging import Page, PageRequest
from server.services.ports.rows import EntityRows


class ImportFileRows(EntityRows[ImportFile], Protocol):
    def page(
        self, request: PageRequest, reach: Reach, *, kind: ImportKind | None, state: ImportState | None
    ) -> Page[ImportFile]:
        """Files within reach, the newest first."""

    def applied_twin(self, kind: ImportKind, sha256: str) -> ImportFile | None:
        """The file of the same kind and content that was applied before."""

    def waiting_count(self, reach: Reach) -> int:
        """How many files within reach wait for QA (S20)."""
