"""Queries on visit requests: lists within reach, counts by state, the addresses of a draft, errors of a month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from server.domain.access import Reach
from server.domain.requests import AddressError, RequestedAddress, RequestState, VisitRequest
from server.services.ports.paging import Page, PageRequest
from server.services.ports.requests import RequestFilter
from storage.rows.column_cipher import ColumnCipher
from storage.rows.mapping import Rows
from storage.rows.paging import keyset_page
from storage.rows.people import within_reach
from storage.rows.reach import placements_within
from storage.rows.tables.people import accounts
from storage.rows.tables.placements import addresses, placements
from storage.rows.tables.requests import address_errors, request_addresses, visit_requests, waivers


class VisitRequestQueries(Rows[VisitRequest]):
    def __init__(self, connection: sa.Connection, cipher: ColumnCipher) -> None:
        super().__init__(connection, visit_requests, VisitRequest, cipher)

    def page(self, request: PageRequest, reach: Reach, asked: RequestFilter) -> Page[VisitRequest]:
        statement = _narrowed(sa.select(visit_requests), reach, asked)
        key = [visit_requests.c.created_at, visit_requests.c.id]
        return keyset_page(self, statement, key, request, descending=True)

    def counts(self, reach: Reach, asked: RequestFilter) -> Mapping[RequestState, int]:
        counted = sa.select(visit_requests.c.state, sa.func.count().label("count"))
        statement = _narrowed(counted, reach, asked).group_by(visit_requests.c.state)
        return {row["state"]: row["count"] for row in self.connection.execute(statement).mappings()}


class RequestedAddressQueries(Rows[RequestedAddress]):
    def __init__(self, connection: sa.Connection, cipher: ColumnCipher) -> None:
        super().__init__(connection, request_addresses, RequestedAddress, cipher)

    def replace(self, request_id: str, addresses: Sequence[RequestedAddress]) -> None:
        self.connection.execute(
            sa.delete(request_addresses).where(request_addresses.c.request_id == request_id)
        )
        self.add_all(addresses)


class AddressErrorQueries(Rows[AddressError]):
    def __init__(self, connection: sa.Connection, cipher: ColumnCipher) -> None:
        super().__init__(connection, address_errors, AddressError, cipher)

    def discovered(self, first: date, last: date, reach: Reach) -> list[AddressError]:
        statement = (
            sa.select(address_errors)
            .join(accounts, accounts.c.id == address_errors.c.account_id)
            .where(address_errors.c.discovered_on.between(first, last), within_reach(reach))
            .order_by(address_errors.c.discovered_on, address_errors.c.id)
        )
        return self.fetch(statement)


def _narrowed(statement: sa.Select[Any], reach: Reach, asked: RequestFilter) -> sa.Select[Any]:
    statement = statement.select_from(
        visit_requests.join(placements, placements.c.id == visit_requests.c.placement_id)
    ).where(placements_within(reach))
    equal = {
        visit_requests.c.state: asked.state,
        visit_requests.c.placement_id: asked.placement_id,
        placements.c.branch_id: asked.branch_id,
        placements.c.collector_id: asked.collector_id,
    }
    statement = statement.where(*(column == value for column, value in equal.items() if value is not None))
    if asked.county_code is not None:
        statement = statement.where(_in_county(asked.county_code))
    if asked.waiting_waivers is not None:
        waits = _waits_for_an_answer()
        statement = statement.where(waits if asked.waiting_waivers else ~waits)
    return statement


def _in_county(code: str) -> sa.ColumnElement[bool]:
    found = sa.select(request_addresses.c.id).join(
        addresses, addresses.c.id == request_addresses.c.address_id
    )
    return found.where(
        request_addresses.c.request_id == visit_requests.c.id, addresses.c.county_code == code
    ).exists()


def _waits_for_an_answer() -> sa.ColumnElement[bool]:
    return (
        sa.select(waivers.c.id)
        .where(waivers.c.request_id == visit_requests.c.id, waivers.c.granted.is_(None))
        .exists()
    )
