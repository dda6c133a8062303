"""Port: what the desk keeps for one person alone."""

from __future__ import annotations

from typing import Protocol

from server.domain.kept_lists import KeptList
from server.services.ports.rows import EntityRows


class KeptListRows(EntityRows[KeptList], Protocol):
    def drop(self, kept: KeptList) -> None:
        """Keep it no longer; it is no evidence of anything."""
