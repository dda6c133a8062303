"""What the team learns at the door: new telephones and addresses of the debtor become records of the case (V19, V7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.domain.access import Actor
from server.domain.audit import AuditEntry
from server.domain.new_information import Origin
from server.domain.placements import Address, Phone, Source
from server.services import case_records, credit
from server.services.house import House
from server.services.ports.unit_of_work import UnitOfWork
from server.services.visit_records import begun, not_in_future


def add_phone(uow: UnitOfWork, actor: Actor, visit_id: str, values: Mapping[str, Any]) -> Phone:
    """A telephone that was learnt; one that is on file already is kept hidden, with this visit as its source."""
    visit, placement = begun(uow, actor, visit_id)
    not_in_future(uow, values["at"])
    origin = Origin(Source.VISIT, values["at"], actor.account_id, visit.id)
    phone = case_records.keep_phone(uow, placement, values, origin)
    detail = {"phone_id": phone.id, "new": phone.duplicate_of_id is None}
    uow.audit(AuditEntry("phone.learnt", "visit", visit.id, detail))
    credit.fact_changed(uow, placement.id, "phone")
    return phone


def add_address(
    house: House, uow: UnitOfWork, actor: Actor, visit_id: str, values: Mapping[str, Any]
) -> Address:
    """An address that was learnt, as far as the check settles it; the desk completes what does not resolve."""
    visit, placement = begun(uow, actor, visit_id)
    not_in_future(uow, values["at"])
    origin = Origin(Source.VISIT, values["at"], actor.account_id, visit.id)
    address = case_records.keep_address(house, uow, placement, values, origin)
    uow.audit(AuditEntry("address.learnt", "visit", visit.id, case_records.told_of(address)))
    return address
