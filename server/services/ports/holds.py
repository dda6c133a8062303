"""What the use cases ask of the rows of holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from server.domain.access import Reach
from server.domain.placements import Hold, HoldReason
from server.services.ports.paging import Page, PageRequest
from server.services.ports.rows import EntityRows


class HoldRows(EntityRows[Hold], Protocol):
    def page(
        self,
        request: PageRequest,
        reach: Reach,
        *,
        in_force: bool | None,
        reasons: Sequence[HoldReason] | None = None,
    ) -> Page[Hold]:
        """Holds of placements within reach, the newest first; `reasons`: of these alone."""
