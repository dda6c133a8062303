"""Queries on fines and on decisions on incidents: those of the people within reach (S13)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import sqlalchemy as sa

from server.domain.access import Reach
from server.domain.fines import Fine, FineState
from server.domain.incident_matrix import IncidentDecision
from server.services.ports.paging import Page, PageRequest
from storage.rows.column_cipher import ColumnCipher
from storage.rows.mapping import Rows, a_thousand_at_a_time
from storage.rows.paging import keyset_page
from storage.rows.people import within_reach
from storage.rows.tables.pay import fines, incident_decisions
from storage.rows.tables.people import accounts


class FineQueries(Rows[Fine]):
    def __init__(self, connection: sa.Connection, cipher: ColumnCipher) -> None:
        super().__init__(connection, fines, Fine, cipher)

    def page(
        self, request: PageRequest, reach: Reach, *, month: str | None, state: FineState | None
    ) -> Page[Fine]:
        statement = (
            sa.select(fines).join(accounts, accounts.c.id == fines.c.account_id).where(within_reach(reach))
        )
        if month is not None:
            statement = statement.where(fines.c.month == month)
        if state is not None:
            statement = statement.where(fines.c.state == state)
        return keyset_page(self, statement, [fines.c.id], request, descending=True)

    def due_between(self, account_ids: Iterable[str], first: date, last: date) -> list[Fine]:
        found: list[Fine] = []
        for some in a_thousand_at_a_time(account_ids):
            found += self.many(fines.c.account_id.in_(some), fines.c.due_on.between(first, last))
        return found


class IncidentDecisionQueries(Rows[IncidentDecision]):
    def __init__(self, connection: sa.Connection, cipher: ColumnCipher) -> None:
        super().__init__(connection, incident_decisions, IncidentDecision, cipher)

    def page(self, request: PageRequest, reach: Reach) -> Page[IncidentDecision]:
        statement = (
            sa.select(incident_decisions)
            .join(accounts, accounts.c.id == incident_decisions.c.account_id)
            .where(within_reach(reach))
        )
        return keyset_page(self, statement, [incident_decisions.c.id], request, descending=True)

    def decided_between(self, account_ids: Iterable[str], first: date, last: date) -> list[IncidentDecision]:
        found: list[IncidentDecision] = []
        for some in a_thousand_at_a_time(account_ids):
            of_these = incident_decisions.c.account_id.in_(some)
            found += self.many(of_these, incident_decisions.c.decided_on.between(first, last))
        return found
