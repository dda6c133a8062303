"""Records of a case by form: addresses and their confirmations, phones, promises, referrals, calls, contact restored.

What was recorded is never rewritten, but for an address text that was wrong: it gets a new version.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date
from typing import Any

from server.domain.access import Actor
from server.domain.address_records import address_place
from server.domain.audit import AuditEntry
from server.domain.calendar import local_day
from server.domain.case_rules import day_findings, promise_findings, referral_findings
from server.domain.new_information import Origin, new_address, new_phone, same_address, v19_same_phone
from server.domain.placements import (
    Address,
    AddressConfirmation,
    CallNote,
    ContactRestoration,
    Direction,
    Phone,
    Placement,
    PoliceReferral,
    Promise,
    Source,
)
from server.domain.problems import NOT_FOUND, WRONG_STATE, problem, refuse_if
from server.domain.value_words import Past
from server.services import credit, geocoding
from server.services.address_checks import remember_zone
from server.services.house import House
from server.services.ports.unit_of_work import UnitOfWork
from server.services.visit_reading import against_calling, phone_file
from server.services.visit_records import not_in_future, open_incident


def add_address(
    house: House, uow: UnitOfWork, actor: Actor, placement: Placement, values: Mapping[str, Any]
) -> Address:
    """V19: a new address; one that is on file already is kept hidden."""
    origin = Origin(Source.FORM, uow.now, actor.account_id)
    address = keep_address(house, uow, placement, values, origin)
    uow.audit(AuditEntry("address.added", "placement", placement.id, told_of(address)))
    return address


def keep_address(
    house: House, uow: UnitOfWork, placement: Placement, values: Mapping[str, Any], origin: Origin
) -> Address:
    """Put a new address of the debtor on file. What does not resolve is kept too (R2, R3): the desk completes it."""
    place = address_place(values["text"], house.addresses.check(values["text"]))
    on_file = uow.addresses.having(debtor_id=placement.debtor_id)
    known = same_address(values["kind"], place["normalized"], on_file)
    address = new_address(values["id"], placement.debtor_id, values["kind"], place, origin, known)
    geocoding.want(uow, house.geocoder, [address])
    return uow.addresses.add(address)


def told_of(address: Address) -> dict[str, Any]:
    """What an audit line tells of a new address."""
    new, resolved = address.duplicate_of_id is None, bool(address.county_code)
    return {"address_id": address.id, "new": new, "resolved": resolved}


def correct_address(house: House, uow: UnitOfWork, actor: Actor, address: Address, text: str) -> Address:
    """The text as it should have been; requests made before name the version that they saw.

    A county written for a zone is remembered, so that the next address of the zone is offered it first.
    """
    place = address_place(text, house.addresses.check(text))
    corrected = uow.addresses.save(dataclasses.replace(address, **place, recheck_since=None))
    geocoding.want(uow, house.geocoder, [corrected])
    remember_zone(uow, actor, house.addresses.check(address.text), corrected)
    detail = {"version": corrected.version, "resolved": bool(corrected.county_code)}
    uow.audit(AuditEntry("address.corrected", "address", address.id, detail))
    return corrected


def confirm_address(
    uow: UnitOfWork, actor: Actor, address: Address, values: Mapping[str, Any]
) -> AddressConfirmation:
    """R6: who confirmed the address, when and how."""
    refuse_if(day_findings("confirmed_on", values["confirmed_on"], local_day(uow.now)))
    confirmation = uow.address_confirmations.add(
        AddressConfirmation(
            id=values["id"],
            address_id=address.id,
            confirmed_by=values["confirmed_by"],
            confirmed_on=values["confirmed_on"],
            how=values["how"],
            recorded_at=uow.now,
            recorded_by=actor.account_id,
        )
    )
    uow.audit(AuditEntry("address.confirmed", "address", address.id, {"confirmation_id": confirmation.id}))
    for placement in uow.placements.having(debtor_id=address.debtor_id):
        credit.fact_changed(uow, placement.id, "address.confirmed")
    return confirmation


def add_phone(uow: UnitOfWork, actor: Actor, placement: Placement, values: Mapping[str, Any]) -> Phone:
    """V19: a new number; one that is on file already is kept hidden."""
    phone = keep_phone(uow, placement, values, Origin(Source.FORM, uow.now, actor.account_id))
    detail = {"phone_id": phone.id, "new": phone.duplicate_of_id is None}
    uow.audit(AuditEntry("phone.added", "placement", placement.id, detail))
    return phone


def keep_phone(uow: UnitOfWork, placement: Placement, values: Mapping[str, Any], origin: Origin) -> Phone:
    """Put a new number of the debtor or of a contact on file."""
    known = v19_same_phone(values["number"], uow.phones.having(debtor_id=placement.debtor_id))
    return uow.phones.add(
        new_phone(
            values["id"],
            placement.debtor_id,
            values["number"],
            values["owner"],
            origin,
            known,
            owner_name=values["owner_name"],
            relation=values["relation"],
            emergency_contact=values["emergency_contact"],
        )
    )


def add_promise(uow: UnitOfWork, actor: Actor, placement: Placement, values: Mapping[str, Any]) -> Promise:
    """R11: a promise; those on record when a plan is published count for its visits (X4)."""
    refuse_if(promise_findings(values["made_on"], values["due_on"], local_day(uow.now)))
    promise = uow.promises.add(
        Promise(**values, placement_id=placement.id, recorded_at=uow.now, recorded_by=actor.account_id)
    )
    detail = {"promise_id": promise.id, "due_on": promise.due_on.isoformat()}
    uow.audit(AuditEntry("promise.recorded", "placement", placement.id, detail))
    return promise


def add_referral(
    uow: UnitOfWork, actor: Actor, placement: Placement, values: Mapping[str, Any]
) -> PoliceReferral:
    """W6: a referral to the police. An explanation of an early one is accepted, or not, by a dispatcher."""
    held = uow.police_referrals.having(placement_id=placement.id)
    on = [referral.referred_on for referral in held]
    refuse_if(referral_findings(values["referred_on"], on, local_day(uow.now)))
    referral = uow.police_referrals.add(
        PoliceReferral(
            id=values["id"],
            placement_id=placement.id,
            referred_on=values["referred_on"],
            early_explanation=values["early_explanation"],
            early_accepted_by=None,
            recorded_at=uow.now,
            recorded_by=actor.account_id,
            version=1,
        )
    )
    detail = {"referral_id": referral.id, "referred_on": referral.referred_on.isoformat()}
    uow.audit(AuditEntry("police_referral.recorded", "placement", placement.id, detail))
    credit.fact_changed(uow, placement.id, "police_referral.recorded")
    return referral


def accept_explanation(uow: UnitOfWork, actor: Actor, referral: PoliceReferral) -> PoliceReferral:
    """W6 「特殊情况必须向外访客服说明」: once a dispatcher accepts it, the cut is the referral's own day."""
    if referral.early_explanation is None or referral.early_accepted_by is not None:
        state = Past.ACCEPTED if referral.early_accepted_by is not None else Past.NOT_EXPLAINED
        raise problem(WRONG_STATE, state=state, verb_zh="接受说明", verb_en="accepted")
    accepted = uow.police_referrals.save(dataclasses.replace(referral, early_accepted_by=actor.account_id))
    detail = {"referral_id": referral.id}
    uow.audit(AuditEntry("police_referral.explanation_accepted", "placement", referral.placement_id, detail))
    credit.fact_changed(uow, referral.placement_id, "police_referral.explanation_accepted")
    return accepted


def add_call(uow: UnitOfWork, actor: Actor, placement: Placement, values: Mapping[str, Any]) -> CallNote:
    """V18: a call, one record each. One that V9 or V13 forbade is kept all the same and looked into."""
    not_in_future(uow, values["at"])
    phone = uow.phones.get(values["phone_id"])
    if phone is None or phone.debtor_id != placement.debtor_id:
        raise problem(NOT_FOUND, "phone_id", what=f"phone {values['phone_id']}")
    against = []
    if values["direction"] is Direction.OUT:
        file = phone_file(uow, placement.debtor_id)
        against = against_calling(uow, file, phone, values["at"])
    note = uow.call_notes.add(
        CallNote(
            **values,
            placement_id=placement.id,
            account_id=actor.account_id,
            visit_id=None,
            recording_offset_ms=None,
            source=Source.FORM,
            recorded_at=uow.now,
        )
    )
    for refusal in against:
        open_incident(
            uow,
            refusal.kind.code,
            refusal.kind.clause or "",
            refusal.zh(),
            placement_id=placement.id,
            about_account_id=actor.account_id,
        )
    detail = {"call_id": note.id, "answered": note.answered}
    uow.audit(AuditEntry("call.recorded", "placement", placement.id, detail))
    credit.fact_changed(uow, placement.id, "call")
    return note


def restore_contact(
    uow: UnitOfWork, actor: Actor, placement: Placement, restored_on: date, how: str, id_: str
) -> ContactRestoration:
    """X7: the collector, by own search, made a lost debtor reachable; letters earn nothing from that day on."""
    refuse_if(day_findings("restored_on", restored_on, local_day(uow.now)))
    restoration = uow.contact_restorations.add(
        ContactRestoration(
            id=id_,
            placement_id=placement.id,
            restored_on=restored_on,
            how=how,
            recorded_at=uow.now,
            recorded_by=actor.account_id,
        )
    )
    detail = {"restoration_id": restoration.id, "restored_on": restored_on.isoformat()}
    uow.audit(AuditEntry("contact.restored", "placement", placement.id, detail))
    credit.fact_changed(uow, placement.id, "contact.restored")
    return restoration
