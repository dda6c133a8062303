"""What the team learns at the door: new telephones and addresses of the debtor become records of the case (V19, V7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.domain.access import Actor
from server.domain.address_records import address_place
from server.domain.audit import AuditEntry
from server.domain.new_information import same_address, v19_same_phone
from server.domain.placements import Address, AddressStanding, Phone, Source
from server.services import credit
from server.services.ports.addresses import AddressCheck
from server.services.ports.unit_of_work import UnitOfWork
from server.services.visit_records import begun, not_in_future


def add_phone(uow: UnitOfWork, actor: Actor, visit_id: str, values: Mapping[str, Any]) -> Phone:
    """A telephone that was learnt; one that is on file already is kept hidden, with this visit as its source."""
    visit, placement = begun(uow, actor, visit_id)
    not_in_future(uow, values["at"])
    known = v19_same_phone(values["number"], uow.phones.having(debtor_id=placement.debtor_id))
    phone = uow.phones.add(
        Phone(
            id=values["id"],
            debtor_id=placement.debtor_id,
            number=values["number"],
            owner=values["owner"],
            owner_name=values["owner_name"],
            relation=values["relation"],
            emergency_contact=values["emergency_contact"],
            source=Source.VISIT,
            source_visit_id=visit.id,
            duplicate_of_id=None if known is None else known.id,
            added_at=values["at"],
            added_by=actor.account_id,
            version=1,
        )
    )
    uow.audit(AuditEntry("phone.learnt", "visit", visit.id, {"phone_id": phone.id, "new": known is None}))
    credit.fact_changed(uow, placement.id, "phone")
    return phone


def add_address(
    uow: UnitOfWork, check: AddressCheck, actor: Actor, visit_id: str, values: Mapping[str, Any]
) -> Address:
    """An address that was learnt, as far as the check settles it; the desk completes what does not resolve."""
    visit, placement = begun(uow, actor, visit_id)
    not_in_future(uow, values["at"])
    place = address_place(values["text"], check.check(values["text"]))
    known = same_address(place["normalized"], uow.addresses.having(debtor_id=placement.debtor_id))
    address = uow.addresses.add(
        Address(
            id=values["id"],
            debtor_id=placement.debtor_id,
            kind=values["kind"],
            **place,
            standing=AddressStanding.UNKNOWN,
            standing_reason=None,
            latitude=None,
            longitude=None,
            source=Source.VISIT,
            source_visit_id=visit.id,
            duplicate_of_id=None if known is None else known.id,
            added_at=values["at"],
            added_by=actor.account_id,
            version=1,
        )
    )
    detail = {"address_id": address.id, "new": known is None, "resolved": bool(address.county_code)}
    uow.audit(AuditEntry("address.learnt", "visit", visit.id, detail))
    return address
