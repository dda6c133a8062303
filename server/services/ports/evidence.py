"""The port to the rows of evidence: what no equality finds."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Protocol

from server.domain.access import Reach
from server.domain.evidence import EvidenceCount, EvidenceItem
from server.domain.integrity import EvidenceDifference
from server.domain.recording_marks import RecordingMark
from server.domain.visits import Visit
from server.services.ports.paging import Page, PageRequest
from server.services.ports.rows import EntityRows


class EvidenceRows(EntityRows[EvidenceItem], Protocol):
    def page_of_visit(self, request: PageRequest, visit_id: str) -> Page[EvidenceItem]:
        """A visit's evidence, oldest first."""
        ...

    def late_page(self, request: PageRequest, reach: Reach) -> Page[EvidenceItem]:
        """V2: what came too late, newest first."""
        ...

    def uncountersigned_page(self, request: PageRequest, reach: Reach) -> Page[EvidenceItem]:
        """S16: what came in at the desk and IT has not countersigned, oldest first."""
        ...

    def lacking_page(
        self, request: PageRequest, reach: Reach, ended_from: datetime | None, ended_before: datetime
    ) -> Page[Visit]:
        """V2: visits that ended before then and lack a photo or a recording, newest first."""
        ...

    def lacking_count(self, reach: Reach, ended_from: datetime, ended_before: datetime, most: int) -> int:
        """How many of them ended in that time; of more than `most`, `most`."""
        ...

    def desk_visits(self, request: PageRequest, reach: Reach, day: date) -> Page[Visit]:
        """V3: the visits of a local day that have a team: begun on it, or not begun and planned for it."""
        ...

    def counts(self, visit_ids: Iterable[str]) -> dict[str, EvidenceCount]:
        """X3, V6: of each visit asked for, none left out."""
        ...

    def known_keys(self, keys: Iterable[str]) -> set[str]:
        """Which of the keys of objects a row of evidence names, as its bytes or as a copy made of them."""
        ...

    def following(self, after_id: str, limit: int) -> list[EvidenceItem]:
        """The items after an id, by id."""
        ...

    def to_verify(self, since: datetime, came_by: datetime, now: datetime, limit: int) -> list[EvidenceItem]:
        """Of what came by then: what was never read whole first, then what was not since, the longest unseen first;
        what claims a time to come, too."""
        ...

    def verified(self, ids: Iterable[str], at: datetime) -> None:
        """Note that they were read whole. No version is made: nobody edited them."""
        ...


class DifferenceRows(EntityRows[EvidenceDifference], Protocol):
    def page(self, request: PageRequest, *, is_open: bool | None) -> Page[EvidenceDifference]:
        """What differed, newest first."""
        ...

    def opened(self, limit: int) -> list[EvidenceDifference]:
        """What is not mended yet, oldest first."""
        ...


class RecordingMarkRows(EntityRows[RecordingMark], Protocol):
    def page_of_recording(self, request: PageRequest, evidence_id: str) -> Page[RecordingMark]:
        """What stands in a recording by its moments; what was taken back is left out."""
        ...

    def count(self, evidence_id: str) -> int:
        """How many stand in it."""
        ...
