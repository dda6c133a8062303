"""The undoing of an applied import: asked for by one, confirmed by another, all of it or nothing (S20).

Owns what is taken back and what follows of it. A repayment that is taken back keeps its row with the moment, so that
runs of credit that saw it can still be read; it counts for nothing from then on (docs/imports.md).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Sequence

from server.domain.access import Post
from server.domain.audit import AuditEntry
from server.domain.credit import LedgerLine
from server.domain.import_undoing import (
    IN_STATEMENT,
    NOT_UNDOABLE,
    REVERSED_LATER,
    UNDOABLE,
    WOULD_HOLD,
    Obstacle,
    StandsOn,
    Undoing,
    obstacle_findings,
    one_person_findings,
)
from server.domain.imports import COMMAND_LINE, ImportFile, ImportState
from server.domain.placements import Placement, Repayment
from server.domain.problems import WRONG_STATE, Finding, problem, refuse_if
from server.services import credit, notices
from server.services.ports.unit_of_work import UnitOfWork
from server.services.repayments import settle_holds, unsettled


def undoing_of(uow: UnitOfWork, file: ImportFile) -> Undoing:
    """What would be taken back as things are, and everything that stands on it."""
    if file.kind not in UNDOABLE:
        raise problem(NOT_UNDOABLE)
    mine = uow.repayments.having(import_id=file.id)
    by_id = {repayment.id: repayment for repayment in mine}
    placements = uow.placements.by_ids({repayment.placement_id for repayment in mine})
    moving = unsettled(uow, placements.values(), without=by_id)
    held_again = [placement for placement, hold in moving if hold is None]
    return Undoing(
        len(mine),
        sum(repayment.amount_fen for repayment in mine),
        frozenset(placements),
        len(moving) - len(held_again),
        [
            *_in_statements(uow.ledger.standing_of(by_id), by_id),
            *_reversed(uow.repayments.having_any("reverses_id", by_id), by_id),
            *_held_again(held_again),
        ],
    )


def ask_undoing(uow: UnitOfWork, file: ImportFile, reason: str, *, asked_by: str) -> ImportFile:
    """One person asks, with the reason; nothing is taken back before another confirms."""
    if file.state is not ImportState.APPLIED or file.undo_asked_at is not None:
        raise problem(WRONG_STATE, state=_told(file), verb_zh="申请撤回", verb_en="asked to be undone")
    undoing = undoing_of(uow, file)
    refuse_if(obstacle_findings(undoing))
    asked = uow.import_files.save(
        dataclasses.replace(file, undo_reason=reason, undo_asked_by=asked_by, undo_asked_at=uow.now)
    )
    detail = {"sha256": file.sha256, "reason": reason, "repayments": undoing.repayments}
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
    refuse_if(one_person_findings(file.undo_asked_by, confirmed_by))
    undoing = undoing_of(uow, file)
    refuse_if(obstacle_findings(undoing))
    taken_back = uow.repayments.take_back(file.id, uow.now)
    settle_holds(uow, undoing.placement_ids)
    # M1: until they are scored again nobody publishes lines that count what was taken back.
    current = uow.credit_runs.current_of(undoing.placement_ids)
    uow.credit_runs.retire(run.run_id for run in current.values())
    credit.facts_changed(uow, undoing.placement_ids, "import_undone")
    undone = uow.import_files.save(
        dataclasses.replace(file, state=ImportState.UNDONE, undone_by=confirmed_by, undone_at=uow.now)
    )
    detail = {
        "sha256": file.sha256,
        "reason": file.undo_reason,
        "asked_by": file.undo_asked_by,
        "repayments": taken_back,
        "placements": len(undoing.placement_ids),
        "holds_released": undoing.released,
    }
    uow.audit(AuditEntry("import.undone", "import_file", file.id, detail))
    _tell(uow, file, [file.uploaded_by, file.undo_asked_by], "import_undone")
    return undone


def _need_asked(file: ImportFile, verb_zh: str, verb_en: str) -> None:
    if file.state is not ImportState.APPLIED or file.undo_asked_at is None:
        raise problem(WRONG_STATE, state=_told(file), verb_zh=verb_zh, verb_en=verb_en)


def _told(file: ImportFile) -> str:
    return file.state if file.undo_asked_at is None or file.state is ImportState.UNDONE else "undo_asked"


def _in_statements(lines: Mapping[str, LedgerLine], mine: Mapping[str, Repayment]) -> list[Obstacle]:
    """M1: what is published stays, whatever became of its line since."""
    return [
        Obstacle(
            Finding(IN_STATEMENT, params={"reference": mine[id_].reference, "month": line.month}),
            StandsOn.STATEMENT,
            line.month,
        )
        for id_, line in sorted(lines.items())
    ]


def _reversed(reversals: Sequence[Repayment], mine: Mapping[str, Repayment]) -> list[Obstacle]:
    """A5: a reversal that came by another way names its original; its file goes first."""
    return [
        Obstacle(
            Finding(
                REVERSED_LATER,
                params={
                    "reference": mine[reversal.reverses_id or ""].reference,
                    "reversal": reversal.reference,
                },
            ),
            StandsOn.PLACEMENT if reversal.import_id is None else StandsOn.IMPORT,
            reversal.import_id or reversal.placement_id,
        )
        for reversal in reversals
        if reversal.id not in mine
    ]


def _held_again(placements: Collection[Placement]) -> list[Obstacle]:
    return [
        Obstacle(
            Finding(WOULD_HOLD, params={"case_number": placement.case_number}),
            StandsOn.PLACEMENT,
            placement.id,
        )
        for placement in placements
    ]


def _tell(uow: UnitOfWork, file: ImportFile, people: Sequence[str | None], what: str) -> None:
    told = sorted({one for one in people if one is not None and one != COMMAND_LINE})
    params = {"filename": file.filename, "rows": file.rows}
    notices.tell(uow, told, what, params, f"/imports/{file.id}")
