"""People met at the place or telephoned from it, and the relay that one of them promised (C1 to C3, V10, V14)."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date
from typing import Any

from server.domain.access import Actor, Permission
from server.domain.audit import AuditEntry
from server.domain.calendar import local_day
from server.domain.problems import INVALID_INPUT, NOT_FOUND, WRONG_STATE, problem, refuse_if
from server.domain.relays import relay_findings
from server.domain.value_words import Past
from server.domain.visits import Visit, VisitContact
from server.services import credit
from server.services.ports.unit_of_work import UnitOfWork
from server.services.scopes import team_member, visit_within
from server.services.visit_records import begun, not_in_future


def add(uow: UnitOfWork, actor: Actor, visit_id: str, values: Mapping[str, Any]) -> VisitContact:
    """Record somebody met or telephoned. What is told of them can be completed while one talks on."""
    visit, placement = begun(uow, actor, visit_id)
    not_in_future(uow, values["at"])
    if values["phone_id"] is not None:
        phone = uow.phones.get(values["phone_id"])
        if phone is None or phone.debtor_id != placement.debtor_id:
            raise problem(NOT_FOUND, "phone_id", what=f"phone {values['phone_id']}")
    contact = uow.visit_contacts.add(
        VisitContact(**{**values, "visit_id": visit.id}, relayed_on=None, relay_recorded_by=None, version=1)
    )
    uow.audit(AuditEntry("contact.recorded", "visit", visit.id, _detail(contact)))
    credit.fact_changed(uow, placement.id, "contact")
    return contact


def edit(uow: UnitOfWork, actor: Actor, contact: VisitContact, changes: Mapping[str, Any]) -> VisitContact:
    """Complete what is known of a contact: who it was, what was said, whether they relay."""
    visit, placement = begun(uow, actor, contact.visit_id)
    edited = uow.visit_contacts.save(dataclasses.replace(contact, **changes))
    before = {field: getattr(contact, field) for field in changes if field not in ("name", "relation")}
    uow.audit(AuditEntry("contact.edited", "visit", visit.id, _detail(edited) | {"before": before}))
    credit.fact_changed(uow, placement.id, "contact")
    return edited


def relay(uow: UnitOfWork, actor: Actor, contact_id: str, relayed_on: date) -> VisitContact:
    """C3: the day on which the debtor or the contact confirmed the relay, told by the collector or an agent."""
    contact, visit = _contact_within(uow, actor, contact_id, Permission.FACTS_WRITE)
    if contact.relayed_on is not None:
        raise problem(WRONG_STATE, state=Past.RELAYED, verb_zh="再次登记转告", verb_en="relayed again")
    refuse_if(relay_findings(contact))
    if visit.started_at is None or not local_day(visit.started_at) <= relayed_on <= local_day(uow.now):
        raise problem(
            INVALID_INPUT,
            "on",
            field_zh="转告日期",
            field_en="on",
            detail="must be from the day of the visit to today",
        )
    relayed = uow.visit_contacts.save(
        dataclasses.replace(contact, relayed_on=relayed_on, relay_recorded_by=actor.account_id)
    )
    detail = {"contact_id": contact.id, "relayed_on": relayed_on.isoformat()}
    uow.audit(AuditEntry("contact.relayed", "visit", visit.id, detail))
    credit.fact_changed(uow, visit.placement_id, "relay")
    return relayed


def of_team(uow: UnitOfWork, actor: Actor, contact_id: str) -> VisitContact:
    """The contact, for one of the visit's team."""
    contact, visit = _contact_within(uow, actor, contact_id, Permission.VISITS_CONDUCT)
    if not team_member(actor, visit):
        raise problem(NOT_FOUND, what=f"visit_contact {contact_id}")
    return contact


def _contact_within(
    uow: UnitOfWork, actor: Actor, contact_id: str, permission: Permission
) -> tuple[VisitContact, Visit]:
    contact = uow.visit_contacts.get(contact_id)
    if contact is None:
        raise problem(NOT_FOUND, what=f"visit_contact {contact_id}")
    visit, _ = visit_within(uow, actor, contact.visit_id, permission)
    return contact, visit


def _detail(contact: VisitContact) -> dict[str, object]:
    """What the trail says of a contact: no name, no relation."""
    return {
        "contact_id": contact.id,
        "who": contact.who,
        "channel": contact.channel,
        "communicated": contact.communicated,
    }
