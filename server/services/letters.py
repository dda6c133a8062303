"""Letters left at a visit: left, counterfoil handed back or escalated (V6), acknowledged by a call-back (C5)."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from server.domain.access import Actor, Permission, Post, reach
from server.domain.audit import AuditEntry
from server.domain.calendar import local_day
from server.domain.letters import counterfoil_escalates_at, counterfoil_findings, letter_findings
from server.domain.placements import Placement
from server.domain.problems import INVALID_INPUT, NOT_FOUND, WRONG_STATE, Problem, problem, refuse_if
from server.domain.value_words import Past
from server.domain.visits import Letter, Visit
from server.services import credit, notices
from server.services.papers import Outcome
from server.services.ports.paging import Page, PageRequest
from server.services.ports.unit_of_work import UnitOfWork
from server.services.scopes import visit_within
from server.services.visit_records import begun, edition_at, not_in_future

ESCALATE_JOB = "letters.escalate"
COUNTERFOIL_READERS = (Permission.LETTERS_RECEIVE, Permission.PAPERS_RELEASE)


@dataclass(frozen=True, slots=True)
class AwaitedCounterfoil:
    """A letter whose counterfoil is not back, its case, and when the manager hears of it by itself."""

    letter: Letter
    case_number: str
    escalates_at: datetime


def awaited(uow: UnitOfWork, actor: Actor, request: PageRequest) -> Page[AwaitedCounterfoil]:
    """V6: counterfoils that are out, the longest first."""
    found = uow.letters.awaited(request, reach(actor, *COUNTERFOIL_READERS))
    visits = uow.visits.by_ids(letter.visit_id for letter in found.items)
    placements = uow.placements.by_ids(visit.placement_id for visit in visits.values())
    shown = [
        AwaitedCounterfoil(
            letter,
            placements[visits[letter.visit_id].placement_id].case_number,
            counterfoil_escalates_at(letter.left_on, uow.policy.in_force_on(letter.left_on)),
        )
        for letter in found.items
    ]
    return Page(shown, found.next)


def leave(uow: UnitOfWork, actor: Actor, visit_id: str, values: Mapping[str, Any]) -> Letter:
    """A letter was left. Its counterfoil is awaited; unticked it goes to the manager when its days are over."""
    visit, placement = begun(uow, actor, visit_id)
    not_in_future(uow, values["at"])
    refuse_if(letter_findings(uow.letters.having(visit_id=visit.id)))
    left_on = local_day(values["at"])
    letter = uow.letters.add(
        Letter(
            id=values["id"],
            visit_id=visit.id,
            left_at=values["left_at"],
            manner=values["manner"],
            left_on=left_on,
            counterfoil_returned_at=None,
            counterfoil_received_by=None,
            escalated_at=None,
            acknowledged_on=None,
            acknowledged_by=None,
            acknowledgement_recorded_by=None,
            version=1,
        )
    )
    due_at = counterfoil_escalates_at(left_on, edition_at(uow, values["at"]))
    uow.enqueue(ESCALATE_JOB, {"letter_id": letter.id}, once_key=f"{ESCALATE_JOB}:{letter.id}", due_at=due_at)
    uow.audit(AuditEntry("letter.left", "visit", visit.id, {"letter_id": letter.id}))
    credit.fact_changed(uow, placement.id, "letter")
    return letter


def receive_counterfoil(uow: UnitOfWork, actor: Actor, letter_id: str) -> Letter:
    """V6: the dispatcher ticks the counterfoil off; the letter counts from now on, with its photos."""
    letter, visit, _ = _letter_within(uow, actor, letter_id, Permission.LETTERS_RECEIVE)
    refuse_if(counterfoil_findings(letter))
    received = uow.letters.save(
        dataclasses.replace(letter, counterfoil_returned_at=uow.now, counterfoil_received_by=actor.account_id)
    )
    uow.audit(AuditEntry("letter.counterfoil_received", "visit", visit.id, {"letter_id": letter.id}))
    credit.fact_changed(uow, visit.placement_id, "counterfoil")
    return received


def receive_each(uow: UnitOfWork, actor: Actor, letter_ids: Sequence[str]) -> list[Outcome]:
    """V6: as `receive_counterfoil`, of those ticked in the list; one that is back already does not stop the others."""
    outcomes = []
    for letter_id in letter_ids:
        number, refused = None, None
        try:
            number = _letter_within(uow, actor, letter_id, Permission.LETTERS_RECEIVE)[2].case_number
            receive_counterfoil(uow, actor, letter_id)
        except Problem as problem_:
            refused = problem_
        outcomes.append(Outcome(letter_id, number, refused))
    return outcomes


def acknowledge(uow: UnitOfWork, actor: Actor, letter_id: str, on: date, by: str) -> Letter:
    """C5: the debtor, or who repays for them, called back and said that the letter arrived; on which day."""
    letter, visit, _ = _letter_within(uow, actor, letter_id, Permission.FACTS_WRITE)
    if letter.acknowledged_on is not None:
        raise problem(
            WRONG_STATE, state=Past.ACKNOWLEDGED, verb_zh="再次登记回电", verb_en="acknowledged again"
        )
    if not letter.left_on <= on <= local_day(uow.now):
        raise problem(
            INVALID_INPUT,
            "on",
            field_zh="回电日期",
            field_en="on",
            detail="must be from the letter's day to today",
        )
    acknowledged = uow.letters.save(
        dataclasses.replace(
            letter, acknowledged_on=on, acknowledged_by=by, acknowledgement_recorded_by=actor.account_id
        )
    )
    detail = {"letter_id": letter.id, "on": on.isoformat()}
    uow.audit(AuditEntry("letter.acknowledged", "visit", visit.id, detail))
    credit.fact_changed(uow, visit.placement_id, "acknowledgement")
    return acknowledged


def escalate(uow: UnitOfWork, letter_id: str) -> bool:
    """Tell the managers of the branch of a counterfoil that nobody ticked off; once a letter. Whether it was told."""
    letter = uow.letters.need(letter_id)
    if letter.counterfoil_returned_at is not None or letter.escalated_at is not None:
        return False
    visit = uow.visits.need(letter.visit_id)
    placement = uow.placements.need(visit.placement_id)
    managers = [account.id for account in uow.accounts.with_post(Post.MANAGER, placement.branch_id)]
    notices.tell(
        uow, managers, "counterfoil_overdue", {"case_number": placement.case_number}, f"/visits/{visit.id}"
    )
    uow.letters.save(dataclasses.replace(letter, escalated_at=uow.now))
    uow.audit(AuditEntry("letter.escalated", "visit", visit.id, {"letter_id": letter.id}))
    return True


def escalate_now(uow: UnitOfWork, actor: Actor, letter_id: str) -> Letter:
    """The dispatcher tells the managers before the days are over; once a letter."""
    letter, _, _ = _letter_within(uow, actor, letter_id, Permission.LETTERS_RECEIVE)
    refuse_if(counterfoil_findings(letter))
    if not escalate(uow, letter.id):
        raise problem(WRONG_STATE, state=Past.REPORTED, verb_zh="再次上报", verb_en="escalated again")
    return uow.letters.need(letter.id)


def _letter_within(
    uow: UnitOfWork, actor: Actor, letter_id: str, permission: Permission
) -> tuple[Letter, Visit, Placement]:
    letter = uow.letters.get(letter_id)
    if letter is None:
        raise problem(NOT_FOUND, what=f"letter {letter_id}")
    return letter, *visit_within(uow, actor, letter.visit_id, permission)
