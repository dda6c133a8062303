"""Decisions on incidents (F7): the edition's matrix proposes, a manager decides, once.

Owns the writing of a decision and what follows from it. It refuses to change the incident: what was reported stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.domain.access import Actor, Owned, Permission, reach, within
from server.domain.audit import AuditEntry
from server.domain.calendar import local_day
from server.domain.incident_matrix import (
    Consequence,
    FoundHow,
    IncidentDecision,
    f7_decision_findings,
    proposed_by_matrix,
)
from server.domain.problems import NOT_FOUND, problem, refuse_if
from server.services import notices
from server.services.fines import entered_by_incident
from server.services.incidents import incident_within
from server.services.ports.unit_of_work import UnitOfWork


def proposal(uow: UnitOfWork, found: FoundHow, at_fault: bool, pacified: bool) -> tuple[Consequence, int]:
    """What the matrix of the edition in force today says."""
    return proposed_by_matrix(found, at_fault, pacified, uow.policy.in_force_on(local_day(uow.now)))


def decide(uow: UnitOfWork, actor: Actor, incident_id: str, values: Mapping[str, Any]) -> IncidentDecision:
    """Once; a consequence that is not named is the one that the matrix proposes. A fine is due today."""
    incident = incident_within(uow, actor, incident_id, Permission.INCIDENTS_DECIDE)
    account = uow.accounts.get(values["account_id"])
    owned = (
        None
        if account is None
        else Owned(frozenset(), account.team_id, account.project_id, account.branch_id)
    )
    if owned is None or not within(reach(actor, Permission.INCIDENTS_DECIDE), owned):
        raise problem(NOT_FOUND, "account_id", what=f"account {values['account_id']}")
    found, at_fault, pacified = values["found"], values["at_fault"], values["pacified"]
    proposed, proposed_fen = proposal(uow, found, at_fault, pacified)
    consequence, fen = proposed, proposed_fen
    if values["consequence"] is not None:
        consequence, fen = values["consequence"], values["amount"] or 0
    decided = bool(uow.incident_decisions.having(incident_id=incident.id))
    chosen = (values["account_id"], consequence, fen)
    refuse_if(f7_decision_findings(actor, incident, decided, found, chosen))
    decision = uow.incident_decisions.add(
        IncidentDecision(
            id=values["id"],
            incident_id=incident.id,
            account_id=values["account_id"],
            found=found,
            at_fault=at_fault,
            pacified=pacified,
            proposed=proposed,
            proposed_fen=proposed_fen,
            consequence=consequence,
            amount_fen=fen,
            reasons=values["reasons"],
            decided_by=actor.account_id,
            decided_at=uow.now,
            decided_on=local_day(uow.now),
        )
    )
    if consequence is Consequence.FINE:
        entered_by_incident(uow, actor, decision.account_id, fen, values["reasons"])
    told = {"ruling": consequence.value, "reason": values["reasons"]}
    notices.tell(uow, [decision.account_id], "incident_decided", told)
    detail = {"account_id": decision.account_id, "consequence": consequence, "proposed": proposed}
    uow.audit(AuditEntry("incident.decided", "incident", incident.id, detail))
    return decision
