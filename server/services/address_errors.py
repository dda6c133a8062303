"""Address errors (R13): recorded once when found, counted by the month of discovery, three of a month free."""

from __future__ import annotations

import calendar
from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from server.domain.access import Actor, Permission, reach
from server.domain.address_errors import r13_address_error_fine
from server.domain.audit import AuditEntry
from server.domain.calendar import local_day
from server.domain.placements import Address
from server.domain.requests import AddressError
from server.domain.zone_choices import zone_of
from server.services.ports.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class MonthOfErrors:
    """One person's month: the errors, how many of them are free, the fine of the rest in fen."""

    account_id: str
    display_name: str
    count: int
    free: int
    fine_fen: int
    errors: tuple[AddressError, ...]


def record_address_error(
    uow: UnitOfWork,
    address: Address,
    account_id: str,
    *,
    request_id: str | None,
    visit_id: str | None,
    found_by: str,
    note: str,
) -> AddressError | None:
    """An address that was submitted and then found wrong by the dispatcher or at the door; `account_id` submitted it.

    The same address of the same request counts once, whoever finds it again. What does not resolve to a division is not
    counted, nor is an address in a development zone, whose county was chosen: no table could tell it.
    """
    if not address.county_code or zone_of(address.detail):
        return None
    same = {"request_id": request_id} if request_id is not None else {"visit_id": visit_id}
    for known in uow.address_errors.having(address_id=address.id, **same):
        return known
    error = uow.address_errors.add(
        AddressError(
            id=uow.new_id(),
            account_id=account_id,
            address_id=address.id,
            request_id=request_id,
            visit_id=visit_id,
            discovered_on=local_day(uow.now),
            found_by=found_by,
            note=note,
        )
    )
    detail = {"address_id": address.id, "request_id": request_id, "visit_id": visit_id}
    uow.audit(AuditEntry("address_error.recorded", "account", account_id, detail))
    return error


def errors_of_month(uow: UnitOfWork, actor: Actor, first: date) -> list[MonthOfErrors]:
    """R13: who within reach has errors in the month that begins on `first`, with what is free and what is fined."""
    last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
    edition = uow.policy.in_force_on(last)
    found: dict[str, list[AddressError]] = defaultdict(list)
    for error in uow.address_errors.discovered(first, last, reach(actor, Permission.REQUESTS_READ)):
        found[error.account_id].append(error)
    accounts = uow.accounts.by_ids(found)
    return [
        MonthOfErrors(
            account_id=account_id,
            display_name=accounts[account_id].display_name,
            count=len(errors),
            free=min(len(errors), edition.free_address_errors),
            fine_fen=r13_address_error_fine(len(errors), edition),
            errors=tuple(errors),
        )
        for account_id, errors in sorted(found.items(), key=lambda item: accounts[item[0]].username)
    ]
