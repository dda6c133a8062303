"""What the outcome asks and the team answers (V15, V17, V4); adverse answers become findings and incidents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.domain.access import Actor
from server.domain.adverse import v17_adverse
from server.domain.audit import AuditEntry
from server.domain.problems import WRONG_STATE, problem
from server.domain.value_words import Past
from server.domain.visits import Finding, VisitAnswers
from server.services.ports.unit_of_work import UnitOfWork
from server.services.visit_records import begun, keep_adverse, not_in_future


def give(
    uow: UnitOfWork, actor: Actor, visit_id: str, values: Mapping[str, Any]
) -> tuple[VisitAnswers, list[Finding]]:
    """Answer once for the visit. What is told is a self-report (F7), and is never refused for being adverse."""
    visit, _ = begun(uow, actor, visit_id)
    if uow.visit_answers.having(visit_id=visit.id):
        raise problem(WRONG_STATE, state=Past.ANSWERED, verb_zh="再次回答", verb_en="answered again")
    if values["identity_shown_at"] is not None:
        not_in_future(uow, values["identity_shown_at"], "identity_shown_at")
    answers = uow.visit_answers.add(
        VisitAnswers(**values, visit_id=visit.id, answered_at=uow.now, answered_by=actor.account_id)
    )
    findings = keep_adverse(uow, visit, v17_adverse(answers), values["note"], self_reported=True)
    codes = [finding.code for finding in findings]
    uow.audit(AuditEntry("answers.given", "visit", visit.id, {"findings": codes}))
    return answers, findings
