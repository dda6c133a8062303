"""The undoing of an applied import: asked for by one, confirmed by another, all of it or nothing (S20).

Owns the two steps and what follows of them. What stands in the way is looked for in `import_obstacles`. A row that is
taken back stays on record with the moment, so that runs of credit that saw it can still be read; it counts for nothing
and is found by nothing from then on (docs/imports.md).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from server.domain.access import Post
from server.domain.audit import AuditEntry
from server.domain.import_undoing import Undoing, obstacle_findings, one_person_findings, undoable_findings
from server.domain.imports import COMMAND_LINE, ImportFile, ImportState
from server.domain.problems import WRONG_STATE, problem, refuse_if
from server.services import credit, notices
from server.services.import_obstacles import Concerned, concerned_by, undoing_as_it_is
from server.services.importing.retaining import take_retentions_back
from server.services.ports.unit_of_work import UnitOfWork
from server.services.repayments import settle_holds


def undoing_of(uow: UnitOfWork, file: ImportFile) -> Undoing:
    """What would be taken back as things are, and everything that stands on it."""
    refuse_if(undoable_findings(file.kind))
    return undoing_as_it_is(uow, file, concerned_by(uow, file))


def ask_undoing(uow: UnitOfWork, file: ImportFile, reason: str, *, asked_by: str) -> ImportFile:
    """One person asks, with the reason; nothing is taken back before another confirms."""
    if file.state is not ImportState.APPLIED or file.undo_asked_at is not None:
        raise problem(WRONG_STATE, state=_told(file), verb_zh="申请撤回", verb_en="asked to be undone")
    undoing = undoing_of(uow, file)
    refuse_if(obstacle_findings(undoing))
    asked = uow.import_files.save(
        dataclasses.replace(file, undo_reason=reason, undo_asked_by=asked_by, undo_asked_at=uow.now)
    )
    detail = {"sha256": file.sha256, "reason": reason, "rows": dict(undoing.rows)}
    uow.audit(AuditEntry("import.undo_asked", "import_file", file.id, detail))
    _tell(
        uow, file, [qa.id for qa in uow.accounts.with_post(Post.QA) if qa.id != asked_by], "import_undo_asked"
    )
    return asked


def turn_down_undoing(uow: UnitOfWork, file: ImportFile, reason: str) -> ImportFile:
    """The undoing is not confirmed; the file stays applied, and its undoing may be asked for anew."""
    _need_asked(file, "退回", "turned down")
    kept = uow.import_files.save(
        dataclasses.replace(file, undo_reason=None, undo_asked_by=None, undo_asked_at=None)
    )
    detail = {"sha256": file.sha256, "reason": reason, "asked_by": file.undo_asked_by}
    uow.audit(AuditEntry("import.undo_turned_down", "import_file", file.id, detail))
    _tell(uow, file, [file.undo_asked_by], "import_undo_turned_down")
    return kept


def confirm_undoing(uow: UnitOfWork, file: ImportFile, *, confirmed_by: str) -> ImportFile:
    """Another person confirms: what stands on the file is asked anew in this turn, then all its rows go at once."""
    _need_asked(file, "确认撤回", "undone")
    refuse_if(undoable_findings(file.kind) or one_person_findings(file.undo_asked_by, confirmed_by))
    concerned = concerned_by(uow, file)
    undoing = undoing_as_it_is(uow, file, concerned)
    refuse_if(obstacle_findings(undoing))
    restored = take_retentions_back(uow, concerned.changes)
    taken_back = uow.imported_rows.take_back(file.id, uow.now)
    settle_holds(uow, concerned.repaid)
    _score_anew(uow, concerned)
    undone = uow.import_files.save(
        dataclasses.replace(file, state=ImportState.UNDONE, undone_by=confirmed_by, undone_at=uow.now)
    )
    detail = {
        "sha256": file.sha256,
        "reason": file.undo_reason,
        "asked_by": file.undo_asked_by,
        "rows": dict(taken_back),
        "cases": undoing.cases,
        "restored": restored,
        "holds_released": undoing.released,
    }
    uow.audit(AuditEntry("import.undone", "import_file", file.id, detail))
    _tell(uow, file, [file.uploaded_by, file.undo_asked_by], "import_undone")
    return undone


def _score_anew(uow: UnitOfWork, concerned: Concerned) -> None:
    """M1: until they are scored again nobody publishes lines that count what was taken back."""
    touched = concerned.touched | concerned.repaid
    current = uow.credit_runs.current_of(touched | concerned.brought)
    uow.credit_runs.retire(run.run_id for run in current.values())
    credit.facts_changed(uow, touched, "import_undone")


def _need_asked(file: ImportFile, verb_zh: str, verb_en: str) -> None:
    if file.state is not ImportState.APPLIED or file.undo_asked_at is None:
        raise problem(WRONG_STATE, state=_told(file), verb_zh=verb_zh, verb_en=verb_en)


def _told(file: ImportFile) -> str:
    return file.state if file.undo_asked_at is None or file.state is ImportState.UNDONE else "undo_asked"


def _tell(uow: UnitOfWork, file: ImportFile, people: Sequence[str | None], what: str) -> None:
    told = sorted({one for one in people if one is not None and one != COMMAND_LINE})
    params = {"filename": file.filename, "rows": file.rows}
    notices.tell(uow, told, what, params, f"/imports/{file.id}")
