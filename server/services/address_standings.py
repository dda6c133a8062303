"""The standing of many addresses by the newest evidence on file (R5, R6), in a constant number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from server.domain.address_standing import standing_on_file
from server.domain.placements import Address, AddressConfirmation, AddressStanding
from server.domain.visits import Visit
from server.services.ports.unit_of_work import UnitOfWork


def standings(uow: UnitOfWork, addresses: Iterable[Address]) -> dict[str, AddressStanding]:
    """By address id."""
    listed = {address.id: address for address in addresses}
    debtors = uow.debtors.by_ids(address.debtor_id for address in listed.values())
    visits: dict[str, list[Visit]] = defaultdict(list)
    for visit in uow.visits.having_any("address_id", listed):
        visits[visit.address_id].append(visit)
    confirmations: dict[str, list[AddressConfirmation]] = defaultdict(list)
    for confirmation in uow.address_confirmations.having_any("address_id", listed):
        confirmations[confirmation.address_id].append(confirmation)
    return {
        address.id: standing_on_file(
            address, debtors[address.debtor_id].name, confirmations[address.id], visits[address.id]
        )
        for address in listed.values()
    }
