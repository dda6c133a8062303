"""The course of one visit for whoever may follow it: request, plan, what happened, evidence, flags and credit together.

Owns the gathering, each part as far as the reader's posts reach. Refuses to show what a part's own permission hides:
such a part is None, and the reader is told so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from server.domain.access import Actor, Permission
from server.domain.audit import AuditEntry
from server.domain.evidence import EvidenceItem
from server.domain.evidence_flags import EvidenceFlag
from server.domain.people import Account
from server.domain.plans import VisitPlan
from server.domain.requests import VisitRequest
from server.domain.visit_whole import VisitWhole
from server.domain.visits import Visit
from server.services import evidence_flags, evidence_reading, visit_reading
from server.services.house import House
from server.services.placement_credit import ExplainedLine, read_placement_credit
from server.services.ports.paging import PAGE_LIMIT, PageRequest
from server.services.ports.unit_of_work import UnitOfWork
from server.services.scopes import team_member


@dataclass(frozen=True, slots=True)
class VisitCourse:
    """Everything on a visit. `evidence`, `flags` and `lines` are None where the reader's posts do not reach them."""

    whole: VisitWhole
    request: VisitRequest | None
    plan: VisitPlan | None
    evidence: Sequence[EvidenceItem] | None
    flags: Sequence[EvidenceFlag] | None
    lines: Sequence[ExplainedLine] | None
    people: Mapping[str, Account]

    def name(self, account_id: str | None) -> str:
        """The name of somebody in it; empty for the system and for nobody."""
        found = None if account_id is None else self.people.get(account_id)
        return "" if found is None else found.display_name


def course_of(house: House, uow: UnitOfWork, actor: Actor, visit: Visit) -> VisitCourse:
    """The visit with its course; each part leaves its own line in the trail."""
    whole = visit_reading.whole(house, uow, visit, for_team=team_member(actor, visit))
    uow.audit(AuditEntry("visit.read", "visit", visit.id, {"total_debt": whole.total_debt_fen is not None}))
    request = None if visit.request_id is None else uow.visit_requests.get(visit.request_id)
    plan = None if visit.plan_id is None else uow.visit_plans.get(visit.plan_id)
    evidence = flags = lines = None
    first = PageRequest(PAGE_LIMIT)
    if actor.may(Permission.EVIDENCE_READ):
        evidence = evidence_reading.list_of_visit(uow, actor, visit.id, first).items
        shown = evidence_flags.flags(uow, actor, first, state=None, code=None, visit_id=visit.id)
        flags = [one.flag for one in shown.items]
    if actor.may(Permission.CREDIT_READ):
        credit = read_placement_credit(uow, actor, visit.placement_id, first)
        lines = [line for line in credit.items if line.row.nearest_visit_id == visit.id]
    return VisitCourse(
        whole,
        request,
        plan,
        evidence,
        flags,
        lines,
        uow.accounts.by_ids(_people(whole, request, plan, evidence)),
    )


def _people(
    whole: VisitWhole,
    request: VisitRequest | None,
    plan: VisitPlan | None,
    evidence: Sequence[EvidenceItem] | None,
) -> set[str]:
    visit = whole.brief.visit
    ids = {
        visit.lead_id,
        visit.partner_id,
        visit.trainee_id,
        visit.voided_by,
        whole.brief.placement.collector_id,
    }
    ids |= {one.account_id for one in whole.check_ins} | {one.account_id for one in whole.calls}
    ids |= {one.queued_by for one in whole.messages} | {one.found_by for one in whole.findings}
    ids |= {item.account_id for item in evidence or ()}
    if request is not None:
        ids |= {request.author_id, request.decided_by}
    if plan is not None:
        ids |= {plan.published_by}
    if whole.letter is not None:
        ids |= {whole.letter.counterfoil_received_by}
    return {id_ for id_ in ids if id_ is not None}
