"""The port to the rows of fingerprints and flags: what no equality finds."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from server.domain.access import Reach
from server.domain.evidence import EvidenceItem
from server.domain.evidence_flags import EvidenceFlag, FlagCode, FlagState
from server.domain.fingerprints import Fingerprint, PrintKind
from server.domain.visits import CheckIn
from server.services.ports.paging import Page, PageRequest
from server.services.ports.rows import EntityRows


class FingerprintRows(EntityRows[Fingerprint], Protocol):
    def since(self, kind: PrintKind, made_at: datetime | None) -> list[tuple[str, bytes, datetime]]:
        """Id, print and time of those made then or later, in order of their time."""
        ...

    def following(self, kind: PrintKind, after_id: str, limit: int) -> list[tuple[str, str, bytes]]:
        """Id, visit and print of the next ones after an id, by id."""
        ...


class EvidenceFlagRows(EntityRows[EvidenceFlag], Protocol):
    def page(
        self,
        request: PageRequest,
        reach: Reach,
        *,
        state: FlagState | None,
        code: FlagCode | None,
        visit_id: str | None,
    ) -> Page[EvidenceFlag]:
        """Flags within reach, newest first."""
        ...

    def check_ins_of(self, account_ids: Iterable[str], begins: datetime, ends: datetime) -> list[CheckIn]:
        """Check-ins of the accounts in a span, of any visit."""
        ...

    def photos_of(self, account_ids: Iterable[str], begins: datetime, ends: datetime) -> list[EvidenceItem]:
        """Photos with a place that the accounts made in a span, of any visit."""
        ...

    def check_ins_at(self, latitude: float, longitude: float) -> list[tuple[CheckIn, str]]:
        """Check-ins with exactly these coordinates, each with the address of its visit."""
        ...
