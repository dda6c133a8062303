"""The port to what a pack is made of: an encrypted archive, and a report in PDF; and the rows of packs.

It owns the shapes that pass through it. It refuses to know whose evidence it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Protocol

from server.domain.access import Reach
from server.domain.evidence_packs import EvidencePack, PackState
from server.domain.pack_sketch import Sketch
from server.services.ports.paging import Page, PageRequest
from server.services.ports.rows import EntityRows


@dataclass(frozen=True, slots=True)
class Packed:
    """What was written of one file: measured while it went by."""

    path: str
    size: int
    sha256: str


class PackArchive(Protocol):
    """An archive that is being written, entry by entry."""

    def add(self, path: str, source: BinaryIO, size: int) -> Packed:
        """Read the source to its end, in bounded memory; `size` is what it should have."""
        ...


@dataclass(frozen=True, slots=True)
class ReportPicture:
    """A photo of the report: `jpeg` gives its picture when it is drawn, None where there is none to be had."""

    caption: Sequence[str]
    jpeg: Callable[[], bytes | None]


@dataclass(frozen=True, slots=True)
class ReportTable:
    """Cells as texts; `widths` are shares of the page's width."""

    title: str
    headings: Sequence[str]
    widths: Sequence[int]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class ReportVisit:
    """One visit as the report tells it, in the order of the pages."""

    title: str
    facts: Sequence[tuple[str, str]]
    tables: Sequence[ReportTable]
    sketch: Sketch | None
    legend: Sequence[str]
    pictures: Sequence[ReportPicture]
    left_out: str | None


@dataclass(frozen=True, slots=True)
class PackReport:
    """The readable report (zh-CN)."""

    title: str
    footer: str
    made_at: datetime
    facts: Sequence[tuple[str, str]]
    visits: Sequence[ReportVisit]
    signatures: Sequence[str]


class PackFiles(Protocol):
    """Writes to streams on a local disk that can be read back."""

    def archive(self, output: BinaryIO, password: str) -> AbstractContextManager[PackArchive]:
        """An archive whose entries are encrypted with AES-256; whole when the context ends."""
        ...

    def write_report(self, output: BinaryIO, report: PackReport) -> None:
        """The report as PDF, its font inside."""
        ...


class PackRows(EntityRows[EvidencePack], Protocol):
    def page(
        self, request: PageRequest, reach: Reach, *, state: PackState | None, placement_id: str | None
    ) -> Page[EvidencePack]:
        """The register within reach, the newest first."""
        ...

    def over(self, now: datetime) -> list[EvidencePack]:
        """Ready packs whose time is over."""
        ...

    def known_keys(self, keys: Sequence[str]) -> set[str]:
        """Which of the keys of objects a pack names."""
        ...
