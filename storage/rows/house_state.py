"""Queries on the state of the house: the size of the database, what waits to leave, what phones have not sent."""

from __future__ import annotations

import sqlalchemy as sa

from server.domain import messages
from server.services.ports.house_state import OutboxState, UnsentOnPhones
from storage.rows.tables.messages import outbox_messages
from storage.rows.tables.phones import device_unsent


class HouseStateQueries:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def database_bytes(self) -> int:
        if self._connection.dialect.name == "postgresql":
            asked = sa.select(sa.func.pg_database_size(sa.func.current_database()))
            return int(self._connection.execute(asked).scalar_one())
        pages, size = (
            int(self._connection.exec_driver_sql(f"PRAGMA {name}").scalar_one())
            for name in ("page_count", "page_size")
        )
        return pages * size

    def outbox(self) -> OutboxState:
        state = outbox_messages.c.state
        counted = sa.select(state, sa.func.count(), sa.func.min(outbox_messages.c.created_at)).where(
            state.in_([messages.OutboxState.WAITING, messages.OutboxState.FAILED])
        )
        found = {
            name: (count, oldest) for name, count, oldest in self._connection.execute(counted.group_by(state))
        }
        waiting, oldest = found.get(messages.OutboxState.WAITING, (0, None))
        failed, _ = found.get(messages.OutboxState.FAILED, (0, None))
        return OutboxState(waiting, oldest, failed)

    def unsent(self) -> UnsentOnPhones:
        told = device_unsent.c
        counted = sa.select(
            sa.func.count(),
            sa.func.coalesce(sa.func.sum(told["items"]), 0),
            sa.func.coalesce(sa.func.sum(told.bytes), 0),
            sa.func.min(told.oldest_at),
        ).where(told["items"] > 0, told.lost_at.is_(None))
        phones, items, size, oldest = self._connection.execute(counted).one()
        return UnsentOnPhones(phones, int(items), int(size), oldest)
