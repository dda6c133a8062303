"""Queries on the registers: devices with who has them (V20), papers with where they are (V6, V21)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

import sqlalchemy as sa

from server.domain.access import Reach, Scope
from server.domain.visits import Device, DeviceHandout, Letter, Paper
from server.services.ports.paging import Page, PageRequest
from server.services.ports.registers import DeviceList, PaperList
from storage.rows.column_cipher import ColumnCipher
from storage.rows.mapping import Rows
from storage.rows.paging import keyset_page
from storage.rows.reach import visits_within
from storage.rows.tables.phones import device_unsent
from storage.rows.tables.placements import placements
from storage.rows.tables.visits import device_handouts, devices, letters, papers, visits

_open = device_handouts.c.returned_at.is_(None)


def devices_within(reach: Reach) -> sa.ColumnElement[bool]:
    """A branch's devices for those who reach the branch; for others what is in their own hands."""
    if reach.scope is Scope.ALL:
        return sa.true()
    own = devices.c.id.in_(
        sa.select(device_handouts.c.device_id).where(_open, device_handouts.c.account_id == reach.account_id)
    )
    return sa.or_(own, devices.c.branch_id == reach.branch_id) if reach.scope is Scope.BRANCH else own


class DeviceQueries(Rows[Device]):
    def __init__(self, connection: sa.Connection, cipher: ColumnCipher) -> None:
        super().__init__(connection, devices, Device, cipher)

    def page(
        self,
        request: PageRequest,
        reach: Reach,
        *,
        listed: DeviceList | None,
        now: datetime,
        maintained_before: date,
    ) -> Page[Device]:
        statement = sa.select(devices).where(devices_within(reach))
        out = sa.select(device_handouts.c.device_id).where(_open)
        retired = devices.c.retired_at.is_not(None)
        match listed:
            case DeviceList.IN:
                statement = statement.where(devices.c.id.not_in(out), ~retired)
            case DeviceList.OUT:
                statement = statement.where(devices.c.id.in_(out))
            case DeviceList.OVERDUE:
                statement = statement.where(devices.c.id.in_(out.where(device_handouts.c.due_at < now)))
            case DeviceList.MAINTENANCE_DUE:
                last = devices.c.last_maintained_on
                statement = statement.where(~retired, sa.or_(last.is_(None), last < maintained_before))
            case DeviceList.RETIRED:
                statement = statement.where(retired)
            case DeviceList.UNSENT:
                alone = sa.and_(device_unsent.c["items"] > 0, device_unsent.c.lost_at.is_(None))
                statement = statement.where(devices.c.id.in_(sa.select(device_unsent.c.id).where(alone)))
        return keyset_page(self, statement, [devices.c.serial], request)


class DeviceHandoutQueries(Rows[DeviceHandout]):
    def __init__(self, connection: sa.Connection, cipher: ColumnCipher) -> None:
        super().__init__(connection, device_handouts, DeviceHandout, cipher)

    def open_of(self, device_ids: Iterable[str]) -> list[DeviceHandout]:
        return self.many(_open, device_handouts.c.device_id.in_(sorted(set(device_ids))))

    def page_of(self, request: PageRequest, device_id: str) -> Page[DeviceHandout]:
        statement = sa.select(device_handouts).where(device_handouts.c.device_id == device_id)
        key = [device_handouts.c.issued_at, device_handouts.c.id]
        return keyset_page(self, statement, key, request, descending=True)


class PaperQueries(Rows[Paper]):
    def __init__(self, connection: sa.Connection, cipher: ColumnCipher) -> None:
        super().__init__(connection, papers, Paper, cipher)

    def page(
        self,
        request: PageRequest,
        reach: Reach,
        *,
        listed: PaperList | None,
        start_of_today: datetime,
        handed_over: bool = False,
    ) -> Page[Paper]:
        statement = (
            sa.select(papers)
            .join(visits, visits.c.id == papers.c.visit_id)
            .join(placements, placements.c.id == visits.c.placement_id)
            .where(visits_within(reach))
        )
        if handed_over:
            statement = statement.where(papers.c.returned_at.is_not(None))
        out = sa.and_(papers.c.left_at.is_(None), papers.c.returned_at.is_(None))
        match listed:
            case PaperList.UNRELEASED:
                statement = statement.where(papers.c.released_at.is_(None))
            case PaperList.OUT:
                statement = statement.where(out)
            case PaperList.OVERDUE:
                due = sa.func.coalesce(visits.c.ended_at, visits.c.valid_until, papers.c.issued_at)
                statement = statement.where(out, due < start_of_today)
            case PaperList.LEFT:
                statement = statement.where(papers.c.left_at.is_not(None))
            case PaperList.TO_SHRED:
                statement = statement.where(papers.c.returned_at.is_not(None), papers.c.shredded_at.is_(None))
            case PaperList.SHREDDED:
                statement = statement.where(papers.c.shredded_at.is_not(None))
        waits = listed not in (None, PaperList.LEFT, PaperList.SHREDDED)  # what waits longest comes first
        return keyset_page(self, statement, [papers.c.id], request, descending=not waits)


class LetterQueries(Rows[Letter]):
    def __init__(self, connection: sa.Connection, cipher: ColumnCipher) -> None:
        super().__init__(connection, letters, Letter, cipher)

    def awaited(self, request: PageRequest, reach: Reach) -> Page[Letter]:
        statement = (
            sa.select(letters)
            .join(visits, visits.c.id == letters.c.visit_id)
            .join(placements, placements.c.id == visits.c.placement_id)
            .where(visits_within(reach), letters.c.counterfoil_returned_at.is_(None))
        )
        return keyset_page(self, statement, [letters.c.left_on, letters.c.id], request)
