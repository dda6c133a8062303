"""One import from its bytes to its end: read, checked, waiting for QA, applied in one transaction (S20).

What takes time (reading the table, checking addresses, hashing) is done outside the writer's turn. A run may be
repeated without harm: each step looks at the state that the file has.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

from server.domain.access import Post, Scope, widest
from server.domain.audit import AuditEntry
from server.domain.import_problems import FILE_REFUSED, ProblemList
from server.domain.import_sheets import ImportRow
from server.domain.imports import COMMAND_LINE, FINAL, ImportFile, ImportState, waits_for_qa
from server.services import geocoding, notices
from server.services.house import House
from server.services.importing.kinds import IMPORTERS, permission_for
from server.services.importing.outcome import Importer, Outcome, Task
from server.services.importing.table_words import WORDS
from server.services.ports.tables import TableRefused
from server.services.ports.unit_of_work import UnitOfWork

TELL_EVERY = 500
Progress = Callable[[int, int], None]


def run(
    house: House, file: ImportFile, path: Path, progress: Progress = lambda _done, _total: None
) -> ImportFile:
    """Take the file as far as it goes: to REFUSED, CHECKED (a dry run), WAITING (for QA) or APPLIED."""
    importer = IMPORTERS[file.kind]
    steps = _Steps(progress)
    rows, problems = _read(house, importer, path, file.filename, steps)
    if problems:
        return _close(house, file, ImportState.REFUSED, len(rows), problems=problems)
    prepared = importer.prepare(house, rows, steps.second_half)
    with house.units.read() as uow:
        twin = uow.import_files.applied_twin(file.kind, file.sha256)
        task = Task(file.id, rows, prepared, _branches_reached(uow, file), _account_or_none(file.uploaded_by))
        outcome = importer.resolve(uow, task) if twin is None else Outcome()
    if twin is not None:
        return _close(house, file, ImportState.UNCHANGED, len(rows))
    if outcome.problems:
        return _close(house, file, ImportState.REFUSED, len(rows), outcome=outcome)
    if file.dry_run:
        ended = _close(house, file, ImportState.CHECKED, len(rows), outcome=outcome)
    elif waits_for_qa(file):
        ended = _close(house, file, ImportState.WAITING, len(rows), outcome=outcome)
    else:
        ended = _apply(house, file, importer, task)
    steps.end()
    return ended


def destroy_bytes(house: House, import_id: str) -> None:
    """S20 「彻底删除」: the file's bytes go once the import has come to its end; that they went is on record."""
    with house.units.read() as asking:
        file = asking.import_files.need(import_id)
    if file.object_key is None or file.state not in FINAL:
        return
    house.objects.delete(file.object_key)
    with house.units.write(_account_or_none(file.confirmed_by or file.uploaded_by)) as uow:
        current = uow.import_files.need(import_id)
        uow.import_files.save(dataclasses.replace(current, object_key=None, destroyed_at=uow.now))
        detail = {"sha256": file.sha256, "size": file.size}
        uow.audit(AuditEntry("import.file_destroyed", "import_file", import_id, detail))
        uow.commit()


class _Steps:
    """Progress over two passes of the rows: reading them, then preparing them. Never told inside a transaction."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._rows = 0

    def begin(self, rows: int) -> None:
        self._rows = rows
        self._progress(0, rows * 2)

    def first_half(self, done: int) -> None:
        if done % TELL_EVERY == 0:
            self._progress(min(done, self._rows), self._rows * 2)

    def second_half(self, done: int) -> None:
        if done % TELL_EVERY == 0:
            self._progress(self._rows + min(done, self._rows), self._rows * 2)

    def end(self) -> None:
        self._progress(self._rows * 2, self._rows * 2)


def _read(
    house: House, importer: Importer, path: Path, filename: str, steps: _Steps
) -> tuple[list[ImportRow], ProblemList]:
    problems = ProblemList()
    try:
        numbered = [(row.number, row.cells) for row in house.tables.read(path, filename)]
    except TableRefused as refused:
        zh, en = WORDS[refused.code]
        column = None if refused.column is None else f"({refused.column})"
        problems.add(refused.row or 1, column, FILE_REFUSED, words_zh=zh, words_en=en)
        return [], problems
    steps.begin(max(len(numbered) - 1, 0))
    return importer.sheet.read(numbered, problems, steps.first_half), problems


def _apply(house: House, file: ImportFile, importer: Importer, task: Task) -> ImportFile:
    """All rows or none: looked at once more, for the world may have moved since they were checked."""
    with house.units.write(_account_or_none(file.confirmed_by or file.uploaded_by)) as uow:
        current = uow.import_files.need(file.id)
        if current.state in FINAL:
            return current
        if uow.import_files.applied_twin(file.kind, file.sha256) is not None:
            return _end(uow, current, ImportState.UNCHANGED, len(task.rows), {}, {})
        outcome = importer.resolve(uow, task)
        if outcome.problems:
            told = dict(outcome.problems.told())
            return _end(uow, current, ImportState.REFUSED, len(task.rows), told, {})
        outcome.write(uow)
        geocoding.want(uow, house.geocoder, outcome.new.get("addresses", ()))
        return _end(uow, current, ImportState.APPLIED, len(task.rows), {}, _result(outcome))


def _close(
    house: House,
    file: ImportFile,
    state: ImportState,
    rows: int,
    *,
    problems: ProblemList | None = None,
    outcome: Outcome | None = None,
) -> ImportFile:
    found = problems if problems is not None else outcome.problems if outcome is not None else ProblemList()
    with house.units.write(_account_or_none(file.uploaded_by)) as uow:
        current = uow.import_files.need(file.id)
        if current.state in FINAL:
            return current
        result = {} if outcome is None or found else _result(outcome)
        return _end(uow, current, state, rows, dict(found.told()) if found else {}, result)


def _end(
    uow: UnitOfWork,
    file: ImportFile,
    state: ImportState,
    rows: int,
    problems: dict[str, Any],
    result: dict[str, Any],
) -> ImportFile:
    """Put the state on record, tell who waits for it, commit."""
    ended = uow.import_files.save(
        dataclasses.replace(
            file,
            state=state,
            rows=rows,
            problems=problems,
            result=result,
            finished_at=uow.now if state in FINAL else None,
        )
    )
    detail: dict[str, Any] = {"kind": file.kind, "sha256": file.sha256, "rows": rows}
    if state is ImportState.APPLIED:
        detail |= {"confirmed_by": file.confirmed_by, "created": result["created"]}
    uow.audit(AuditEntry(f"import.{state}", "import_file", file.id, detail))
    _tell(uow, ended)
    uow.commit()
    return ended


def _tell(uow: UnitOfWork, file: ImportFile) -> None:
    params = {"filename": file.filename, "rows": file.rows}
    link = f"/imports/{file.id}"
    if file.state is ImportState.WAITING:
        notices.tell(uow, [qa.id for qa in uow.accounts.with_post(Post.QA)], "import_waiting", params, link)
    if file.uploaded_by != COMMAND_LINE and file.state is not ImportState.CHECKED:
        notices.tell(uow, [file.uploaded_by], f"import_{file.state}", params, link)


def _result(outcome: Outcome) -> dict[str, Any]:
    return outcome.counts() | {"warnings": dict(outcome.warnings.told())}


def _account_or_none(uploaded_by: str) -> str | None:
    return None if uploaded_by == COMMAND_LINE else uploaded_by


def _branches_reached(uow: UnitOfWork, file: ImportFile) -> frozenset[str] | None:
    """S13: the branches whose rows the uploader may bring in; None for all. The command line reaches all."""
    if file.uploaded_by == COMMAND_LINE:
        return None
    account = uow.accounts.need(file.uploaded_by)
    table = uow.grants.table()
    scope = widest(table[post] for post in account.posts).get(permission_for(file.kind))
    if scope is Scope.ALL:
        return None
    return frozenset({account.branch_id} if scope is Scope.BRANCH and account.branch_id else ())
