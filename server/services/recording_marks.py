"""Marks in recordings, for those who may hear them (S8).

Owns setting, listing and taking back. Refuses whoever may not hear the recording, and the marks of others to be taken
back: what somebody heard at a moment tells of the recording itself, so it is read for a purpose as the recording is.
"""

from __future__ import annotations

import dataclasses

from server.domain.access import Actor
from server.domain.audit import AuditEntry
from server.domain.evidence import EvidenceItem, EvidenceKind
from server.domain.problems import ID_REUSED, NOT_FOUND, problem, refuse_if
from server.domain.recording_marks import MARK_NO_RECORDING, MARK_NOT_OWN, RecordingMark, marking_findings
from server.services.evidence_reading import look
from server.services.ports.paging import Page, PageRequest
from server.services.ports.unit_of_work import UnitOfWork


def set_mark(
    uow: UnitOfWork,
    actor: Actor,
    evidence_id: str,
    purpose: str | None,
    *,
    id: str,
    at_ms: int,
    words: str,
) -> RecordingMark:
    """A word at a moment; the same id again is the mark that was set first."""
    item, purpose = _heard(uow, actor, evidence_id, purpose)
    before = uow.recording_marks.get(id)
    if before is not None:
        if (before.evidence_id, before.account_id) != (item.id, actor.account_id):
            raise problem(ID_REUSED, "id", id=id)
        return before
    refuse_if(marking_findings(item.duration_ms, at_ms, uow.recording_marks.count(item.id)))
    mark = RecordingMark(id, item.id, actor.account_id, at_ms, words, uow.now, None, 1)
    detail = {"visit_id": item.visit_id, "mark": id, "at_ms": at_ms}
    uow.audit(AuditEntry("evidence.marked", "evidence", item.id, detail, purpose=purpose))
    return uow.recording_marks.add(mark)


def marks_of(
    uow: UnitOfWork, actor: Actor, evidence_id: str, purpose: str | None, request: PageRequest
) -> Page[RecordingMark]:
    """The marks that stand in a recording, in its own order."""
    item, purpose = _heard(uow, actor, evidence_id, purpose)
    page = uow.recording_marks.page_of_recording(request, item.id)
    detail = {"visit_id": item.visit_id, "ids": [mark.id for mark in page.items]}
    uow.audit(AuditEntry("evidence.marks_read", "evidence", item.id, detail, purpose=purpose))
    return page


def take_back(
    uow: UnitOfWork, actor: Actor, evidence_id: str, mark_id: str, purpose: str | None
) -> RecordingMark:
    """One's own mark is shown no more; taken back once more it stays as it was."""
    item, purpose = _heard(uow, actor, evidence_id, purpose)
    mark = uow.recording_marks.get(mark_id)
    if mark is None or mark.evidence_id != item.id:
        raise problem(NOT_FOUND, what=f"recording_mark {mark_id}")
    if mark.account_id != actor.account_id:
        raise problem(MARK_NOT_OWN)
    if mark.removed_at is not None:
        return mark
    detail = {"visit_id": item.visit_id, "mark": mark.id}
    uow.audit(AuditEntry("evidence.mark_removed", "evidence", item.id, detail, purpose=purpose))
    return uow.recording_marks.save(dataclasses.replace(mark, removed_at=uow.now))


def _heard(
    uow: UnitOfWork, actor: Actor, evidence_id: str, purpose: str | None
) -> tuple[EvidenceItem, str | None]:
    item, purpose = look(uow, actor, evidence_id, purpose)
    if item.kind is not EvidenceKind.RECORDING:
        raise problem(MARK_NO_RECORDING)
    return item, purpose
