"""Placements and their life: retained, recalled, given to another collector, ended (R14, W4)."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date

from server.domain.access import Actor, Post
from server.domain.audit import AuditEntry
from server.domain.calendar import local_day
from server.domain.placement_rules import (
    CANCELLED_BY_END,
    open_findings,
    r14_over,
    recall_findings,
    retention_findings,
)
from server.domain.placements import HoldReason, Placement, placement_end
from server.domain.problems import NOT_FOUND, problem, refuse_if
from server.domain.registers import paper_out
from server.domain.requests import OPEN_STATES, RequestState
from server.domain.visits import Paper, Visit, VisitState
from server.services import credit, notices
from server.services.holds import STOPPABLE, place_hold, release_hold
from server.services.ports.unit_of_work import UnitOfWork

END_DUE_JOB = "placements.end_due"
END_BATCH = 100


def retain(uow: UnitOfWork, placement: Placement, until: date, *, by: Actor | None) -> Placement:
    """W4: 留案. A placement whose end is on record already goes on; what its end cancelled stays cancelled."""
    return retain_all(uow, [(placement, until)], by=by)[0]


def retain_all(
    uow: UnitOfWork, retentions: Sequence[tuple[Placement, date]], *, by: Actor | None
) -> list[Placement]:
    """W4 for a file of them: one by one, 20,000 kept everybody else from writing for twenty seconds."""
    for placement, until in retentions:
        refuse_if(retention_findings(placement, until))
    retained = uow.placements.save_all(
        [dataclasses.replace(p, retained_until=until, ended_on=None) for p, until in retentions],
        ("retained_until", "ended_on"),
    )
    by_id = {placement.id: placement for placement in retained}
    for hold in uow.holds.having_any("placement_id", by_id):
        if hold.reason is HoldReason.ENDED and hold.released_at is None:
            release_hold(uow, by_id[hold.placement_id], hold, "retained", by=by)
    for placement, until in retentions:
        detail = {"until": until.isoformat(), "before": placement_end(placement).isoformat()}
        uow.audit(AuditEntry("placement.retained", "placement", placement.id, detail))
        credit.fact_changed(uow, placement.id, "placement.retained")
    return retained


def recall(uow: UnitOfWork, placement: Placement, recall_on: date, reason: str) -> Placement:
    """R14: the client takes the case back on a day; from today on it ends at once, else at the end of that day."""
    today = local_day(uow.now)
    refuse_if(open_findings(placement, today) or recall_findings(placement, recall_on, today))
    recalled = uow.placements.save(dataclasses.replace(placement, recall_on=recall_on, retained_until=None))
    detail = {
        "recall_on": recall_on.isoformat(),
        "before": placement_end(placement).isoformat(),
        "reason": reason,
    }
    uow.audit(AuditEntry("placement.recalled", "placement", placement.id, detail))
    credit.fact_changed(uow, placement.id, "placement.recalled")
    return end_placement(uow, recalled, today) if recall_on == today else recalled


def assign_collector(uow: UnitOfWork, placement: Placement, collector_id: str, reason: str) -> Placement:
    """Give the case to another collector of its branch; both are told."""
    refuse_if(open_findings(placement, local_day(uow.now)))
    collector = uow.accounts.get(collector_id)
    posts = {Post.COLLECTOR, Post.TEAM_LEAD}
    if (
        collector is None
        or collector.left_on is not None
        or collector.branch_id != placement.branch_id
        or not posts & set(collector.posts)
    ):
        raise problem(NOT_FOUND, "collector_id", what=f"collector {collector_id}")
    moved = uow.placements.save(dataclasses.replace(placement, collector_id=collector_id))
    detail = {"before": placement.collector_id, "after": collector_id, "reason": reason}
    uow.audit(AuditEntry("placement.assigned", "placement", placement.id, detail))
    notices.tell(
        uow,
        [placement.collector_id, collector_id],
        "placement_assigned",
        {"case_number": placement.case_number, "collector": collector.display_name},
        f"/placements/{placement.id}",
    )
    return moved


def end_placement(uow: UnitOfWork, placement: Placement, ended_on: date) -> Placement:
    """R14: the mandate is over. Open requests and visits that have not begun are cancelled, their people told, and
    the papers still out are listed to the managers. A visit in progress goes on: what happened stays a fact."""
    visits = uow.visits.having(placement_id=placement.id)
    stopped = [visit for visit in visits if visit.state in STOPPABLE]
    if stopped:
        hold = place_hold(uow, placement, HoldReason.ENDED, "", by=None)
        for visit in uow.visits.by_ids([visit.id for visit in stopped]).values():
            uow.visits.save(
                dataclasses.replace(
                    visit, state=VisitState.CANCELLED, hold_id=hold.id, ended_reason=CANCELLED_BY_END
                )
            )
    requests = [r for r in uow.visit_requests.having(placement_id=placement.id) if r.state in OPEN_STATES]
    for request in requests:
        uow.visit_requests.save(
            dataclasses.replace(
                request,
                state=RequestState.CANCELLED,
                decided_at=uow.now,
                decided_by=None,
                decision_reason=CANCELLED_BY_END,
            )
        )
    ended = uow.placements.save(dataclasses.replace(placement, ended_on=ended_on))
    _tell_end(uow, ended, [r.author_id for r in requests], papers_out(uow, visits))
    detail = {
        "ended_on": ended_on.isoformat(),
        "requests": [request.id for request in requests],
        "visits": [visit.id for visit in stopped],
    }
    uow.audit(AuditEntry("placement.ended", "placement", placement.id, detail))
    credit.fact_changed(uow, placement.id, "placement.ended")
    return ended


def end_due(uow: UnitOfWork, limit: int = END_BATCH) -> int:
    """R14: end what was over yesterday; returns how many ended, so that a job knows whether to go on."""
    today = local_day(uow.now)
    due = uow.placements.over(today, limit)
    for placement in due:
        if r14_over(placement, today):
            end_placement(uow, placement, placement_end(placement))
    return len(due)


def papers_out(uow: UnitOfWork, visits: Sequence[Visit]) -> list[Paper]:
    """V6, R14: papers of these visits that were issued, not left at the place, and have not come back."""
    papers = uow.papers.having_any("visit_id", [visit.id for visit in visits])
    return [paper for paper in papers if paper_out(paper)]


def _tell_end(uow: UnitOfWork, placement: Placement, authors: Sequence[str], papers: Sequence[Paper]) -> None:
    params = {"case_number": placement.case_number, "papers": len(papers)}
    link = f"/placements/{placement.id}"
    if authors:
        notices.tell(uow, [placement.collector_id, *authors], "placement_ended", params, link)
    if papers:
        managers = [m.id for m in uow.accounts.with_post(Post.MANAGER, placement.branch_id)]
        notices.tell(uow, managers, "papers_due_back", params, link)
