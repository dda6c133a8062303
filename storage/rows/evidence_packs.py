"""Queries on evidence packs: the register within reach, what is over, which bytes a pack names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from server.domain.access import Reach
from server.domain.evidence_packs import EvidencePack, PackState
from server.services.ports.paging import Page, PageRequest
from storage.rows.column_cipher import ColumnCipher
from storage.rows.mapping import Rows
from storage.rows.paging import keyset_page
from storage.rows.reach import placements_within
from storage.rows.tables.evidence_packs import evidence_packs
from storage.rows.tables.placements import placements


class PackQueries(Rows[EvidencePack]):
    def __init__(self, connection: sa.Connection, cipher: ColumnCipher) -> None:
        super().__init__(connection, evidence_packs, EvidencePack, cipher)

    def page(
        self, request: PageRequest, reach: Reach, *, state: PackState | None, placement_id: str | None
    ) -> Page[EvidencePack]:
        statement = (
            sa.select(evidence_packs)
            .join(placements, placements.c.id == evidence_packs.c.placement_id)
            .where(placements_within(reach))
        )
        if state is not None:
            statement = statement.where(evidence_packs.c.state == state)
        if placement_id is not None:
            statement = statement.where(evidence_packs.c.placement_id == placement_id)
        return keyset_page(self, statement, [evidence_packs.c.id], request, descending=True)

    def over(self, now: datetime) -> list[EvidencePack]:
        ready = evidence_packs.c.state == PackState.READY
        return self.many(ready, evidence_packs.c.expires_at <= now)

    def known_keys(self, keys: Sequence[str]) -> set[str]:
        return {pack.object_key for pack in self.having_any("object_key", keys) if pack.object_key}
