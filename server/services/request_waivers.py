"""Exceptions and explanations on a draft (R4, R5, R8, R11), asked and decided before filing; the calls of R8."""

from __future__ import annotations

import dataclasses
from datetime import datetime

from server.domain.access import Actor, Permission
from server.domain.audit import AuditEntry
from server.domain.placements import Address, Placement
from server.domain.problems import INVALID_INPUT, NOT_FOUND, WRONG_STATE, problem
from server.domain.request_problems import NOT_IN_REQUEST, WAIVER_PENDING
from server.domain.requests import (
    PER_ADDRESS,
    DemolitionAnswer,
    DemolitionCheck,
    VisitRequest,
    Waiver,
    WaiverKind,
)
from server.domain.value_words import Past
from server.services.ports.unit_of_work import UnitOfWork
from server.services.scopes import request_within
from server.services.visit_requests import EDITABLE, require_state, tell_author, tell_dispatchers


def ask_waiver(
    uow: UnitOfWork,
    request: VisitRequest,
    placement: Placement,
    actor: Actor,
    *,
    id: str,
    kind: WaiverKind,
    address_id: str | None,
    reason: str,
) -> Waiver:
    """Put an exception or explanation before the dispatchers, while the request is still with its author."""
    require_state(request, EDITABLE, "申请例外", "be given an exception")
    _check_address(uow, request, kind, address_id)
    asked = uow.waivers.having(request_id=request.id, kind=kind, address_id=address_id)
    if any(waiver.granted is None for waiver in asked):
        raise problem(WAIVER_PENDING, "kind")
    waiver = uow.waivers.add(
        Waiver(
            id=id,
            request_id=request.id,
            kind=kind,
            address_id=address_id,
            asked_reason=reason,
            asked_by=actor.account_id,
            asked_at=uow.now,
            granted=None,
            decided_by=None,
            decided_at=None,
            decision_reason=None,
            version=1,
        )
    )
    detail = {"waiver_id": waiver.id, "kind": kind, "address_id": address_id, "reason": reason}
    uow.audit(AuditEntry("waiver.asked", "visit_request", request.id, detail))
    tell_dispatchers(uow, placement, "waiver_asked", request.id)
    return waiver


def decide_waiver(uow: UnitOfWork, actor: Actor, waiver_id: str, *, granted: bool, reason: str) -> Waiver:
    """Grant or decline, with a reason, before filing; once."""
    waiver = uow.waivers.get(waiver_id)
    if waiver is None:
        raise problem(NOT_FOUND, what=f"waiver {waiver_id}")
    request, placement = request_within(uow, actor, waiver.request_id, Permission.REQUESTS_DECIDE)
    require_state(request, EDITABLE, "处理例外", "have its exceptions decided")
    if waiver.granted is not None:
        state = Past.GRANTED if waiver.granted else Past.DECLINED
        raise problem(WRONG_STATE, state=state, verb_zh="再次处理", verb_en="be decided again")
    decided = uow.waivers.save(
        dataclasses.replace(
            waiver,
            granted=granted,
            decided_by=actor.account_id,
            decided_at=uow.now,
            decision_reason=reason,
        )
    )
    detail = {"waiver_id": waiver.id, "kind": waiver.kind, "granted": granted, "reason": reason}
    uow.audit(AuditEntry("waiver.decided", "visit_request", request.id, detail))
    kind = "waiver_granted" if granted else "waiver_declined"
    tell_author(uow, request, placement, kind, reason)
    return decided


def record_demolition_check(
    uow: UnitOfWork,
    actor: Actor,
    address: Address,
    *,
    id: str,
    office: str,
    telephone: str,
    called_at: datetime,
    answer: DemolitionAnswer,
    note: str,
) -> DemolitionCheck:
    """R8: a call to the sub-district or town office, by the actor; later calls do not erase earlier ones."""
    if called_at > uow.now:
        raise problem(
            INVALID_INPUT, "called_at", field_zh="致电时间", field_en="called_at", detail="in the future"
        )
    check = uow.demolition_checks.add(
        DemolitionCheck(
            id=id,
            address_id=address.id,
            office=office,
            telephone=telephone,
            called_at=called_at,
            called_by=actor.account_id,
            answer=answer,
            note=note,
            recorded_at=uow.now,
        )
    )
    detail = {"check_id": check.id, "answer": answer}
    uow.audit(AuditEntry("demolition_check.recorded", "address", address.id, detail))
    return check


def _check_address(uow: UnitOfWork, request: VisitRequest, kind: WaiverKind, address_id: str | None) -> None:
    """A kind that is asked for one address names one of the request; the others name none."""
    if kind not in PER_ADDRESS:
        if address_id is not None:
            raise problem(
                INVALID_INPUT,
                "address_id",
                field_zh="地址",
                field_en="address_id",
                detail=f"{kind} is asked for the request as a whole",
            )
        return
    if address_id is None or not uow.request_addresses.having(request_id=request.id, address_id=address_id):
        raise problem(NOT_IN_REQUEST, "address_id")
