"""Queries on a day's logins and devices, and on the ticks that IT gives them (S17)."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa

from server.domain.access import Reach
from server.domain.daily_checks import DailyCheck
from server.domain.visits import DeviceHandout
from server.services.ports.people import LoginSession
from storage.rows.column_cipher import ColumnCipher
from storage.rows.mapping import Rows
from storage.rows.people import within_reach
from storage.rows.tables.daily_checks import daily_checks
from storage.rows.tables.people import accounts, login_sessions
from storage.rows.tables.visits import device_handouts


class DailyCheckQueries(Rows[DailyCheck]):
    def __init__(self, connection: sa.Connection, cipher: ColumnCipher) -> None:
        super().__init__(connection, daily_checks, DailyCheck, cipher)
        self._sessions = Rows(connection, login_sessions, LoginSession, cipher)
        self._handouts = Rows(connection, device_handouts, DeviceHandout, cipher)

    def of_day(self, on: date) -> list[DailyCheck]:
        return self.many(daily_checks.c.on == on, order=(daily_checks.c.checked_at, daily_checks.c.id))

    def logins(self, reach: Reach, begins: datetime, ends: datetime) -> list[LoginSession]:
        return self._sessions.fetch(
            sa.select(login_sessions)
            .join(accounts, accounts.c.id == login_sessions.c.account_id)
            .where(
                within_reach(reach),
                login_sessions.c.last_used_at >= begins,
                login_sessions.c.started_at < ends,
            )
            .order_by(login_sessions.c.started_at, login_sessions.c.id)
        )

    def handouts(self, reach: Reach, begins: datetime, ends: datetime) -> list[DeviceHandout]:
        returned = device_handouts.c.returned_at
        return self._handouts.fetch(
            sa.select(device_handouts)
            .join(accounts, accounts.c.id == device_handouts.c.account_id)
            .where(
                within_reach(reach),
                device_handouts.c.issued_at < ends,
                sa.or_(returned.is_(None), returned >= begins),
            )
            .order_by(device_handouts.c.issued_at, device_handouts.c.id)
        )
