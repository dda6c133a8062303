"""What happened to an address: confirmations, visits, calls to the office, withdrawals and corrections (R5, R6, R8).

Owns the one list that the standing rests on, put together from rows that are never deleted. Refuses to judge: the
standing is `server.domain.address_standing`'s.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from server.domain.audit import AuditLine
from server.domain.placements import Address, AddressStanding
from server.domain.request_facts import KnownAddress
from server.services.address_standings import standings
from server.services.ports.unit_of_work import UnitOfWork


class AddressEventKind(StrEnum):
    """Kinds of events; the first line are outcomes of visits, as `AddressOutcome` names them."""

    FOUND = "found"
    NOBODY = "nobody"
    MOVED = "moved"
    DEMOLISHED = "demolished"
    REFUSED = "refused"
    WRONG = "wrong"
    CONFIRMED = "confirmed"
    OFFICE_CALLED = "office_called"
    WITHDRAWN = "withdrawn"
    TAKEN_BACK = "taken_back"
    CORRECTED = "corrected"
    RECHECK = "recheck"


_AUDITED = {
    "address.withdrawn": AddressEventKind.WITHDRAWN,
    "address.taken_back": AddressEventKind.TAKEN_BACK,
    "address.corrected": AddressEventKind.CORRECTED,
    "address.recheck": AddressEventKind.RECHECK,
}


@dataclass(frozen=True, slots=True)
class AddressEvent:
    """One event, with who recorded it and the visit it belongs to."""

    at: datetime
    kind: AddressEventKind
    note: str
    by_id: str | None
    visit_id: str | None = None


@dataclass(frozen=True, slots=True)
class AddressHistory:
    """The standing today, the rank of R5, and the events behind them, oldest first."""

    standing: AddressStanding
    rank: int
    events: tuple[AddressEvent, ...]


def history_of(uow: UnitOfWork, address: Address) -> AddressHistory:
    """Everything on file of one address."""
    standing = standings(uow, [address])[address.id]
    events = [*_visits(uow, address), *_confirmations(uow, address), *_calls(uow, address)]
    events += [_audited(line) for line in uow.trail.history(address.id) if line.action in _AUDITED]
    rank = KnownAddress(address, standing, visited=False).rank
    return AddressHistory(standing, rank, tuple(sorted(events, key=lambda event: event.at)))


def _visits(uow: UnitOfWork, address: Address) -> Iterator[AddressEvent]:
    for visit in uow.visits.having(address_id=address.id):
        if visit.outcome is not None and visit.ended_at is not None and visit.voided_at is None:
            kind = AddressEventKind(visit.outcome.value)
            yield AddressEvent(visit.ended_at, kind, visit.outcome_note or "", None, visit.id)


def _confirmations(uow: UnitOfWork, address: Address) -> Iterator[AddressEvent]:
    for one in uow.address_confirmations.having(address_id=address.id):
        note = f"{one.confirmed_by} · {one.confirmed_on} · {one.how}"
        yield AddressEvent(one.recorded_at, AddressEventKind.CONFIRMED, note, one.recorded_by)


def _calls(uow: UnitOfWork, address: Address) -> Iterator[AddressEvent]:
    for call in uow.demolition_checks.having(address_id=address.id):
        note = f"{call.office} {call.telephone} · {call.answer} · {call.note}".removesuffix(" · ")
        yield AddressEvent(call.called_at, AddressEventKind.OFFICE_CALLED, note, call.called_by)


def _audited(line: AuditLine) -> AddressEvent:
    note = str(line.detail.get("reason") or line.detail.get("now") or "")
    return AddressEvent(line.at, _AUDITED[line.action], note, line.actor_id)
