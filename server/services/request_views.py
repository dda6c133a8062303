"""What a reader of visit requests is shown: a request with its case and addresses; one of them with everything on it.

Reads the related objects of a whole list at once. Masking is the schema's business, reach the caller's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from server.domain.audit import AuditLine
from server.domain.placements import Address, Placement, placement_end
from server.domain.request_rules import ClauseCheck, check_request
from server.domain.requests import DemolitionCheck, RequestedAddress, RequestState, VisitRequest, Waiver
from server.domain.visits import Visit
from server.services.ports.addresses import AddressCheck
from server.services.ports.unit_of_work import UnitOfWork
from server.services.request_facts import gather

# What was decided, and why it stood before, is history: only what still can be filed or decided is checked again.
_CHECKED = (RequestState.DRAFT, RequestState.RETURNED, RequestState.FILED)


@dataclass(frozen=True, slots=True)
class ShownAddress:
    """An address of a request with the address itself."""

    requested: RequestedAddress
    address: Address


@dataclass(frozen=True, slots=True)
class ShownRequest:
    """A request as a list shows it."""

    request: VisitRequest
    placement: Placement
    debtor_name: str
    collector_name: str
    author_name: str
    addresses: tuple[ShownAddress, ...]
    waiting_waivers: int

    @property
    def version(self) -> int:
        """The request's, for the ETag."""
        return self.request.version

    @property
    def placement_end(self) -> date:
        return placement_end(self.placement)


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """What was done with a request, from the audit trail."""

    at: datetime
    action: str
    actor_id: str | None
    actor_name: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class RequestDetail:
    """One request with the clauses as they stand, waivers, calls to offices, visits, history."""

    shown: ShownRequest
    checks: tuple[ClauseCheck, ...]
    waivers: tuple[Waiver, ...]
    demolition_checks: tuple[DemolitionCheck, ...]
    visits: tuple[Visit, ...]
    history: tuple[HistoryLine, ...]

    @property
    def version(self) -> int:
        return self.shown.version


def show_requests(uow: UnitOfWork, requests: Sequence[VisitRequest]) -> list[ShownRequest]:
    """The requests with what belongs to them, in the same order."""
    placements = uow.placements.by_ids(request.placement_id for request in requests)
    debtors = uow.debtors.by_ids(placement.debtor_id for placement in placements.values())
    people = uow.accounts.by_ids(
        {p.collector_id for p in placements.values()} | {request.author_id for request in requests}
    )
    ids = [request.id for request in requests]
    requested: dict[str, list[RequestedAddress]] = defaultdict(list)
    for asked in uow.request_addresses.having_any("request_id", ids):
        requested[asked.request_id].append(asked)
    addresses = uow.addresses.by_ids(asked.address_id for several in requested.values() for asked in several)
    waiting: dict[str, int] = defaultdict(int)
    for waiver in uow.waivers.having_any("request_id", ids):
        waiting[waiver.request_id] += waiver.granted is None
    return [
        ShownRequest(
            request=request,
            placement=(placement := placements[request.placement_id]),
            debtor_name=debtors[placement.debtor_id].name,
            collector_name=people[placement.collector_id].display_name,
            author_name=people[request.author_id].display_name,
            addresses=tuple(
                ShownAddress(asked, addresses[asked.address_id])
                for asked in sorted(requested[request.id], key=lambda asked: asked.position)
            ),
            waiting_waivers=waiting[request.id],
        )
        for request in requests
    ]


def show_request(uow: UnitOfWork, request: VisitRequest) -> ShownRequest:
    return show_requests(uow, [request])[0]


def request_detail(
    uow: UnitOfWork, checks: AddressCheck, request: VisitRequest, placement: Placement
) -> RequestDetail:
    """Everything on one request."""
    shown = show_request(uow, request)
    clauses: list[ClauseCheck] = []
    if request.state in _CHECKED:
        clauses = check_request(gather(uow, checks, request, placement))
    address_ids = [one.address.id for one in shown.addresses]
    return RequestDetail(
        shown=shown,
        checks=tuple(clauses),
        waivers=tuple(uow.waivers.having(request_id=request.id)),
        demolition_checks=tuple(uow.demolition_checks.having_any("address_id", address_ids)),
        visits=tuple(uow.visits.having(request_id=request.id)),
        history=_history(uow, uow.trail.history(request.id)),
    )


def _history(uow: UnitOfWork, lines: Sequence[AuditLine]) -> tuple[HistoryLine, ...]:
    people = uow.accounts.by_ids(line.actor_id for line in lines if line.actor_id is not None)
    return tuple(
        HistoryLine(
            at=line.at,
            action=line.action,
            actor_id=line.actor_id,
            actor_name=people[line.actor_id].display_name if line.actor_id in people else None,
            reason=str(line.detail["reason"]) if line.detail.get("reason") else None,
        )
        for line in lines
    )
