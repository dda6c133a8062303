"""Holds: a placement's planned visits stand still, with the reason shown (V13, R14); blocks of numbers and persons."""

from __future__ import annotations

import dataclasses

from server.domain.access import Actor
from server.domain.audit import AuditEntry
from server.domain.placements import Hold, HoldReason, Placement
from server.domain.problems import WRONG_STATE, problem
from server.domain.visits import Visit, VisitState
from server.services import notices
from server.services.ports.unit_of_work import UnitOfWork

STOPPABLE = (VisitState.ACCEPTED, VisitState.PLANNED, VisitState.PUBLISHED)


def place_hold(
    uow: UnitOfWork,
    placement: Placement,
    reason: HoldReason,
    note: str,
    *,
    by: Actor | None,
    address_id: str | None = None,
) -> Hold:
    """Stop the visits of a placement that have not begun, and tell their teams and the collector at once.

    With `address_id` only those to that address. A hold of the same reason that is still in force is answered again
    instead of a second one.
    """
    for held in uow.holds.having(
        placement_id=placement.id, reason=reason, address_id=address_id, released_at=None
    ):
        return held
    hold = uow.holds.add(
        Hold(
            id=uow.new_id(),
            placement_id=placement.id,
            reason=reason,
            note=note,
            placed_at=uow.now,
            placed_by=None if by is None else by.account_id,
            lead_id=None,
            reported_to_client_at=None,
            released_at=None,
            released_by=None,
            release_reason=None,
            version=1,
            address_id=address_id,
        )
    )
    for visit in _stoppable(uow, placement.id):
        if visit.hold_id is None and stops(hold, visit):
            uow.visits.save(dataclasses.replace(visit, hold_id=hold.id))
        _tell(uow, placement, visit, "visit_held", {"reason": reason})
    uow.audit(AuditEntry("hold.placed", "placement", placement.id, {"hold_id": hold.id, "reason": reason}))
    return hold


def release_hold(uow: UnitOfWork, placement: Placement, hold: Hold, reason: str, *, by: Actor | None) -> Hold:
    """End a hold; visits go on unless another hold of the placement is in force."""
    if hold.released_at is not None:
        raise problem(WRONG_STATE, state="released", verb_zh="解除", verb_en="be released")
    released = uow.holds.save(
        dataclasses.replace(
            hold,
            released_at=uow.now,
            released_by=None if by is None else by.account_id,
            release_reason=reason,
        )
    )
    in_force = uow.holds.having(placement_id=placement.id, released_at=None)
    for visit in _stoppable(uow, placement.id):
        if visit.hold_id != hold.id:
            continue
        others = [other for other in in_force if stops(other, visit)]
        uow.visits.save(dataclasses.replace(visit, hold_id=others[0].id if others else None))
        if not others:
            _tell(uow, placement, visit, "visit_released", {})
    uow.audit(AuditEntry("hold.released", "placement", placement.id, {"hold_id": hold.id, "reason": reason}))
    return released


def stops(hold: Hold, visit: Visit) -> bool:
    """Whether a hold of the visit's placement stands against this visit: it is whole, or of its address."""
    return hold.released_at is None and hold.address_id in (None, visit.address_id)


def hold_on(uow: UnitOfWork, visit: Visit) -> Hold | None:
    """The hold in force against a visit, its oldest; one that was placed before the visit was made counts too."""
    for hold in uow.holds.having(placement_id=visit.placement_id, released_at=None):
        if stops(hold, visit):
            return hold
    return None


def _stoppable(uow: UnitOfWork, placement_id: str) -> list[Visit]:
    return [visit for visit in uow.visits.having(placement_id=placement_id) if visit.state in STOPPABLE]


def _tell(uow: UnitOfWork, placement: Placement, visit: Visit, kind: str, params: dict[str, str]) -> None:
    team = [m for m in (visit.lead_id, visit.partner_id, visit.trainee_id) if m is not None]
    notices.tell(
        uow,
        [*team, placement.collector_id],
        kind,
        {"case_number": placement.case_number, **params},
        f"/visits/{visit.id}",
    )
