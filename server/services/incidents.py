"""Incidents: reported by anybody, read and closed by those who supervise (V4, V8, V9, V12, V17; F7)."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from server.domain.access import Actor, Owned, Permission, Post, reach, within
from server.domain.audit import AuditEntry
from server.domain.placements import Placement
from server.domain.problems import NOT_FOUND, WRONG_STATE, problem
from server.domain.value_words import Past
from server.domain.visits import Incident, Visit
from server.services import notices
from server.services.ports.unit_of_work import UnitOfWork
from server.services.scopes import owners_of, placement_within, visit_within
from server.services.visit_records import open_incident

# One tap at the door each (V17, V2): the kind of the incident and the words of the message.
_ALERTS = {
    "asked_to_leave": "alert_asked_to_leave",
    "unsafe": "alert_unsafe",
    "recording_refused": "alert_recording_refused",
}


def report(uow: UnitOfWork, actor: Actor, values: Mapping[str, Any]) -> Incident:
    """Open an incident. A case or visit that it names must be within the reporter's reach; a person must exist."""
    visit = None
    if values["visit_id"] is not None:
        visit, placement = visit_within(uow, actor, values["visit_id"], Permission.VISITS_READ)
        _alert(uow, placement, visit, values["kind"])
    if values["placement_id"] is not None:
        placement_within(uow, actor, values["placement_id"], Permission.PLACEMENTS_READ)
    if values["about_account_id"] is not None and uow.accounts.get(values["about_account_id"]) is None:
        raise problem(NOT_FOUND, "about_account_id", what=f"account {values['about_account_id']}")
    return open_incident(
        uow,
        values["kind"],
        values["clause"],
        values["note"],
        visit=visit,
        placement_id=values["placement_id"],
        about_account_id=values["about_account_id"],
        self_reported=values["about_account_id"] == actor.account_id,
        id=values["id"],
    )


def _alert(uow: UnitOfWork, placement: Placement, visit: Visit, kind: str) -> None:
    """What is told from the door while it happens reaches the dispatchers at once; a list would be read later."""
    notice = _ALERTS.get(kind)
    if notice is None or visit.ended_at is not None:
        return
    dispatchers = [account.id for account in uow.accounts.with_post(Post.DISPATCHER, placement.branch_id)]
    notices.tell(uow, dispatchers, notice, {"case_number": placement.case_number}, f"/visits/{visit.id}")


def close(uow: UnitOfWork, actor: Actor, incident: Incident, note: str) -> Incident:
    """Close with a note; what was reported stays as it is."""
    if incident.closed_at is not None:
        raise problem(WRONG_STATE, state=Past.CLOSED, verb_zh="再次关闭", verb_en="closed again")
    closed = uow.incidents.save(
        dataclasses.replace(incident, closed_at=uow.now, closed_by=actor.account_id, closing_note=note)
    )
    uow.audit(AuditEntry("incident.closed", "incident", incident.id))
    return closed


def incident_within(uow: UnitOfWork, actor: Actor, incident_id: str, permission: Permission) -> Incident:
    """The incident, if its case is within reach, or, without a case, who opened it (S13)."""
    incident = uow.incidents.get(incident_id)
    if incident is not None and within(reach(actor, permission), _owned(uow, incident)):
        return incident
    raise problem(NOT_FOUND, what=f"incident {incident_id}")


def _owned(uow: UnitOfWork, incident: Incident) -> Owned:
    if incident.placement_id is not None:
        owned = owners_of(uow, uow.placements.need(incident.placement_id))
        own = owned.own_ids | ({incident.opened_by} if incident.opened_by else set())
        return Owned(own, owned.team_id, owned.project_id, owned.branch_id)
    opener = None if incident.opened_by is None else uow.accounts.get(incident.opened_by)
    if opener is None:
        return Owned(frozenset())
    return Owned(frozenset({opener.id}), opener.team_id, opener.project_id, opener.branch_id)
