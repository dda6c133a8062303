"""The ends of an import: its state put on record with what stood against it or came of it, and told to who waits."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from server.domain.access import Post
from server.domain.audit import AuditEntry
from server.domain.import_problems import ProblemList
from server.domain.imports import COMMAND_LINE, FINAL, ImportFile, ImportState
from server.services import notices
from server.services.house import House
from server.services.importing.outcome import Outcome
from server.services.ports.unit_of_work import UnitOfWork


def close(
    house: House, file: ImportFile, state: ImportState, rows: int, found: Outcome | ProblemList
) -> ImportFile:
    """End a file of which nothing is applied, in a transaction of its own."""
    problems = found.problems if isinstance(found, Outcome) else found
    result = result_of(found) if isinstance(found, Outcome) and not problems else {}
    with house.units.write(account_or_none(file.uploaded_by)) as uow:
        current = uow.import_files.need(file.id)
        if current.state in FINAL:
            return current
        told = dict(problems.told()) if problems else {}
        return end(uow, current, state, rows, problems=told, result=result)


def end(
    uow: UnitOfWork,
    file: ImportFile,
    state: ImportState,
    rows: int,
    *,
    problems: Mapping[str, Any] | None = None,
    result: Mapping[str, Any] | None = None,
) -> ImportFile:
    """Put the state on record, tell who waits for it, commit."""
    ended = uow.import_files.save(
        dataclasses.replace(
            file,
            state=state,
            rows=rows,
            problems=dict(problems or {}),
            result=dict(result or {}),
            finished_at=uow.now if state in FINAL else None,
        )
    )
    detail: dict[str, Any] = {"kind": file.kind, "sha256": file.sha256, "rows": rows}
    if state is ImportState.APPLIED:
        detail |= {"confirmed_by": file.confirmed_by, "created": ended.result["created"]}
    uow.audit(AuditEntry(f"import.{state}", "import_file", file.id, detail))
    _tell(uow, ended)
    uow.commit()
    return ended


def result_of(outcome: Outcome) -> dict[str, Any]:
    return outcome.counts() | {"warnings": dict(outcome.warnings.told())}


def account_or_none(uploaded_by: str) -> str | None:
    return None if uploaded_by == COMMAND_LINE else uploaded_by


def _tell(uow: UnitOfWork, file: ImportFile) -> None:
    params = {"filename": file.filename, "rows": file.rows}
    link = f"/imports/{file.id}"
    if file.state is ImportState.WAITING:
        notices.tell(uow, [qa.id for qa in uow.accounts.with_post(Post.QA)], "import_waiting", params, link)
    if file.uploaded_by != COMMAND_LINE and file.state is not ImportState.CHECKED:
        notices.tell(uow, [file.uploaded_by], f"import_{file.state}", params, link)
