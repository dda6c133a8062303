"""Gathers what decides on a visit request (R1 to R8, R11, V13) in a constant number of reads. Decides nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from server.domain.address_standing import standing_on_file
from server.domain.calendar import local_day
from server.domain.placements import Address, AddressConfirmation, Placement
from server.domain.request_facts import AskedAddress, KnownAddress, OpenDivision, RequestFacts
from server.domain.requests import DemolitionCheck, RequestedAddress, RequestState, VisitRequest
from server.domain.visits import AddressOutcome, Visit, VisitState
from server.services.ports.addresses import AddressCheck
from server.services.ports.unit_of_work import UnitOfWork

_UNDER_WAY = (VisitState.IN_PROGRESS, VisitState.COMPLETED)
_OVER = (VisitState.COMPLETED, VisitState.CANCELLED)


def gather(
    uow: UnitOfWork,
    checks: AddressCheck,
    request: VisitRequest,
    placement: Placement,
    tried: Sequence[RequestedAddress] | None = None,
) -> RequestFacts:
    """The facts of a request on the day it was filed; of a draft, on the day of asking.

    `tried` are addresses to be judged in place of those that it has, as while somebody chooses.
    """
    day = judged_on(uow, request)
    requested = requested_addresses(uow, request.id) if tried is None else tried
    owned = uow.addresses.having(debtor_id=placement.debtor_id)
    ids = [address.id for address in owned]
    visits = uow.visits.having_any("address_id", ids)
    confirmations = uow.address_confirmations.having_any("address_id", ids)
    known = _known(uow, owned, visits, confirmations, placement)
    return RequestFacts(
        placement=placement,
        requested_on=day,
        edition=uow.policy_of(placement.client_id).in_force_on(day),
        asked=_asked(uow, checks, requested, known, visits, confirmations),
        known=tuple(known.values()),
        open_divisions=_open_divisions(uow, request, placement),
        waivers=tuple(uow.waivers.having(request_id=request.id)),
        promises=tuple(uow.promises.having(placement_id=placement.id)),
        holds=tuple(uow.holds.having(placement_id=placement.id, released_at=None)),
        person_blocked=bool(uow.contact_blocks.having(debtor_id=placement.debtor_id, lifted_at=None)),
    )


def judged_on(uow: UnitOfWork, request: VisitRequest) -> date:
    """A request that waits for its author is judged as if it were filed today, a filed one by its own day."""
    if request.state in (RequestState.DRAFT, RequestState.RETURNED) or request.requested_on is None:
        return local_day(uow.now)
    return request.requested_on


def requested_addresses(uow: UnitOfWork, request_id: str) -> list[RequestedAddress]:
    """The addresses of a request in the order given."""
    return sorted(uow.request_addresses.having(request_id=request_id), key=lambda asked: asked.position)


def _known(
    uow: UnitOfWork,
    owned: Sequence[Address],
    visits: Sequence[Visit],
    confirmations: Sequence[AddressConfirmation],
    placement: Placement,
) -> dict[str, KnownAddress]:
    """The debtor's addresses by id. What is on file for a hidden duplicate (V19) is so for the one that it repeats."""
    debtor_name = uow.debtors.need(placement.debtor_id).name
    shown = {address.id: address.duplicate_of_id or address.id for address in owned}
    visited = {
        shown[visit.address_id]
        for visit in visits
        if visit.placement_id == placement.id and visit.state in _UNDER_WAY and visit.voided_at is None
    }
    return {
        address.id: KnownAddress(
            address,
            standing_on_file(
                address,
                debtor_name,
                [one for one in confirmations if shown[one.address_id] == address.id],
                [visit for visit in visits if shown[visit.address_id] == address.id],
            ),
            address.id in visited,
        )
        for address in owned
        if address.duplicate_of_id is None
    }


def _asked(
    uow: UnitOfWork,
    checks: AddressCheck,
    requested: Sequence[RequestedAddress],
    known: dict[str, KnownAddress],
    visits: Iterable[Visit],
    confirmations: Iterable[AddressConfirmation],
) -> tuple[AskedAddress, ...]:
    ids = [asked.address_id for asked in requested]
    # V7: where a visit found the debtor or a direct relative, the finding is the confirmation.
    confirmed = {
        visit.address_id
        for visit in visits
        if visit.outcome is AddressOutcome.FOUND and visit.voided_at is None
    } | {confirmation.address_id for confirmation in confirmations}
    demolition: dict[str, list[DemolitionCheck]] = defaultdict(list)
    for check in uow.demolition_checks.having_any("address_id", ids):
        demolition[check.address_id].append(check)
    since_hidden = uow.addresses.by_ids(id_ for id_ in ids if id_ not in known)
    found = []
    for asked in requested:
        of_debtor = known.get(asked.address_id)
        if of_debtor is None:
            hidden = since_hidden[asked.address_id]
            of_debtor = KnownAddress(hidden, hidden.standing, visited=False)
        text = of_debtor.address.text
        found.append(
            AskedAddress(
                known=of_debtor,
                verdict=checks.check(text),
                message_en=checks.check(text, "en").message,
                accepted_text=asked.accepted_text,
                confirmed=asked.address_id in confirmed,
                demolition_checks=tuple(demolition[asked.address_id]),
            )
        )
    return tuple(found)


def _open_divisions(uow: UnitOfWork, request: VisitRequest, placement: Placement) -> tuple[OpenDivision, ...]:
    """R7: where else a request of the debtor is open, in any placement. A draft was not yet asked of anybody.

    An accepted request is open until its visits took place or were cancelled; a failed one may be planned again, and
    is then over when the visit that came after it is: the newest visit to an address speaks for it.
    """
    placements = uow.placements.having(debtor_id=placement.debtor_id)
    others = {
        other.id: other
        for other in uow.visit_requests.having_any("placement_id", [p.id for p in placements])
        if other.id != request.id
        and other.state in (RequestState.FILED, RequestState.RETURNED, RequestState.ACCEPTED)
    }
    accepted = [o.id for o in others.values() if o.state is RequestState.ACCEPTED]
    newest = {(v.request_id, v.address_id): v for v in uow.visits.having_any("request_id", accepted)}
    waiting = {visit.request_id for visit in newest.values() if visit.state not in _OVER}
    still_open = [o.id for o in others.values() if o.state is not RequestState.ACCEPTED or o.id in waiting]
    requested = uow.request_addresses.having_any("request_id", still_open)
    addresses = uow.addresses.by_ids(asked.address_id for asked in requested)
    return tuple(
        OpenDivision(
            addresses[asked.address_id].county_code,
            addresses[asked.address_id].city + addresses[asked.address_id].county,
            others[asked.request_id].requested_on,
        )
        for asked in requested
    )
