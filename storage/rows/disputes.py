"""Queries on objections: those of a month within reach, those that wait for a ruling (M2, M3)."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from server.domain.access import Reach, Scope
from server.domain.disputes import Dispute
from server.services.ports.paging import Page, PageRequest
from storage.rows.column_cipher import ColumnCipher
from storage.rows.mapping import Rows
from storage.rows.paging import keyset_page
from storage.rows.reach import placements_within
from storage.rows.tables.credit import monthly_statements
from storage.rows.tables.disputes import dispute_withdrawals, disputes, rulings
from storage.rows.tables.placements import placements


class DisputeQueries(Rows[Dispute]):
    def __init__(self, connection: sa.Connection, cipher: ColumnCipher) -> None:
        super().__init__(connection, disputes, Dispute, cipher)

    def page(self, request: PageRequest, reach: Reach, month: str) -> Page[Dispute]:
        own = disputes.c.filed_by == reach.account_id
        within = own if reach.scope is Scope.OWN else sa.or_(own, placements_within(reach))
        statement = (
            sa.select(disputes)
            .join(monthly_statements, monthly_statements.c.id == disputes.c.statement_id)
            .join(placements, placements.c.id == disputes.c.placement_id)
            .where(monthly_statements.c.month == month, within)
        )
        return keyset_page(self, statement, [disputes.c.id], request)

    def waiting_count(self, reach: Reach) -> int:
        # Joined, SQLite began with the cases of the branch, of which hardly one has an objection.
        reached = sa.select(placements.c.id).where(
            placements.c.id == disputes.c.placement_id, placements_within(reach)
        )
        statement = (
            sa.select(sa.func.count()).select_from(disputes).where(reached.exists(), *_nobody_has_ended())
        )
        return int(self.connection.execute(statement).scalar_one())

    def waiting(self, statement_id: str) -> list[Dispute]:
        return self.many(disputes.c.statement_id == statement_id, *_nobody_has_ended())


def _nobody_has_ended() -> Iterator[sa.ColumnElement[bool]]:
    """Neither ruled nor withdrawn."""
    for table in (rulings, dispute_withdrawals):
        yield ~sa.select(table.c.id).where(table.c.dispute_id == disputes.c.id).exists()
