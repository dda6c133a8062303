"""The desk import: files brought in where there was no phone, with two names (V3, S16).

Owns the list that the import page shows and the countersignature. Taking a file in is `server.services.evidence.keep`.
It refuses to show case data: a visit's number, team and hours are enough to know whose files these are.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import date, datetime

from server.domain.access import Actor, Permission, reach
from server.domain.audit import AuditEntry
from server.domain.calendar import local_day
from server.domain.evidence import EvidenceItem, EvidenceSource
from server.domain.evidence_problems import COUNTERSIGNED_BY_IMPORTER
from server.domain.people import Account
from server.domain.problems import NOT_FOUND, WRONG_STATE, problem
from server.domain.value_words import Past
from server.domain.visits import Visit, VisitState
from server.services.evidence_reading import evidence_within
from server.services.ports.paging import Page, PageRequest
from server.services.ports.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class DeskVisit:
    """What the import page shows of a visit. The hours are those of the visit, before it those of its plan."""

    id: str
    team: tuple[Account, ...]
    state: VisitState
    starts_at: datetime | None
    ends_at: datetime | None


def desk_visits(uow: UnitOfWork, actor: Actor, request: PageRequest, day: date | None) -> Page[DeskVisit]:
    """The visits of a day (today) for which files may be brought in."""
    reached = reach(actor, Permission.EVIDENCE_IMPORT)
    page = uow.evidence_items.desk_visits(request, reached, day or local_day(uow.now))
    teams = uow.visit_teams.by_ids(visit.team_id for visit in page.items if visit.team_id is not None)
    people = uow.accounts.by_ids(member for visit in page.items for member in _members(visit))
    shown = []
    for visit in page.items:
        planned = teams.get(visit.team_id or "")
        shown.append(
            DeskVisit(
                visit.id,
                tuple(people[member] for member in _members(visit)),
                visit.state,
                visit.started_at or (planned.starts_at if planned else None),
                visit.ended_at or (planned.ends_at if planned else None),
            )
        )
    return Page(shown, page.next)


def uncountersigned(uow: UnitOfWork, actor: Actor, request: PageRequest) -> Page[EvidenceItem]:
    """What the desk took in and IT has not countersigned yet."""
    page = uow.evidence_items.uncountersigned_page(request, reach(actor, Permission.EVIDENCE_COUNTERSIGN))
    uow.audit(AuditEntry("evidence.listed", "evidence", None, {"ids": [item.id for item in page.items]}))
    return page


def countersign(uow: UnitOfWork, actor: Actor, evidence_id: str) -> EvidenceItem:
    """S16: the second of the two names, of the IT post, on what a dispatcher took in."""
    item, visit = evidence_within(uow, actor, evidence_id, Permission.EVIDENCE_COUNTERSIGN)
    if item.source is not EvidenceSource.DESK:
        raise problem(NOT_FOUND, what=f"desk import {evidence_id}")
    if item.countersigned_at is not None:
        raise problem(
            WRONG_STATE, state=Past.COUNTERSIGNED, verb_zh="再次复核", verb_en="countersigned again"
        )
    if actor.account_id in (item.account_id, item.brought_by):
        raise problem(COUNTERSIGNED_BY_IMPORTER)
    signed = uow.evidence_items.save(
        dataclasses.replace(item, countersigned_by=actor.account_id, countersigned_at=uow.now)
    )
    detail = {"visit_id": visit.id, "imported_by": item.account_id, "sha256": item.sha256}
    uow.audit(AuditEntry("evidence.countersigned", "evidence", item.id, detail))
    return signed


def _members(visit: Visit) -> list[str]:
    return [one for one in (visit.lead_id, visit.partner_id, visit.trainee_id) if one is not None]
