"""What a search asks of the rows: at most `limit` of each kind, within reach (S13), in a fixed order."""

from __future__ import annotations

from typing import Protocol

from server.domain.access import Reach


class SearchRows(Protocol):
    """Ids alone: who shows them reads them, and masks."""

    def cases(self, number: str, reach: Reach, limit: int) -> list[str]:
        """Placements whose case number begins so, in order of it."""

    def named(self, name: str, reach: Reach, limit: int) -> list[str]:
        """Placements of debtors whose name begins so, in order of it."""

    def numbered(self, number: str, reach: Reach, limit: int) -> list[str]:
        """Placements with this telephone, ID or card number, whole or its last four characters; the newest first."""

    def at_address(self, part: str, reach: Reach, limit: int) -> list[tuple[str, str]]:
        """Addresses with this anywhere in their text, each with the newest placement of its debtor within reach."""

    def visits(self, begins: str, reach: Reach, limit: int) -> list[str]:
        """Visits whose id begins so."""

    def visits_of_cases(self, number: str, reach: Reach, limit: int) -> list[str]:
        """Visits of cases whose number begins so, for those who reach visits and no cases; the newest first."""
