"""V1's third way: two agents without a device sign at the desk for a visit that was made, and a manager confirms."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from server.domain.access import Actor, Permission
from server.domain.audit import AuditEntry
from server.domain.presence import ANOTHER_COUNTS, DESK_NEEDS_BOTH
from server.domain.problems import FORBIDDEN, INVALID_INPUT, WRONG_STATE, problem
from server.domain.value_words import Past
from server.domain.visits import CheckDirection, CheckIn, CheckInWay, Visit
from server.services import credit
from server.services.check_ins import (
    CheckInResult,
    presence_of,
    record,
    start_findings,
    supersede,
    team_of,
)
from server.services.devices_of import has_one
from server.services.ports.unit_of_work import UnitOfWork
from server.services.scopes import team_member, visit_within
from server.services.visit_records import keep_finding, not_in_future, of_team


def sign(uow: UnitOfWork, actor: Actor, visit_id: str, values: Mapping[str, Any]) -> CheckInResult:
    """Sign for having been there from `started_at` to `ended_at`; provisional until a manager confirms."""
    visit, placement = of_team(uow, actor, visit_id)
    not_in_future(uow, values["ended_at"], "ended_at")
    if values["ended_at"] < values["started_at"]:
        raise problem(
            INVALID_INPUT, "ended_at", field_zh="结束时间", field_en="ended_at", detail="before started_at"
        )
    _may_sign(uow, actor, visit)
    findings = []
    if visit.started_at is None:
        findings = start_findings(uow, visit, placement, values["started_at"], began_offline=True)
    if has_one(uow, actor.account_id, values["started_at"]):
        findings.append(keep_finding(uow, visit, "other_way_despite_device", "V1", actor.account_id))
    came = _signature(uow, actor, visit, CheckDirection.IN, values)
    left = _signature(uow, actor, visit, CheckDirection.OUT, values)
    came, visit, _ = record(uow, visit, came)
    _, visit, presence = record(uow, visit, left)
    return CheckInResult(came, visit, presence, findings)


def confirm(uow: UnitOfWork, actor: Actor, visit_id: str) -> Visit:
    """A manager, who is none of the team, confirms both signatures; only then are the two present."""
    visit, placement = visit_within(uow, actor, visit_id, Permission.VISITS_CONFIRM)
    if team_member(actor, visit):
        raise problem(FORBIDDEN, permission=Permission.VISITS_CONFIRM)
    if visit.desk_confirmed_by is not None:
        raise problem(WRONG_STATE, state=Past.CONFIRMED, verb_zh="再次确认", verb_en="confirmed again")
    signed = [c for c in uow.check_ins.having(visit_id=visit.id, way=CheckInWay.DESK) if c.refusal is None]
    if {c.account_id for c in signed if c.direction is CheckDirection.IN} != set(team_of(visit)):
        raise problem(DESK_NEEDS_BOTH)
    for one in signed:
        uow.check_ins.save(dataclasses.replace(one, provisional=False, verified_by=actor.account_id))
    visit = uow.visits.save(dataclasses.replace(visit, desk_confirmed_by=actor.account_id))
    supersede(uow, visit, presence_of(uow, visit))
    uow.audit(AuditEntry("visit.desk_confirmed", "visit", visit.id))
    credit.fact_changed(uow, placement.id, "desk_confirmed")
    return visit


def _may_sign(uow: UnitOfWork, actor: Actor, visit: Visit) -> None:
    """Once each, and only where neither checked in on a device."""
    came = [
        c
        for c in uow.check_ins.having(visit_id=visit.id, direction=CheckDirection.IN, refusal=None)
        if c.account_id in team_of(visit)
    ]
    if any(c.account_id == actor.account_id for c in came):
        raise problem(ANOTHER_COUNTS)
    if actor.account_id not in team_of(visit) or any(c.way is not CheckInWay.DESK for c in came):
        raise problem(DESK_NEEDS_BOTH)


def _signature(
    uow: UnitOfWork, actor: Actor, visit: Visit, direction: CheckDirection, values: Mapping[str, Any]
) -> CheckIn:
    came = direction is CheckDirection.IN
    return CheckIn(
        id=values["id"] if came else uow.new_id(),
        visit_id=visit.id,
        account_id=actor.account_id,
        direction=direction,
        way=CheckInWay.DESK,
        at=values["started_at"] if came else values["ended_at"],
        latitude=None,
        longitude=None,
        accuracy_m=None,
        device_id=None,
        provisional=True,
        verified_by=None,
        refusal=None,
        received_at=uow.now,
    )
