"""Holds a newer table of divisions against every address on file: which it reads otherwise, and whom that concerns.

Owns the mark `recheck_since`, which a correction or the next filing takes away. Refuses to change a division that is on
file: a person accepts today's name or writes another (R3).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from server.domain.address_records import resolved
from server.domain.addresses import AddressVerdict, Verdict
from server.domain.audit import AuditEntry
from server.domain.placements import Address
from server.domain.requests import RequestState
from server.services.ports.addresses import AddressCheck
from server.services.ports.unit_of_work import UnitOfWork

BATCH = 500
_OPEN = (RequestState.DRAFT, RequestState.FILED, RequestState.RETURNED, RequestState.ACCEPTED)


@dataclass(frozen=True, slots=True)
class TouchedAddress:
    """An address that is read otherwise today: its division on file, the verdict, its debtor's cases, open requests."""

    address_id: str
    was: str
    was_code: str
    verdict: Verdict
    now: str
    now_code: str
    suggestions: tuple[str, ...]
    case_numbers: tuple[str, ...]
    request_ids: tuple[str, ...]


def touched(uow: UnitOfWork, checks: AddressCheck, behind: str) -> tuple[list[TouchedAddress], str]:
    """The touched ones of the next addresses by id, and the last id looked at; empty when there are no more."""
    batch = uow.addresses.behind(behind, BATCH)
    found = [
        (a, v) for a, v in ((a, checks.check(a.text)) for a in batch if a.county_code) if _otherwise(a, v)
    ]
    return list(_told(uow, found)), batch[-1].id if batch else ""


def mark(uow: UnitOfWork, found: Sequence[TouchedAddress]) -> int:
    """Mark the touched ones for a person to look at; one that is marked keeps its date. Returns how many are new."""
    addresses = uow.addresses.by_ids(one.address_id for one in found)
    fresh = [one for one in found if addresses[one.address_id].recheck_since is None]
    for one in fresh:
        uow.addresses.save(dataclasses.replace(addresses[one.address_id], recheck_since=uow.now))
        detail = {"was": one.was_code, "now": one.now_code or one.verdict}
        uow.audit(AuditEntry("address.recheck", "address", one.address_id, detail))
    return len(fresh)


def _otherwise(address: Address, verdict: AddressVerdict) -> bool:
    """Other towns or a detail read better are no change: the county of the plan and of R7 is."""
    place = (verdict.province, verdict.city, verdict.county, verdict.county_code)
    on_file = (address.province, address.city, address.county, address.county_code)
    return not resolved(verdict) or place != on_file


def _told(uow: UnitOfWork, found: Sequence[tuple[Address, AddressVerdict]]) -> Iterator[TouchedAddress]:
    placements = uow.placements.having_any("debtor_id", [address.debtor_id for address, _ in found])
    asked = uow.request_addresses.having_any("address_id", [address.id for address, _ in found])
    requests = uow.visit_requests.by_ids(one.request_id for one in asked)
    for address, verdict in found:
        certain = resolved(verdict)
        yield TouchedAddress(
            address_id=address.id,
            was=address.province + address.city.removeprefix(address.province) + address.county,
            was_code=address.county_code,
            verdict=verdict.verdict,
            now=verdict.province + verdict.city.removeprefix(verdict.province) + verdict.county
            if certain
            else "",
            now_code=verdict.county_code if certain else "",
            suggestions=verdict.suggestions,
            case_numbers=tuple(p.case_number for p in placements if p.debtor_id == address.debtor_id),
            request_ids=tuple(
                one.request_id
                for one in asked
                if one.address_id == address.id and requests[one.request_id].state in _OPEN
            ),
        )
