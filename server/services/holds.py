"""Holds: a placement's planned visits stand still, with the reason shown (V13, R14); blocks of numbers and persons."""

from __future__ import annotations

import dataclasses

from server.domain.access import Actor, Permission, Post
from server.domain.audit import AuditEntry
from server.domain.placements import Hold, HoldReason, Placement
from server.domain.problems import NOT_FOUND, WRONG_STATE, problem
from server.domain.value_words import Past
from server.domain.visits import Visit, VisitState
from server.services import notices
from server.services.ports.unit_of_work import UnitOfWork
from server.services.scopes import placement_within, team_member

# 主管级员工 (V13)
SUPERVISORS = frozenset({Post.TEAM_LEAD, Post.MANAGER, Post.PROJECT_LEAD, Post.BUSINESS_DIRECTOR})
STOPPABLE = (VisitState.ACCEPTED, VisitState.PLANNED, VisitState.PUBLISHED)


def place_hold(
    uow: UnitOfWork,
    placement: Placement,
    reason: HoldReason,
    note: str,
    *,
    by: Actor | None,
    address_id: str | None = None,
    id: str | None = None,
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
            id=id or uow.new_id(),
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
        raise problem(WRONG_STATE, state=Past.RELEASED, verb_zh="解除", verb_en="be released")
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


def placement_to_hold(uow: UnitOfWork, actor: Actor, placement_id: str) -> Placement:
    """V13: the desk stops the cases that it reaches, an agent those that are visited by the agent's own team."""
    placement = uow.placements.get(placement_id)
    if placement is not None and any(
        team_member(actor, visit) for visit in uow.visits.having(placement_id=placement_id)
    ):
        return placement
    return placement_within(uow, actor, placement_id, Permission.CONTACTS_HOLD)


def hold_within(
    uow: UnitOfWork, actor: Actor, hold_id: str, permission: Permission
) -> tuple[Hold, Placement]:
    """The hold with its placement, if that is within reach (S13)."""
    hold = uow.holds.get(hold_id)
    if hold is None:
        raise problem(NOT_FOUND, what=f"hold {hold_id}")
    return hold, placement_within(uow, actor, hold.placement_id, permission)


def complain(
    uow: UnitOfWork, actor: Actor, placement: Placement, reason: HoldReason, note: str, hold_id: str
) -> Hold:
    """V13 「应第一时间停催并安排主管级员工」: one tap stops the case; its managers are told, to assign a lead."""
    hold = place_hold(uow, placement, reason, note, by=actor, id=hold_id)
    if hold.id == hold_id:
        managers = [m.id for m in uow.accounts.with_post(Post.MANAGER, placement.branch_id)]
        params = {"case_number": placement.case_number, "reason": reason}
        notices.tell(uow, managers, "case_stopped", params, f"/placements/{placement.id}")
    return hold


def assign_lead(uow: UnitOfWork, placement: Placement, hold: Hold, lead_id: str) -> Hold:
    """V13: somebody of supervisor rank takes the case."""
    _in_force(hold)
    lead = uow.accounts.get(lead_id)
    if lead is None or lead.left_on is not None or not SUPERVISORS & set(lead.posts):
        raise problem(NOT_FOUND, "lead_id", what=f"supervisor {lead_id}")
    assigned = uow.holds.save(dataclasses.replace(hold, lead_id=lead_id))
    detail = {"hold_id": hold.id, "lead_id": lead_id}
    uow.audit(AuditEntry("hold.lead_assigned", "placement", placement.id, detail))
    params = {"case_number": placement.case_number}
    notices.tell(uow, [lead_id], "hold_lead", params, f"/placements/{placement.id}")
    return assigned


def report_to_client(uow: UnitOfWork, placement: Placement, hold: Hold) -> Hold:
    """V13 「第一时间报备甲方」: when the client was told; the first time counts."""
    if hold.reported_to_client_at is not None:
        raise problem(WRONG_STATE, state=Past.REPORTED, verb_zh="再次报备", verb_en="reported again")
    reported = uow.holds.save(dataclasses.replace(hold, reported_to_client_at=uow.now))
    uow.audit(AuditEntry("hold.reported_to_client", "placement", placement.id, {"hold_id": hold.id}))
    return reported


def _in_force(hold: Hold) -> None:
    if hold.released_at is not None:
        raise problem(WRONG_STATE, state=Past.RELEASED, verb_zh="处理", verb_en="worked on")


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
