"""What the author of a draft sees while choosing: each address with what stands against it, the choice as a whole.

Owns the trying of a choice before anything is sent. Refuses to store it: what was tried is gone with the answer.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from server.domain.access import Actor, Permission
from server.domain.audit import AuditEntry
from server.domain.placements import AddressConfirmation, AddressStanding, Placement
from server.domain.problems import Finding
from server.domain.request_address_rules import (
    r2_address_findings,
    r3_division_findings,
    r8_demolition_findings,
)
from server.domain.request_facts import AskedAddress
from server.domain.request_rules import ClauseCheck, check_request, r6_confirmed
from server.domain.requests import RequestedAddress, RequestState, VisitRequest, Waiver
from server.services.ports.addresses import AddressCheck
from server.services.ports.unit_of_work import UnitOfWork
from server.services.request_facts import gather, requested_addresses
from server.services.scopes import placement_within
from server.services.visit_requests import EDITABLE, ChosenAddress, open_draft, placed

# What is said of one address whatever else the request asks for.
_OF_ONE_ADDRESS = (r2_address_findings, r3_division_findings, r6_confirmed, r8_demolition_findings)


@dataclass(frozen=True, slots=True)
class Choice:
    """An address of the debtor as it may be chosen: its facts, what stands against it alone, whether it is chosen."""

    asked: AskedAddress
    confirmations: tuple[AddressConfirmation, ...]
    findings: tuple[Finding, ...]
    chosen: bool
    accepts: bool


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft while it is being written."""

    request: VisitRequest
    placement: Placement
    debtor_name: str
    choices: tuple[Choice, ...]
    checks: tuple[ClauseCheck, ...]
    waivers: tuple[Waiver, ...]

    @property
    def chosen(self) -> list[Choice]:
        """Those chosen, in the order in which they would be asked for."""
        return [choice for choice in self.choices if choice.chosen]


def draft_for(
    uow: UnitOfWork, checks: AddressCheck, actor: Actor, placement_id: str, id: str
) -> VisitRequest:
    """The own draft of a case that is still being written, or a new one: nobody needs two of them."""
    placement = placement_within(uow, actor, placement_id, Permission.REQUESTS_WRITE)
    begun = [
        request
        for request in uow.visit_requests.having(placement_id=placement.id, author_id=actor.account_id)
        if request.state is RequestState.DRAFT
    ]
    if begun:  # the same form sent again finds it here too
        return max(begun, key=lambda request: request.id)
    return open_draft(uow, checks, actor, id=id, placement_id=placement.id, note="", chosen=())


def written(
    uow: UnitOfWork,
    checks: AddressCheck,
    request: VisitRequest,
    placement: Placement,
    chosen: Sequence[ChosenAddress] | None,
) -> Draft:
    """The draft with `chosen` in place of what it has on file; None shows what it has."""
    stored = {row.address_id: row for row in requested_addresses(uow, request.id)}
    if chosen is None:
        chosen = [ChosenAddress(id_, row.accepted_text is not None) for id_, row in stored.items()]
    accepts = {one.address_id: one.accept_normalized for one in chosen}
    choices = _choices(uow, checks, request, placement, accepts)
    uow.audit(AuditEntry("visit_request.read", "visit_request", request.id))
    return Draft(
        request,
        placement,
        uow.debtors.need(placement.debtor_id).name,
        tuple(choices),
        tuple(try_choice(uow, checks, request, placement, chosen)),
        tuple(uow.waivers.having(request_id=request.id)),
    )


def try_choice(
    uow: UnitOfWork,
    checks: AddressCheck,
    request: VisitRequest,
    placement: Placement,
    chosen: Sequence[ChosenAddress],
) -> list[ClauseCheck]:
    """What each clause would say of these addresses; nothing is stored."""
    tried = placed(uow, checks, request, placement, chosen)
    return check_request(gather(uow, checks, request, placement, tried))


def is_stored(uow: UnitOfWork, request: VisitRequest, chosen: Sequence[ChosenAddress], note: str) -> bool:
    """Whether the draft has just these addresses and words, so that nothing need be said to have changed."""
    stored = [(row.address_id, row.accepted_text is not None) for row in requested_addresses(uow, request.id)]
    return stored == [(one.address_id, one.accept_normalized) for one in chosen] and request.note == note


def may_edit(request: VisitRequest) -> bool:
    """A draft, or one that was returned, is still its author's."""
    return request.state in EDITABLE


def _choices(
    uow: UnitOfWork,
    checks: AddressCheck,
    request: VisitRequest,
    placement: Placement,
    accepts: dict[str, bool],
) -> list[Choice]:
    """Every address of the debtor that is not hidden, the highest rank of R5 first, what is invalid last."""
    owned = uow.addresses.having(debtor_id=placement.debtor_id, duplicate_of_id=None)
    rows = [
        RequestedAddress(
            address.id,
            request.id,
            address.id,
            address.version,
            position,
            checks.check(address.text).normalized if accepts.get(address.id) else None,
        )
        for position, address in enumerate(owned)
    ]
    facts = gather(uow, checks, request, placement, rows)
    confirmations = uow.address_confirmations.having_any("address_id", [address.id for address in owned])
    choices = []
    for asked in facts.asked:
        alone = dataclasses.replace(facts, asked=(asked,))
        choices.append(
            Choice(
                asked,
                tuple(one for one in confirmations if one.address_id == asked.address.id),
                tuple(finding for rule in _OF_ONE_ADDRESS for finding in rule(alone)),
                asked.address.id in accepts,
                accepts.get(asked.address.id, False),
            )
        )
    return sorted(choices, key=_order)


def _order(choice: Choice) -> tuple[bool, int, str]:
    known = choice.asked.known
    return known.standing is AddressStanding.INVALID, known.rank, known.address.id
