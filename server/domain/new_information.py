"""New telephones and addresses of a debtor (V19), by form, by file or learnt at the door.

Owns what is the same as one on file: it is kept, but hidden. Refuses to read what is on file: that is an argument.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from server.domain.address_records import AddressPlace
from server.domain.placements import Address, AddressKind, AddressStanding, Phone, PhoneOwner, Source
from server.domain.policy.registry import clause


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a new record comes from, the visit it was learnt at, the import that brings it."""

    source: Source
    added_at: datetime
    added_by: str | None
    visit_id: str | None = None
    import_id: str | None = None


@clause("V19")
def v19_same_phone(number: str, phones: Iterable[Phone]) -> Phone | None:
    """The phone on file that a new one repeats; the new one is then stored hidden, with its source visit.

    「新查询到的电话、地址必须添加进系统;重复的电话、地址需隐藏」
    """
    return next((p for p in phones if p.duplicate_of_id is None and p.number == number), None)


def same_address(kind: AddressKind, normalized: str, addresses: Iterable[Address]) -> Address | None:
    """V19: the address on file that a new one repeats, compared as normalized by the address check.

    A household registration stands for itself: hidden behind a home it would need a confirmation (R6).
    """
    household = kind is AddressKind.HOUSEHOLD
    return next(
        (
            address
            for address in addresses
            if address.duplicate_of_id is None
            and address.normalized == normalized
            and (address.kind is AddressKind.HOUSEHOLD) == household
        ),
        None,
    )


def new_phone(
    id_: str,
    debtor_id: str,
    number: str,
    owner: PhoneOwner,
    origin: Origin,
    original: Phone | None,
    *,
    owner_name: str = "",
    relation: str = "",
    emergency_contact: bool = False,
) -> Phone:
    """A telephone as it is kept; hidden where `original` is on file already."""
    return Phone(
        id=id_,
        debtor_id=debtor_id,
        number=number,
        owner=owner,
        owner_name=owner_name,
        relation=relation,
        emergency_contact=emergency_contact,
        source=origin.source,
        source_visit_id=origin.visit_id,
        duplicate_of_id=None if original is None else original.id,
        added_at=origin.added_at,
        added_by=origin.added_by,
        version=1,
        import_id=origin.import_id,
    )


def new_address(
    id_: str, debtor_id: str, kind: AddressKind, place: AddressPlace, origin: Origin, original: Address | None
) -> Address:
    """An address as it is kept, of which nothing is known yet; hidden where `original` is on file already."""
    return Address(
        id=id_,
        debtor_id=debtor_id,
        kind=kind,
        **place,
        standing=AddressStanding.UNKNOWN,
        standing_reason=None,
        source=origin.source,
        source_visit_id=origin.visit_id,
        duplicate_of_id=None if original is None else original.id,
        added_at=origin.added_at,
        added_by=origin.added_by,
        version=1,
        import_id=origin.import_id,
    )
