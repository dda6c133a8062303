"""What the use cases ask of the rows of placements."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from server.domain.access import Reach
from server.domain.placements import Address, Placement
from server.domain.telephones import normalize_telephone
from server.services.ports.paging import Page, PageRequest
from server.services.ports.rows import EntityRows


@dataclass(frozen=True, slots=True)
class PlacementFilter:
    """What a list of placements is narrowed by; None leaves a side open.

    `number` is a telephone, an ID or a card number, whole, or its last four characters.
    """

    collector_id: str | None = None
    client_id: str | None = None
    debtor_id: str | None = None
    open: bool | None = None
    case_number: str | None = None
    debtor_name: str | None = None
    number: str | None = None


def searched_number(text: str) -> str:
    """A number as it lies in the rows: without blanks and dashes, a telephone in its one spelling."""
    bare = "".join(character for character in text if character not in " -\u3000").upper()
    try:
        return normalize_telephone(bare)
    except ValueError:
        return bare  # an ID or card number, or four characters of one


class AddressRows(EntityRows[Address], Protocol):
    def behind(self, id: str, limit: int) -> list[Address]:
        """The next addresses by id, of all debtors: a newer table of divisions is held against each."""


class PlacementRows(EntityRows[Placement], Protocol):
    def page(self, request: PageRequest, reach: Reach, narrowed: PlacementFilter) -> Page[Placement]:
        """Placements within reach, the oldest first."""

    def taken_back(self, id: str) -> Placement | None:
        """The placement where it was taken back with its import, and nothing else finds it (S20)."""

    def of_same_debtors(self, placement_ids: Iterable[str]) -> set[str]:
        """The ids of these placements, where they are on file, and of all others of their debtors."""

    def over(self, today: date, limit: int) -> list[Placement]:
        """Placements whose last day lies before `today` and whose end is not on record yet (R14)."""
