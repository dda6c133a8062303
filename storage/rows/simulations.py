"""Queries of the simulator: the current runs as one stream, and the snapshots that were made of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa

from server.domain.simulations import FactSnapshot
from server.services.ports.simulation import CaseOf
from storage.rows.column_cipher import ColumnCipher
from storage.rows.mapping import Rows
from storage.rows.tables.credit import credit_runs
from storage.rows.tables.placements import placements
from storage.rows.tables.simulations import fact_snapshots

_AT_ONCE = 1000


class FactSnapshotQueries(Rows[FactSnapshot]):
    def __init__(self, connection: sa.Connection, cipher: ColumnCipher) -> None:
        super().__init__(connection, fact_snapshots, FactSnapshot, cipher)

    def newest(self) -> FactSnapshot | None:
        statement = sa.select(fact_snapshots).order_by(fact_snapshots.c.id.desc()).limit(1)
        found = self.fetch(statement)
        return found[0] if found else None

    def known_keys(self, keys: Iterable[str]) -> set[str]:
        """Those of the keys that a snapshot names; there are never more than a few snapshots."""
        named = {key for one in self.fetch(sa.select(fact_snapshots)) for key in one.objects.values()}
        return named & set(keys)

    def remove(self, ids: Iterable[str]) -> None:
        self.connection.execute(sa.delete(fact_snapshots).where(fact_snapshots.c.id.in_(list(ids))))

    def cases(self) -> int:
        """How many placements have a current run."""
        statement = sa.select(sa.func.count()).select_from(credit_runs).where(credit_runs.c.current)
        return int(self.connection.execute(statement).scalar_one())

    def facts(self) -> Iterator[tuple[dict[str, Any], CaseOf]]:
        """The facts of each current run in the scoring format, in the order of the placements, a thousand at a time."""
        columns = (
            credit_runs.c.placement_id,
            placements.c.client_id,
            placements.c.project_id,
            placements.c.branch_id,
            credit_runs.c.facts,
        )
        after = ""
        while True:
            statement = (
                sa.select(*columns)
                .join(placements, placements.c.id == credit_runs.c.placement_id)
                .where(credit_runs.c.current, credit_runs.c.placement_id > after)
                .order_by(credit_runs.c.placement_id)
                .limit(_AT_ONCE)
            )
            rows = self.connection.execute(statement).all()
            for *case, facts in rows:
                yield facts, CaseOf(*case)
            if len(rows) < _AT_ONCE:
                return
            after = rows[-1].placement_id
