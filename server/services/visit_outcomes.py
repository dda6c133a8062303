"""How a visit ends in words: its outcome (R10), a failure, and the voiding of forged evidence (V8)."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from server.domain.access import Actor, Permission, Post
from server.domain.audit import AuditEntry
from server.domain.placements import Address, Placement
from server.domain.problems import FORBIDDEN, WRONG_STATE, problem, refuse_if
from server.domain.visit_rules import standing_after, v8_void_findings
from server.domain.visits import AddressOutcome, Visit, VisitState
from server.services import credit, notices
from server.services.address_errors import record_address_error
from server.services.ports.unit_of_work import UnitOfWork
from server.services.scopes import team_member, visit_within
from server.services.visit_records import begun, of_team, open_incident


def record(uow: UnitOfWork, actor: Actor, visit_id: str, values: Mapping[str, Any]) -> Visit:
    """The outcome: what it says of the address feeds its standing, and the collector of the case is told (R10)."""
    visit, placement = begun(uow, actor, visit_id)
    outcome: AddressOutcome = values["outcome"]
    visit = uow.visits.save(
        dataclasses.replace(
            visit, outcome=outcome, outcome_note=values["note"], debtor_gone=values["debtor_gone"]
        )
    )
    address = uow.addresses.need(visit.address_id)
    standing = standing_after(outcome)
    if standing is not None and (address.standing, address.standing_reason) != (standing, outcome):
        uow.addresses.save(dataclasses.replace(address, standing=standing, standing_reason=outcome))
    if outcome is AddressOutcome.WRONG:
        _address_error(uow, visit, placement, address, values["note"])
    notices.tell_outcome(uow, placement, visit)
    detail = {"outcome": outcome, "debtor_gone": visit.debtor_gone}
    uow.audit(AuditEntry("visit.outcome_recorded", "visit", visit.id, detail))
    credit.fact_changed(uow, placement.id, "outcome")
    return visit


def fail(uow: UnitOfWork, actor: Actor, visit_id: str, reason: str) -> Visit:
    """The visit could not be made, or was broken off; it may be planned again. The dispatchers are told."""
    visit, placement = of_team(uow, actor, visit_id)
    if visit.state not in (VisitState.PUBLISHED, VisitState.IN_PROGRESS):
        raise problem(WRONG_STATE, state=visit.state, verb_zh="登记为未完成", verb_en="failed")
    visit = uow.visits.save(dataclasses.replace(visit, state=VisitState.FAILED, ended_reason=reason))
    dispatchers = [account.id for account in uow.accounts.with_post(Post.DISPATCHER, placement.branch_id)]
    notices.tell(
        uow, dispatchers, "visit_failed", {"case_number": placement.case_number}, f"/visits/{visit.id}"
    )
    uow.audit(AuditEntry("visit.failed", "visit", visit.id, {"reason": reason}))
    credit.fact_changed(uow, placement.id, "visit_failed")
    return visit


def void(uow: UnitOfWork, actor: Actor, visit_id: str, reason: str) -> Visit:
    """V8, X1: the evidence was found forged. The visit stays with everything on it; an incident opens."""
    visit, placement = visit_within(uow, actor, visit_id, Permission.EVIDENCE_VOID)
    if team_member(actor, visit):
        raise problem(FORBIDDEN, permission=Permission.EVIDENCE_VOID)
    refuse_if(v8_void_findings(visit))
    visit = uow.visits.save(
        dataclasses.replace(visit, voided_at=uow.now, voided_by=actor.account_id, void_reason=reason)
    )
    open_incident(uow, "evidence_voided", "V8", reason, visit=visit)
    uow.audit(AuditEntry("visit.voided", "visit", visit.id, {"reason": reason}))
    credit.fact_changed(uow, placement.id, "voided")
    return visit


def _address_error(uow: UnitOfWork, visit: Visit, placement: Placement, address: Address, note: str) -> None:
    """R13: an address found wrong at the door counts against who submitted it."""
    request = None if visit.request_id is None else uow.visit_requests.need(visit.request_id)
    record_address_error(
        uow,
        address,
        placement.collector_id if request is None else request.author_id,
        request_id=visit.request_id,
        visit_id=visit.id,
        found_by=uow.actor_id or "",
        note=note,
    )
