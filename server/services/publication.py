"""Publishing a plan and what may still change after it: people swapped, visits withdrawn, failed ones planned again.

Publication freezes what the visit is judged by later: the team, the hours, the address version, the promise known now
and whether its explanation was accepted (R12, X4). A published row is never reused for another day: a phone that was
offline may still bring facts of it, so planning again makes a new visit.
"""

from __future__ import annotations

import dataclasses
import secrets

from server.domain.access import Post
from server.domain.audit import AuditEntry
from server.domain.calendar import local_day
from server.domain.capture_manifests import nonce_after
from server.domain.leases import ENDED_BY_LEASE, expired
from server.domain.plan_problems import ALREADY_PLANNED_AGAIN, NOT_ON_TEAM
from server.domain.plan_rules import (
    PlannedVisit,
    booking_findings,
    end_findings,
    leave_findings,
    members_of,
    over_findings,
    plan_findings,
    team_findings,
    v11_certified,
)
from server.domain.plans import PlanState, VisitPlan, VisitTeam
from server.domain.problems import WRONG_STATE, problem, refuse_if
from server.domain.visits import Visit, VisitState
from server.services import notices, plan_facts, visit_lists
from server.services.ports.unit_of_work import UnitOfWork

WAITING_STATES = (VisitState.ACCEPTED, VisitState.PLANNED, VisitState.PUBLISHED, VisitState.IN_PROGRESS)


def publish(uow: UnitOfWork, plan: VisitPlan) -> VisitPlan:
    """Publish what waits on the plan; on a published plan, what was added since (R9 and R15 tell the additions)."""
    facts = plan_facts.plan_facts(uow, plan)
    if plan.state is PlanState.PUBLISHED and not facts.visits:
        raise problem(WRONG_STATE, state=plan.state, verb_zh="再次发布", verb_en="published again")
    refuse_if(plan_findings(facts, now=uow.now, edition=uow.policy.in_force_on(plan.day)))
    teams = {team.id: team for team in facts.teams}
    published = [_freeze(uow, planned, teams) for planned in facts.visits]
    saved = uow.visit_plans.save(
        dataclasses.replace(
            plan,
            state=PlanState.PUBLISHED,
            published_at=plan.published_at or uow.now,
            published_by=plan.published_by or uow.actor_id,
        )
    )
    visit_lists.tell_of_publication(uow, saved, published)
    detail = {"day": plan.day.isoformat(), "visit_ids": [visit.id for visit in published]}
    uow.audit(AuditEntry("plan.published", "visit_plan", plan.id, detail))
    return saved


def swap_member(
    uow: UnitOfWork, plan: VisitPlan, team: VisitTeam, leaves: str, joins: str, reason: str
) -> VisitTeam:
    """Somebody else takes a person's place in a published team; visits that have begun keep those who began them.

    The rules of a team are asked again for the new one: V1, V9, V11, bookings over the whole interval.
    """
    if plan.state is not PlanState.PUBLISHED:
        raise problem(WRONG_STATE, state=plan.state, verb_zh="换人", verb_en="given a swap: edit the team")
    if leaves not in members_of(team):
        raise problem(NOT_ON_TEAM, "leaves", team_id=team.id)
    swapped = dataclasses.replace(
        team,
        lead_id=joins if team.lead_id == leaves else team.lead_id,
        partner_id=joins if team.partner_id == leaves else team.partner_id,
        trainee_id=joins if team.trainee_id == leaves else team.trainee_id,
    )
    to_come = [v for v in uow.visits.having(team_id=team.id) if v.state is VisitState.PUBLISHED]
    facts = plan_facts.facts_of_teams(uow, plan, [swapped], plan_facts.planned_visits(uow, to_come))
    edition = uow.policy.in_force_on(plan.day)
    findings = team_findings(swapped, facts, edition=edition) + v11_certified(swapped, facts)
    findings += over_findings(facts, uow.now) + booking_findings(facts) + leave_findings(facts)
    refuse_if(findings)
    saved = uow.visit_teams.save(swapped)
    for visit in to_come:
        uow.visits.save(
            dataclasses.replace(
                visit, lead_id=saved.lead_id, partner_id=saved.partner_id, trainee_id=saved.trainee_id
            )
        )
    uow.visit_plans.save(plan)
    visit_lists.tell_of_swap(uow, plan, saved, facts.visits, leaves=leaves, joins=joins)
    detail = {"leaves": leaves, "joins": joins, "reason": reason, "visit_ids": [v.id for v in to_come]}
    uow.audit(AuditEntry("team.swapped", "visit_team", team.id, detail))
    return saved


def withdraw_visit(uow: UnitOfWork, plan: VisitPlan, visit: Visit, reason: str, *, again: bool) -> Visit:
    """Take a published visit that has not begun off its plan; with `again` a new one waits for another day.

    Returns the new one, or the cancelled one.
    """
    if visit.state is not VisitState.PUBLISHED:
        raise problem(WRONG_STATE, state=visit.state, verb_zh="撤回", verb_en="withdrawn")
    withdrawn = uow.visits.save(
        dataclasses.replace(visit, state=VisitState.CANCELLED, ended_reason=f"withdrawn: {reason}")
    )
    uow.visit_plans.save(plan)
    placement = uow.placements.need(visit.placement_id)
    team = [m for m in (visit.lead_id, visit.partner_id, visit.trainee_id) if m is not None]
    words = {"case_number": placement.case_number, "day": plan.day.isoformat(), "reason": reason}
    notices.tell(uow, [*team, placement.collector_id], "visit_withdrawn", words, f"/visits/{visit.id}")
    uow.audit(AuditEntry("visit.withdrawn", "visit", visit.id, {"plan_id": plan.id, "reason": reason}))
    return _anew(uow, withdrawn) if again else withdrawn


def plan_again(uow: UnitOfWork, visit: Visit) -> Visit:
    """A failed visit, or a published one whose lease ran out, waits again: as a new visit of the same request.

    The old row stays as it was, so that what a phone still brings of it finds its place.
    """
    if expired(visit, uow.now):
        visit = uow.visits.save(
            dataclasses.replace(visit, state=VisitState.FAILED, ended_reason=ENDED_BY_LEASE)
        )
    if visit.state is not VisitState.FAILED:
        raise problem(WRONG_STATE, state=visit.state, verb_zh="重新排程", verb_en="planned again")
    for other in uow.visits.having(placement_id=visit.placement_id, address_id=visit.address_id):
        if other.request_id == visit.request_id and other.state in WAITING_STATES:
            raise problem(ALREADY_PLANNED_AGAIN, visit_id=other.id)
    return _anew(uow, visit)


def _anew(uow: UnitOfWork, visit: Visit) -> Visit:
    address = uow.addresses.need(visit.address_id)
    placement = uow.placements.need(visit.placement_id)
    fresh = dataclasses.replace(
        visit,
        id=uow.new_id(),
        address_version=address.version,
        plan_id=None,
        team_id=None,
        position=0,
        state=VisitState.ACCEPTED,
        lead_id=None,
        partner_id=None,
        trainee_id=None,
        valid_from=None,
        valid_until=None,
        promise_due_on=None,
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
        capture_nonce=None,
    )
    (planned,) = plan_facts.planned_visits(uow, [fresh])
    refuse_if(end_findings(planned, local_day(uow.now)))
    fresh = dataclasses.replace(fresh, hold_id=None if planned.hold is None else planned.hold.id)
    uow.visits.add(fresh)
    uow.audit(AuditEntry("visit.planned_again", "visit", visit.id, {"again_as": fresh.id}))
    dispatchers = uow.accounts.with_post(Post.DISPATCHER, placement.branch_id)
    words = {"case_number": placement.case_number}
    notices.tell(uow, [d.id for d in dispatchers], "visit_waits_again", words, f"/visits/{fresh.id}")
    return fresh


def _freeze(uow: UnitOfWork, planned: PlannedVisit, teams: dict[str, VisitTeam]) -> Visit:
    assert planned.visit.team_id is not None
    team = teams[planned.visit.team_id]
    return uow.visits.save(
        dataclasses.replace(
            planned.visit,
            state=VisitState.PUBLISHED,
            lead_id=team.lead_id,
            partner_id=team.partner_id,
            trainee_id=team.trainee_id,
            valid_from=team.starts_at,
            valid_until=team.ends_at,
            address_version=planned.address.version,
            promise_due_on=planned.promise_due_on,
            promise_explained=planned.promise_explained,
            hold_id=None,
            capture_nonce=planned.visit.capture_nonce or _nonce(uow, planned.visit),
        )
    )


def _nonce(uow: UnitOfWork, visit: Visit) -> str:
    """V2: what the manifests of the visit carry; it comes with the lease, and a follow-up's from its parent's (V7)."""
    parent = None if visit.parent_id is None else uow.visits.need(visit.parent_id)
    if parent is not None and parent.capture_nonce is not None:
        return nonce_after(parent.capture_nonce, visit.id)
    return secrets.token_hex(32)
