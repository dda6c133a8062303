"""On-site calls, a record of each (V18): limits asked beforehand, breaches kept afterwards (V9, V12, V13)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.domain.access import Actor
from server.domain.audit import AuditEntry
from server.domain.calls import v12_line_findings
from server.domain.placements import CallNote, Direction, Phone, Placement, Source
from server.domain.problems import NOT_FOUND, problem, refuse_if
from server.domain.visits import Finding
from server.services import credit
from server.services.ports.unit_of_work import UnitOfWork
from server.services.visit_reading import against_calling, phone_file
from server.services.visit_records import begun, keep_refusals, not_in_future, open_incident


def add(
    uow: UnitOfWork, actor: Actor, visit_id: str, values: Mapping[str, Any]
) -> tuple[CallNote, list[Finding]]:
    """Record a call; one that V9, V12 or V13 forbade is kept all the same, found, and looked into."""
    visit, placement = begun(uow, actor, visit_id)
    not_in_future(uow, values["at"])
    phone = phone_on_file(uow, placement, values["phone_id"])
    against = v12_line_findings(values["line"])
    if values["direction"] is Direction.OUT:
        against = against_calling(uow, phone_file(uow, placement.debtor_id), phone, values["at"]) + against
    note = uow.call_notes.add(
        CallNote(
            **values,
            placement_id=placement.id,
            account_id=actor.account_id,
            visit_id=visit.id,
            source=Source.VISIT,
            recorded_at=uow.now,
        )
    )
    findings = keep_refusals(uow, visit, against)
    for refusal in against:
        open_incident(
            uow,
            refusal.kind.code,
            refusal.kind.clause or "",
            refusal.zh(),
            visit=visit,
            about_account_id=actor.account_id,
        )
    detail = {"call_id": note.id, "answered": note.answered, "line": note.line}
    uow.audit(AuditEntry("call.recorded", "visit", visit.id, detail))
    credit.fact_changed(uow, placement.id, "call")
    return note, findings


def dial(uow: UnitOfWork, actor: Actor, visit_id: str, phone_id: str) -> Phone:
    """The number in clear, for a call that is allowed now; the purpose is in the trail (S5)."""
    visit, placement = begun(uow, actor, visit_id)
    phone = phone_on_file(uow, placement, phone_id)
    refuse_if(against_calling(uow, phone_file(uow, placement.debtor_id), phone, uow.now))
    uow.audit(AuditEntry("phone.unmasked", "phone", phone.id, {"visit_id": visit.id}, purpose="on-site call"))
    return phone


def phone_on_file(uow: UnitOfWork, placement: Placement, phone_id: str) -> Phone:
    """A number of the case's debtor; any other is not found."""
    phone = uow.phones.get(phone_id)
    if phone is None or phone.debtor_id != placement.debtor_id:
        raise problem(NOT_FOUND, "phone_id", what=f"phone {phone_id}")
    return phone
