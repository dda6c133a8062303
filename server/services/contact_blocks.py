"""Do not contact (V13): a number or a whole person is blocked at once for everybody; lifting it is on record."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from server.domain.access import Actor, Permission, reach, within
from server.domain.audit import AuditEntry
from server.domain.placements import ContactBlock, HoldReason, Placement
from server.domain.problems import NOT_FOUND, WRONG_STATE, problem
from server.domain.value_words import Past
from server.services import credit
from server.services.holds import place_hold
from server.services.ports.unit_of_work import UnitOfWork
from server.services.scopes import owners_of


def block(uow: UnitOfWork, actor: Actor, placement: Placement, values: Mapping[str, Any]) -> ContactBlock:
    """Block the number that is named, one on file or any other, or without one the debtor as a person.

    A block that is in force already is answered again. A blocked debtor is not visited either: every case is held.
    """
    number = _number(uow, placement, values)
    wanted: dict[str, Any] = {"number": number} if number else {"debtor_id": placement.debtor_id}
    for held in uow.contact_blocks.having(**wanted, lifted_at=None):
        return held
    placed = uow.contact_blocks.add(
        ContactBlock(
            id=values["id"],
            number=number,
            debtor_id=None if number else placement.debtor_id,
            reason=values["reason"],
            placed_at=uow.now,
            placed_by=actor.account_id,
            lifted_at=None,
            version=1,
        )
    )
    touched = _placements_of(uow, placed)
    if number is None:
        for one in touched:
            if one.ended_on is None:
                place_hold(uow, one, HoldReason.DO_NOT_CONTACT, values["reason"], by=actor)
    detail = {"block_id": placed.id, "whole_person": number is None}
    uow.audit(AuditEntry("contact.blocked", "placement", placement.id, detail))
    _scored_again(uow, touched)
    return placed


def lift(uow: UnitOfWork, actor: Actor, held: ContactBlock, reason: str) -> ContactBlock:
    """The number or person may be contacted again; the holds that came with the block are released apart."""
    if held.lifted_at is not None:
        raise problem(WRONG_STATE, state=Past.LIFTED, verb_zh="解除", verb_en="lifted")
    lifted = uow.contact_blocks.save(dataclasses.replace(held, lifted_at=uow.now))
    uow.audit(AuditEntry("contact.block_lifted", "contact_block", held.id, {"reason": reason}))
    _scored_again(uow, _placements_of(uow, held))
    return lifted


def block_within(uow: UnitOfWork, actor: Actor, block_id: str, permission: Permission) -> ContactBlock:
    """The block, if a case of its person or number is within reach, or the actor placed it (S13)."""
    held = uow.contact_blocks.get(block_id)
    if held is not None:
        reached = reach(actor, permission)
        if held.placed_by == actor.account_id or any(
            within(reached, owners_of(uow, placement)) for placement in _placements_of(uow, held)
        ):
            return held
    raise problem(NOT_FOUND, what=f"contact_block {block_id}")


def _number(uow: UnitOfWork, placement: Placement, values: Mapping[str, Any]) -> str | None:
    phone_id = values["phone_id"]
    if phone_id is None:
        number: str | None = values["number"]
        return number
    phone = uow.phones.get(phone_id)
    if phone is None or phone.debtor_id != placement.debtor_id:
        raise problem(NOT_FOUND, "phone_id", what=f"phone {phone_id}")
    return phone.number


def _placements_of(uow: UnitOfWork, held: ContactBlock) -> list[Placement]:
    if held.debtor_id is not None:
        return uow.placements.having(debtor_id=held.debtor_id)
    phones = uow.phones.having(number=held.number)
    return uow.placements.having_any("debtor_id", {phone.debtor_id for phone in phones})


def _scored_again(uow: UnitOfWork, placements: list[Placement]) -> None:
    """X8: a number that may not be called is not reachable."""
    for placement in placements:
        credit.fact_changed(uow, placement.id, "contact_block")
