"""A withdrawn address: it is no longer visited, and the visits to it that have not begun stand still (R6)."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from server.domain.access import Actor
from server.domain.address_standing import WITHDRAWN
from server.domain.audit import AuditEntry
from server.domain.placements import Address, AddressStanding, HoldReason
from server.domain.problems import WRONG_STATE, problem
from server.services import holds
from server.services.address_standings import standings
from server.services.ports.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Standing:
    """The address as it stands now, and how many visits that held or released."""

    address: Address
    visits: int


def withdraw(uow: UnitOfWork, actor: Actor, address: Address, reason: str) -> Standing:
    """Record the address as invalid and hold every visit to it, whatever placement of the debtor it belongs to."""
    if standings(uow, [address])[address.id] is AddressStanding.INVALID:
        raise problem(WRONG_STATE, state=AddressStanding.INVALID, verb_zh="撤回", verb_en="withdrawn")
    withdrawn = uow.addresses.save(
        dataclasses.replace(
            address,
            standing=AddressStanding.INVALID,
            standing_reason=f"{WITHDRAWN}{reason}",
            standing_since=uow.now,
        )
    )
    stopped = [v for v in uow.visits.having(address_id=address.id) if v.state in holds.STOPPABLE]
    for placement in uow.placements.by_ids(visit.placement_id for visit in stopped).values():
        holds.place_hold(
            uow, placement, HoldReason.ADDRESS_WITHDRAWN, reason, by=actor, address_id=address.id
        )
    uow.audit(AuditEntry("address.withdrawn", "address", address.id, {"reason": reason}))
    return Standing(withdrawn, len(stopped))


def take_back(uow: UnitOfWork, actor: Actor, address: Address, reason: str) -> Standing:
    """Undo a withdrawal that was a mistake: visits and confirmations say again what it is, and its holds end."""
    if not (address.standing_reason or "").startswith(WITHDRAWN):
        raise problem(WRONG_STATE, state=address.standing, verb_zh="恢复", verb_en="taken back")
    known = uow.addresses.save(
        dataclasses.replace(
            address, standing=AddressStanding.UNKNOWN, standing_reason=None, standing_since=None
        )
    )
    released = 0
    for hold in uow.holds.having(address_id=address.id, released_at=None):
        placement = uow.placements.need(hold.placement_id)
        released += sum(1 for _ in uow.visits.having(hold_id=hold.id))
        holds.release_hold(uow, placement, hold, reason, by=actor)
    uow.audit(AuditEntry("address.taken_back", "address", address.id, {"reason": reason}))
    return Standing(known, released)
