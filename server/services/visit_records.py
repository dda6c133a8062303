"""What the use cases of a visit share: the visit of its team, findings and incidents, times that can be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from server.domain.access import Actor, Permission
from server.domain.adverse import Adverse
from server.domain.audit import AuditEntry
from server.domain.calendar import local_day
from server.domain.placements import Placement
from server.domain.policy.editions import Edition
from server.domain.problems import INVALID_INPUT, NOT_FOUND, problem
from server.domain.problems import Finding as Refusal
from server.domain.visit_rules import NOT_STARTED
from server.domain.visits import Finding, Incident, Visit
from server.services.ports.unit_of_work import UnitOfWork
from server.services.scopes import team_member, visit_within

CLOCK_MAY_DIFFER = timedelta(
    minutes=10
)  # ours: a phone's clock ahead of the server's by less is only a clock


def of_team(uow: UnitOfWork, actor: Actor, visit_id: str) -> tuple[Visit, Placement]:
    """The visit, for one of its team alone; to everybody else it is not found (S13)."""
    visit, placement = visit_within(uow, actor, visit_id, Permission.VISITS_CONDUCT)
    if not team_member(actor, visit):
        raise problem(NOT_FOUND, what=f"visit {visit_id}")
    return visit, placement


def begun(uow: UnitOfWork, actor: Actor, visit_id: str) -> tuple[Visit, Placement]:
    """The visit of the team, which must have begun: what happens at a place needs somebody there."""
    visit, placement = of_team(uow, actor, visit_id)
    if visit.started_at is None:
        raise problem(NOT_STARTED)
    return visit, placement


def not_in_future(uow: UnitOfWork, at: datetime, field: str = "at") -> None:
    """What has not happened yet is no fact."""
    if at > uow.now + CLOCK_MAY_DIFFER:
        raise problem(INVALID_INPUT, field, field_zh="时间", field_en=field, detail="in the future")


def edition_at(uow: UnitOfWork, at: datetime) -> Edition:
    """The numbers of the policy in force on the local day of an instant."""
    return uow.policy.in_force_on(local_day(at))


def edition_for(uow: UnitOfWork, placement_id: str, at: datetime) -> Edition:
    """The same with the overlay of the case's client (S21)."""
    return uow.policy_of(uow.placements.need(placement_id).client_id).in_force_on(local_day(at))


def keep_refusals(uow: UnitOfWork, visit: Visit, refusals: Sequence[Refusal]) -> list[Finding]:
    """Keep with the visit what would have been refused beforehand and happened all the same."""
    return [
        keep_finding(uow, visit, refusal.kind.code, refusal.kind.clause or "", refusal.zh())
        for refusal in refusals
    ]


def keep_finding(
    uow: UnitOfWork, visit: Visit, code: str, clause: str, note: str, *, self_reported: bool = False
) -> Finding:
    """A finding of the visit; one of the same code is on record once."""
    for held in uow.findings.having(visit_id=visit.id, code=code):
        return held
    finding = uow.findings.add(
        Finding(uow.new_id(), visit.id, code, clause, self_reported, note, uow.now, uow.actor_id or "")
    )
    uow.audit(AuditEntry("finding.kept", "visit", visit.id, {"code": code, "clause": clause}))
    return finding


def keep_adverse(
    uow: UnitOfWork, visit: Visit, adverse: Iterable[Adverse], note: str, *, self_reported: bool
) -> list[Finding]:
    """Adverse things as findings; those that a supervisor must look into open an incident as well (V4, V17)."""
    kept = []
    for one in adverse:
        kept.append(keep_finding(uow, visit, one.code, one.clause, note, self_reported=self_reported))
        if one.incident:
            open_incident(uow, one.code, one.clause, note, visit=visit, self_reported=self_reported)
    return kept


def open_incident(
    uow: UnitOfWork,
    kind: str,
    clause: str,
    note: str,
    *,
    visit: Visit | None = None,
    placement_id: str | None = None,
    about_account_id: str | None = None,
    self_reported: bool = False,
    id: str | None = None,
) -> Incident:
    """An incident, kept until somebody closes it with a note."""
    incident = uow.incidents.add(
        Incident(
            id=id or uow.new_id(),
            kind=kind,
            clause=clause,
            placement_id=visit.placement_id if visit is not None else placement_id,
            visit_id=None if visit is None else visit.id,
            about_account_id=about_account_id,
            note=note,
            self_reported=self_reported,
            opened_at=uow.now,
            opened_by=uow.actor_id,
            closed_at=None,
            closed_by=None,
            closing_note=None,
            version=1,
        )
    )
    detail = {"kind": kind, "clause": clause, "visit_id": incident.visit_id}
    uow.audit(AuditEntry("incident.opened", "incident", incident.id, detail))
    return incident
