"""Queries on holds."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from server.domain.access import Reach
from server.domain.placements import Hold, HoldReason
from server.services.ports.paging import Page, PageRequest
from storage.rows.column_cipher import ColumnCipher
from storage.rows.mapping import Rows
from storage.rows.paging import keyset_page
from storage.rows.reach import placements_within
from storage.rows.tables.placements import holds, placements


class HoldQueries(Rows[Hold]):
    def __init__(self, connection: sa.Connection, cipher: ColumnCipher) -> None:
        super().__init__(connection, holds, Hold, cipher)

    def page(
        self,
        request: PageRequest,
        reach: Reach,
        *,
        in_force: bool | None,
        reasons: Sequence[HoldReason] | None = None,
    ) -> Page[Hold]:
        # Asked of each hold: as a set, every case within reach is read for the first page.
        reached = sa.select(placements.c.id).where(
            placements.c.id == holds.c.placement_id,
            placements_within(reach),
            # S20: a hold that came and went by itself does not keep its case from being taken back.
            placements.c.undone_at.is_(None),
        )
        statement = sa.select(holds).where(reached.exists())
        if in_force is not None:
            released = holds.c.released_at
            statement = statement.where(released.is_(None) if in_force else released.is_not(None))
        if reasons is not None:
            statement = statement.where(holds.c.reason.in_(reasons))
        return keyset_page(self, statement, [holds.c.id], request, descending=True)
