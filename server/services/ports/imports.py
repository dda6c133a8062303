"""What the use cases ask of the rows of imported files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from server.domain.access import Reach
from server.domain.import_undoing import Leanings
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


class ImportedRows(Protocol):
    """The rows that a file brought and that stand, of all kinds together."""

    def counts(self, import_id: str) -> Mapping[str, int]:
        """How many there are, by the name of their kind; kinds of which there are none are left out."""

    def placement_ids(self, import_id: str) -> list[str]:
        """The placements among them."""

    def cases(self, import_id: str) -> int:
        """How many placements they concern; a telephone or an address concerns all of its person."""

    def touched(self, import_id: str) -> set[str]:
        """Placements that were on file before, whose scoring sees what the file brought or changed."""

    def leaning(self, import_id: str, since: datetime, most: int) -> Leanings:
        """What leans on them, and what was done since on rows that the file changed; `most` of each kind are told."""

    def changed(self, import_id: str, most: int) -> Leanings:
        """Those that are no longer as they were brought."""

    def published(self, import_id: str, since: datetime, most: int) -> tuple[list[tuple[str, str]], int]:
        """Placements that they concern with the last month that was published of each since; and how many they are."""

    def take_back(self, import_id: str, moment: datetime) -> Mapping[str, int]:
        """Mark them all: they count for nothing and are found by nothing from that moment."""
