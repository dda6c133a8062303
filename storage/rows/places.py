"""Queries on address points: what waits to be asked, what was asked of late, which addresses nobody asked for yet."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from server.domain.address_points import AddressPoint, PointState
from storage.rows.column_cipher import ColumnCipher
from storage.rows.mapping import Rows
from storage.rows.tables.placements import addresses
from storage.rows.tables.places import address_points


class AddressPointQueries(Rows[AddressPoint]):
    def __init__(self, connection: sa.Connection, cipher: ColumnCipher) -> None:
        super().__init__(connection, address_points, AddressPoint, cipher)

    def next_waiting(self, asked_before: datetime) -> AddressPoint | None:
        """What failed waits behind what was never asked, so that one bad text holds up no other."""
        free = sa.or_(address_points.c.asked_at.is_(None), address_points.c.asked_at < asked_before)
        found = self.fetch(
            sa.select(address_points)
            .where(address_points.c.state == PointState.WAITING, free)
            .order_by(address_points.c.attempts, address_points.c.wanted_at, address_points.c.id)
            .limit(1)
        )
        return found[0] if found else None

    def asked_since(self, moment: datetime) -> list[datetime]:
        asked = sa.select(address_points.c.asked_at).where(address_points.c.asked_at > moment)
        return [at for at in self.connection.execute(asked).scalars() if at is not None]

    def unasked(self, limit: int) -> list[tuple[str, str]]:
        """Normalized texts and counties of addresses that name a county and a detail and have no row here."""
        statement = (
            sa.select(addresses.c.normalized, sa.func.min(addresses.c.county_code))
            .outerjoin(address_points, addresses.c.normalized == address_points.c.normalized)
            .where(address_points.c.id.is_(None), addresses.c.county_code != "", addresses.c.detail != "")
            .where(addresses.c.undone_at.is_(None))
            .group_by(addresses.c.normalized)
            .order_by(addresses.c.normalized)
            .limit(limit)
        )
        return [(row[0], row[1]) for row in self.connection.execute(statement)]
