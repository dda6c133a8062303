"""What a pack can be asked of, found by the number of a case: the case as a whole, each visit that has evidence (S16).

Refuses a case that is out of reach as one that there is not (S13).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from server.domain.access import Actor, Permission
from server.domain.placements import Placement
from server.domain.problems import NOT_FOUND, Problem, problem
from server.services.ports.unit_of_work import UnitOfWork
from server.services.scopes import placement_within


@dataclass(frozen=True, slots=True)
class PackSubject:
    """A visit with what lies on it; `size` in bytes."""

    visit_id: str
    started_at: datetime | None
    items: int
    size: int


@dataclass(frozen=True, slots=True)
class PackCase:
    """A placement of that number, its visits with evidence in their order."""

    placement: Placement
    visits: tuple[PackSubject, ...]


def cases_to_pack(uow: UnitOfWork, actor: Actor, case_number: str) -> list[PackCase]:
    """The placements of the number within reach, the newest first; a case may have been placed more than once."""
    found = []
    for placement in reversed(uow.placements.having(case_number=case_number)):
        try:
            placement_within(uow, actor, placement.id, Permission.PACKS_MAKE)
        except Problem as refused:
            if refused.kind is not NOT_FOUND:
                raise
        else:
            found.append(PackCase(placement, _visits(uow, placement)))
    if not found:
        raise problem(NOT_FOUND, what=f"case {case_number}")
    return found


def _visits(uow: UnitOfWork, placement: Placement) -> tuple[PackSubject, ...]:
    visits = uow.visits.having(placement_id=placement.id)
    lies: dict[str, list[int]] = {}
    for item in uow.evidence_items.having_any("visit_id", [visit.id for visit in visits]):
        lies.setdefault(item.visit_id, []).append(item.size)
    return tuple(
        PackSubject(visit.id, visit.started_at, len(lies[visit.id]), sum(lies[visit.id]))
        for visit in visits
        if visit.id in lies
    )
