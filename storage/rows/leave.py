"""Queries on leave: of a day, to come, past, withdrawn (R15)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import sqlalchemy as sa

from server.domain.access import Reach
from server.domain.leave import Leave
from server.services.ports.leave import LeaveList
from server.services.ports.paging import Page, PageRequest
from storage.rows.column_cipher import ColumnCipher
from storage.rows.mapping import Rows
from storage.rows.paging import keyset_page
from storage.rows.people import within_reach
from storage.rows.tables.leave import leave
from storage.rows.tables.people import accounts


class LeaveQueries(Rows[Leave]):
    def __init__(self, connection: sa.Connection, cipher: ColumnCipher) -> None:
        super().__init__(connection, leave, Leave, cipher)

    def page(self, request: PageRequest, reach: Reach, *, listed: LeaveList, today: date) -> Page[Leave]:
        withdrawn = leave.c.withdrawn_at.is_not(None)
        statement = (
            sa.select(leave).join(accounts, accounts.c.id == leave.c.account_id).where(within_reach(reach))
        )
        match listed:
            case LeaveList.TO_COME:
                statement = statement.where(~withdrawn, leave.c.last_day >= today)
                return keyset_page(self, statement, [leave.c.first_day, leave.c.id], request)
            case LeaveList.PAST:
                statement = statement.where(~withdrawn, leave.c.last_day < today)
            case LeaveList.WITHDRAWN:
                statement = statement.where(withdrawn)
        return keyset_page(self, statement, [leave.c.last_day, leave.c.id], request, descending=True)

    def on_day(self, account_ids: Iterable[str], day: date) -> dict[str, Leave]:
        wanted = sorted(set(account_ids))
        found = self.many(
            leave.c.account_id.in_(wanted),
            leave.c.withdrawn_at.is_(None),
            leave.c.first_day <= day,
            leave.c.last_day >= day,
        )
        return {one.account_id: one for one in found}
