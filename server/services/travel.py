"""R16: asking for the manager's approval of a plan outside the branch's city, or recording a notice by phone."""

from __future__ import annotations

import dataclasses

from server.domain.access import Actor, Permission, Post
from server.domain.audit import AuditEntry
from server.domain.plan_problems import TRAVEL_NOT_NEEDED
from server.domain.plan_rules import outside_cities
from server.domain.plans import TravelApproval, TravelKind, VisitPlan
from server.domain.problems import NOT_FOUND, WRONG_STATE, problem
from server.domain.value_words import Past
from server.domain.visits import VisitState
from server.services import notices
from server.services.ports.unit_of_work import UnitOfWork
from server.services.visit_plans import plan_within


def ask(
    uow: UnitOfWork, actor: Actor, plan: VisitPlan, approval_id: str, kind: TravelKind, reason: str
) -> TravelApproval:
    """Ask for the cities that the plan's visits lie in outside the branch's own; the managers are told at once."""
    visits = uow.visits.having(plan_id=plan.id, state=VisitState.PLANNED)
    addresses = uow.addresses.by_ids(visit.address_id for visit in visits)
    cities = outside_cities(addresses.values(), uow.organisation.branch(plan.branch_id).city_code)
    if not cities:
        raise problem(TRAVEL_NOT_NEEDED)
    approval = uow.travel_approvals.add(
        TravelApproval(
            id=approval_id,
            plan_id=plan.id,
            kind=kind,
            city_codes=tuple(cities),
            reason=reason,
            asked_by=actor.account_id,
            asked_at=uow.now,
            granted=None,
            decided_by=None,
            decided_at=None,
            made_good_at=None,
            version=1,
        )
    )
    managers = uow.accounts.with_post(Post.MANAGER, plan.branch_id)
    words = {"day": plan.day.isoformat(), "cities": "、".join(cities.values()), "reason": reason}
    asked = "travel_asked" if kind is TravelKind.APPROVAL else "travel_noticed"
    notices.tell(uow, [manager.id for manager in managers], asked, words, f"/visit-plans/{plan.id}")
    detail = {"plan_id": plan.id, "kind": kind, "city_codes": list(cities), "reason": reason}
    uow.audit(AuditEntry("travel.asked", "travel_approval", approval.id, detail))
    return approval


def decide(
    uow: UnitOfWork, actor: Actor, approval: TravelApproval, *, granted: bool, reason: str
) -> TravelApproval:
    """The manager grants or declines, once."""
    if approval.granted is not None:
        raise problem(WRONG_STATE, state=Past.DECIDED, verb_zh="再次决定", verb_en="decided again")
    decided = uow.travel_approvals.save(
        dataclasses.replace(approval, granted=granted, decided_by=actor.account_id, decided_at=uow.now)
    )
    _tell_asker(uow, decided, "travel_granted" if granted else "travel_declined", reason)
    detail = {"granted": granted, "reason": reason}
    uow.audit(AuditEntry("travel.decided", "travel_approval", approval.id, detail))
    return decided


def make_good(uow: UnitOfWork, actor: Actor, approval: TravelApproval, reason: str) -> TravelApproval:
    """The papers of a notice by phone are handed in afterwards, and the manager puts that on record."""
    open_notice = approval.kind is TravelKind.PHONE_NOTICE and approval.made_good_at is None
    if not open_notice or approval.granted is False:
        raise problem(WRONG_STATE, state=approval.kind, verb_zh="补办手续", verb_en="made good")
    made_good = uow.travel_approvals.save(
        dataclasses.replace(
            approval,
            granted=True,
            decided_by=approval.decided_by or actor.account_id,
            decided_at=approval.decided_at or uow.now,
            made_good_at=uow.now,
        )
    )
    _tell_asker(uow, made_good, "travel_granted", reason)
    uow.audit(AuditEntry("travel.made_good", "travel_approval", approval.id, {"reason": reason}))
    return made_good


def approval_within(uow: UnitOfWork, actor: Actor, approval_id: str) -> TravelApproval:
    """The approval, for a manager of the plan's branch (S13)."""
    approval = uow.travel_approvals.get(approval_id)
    if approval is None:
        raise problem(NOT_FOUND, what=f"travel_approval {approval_id}")
    plan_within(uow, actor, approval.plan_id, Permission.TRAVEL_APPROVE)
    return approval


def _tell_asker(uow: UnitOfWork, approval: TravelApproval, kind: str, reason: str) -> None:
    plan = uow.visit_plans.need(approval.plan_id)
    words = {"day": plan.day.isoformat(), "reason": reason}
    notices.tell(uow, [approval.asked_by], kind, words, f"/visit-plans/{plan.id}")
