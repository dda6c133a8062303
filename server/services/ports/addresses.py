"""The port to the address check: what today's divisions say of an address (R2, R3, R8), and which they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from server.domain.addresses import AddressVerdict


@dataclass(frozen=True, slots=True)
class DivisionSource:
    """A package the table of divisions was made from: its version, its digest, and the day its data was taken."""

    package: str
    version: str
    sha256: str
    data_date: str
    licence: str


@dataclass(frozen=True, slots=True)
class DivisionEdition:
    """The table in use: the newest day of its data, where it comes from, how much it holds.

    `counties` are those an address may resolve to, cities without districts among them.
    """

    data_date: str
    sources: Sequence[DivisionSource]
    counties: int
    former: int


class AddressCheck(Protocol):
    """Judges one address; pure for a given table of divisions, so an answer may be kept."""

    def check(self, text: str, locale: str = "zh-CN") -> AddressVerdict: ...
    def edition(self) -> DivisionEdition:
        """Which table judges: shown with every answer, since divisions change every year."""

    def county(self, code: str) -> str | None:
        """What the county of a code is called, or the city where it has no districts; None for no code of today."""
