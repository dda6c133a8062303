"""The ledger of fines and the incidents as a reader sees them: with names, and what is owed today (F4, F5, F7).

Owns who may be named in a form. Refuses to change anything: `fines` and `incident_decisions` do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from server.domain.access import Actor, Owned, Permission, reach, within
from server.domain.audit import AuditEntry
from server.domain.calendar import local_day
from server.domain.fines import Fine, FineState, f5_owed
from server.domain.incident_matrix import IncidentDecision
from server.domain.pay_targets import PAID_POSTS
from server.domain.people import Account
from server.domain.visits import Incident
from server.services.incidents import incident_within
from server.services.ports.paging import Page, PageRequest
from server.services.ports.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class FineShown:
    """A fine with whose it is and who found it; `owed_fen` is double once it is overdue."""

    fine: Fine
    name: str
    found_by: str
    owed_fen: int
    overdue: bool


@dataclass(frozen=True, slots=True)
class IncidentShown:
    """An incident with the names of whom it is about and who opened it, and the case's number."""

    incident: Incident
    about: str | None
    opened_by: str | None
    closed_by: str | None
    case_number: str | None


@dataclass(frozen=True, slots=True)
class DecisionShown:
    decision: IncidentDecision
    name: str
    decided_by: str


def fines_page(
    uow: UnitOfWork, actor: Actor, request: PageRequest, *, month: str | None, state: FineState | None
) -> Page[Fine]:
    """The own fines, or those of a team or a branch, the newest first; who read them is on record."""
    page = uow.fines.page(request, reach(actor, Permission.FINES_READ), month=month, state=state)
    uow.audit(AuditEntry("fine.listed", "fine", None, {"ids": [one.id for one in page.items]}))
    return page


def fines_shown(uow: UnitOfWork, fines: Sequence[Fine]) -> list[FineShown]:
    names = _names(uow, [id_ for one in fines for id_ in (one.account_id, one.found_by)])
    today = local_day(uow.now)
    return [
        FineShown(
            one,
            names.get(one.account_id, "?"),
            names.get(one.found_by, "?"),
            f5_owed(one, today),
            one.due_on is not None and one.due_on < today,
        )
        for one in fines
    ]


def incidents_page(
    uow: UnitOfWork, actor: Actor, request: PageRequest, is_open: bool | None
) -> Page[Incident]:
    """Those within reach, the newest first; who read them is on record."""
    page = uow.incidents.page(request, reach(actor, Permission.INCIDENTS_READ), is_open=is_open)
    uow.audit(AuditEntry("incident.listed", "incident", None, {"ids": [one.id for one in page.items]}))
    return page


def incidents_shown(uow: UnitOfWork, incidents: Sequence[Incident]) -> list[IncidentShown]:
    ids = [id_ for one in incidents for id_ in (one.about_account_id, one.opened_by, one.closed_by) if id_]
    names = _names(uow, ids)
    cases = uow.placements.by_ids(one.placement_id for one in incidents if one.placement_id)
    return [
        IncidentShown(
            one,
            names.get(one.about_account_id or ""),
            names.get(one.opened_by or ""),
            names.get(one.closed_by or ""),
            cases[one.placement_id].case_number if one.placement_id in cases else None,
        )
        for one in incidents
    ]


def incident_shown(
    uow: UnitOfWork, actor: Actor, incident_id: str
) -> tuple[IncidentShown, list[DecisionShown]]:
    """One incident within reach, with what was decided."""
    incident = incident_within(uow, actor, incident_id, Permission.INCIDENTS_READ)
    uow.audit(AuditEntry("incident.read", "incident", incident.id))
    decisions = uow.incident_decisions.having(incident_id=incident.id)
    names = _names(uow, [id_ for one in decisions for id_ in (one.account_id, one.decided_by)])
    told = [
        DecisionShown(one, names.get(one.account_id, "?"), names.get(one.decided_by, "?"))
        for one in decisions
    ]
    return incidents_shown(uow, [incident])[0], told


def people_within(uow: UnitOfWork, actor: Actor, permission: Permission) -> list[Account]:
    """Collectors and agents within the permission's reach, but oneself, by name: whom a form may name."""
    whose = reach(actor, permission)
    found = {account.id: account for post in PAID_POSTS for account in uow.accounts.with_post(post)}
    return sorted(
        (
            one
            for one in found.values()
            if one.id != actor.account_id
            and within(whose, Owned(frozenset(), one.team_id, one.project_id, one.branch_id))
        ),
        key=lambda one: (one.display_name, one.id),
    )


def _names(uow: UnitOfWork, ids: Sequence[str]) -> dict[str, str]:
    return {id_: account.display_name for id_, account in uow.accounts.by_ids(set(ids)).items()}
