"""Visit requests as their author sees them: opening a draft, its addresses, checking, filing, withdrawing; A4's mark.

Owns the life of a request up to the dispatcher (`server.services.request_decisions` has what comes then).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from server.domain.access import Actor, Permission, Post
from server.domain.addresses import SUBMITTABLE, AddressVerdict
from server.domain.audit import AuditEntry
from server.domain.calendar import local_day
from server.domain.placements import Address, Placement
from server.domain.problems import WRONG_STATE, Finding, problem, refuse_if
from server.domain.request_facts import RequestFacts
from server.domain.request_problems import NOT_OF_DEBTOR
from server.domain.request_rules import ClauseCheck, check_request
from server.domain.requests import RequestedAddress, RequestState, VisitRequest
from server.domain.value_words import Past
from server.domain.visits import VisitState
from server.services import credit, notices
from server.services.ports.addresses import AddressCheck
from server.services.ports.unit_of_work import UnitOfWork
from server.services.request_facts import gather
from server.services.scopes import placement_within

EDITABLE = (RequestState.DRAFT, RequestState.RETURNED)


@dataclass(frozen=True, slots=True)
class ChosenAddress:
    """An address as the author chose it; `accept_normalized`: what the check filled in or renamed is accepted."""

    address_id: str
    accept_normalized: bool


def open_draft(
    uow: UnitOfWork,
    checks: AddressCheck,
    actor: Actor,
    *,
    id: str,
    placement_id: str,
    note: str,
    chosen: Sequence[ChosenAddress],
) -> VisitRequest:
    """A draft for a case of one's own; the clauses are asked when it is filed."""
    placement = placement_within(uow, actor, placement_id, Permission.REQUESTS_WRITE)
    draft = VisitRequest(
        id=id,
        placement_id=placement.id,
        state=RequestState.DRAFT,
        author_id=actor.account_id,
        note=note,
        created_at=uow.now,
        requested_on=None,
        filed_at=None,
        decided_at=None,
        decided_by=None,
        decision_reason=None,
        promising_marked_at=None,
        promising_marked_by=None,
        promising_reason=None,
        version=1,
    )
    uow.visit_requests.add(draft)
    uow.request_addresses.add_all(placed(uow, checks, draft, placement, chosen))
    detail = {"placement_id": placement.id, "addresses": [c.address_id for c in chosen]}
    uow.audit(AuditEntry("visit_request.opened", "visit_request", draft.id, detail))
    return draft


def set_addresses(
    uow: UnitOfWork,
    checks: AddressCheck,
    request: VisitRequest,
    placement: Placement,
    chosen: Sequence[ChosenAddress],
    note: str | None,
) -> VisitRequest:
    """Other addresses for a draft or a returned request, in the order given."""
    require_state(request, EDITABLE, "修改", "be edited")
    uow.request_addresses.replace(request.id, placed(uow, checks, request, placement, chosen))
    edited = uow.visit_requests.save(
        dataclasses.replace(request, note=request.note if note is None else note)
    )
    detail = {"addresses": [c.address_id for c in chosen]}
    uow.audit(AuditEntry("visit_request.edited", "visit_request", request.id, detail))
    return edited


def check(
    uow: UnitOfWork, checks: AddressCheck, request: VisitRequest, placement: Placement
) -> list[ClauseCheck]:
    """What each clause says of the request as it stands; nothing is stored."""
    return check_request(gather(uow, checks, request, placement))


def file(uow: UnitOfWork, checks: AddressCheck, request: VisitRequest, placement: Placement) -> VisitRequest:
    """R1 to R8, R11: refused with everything that stands against it, or put before the branch's dispatchers."""
    require_state(request, EDITABLE, "提交", "be filed")
    facts = gather(uow, checks, request, placement)
    refuse_if([finding for result in check_request(facts) for finding in result.findings])
    _keep_validated(uow, facts)
    filed = uow.visit_requests.save(
        dataclasses.replace(
            request,
            state=RequestState.FILED,
            requested_on=local_day(uow.now),
            filed_at=uow.now,
            decided_at=None,
            decided_by=None,
            decision_reason=None,
        )
    )
    detail = {
        "requested_on": facts.requested_on.isoformat(),
        "addresses": [a.address.id for a in facts.asked],
    }
    uow.audit(AuditEntry("visit_request.filed", "visit_request", request.id, detail))
    tell_dispatchers(uow, placement, "request_filed", request.id)
    return filed


def withdraw(uow: UnitOfWork, request: VisitRequest, placement: Placement, reason: str) -> VisitRequest:
    """The author takes it back. An accepted one only while none of its visits stands on a plan or has begun."""
    require_state(request, (*EDITABLE, RequestState.FILED, RequestState.ACCEPTED), "撤回", "be withdrawn")
    visits = uow.visits.having(request_id=request.id)
    for visit in visits:
        if visit.state not in (VisitState.ACCEPTED, VisitState.FAILED, VisitState.CANCELLED):
            raise problem(WRONG_STATE, state=visit.state, verb_zh="撤回", verb_en="be withdrawn")
    for visit in visits:
        if visit.state is not VisitState.CANCELLED:
            uow.visits.save(
                dataclasses.replace(visit, state=VisitState.CANCELLED, ended_reason="request_withdrawn")
            )
    withdrawn = decided(uow, request, RequestState.WITHDRAWN, reason)
    uow.audit(AuditEntry("visit_request.withdrawn", "visit_request", request.id, {"reason": reason}))
    if request.state in (RequestState.FILED, RequestState.ACCEPTED):
        tell_dispatchers(uow, placement, "request_withdrawn", request.id)
    return withdrawn


def mark_promising(
    uow: UnitOfWork, actor: Actor, request: VisitRequest, placement: Placement, reason: str
) -> VisitRequest:
    """A4: the telephone was likely to recover it; repayments from the request's day on are not the collector's."""
    if request.requested_on is None:
        raise problem(WRONG_STATE, state=request.state, verb_zh="标记", verb_en="be marked")
    if request.promising_marked_at is not None:
        raise problem(WRONG_STATE, state=Past.PROMISING, verb_zh="再次标记", verb_en="be marked again")
    marked = uow.visit_requests.save(
        dataclasses.replace(
            request,
            promising_marked_at=uow.now,
            promising_marked_by=actor.account_id,
            promising_reason=reason,
        )
    )
    uow.audit(AuditEntry("visit_request.marked_promising", "visit_request", request.id, {"reason": reason}))
    tell_author(uow, request, placement, "request_marked_promising", reason)
    credit.fact_changed(uow, placement.id, "visit_request.marked_promising")
    return marked


def decided(uow: UnitOfWork, request: VisitRequest, state: RequestState, reason: str | None) -> VisitRequest:
    """The request in its new state, with when, by whom and why."""
    return uow.visit_requests.save(
        dataclasses.replace(
            request,
            state=state,
            decided_at=uow.now,
            decided_by=uow.actor_id,
            decision_reason=reason,
        )
    )


def require_state(request: VisitRequest, states: Iterable[RequestState], verb_zh: str, verb_en: str) -> None:
    if request.state not in states:
        raise problem(WRONG_STATE, state=request.state, verb_zh=verb_zh, verb_en=verb_en)


def tell_dispatchers(uow: UnitOfWork, placement: Placement, kind: str, request_id: str) -> None:
    """A line in the inbox of each dispatcher of the placement's branch."""
    dispatchers = uow.accounts.with_post(Post.DISPATCHER, placement.branch_id)
    notices.tell(
        uow,
        [account.id for account in dispatchers],
        kind,
        {"case_number": placement.case_number},
        f"/visit-requests/{request_id}",
    )


def tell_author(uow: UnitOfWork, request: VisitRequest, placement: Placement, kind: str, reason: str) -> None:
    """A line in the inbox of who wrote the request and of the case's collector."""
    notices.tell(
        uow,
        [request.author_id, placement.collector_id],
        kind,
        {"case_number": placement.case_number, "reason": reason},
        f"/visit-requests/{request.id}",
    )


def placed(
    uow: UnitOfWork,
    checks: AddressCheck,
    request: VisitRequest,
    placement: Placement,
    chosen: Sequence[ChosenAddress],
) -> list[RequestedAddress]:
    """The chosen addresses as rows, not stored; each must be one of the debtor's that is not hidden (V19)."""
    addresses = uow.addresses.by_ids(c.address_id for c in chosen)
    findings, rows = [], []
    for position, choice in enumerate(chosen):
        address = addresses.get(choice.address_id)
        if address is None or address.debtor_id != placement.debtor_id or address.duplicate_of_id is not None:
            findings.append(Finding(NOT_OF_DEBTOR, f"addresses[{position}].address_id"))
            continue
        accepted = _accepted_text(checks.check(address.text)) if choice.accept_normalized else None
        rows.append(
            RequestedAddress(uow.new_id(), request.id, address.id, address.version, position, accepted)
        )
    refuse_if(findings)
    return rows


def _accepted_text(verdict: AddressVerdict) -> str | None:
    return verdict.normalized if verdict.verdict in SUBMITTABLE and verdict.county_code else None


def _keep_validated(uow: UnitOfWork, facts: RequestFacts) -> None:
    """Plans read divisions and standing from the address: what filing rested on is kept there."""
    for asked in facts.asked:
        verdict = asked.verdict
        validated: dict[str, Any] = {
            "normalized": verdict.normalized,
            "province": verdict.province,
            "city": verdict.city,
            "county": verdict.county,
            "county_code": verdict.county_code,
            "town": verdict.town,
            "detail": verdict.detail,
            "urban_village": verdict.urban_village,
            "recheck_since": None,
        }
        if asked.known.standing is not asked.address.standing:
            validated |= {
                "standing": asked.known.standing,
                "standing_reason": None,
                "standing_since": uow.now,
            }
        corrected: Address = dataclasses.replace(asked.address, **validated)
        if corrected != asked.address:
            uow.addresses.save(corrected)
