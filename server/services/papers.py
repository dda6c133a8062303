"""Papers taken along: issued for one visit and purpose, released, left or returned, shredded (V6, V21)."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from server.domain.access import Actor, Permission, reach
from server.domain.audit import AuditEntry
from server.domain.calendar import SHANGHAI, local_day
from server.domain.problems import NOT_FOUND, WRONG_STATE, Problem, problem, refuse_if
from server.domain.registers import PaperState, paper_due_on, paper_findings, paper_out, paper_state
from server.domain.visits import Paper, PaperKind, Visit, VisitState
from server.services.ports.paging import Page, PageRequest
from server.services.ports.registers import PaperList
from server.services.ports.unit_of_work import UnitOfWork
from server.services.scopes import visit_within

TO_COME = (VisitState.ACCEPTED, VisitState.PLANNED, VisitState.PUBLISHED, VisitState.IN_PROGRESS)


@dataclass(frozen=True, slots=True)
class PaperListed:
    """A paper with its case, where it is and when it is due back."""

    paper: Paper
    case_number: str
    state: PaperState
    due_on: date
    overdue: bool

    @property
    def version(self) -> int:
        return self.paper.version


def page(uow: UnitOfWork, actor: Actor, request: PageRequest, listed: PaperList | None) -> Page[PaperListed]:
    """Papers of the branch, or one of V21's lists; who only shreds is shown what was handed over for it (S13)."""
    today = datetime.combine(local_day(uow.now), time(0), SHANGHAI)
    only_shreds = not (actor.may(Permission.LETTERS_RECEIVE) or actor.may(Permission.PAPERS_RELEASE))
    found = uow.papers.page(
        request, reach(actor, *READERS), listed=listed, start_of_today=today, handed_over=only_shreds
    )
    return Page(with_cases(uow, found.items), found.next)


READERS = (Permission.LETTERS_RECEIVE, Permission.PAPERS_RELEASE, Permission.PAPERS_SHRED)


def with_cases(uow: UnitOfWork, papers: Iterable[Paper]) -> list[PaperListed]:
    """Each paper with its case number and due day."""
    listed = list(papers)
    visits = uow.visits.by_ids(paper.visit_id for paper in listed)
    placements = uow.placements.by_ids(visit.placement_id for visit in visits.values())
    today = local_day(uow.now)
    made = []
    for paper in listed:
        visit = visits[paper.visit_id]
        due_on = paper_due_on(paper, visit)
        case_number = placements[visit.placement_id].case_number
        overdue = paper_out(paper) and due_on < today
        made.append(PaperListed(paper, case_number, paper_state(paper), due_on, overdue))
    return made


def paper_within(uow: UnitOfWork, actor: Actor, paper_id: str, permission: Permission) -> Paper:
    """A paper is its visit's (S13)."""
    paper = uow.papers.get(paper_id)
    if paper is None:
        raise problem(NOT_FOUND, what=f"paper {paper_id}")
    visit_within(uow, actor, paper.visit_id, permission)
    return paper


def issue(uow: UnitOfWork, actor: Actor, visit: Visit, values: Mapping[str, Any]) -> Paper:
    """A paper for one visit and one purpose; nothing is issued for a visit that is over."""
    if visit.state not in TO_COME:
        raise problem(WRONG_STATE, state=visit.state, verb_zh="领用材料", verb_en="given papers")
    paper = uow.papers.add(
        Paper(
            id=values["id"],
            visit_id=visit.id,
            kind=values["kind"],
            purpose=values["purpose"],
            issued_at=uow.now,
            issued_by=actor.account_id,
            released_at=None,
            released_by=None,
            left_at=None,
            left_recorded_by=None,
            returned_at=None,
            received_by=None,
            shredded_at=None,
            shredded_by=None,
            version=1,
        )
    )
    detail = {"visit_id": visit.id, "kind": paper.kind, "purpose": paper.purpose}
    uow.audit(AuditEntry("paper.issued", "paper", paper.id, detail))
    return paper


def issue_missing(
    uow: UnitOfWork, actor: Actor, visits: Sequence[Visit], kind: PaperKind, purpose: str
) -> int:
    """A paper of the kind for each visit to come that has none out; how many are new."""
    held = uow.papers.having_any("visit_id", [visit.id for visit in visits])
    out = {paper.visit_id for paper in held if paper.kind is kind and paper_out(paper)}
    wanted = [visit for visit in visits if visit.state in TO_COME and visit.id not in out]
    for visit in wanted:
        issue(uow, actor, visit, {"id": uow.new_id(), "kind": kind, "purpose": purpose})
    return len(wanted)


def release(uow: UnitOfWork, actor: Actor, paper_ids: Sequence[str]) -> list[Paper]:
    """V21: the manager lets these papers leave the office, all of them or none."""
    papers = [paper_within(uow, actor, paper_id, Permission.PAPERS_RELEASE) for paper_id in paper_ids]
    refuse_if([finding for paper in papers for finding in paper_findings(paper, "release")])
    return [
        _moved(uow, paper, "released", released_at=uow.now, released_by=actor.account_id) for paper in papers
    ]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One of several that were asked for: done, or why not; `case_number` and `kind` None where it is out of reach."""

    id: str
    case_number: str | None
    refused: Problem | None
    kind: PaperKind | None = None


def release_each(uow: UnitOfWork, actor: Actor, paper_ids: Sequence[str]) -> list[Outcome]:
    """V21: as `release`, of papers ticked in a list."""
    return _each(uow, paper_ids, lambda paper_id: release(uow, actor, [paper_id])[0])


def take_back_each(uow: UnitOfWork, actor: Actor, paper_ids: Sequence[str]) -> list[Outcome]:
    """V21: as `take_back`, of what a team hands over in one go."""

    def back(paper_id: str) -> Paper:
        return take_back(uow, actor, paper_within(uow, actor, paper_id, Permission.LETTERS_RECEIVE))

    return _each(uow, paper_ids, back)


def _each(uow: UnitOfWork, paper_ids: Sequence[str], act: Callable[[str], Paper]) -> list[Outcome]:
    """One that somebody else handled meanwhile does not stop the others."""
    outcomes: list[tuple[str, Paper | None, Problem | None]] = []
    for paper_id in paper_ids:
        try:
            outcomes.append((paper_id, act(paper_id), None))
        except Problem as refused:
            known = None if refused.kind is NOT_FOUND else uow.papers.get(paper_id)
            outcomes.append((paper_id, known, refused))
    listed = with_cases(uow, [paper for _, paper, _ in outcomes if paper is not None])
    cases = {one.paper.id: one.case_number for one in listed}
    return [
        Outcome(paper_id, cases.get(paper_id), refused, paper.kind if paper else None)
        for paper_id, paper, refused in outcomes
    ]


def leave(uow: UnitOfWork, actor: Actor, paper: Paper) -> Paper:
    """A letter that stayed at the place; whether it counts as left is the letter's own matter (V6)."""
    refuse_if(paper_findings(paper, "leave"))
    return _moved(uow, paper, "left", left_at=uow.now, left_recorded_by=actor.account_id)


def take_back(uow: UnitOfWork, actor: Actor, paper: Paper) -> Paper:
    refuse_if(paper_findings(paper, "return"))
    return _moved(uow, paper, "returned", returned_at=uow.now, received_by=actor.account_id)


def shred(uow: UnitOfWork, actor: Actor, paper: Paper) -> Paper:
    """V21: handed over to administration and shredded, logged."""
    refuse_if(paper_findings(paper, "shred"))
    return _moved(uow, paper, "shredded", shredded_at=uow.now, shredded_by=actor.account_id)


def _moved(uow: UnitOfWork, paper: Paper, act: str, **changes: Any) -> Paper:
    moved = uow.papers.save(dataclasses.replace(paper, **changes))
    uow.audit(AuditEntry(f"paper.{act}", "paper", paper.id, {"visit_id": paper.visit_id}))
    return moved
