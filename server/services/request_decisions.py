"""What a dispatcher decides on a filed request: return, refuse, accept; one by one or many at once.

Everything that can be refused is refused before the first write, so that of many decisions each has its own outcome.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from server.domain.access import Actor, Permission
from server.domain.audit import AuditEntry
from server.domain.calendar import local_day
from server.domain.placements import AddressStanding, Placement
from server.domain.problems import STALE, Problem, problem, refuse_if
from server.domain.request_facts import RequestFacts
from server.domain.request_problems import NOT_IN_REQUEST
from server.domain.request_rules import r1_within_placement, v13_not_on_hold
from server.domain.requests import RequestedAddress, RequestState, VisitRequest, WaiverKind
from server.domain.visits import Visit, VisitState
from server.services.address_errors import record_address_error
from server.services.ports.addresses import AddressCheck
from server.services.ports.unit_of_work import UnitOfWork
from server.services.request_facts import gather, requested_addresses
from server.services.scopes import request_within
from server.services.visit_requests import decided, require_state, tell_author


class Decision(StrEnum):
    ACCEPT = "accept"
    RETURN = "return"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class AskedDecision:
    """One decision on a request as it was read, and why. `wrong_address_id`: R13, that address was found wrong."""

    request_id: str
    version: int
    decision: Decision
    reason: str
    wrong_address_id: str | None


@dataclass(frozen=True, slots=True)
class DecisionOutcome:
    """What became of one of many decisions: the request as it is now, or the Problem that refused it."""

    request_id: str
    request: VisitRequest | None
    refused: Problem | None


def accept(
    uow: UnitOfWork, checks: AddressCheck, request: VisitRequest, placement: Placement
) -> VisitRequest:
    """R12: one visit for each address, waiting for a plan. The end of the placement and holds are asked once more."""
    require_state(request, [RequestState.FILED], "同意", "be accepted")
    facts = gather(uow, checks, request, placement)
    today = dataclasses.replace(facts, requested_on=local_day(uow.now))
    refuse_if([*r1_within_placement(today), *v13_not_on_hold(today)])
    visits = [_visit(uow, facts, request, asked) for asked in requested_addresses(uow, request.id)]
    uow.visits.add_all(visits)
    accepted = decided(uow, request, RequestState.ACCEPTED, None)
    detail = {"visits": [visit.id for visit in visits]}
    uow.audit(AuditEntry("visit_request.accepted", "visit_request", request.id, detail))
    tell_author(uow, request, placement, "request_accepted", "")
    return accepted


def send_back(
    uow: UnitOfWork,
    request: VisitRequest,
    placement: Placement,
    state: RequestState,
    reason: str,
    wrong_address_id: str | None,
) -> VisitRequest:
    """Return it to its author or refuse it, with the reason; R13 counts an address that the dispatcher found wrong.

    Args:
        state: RETURNED or REFUSED.
        wrong_address_id: the address of the request that is wrong in itself; none for every other reason.
    """
    verb = ("退回", "be returned") if state is RequestState.RETURNED else ("拒绝", "be refused")
    require_state(request, [RequestState.FILED], *verb)
    requested = {asked.address_id for asked in requested_addresses(uow, request.id)}
    if wrong_address_id is not None and wrong_address_id not in requested:
        raise problem(NOT_IN_REQUEST, "wrong_address_id")
    if wrong_address_id is not None:
        _found_wrong(uow, request, wrong_address_id, reason)
    answered = decided(uow, request, state, reason)
    detail = {"reason": reason, "wrong_address_id": wrong_address_id}
    uow.audit(AuditEntry(f"visit_request.{state}", "visit_request", request.id, detail))
    tell_author(uow, request, placement, f"request_{state}", reason)
    return answered


def decide_many(
    uow: UnitOfWork, checks: AddressCheck, actor: Actor, asked: Sequence[AskedDecision]
) -> list[DecisionOutcome]:
    """Each decision with its own outcome, in the order asked; one that is refused does not stop the others."""
    outcomes = []
    for decision in asked:
        try:
            outcomes.append(DecisionOutcome(decision.request_id, _decide(uow, checks, actor, decision), None))
        except Problem as refused:
            outcomes.append(DecisionOutcome(decision.request_id, None, refused))
    return outcomes


def _decide(uow: UnitOfWork, checks: AddressCheck, actor: Actor, asked: AskedDecision) -> VisitRequest:
    request, placement = request_within(uow, actor, asked.request_id, Permission.REQUESTS_DECIDE)
    if request.version != asked.version:
        raise problem(STALE, yours=asked.version, current=request.version)
    if asked.decision is Decision.ACCEPT:
        return accept(uow, checks, request, placement)
    state = RequestState.RETURNED if asked.decision is Decision.RETURN else RequestState.REFUSED
    return send_back(uow, request, placement, state, asked.reason, asked.wrong_address_id)


def _visit(uow: UnitOfWork, facts: RequestFacts, request: VisitRequest, asked: RequestedAddress) -> Visit:
    """A visit in waiting: no team, no day. X4 looks at the promises that are known when the plan is published."""
    address = uow.addresses.need(asked.address_id)
    due_on = [promise.due_on for promise in facts.promises if promise.by_phone and promise.judged_able]
    return Visit(
        id=uow.new_id(),
        placement_id=request.placement_id,
        address_id=address.id,
        address_version=address.version,
        request_id=request.id,
        plan_id=None,
        team_id=None,
        parent_id=None,
        position=asked.position,
        state=VisitState.ACCEPTED,
        lead_id=None,
        partner_id=None,
        trainee_id=None,
        valid_from=None,
        valid_until=None,
        promise_due_on=max(due_on, default=None),
        promise_explained=facts.granted(WaiverKind.PROMISE) is not None,
        hold_id=None,
        started_at=None,
        ended_at=None,
        outcome=None,
        outcome_note="",
        debtor_gone=False,
        superseded_by=None,
        voided_at=None,
        voided_by=None,
        void_reason=None,
        desk_confirmed_by=None,
        ended_reason=None,
        version=1,
    )


def _found_wrong(uow: UnitOfWork, request: VisitRequest, address_id: str, reason: str) -> None:
    address = uow.addresses.need(address_id)
    record_address_error(
        uow,
        address,
        request.author_id,
        request_id=request.id,
        visit_id=None,
        found_by=uow.actor_id or request.author_id,
        note=reason,
    )
    # Whoever looks at the case next must not file it again (R6), and no lower address waits for it any longer (R5).
    uow.addresses.save(
        dataclasses.replace(
            address, standing=AddressStanding.INVALID, standing_reason=reason, standing_since=uow.now
        )
    )
