"""One import from its bytes to its end: read, checked, waiting for QA, applied in one transaction (S20).

What takes time (reading the table, checking addresses, hashing, judging) is done outside the writer's turn. A run may
be repeated without harm: each step looks at the state that the file has.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

from server.domain.audit import AuditEntry
from server.domain.import_problems import FILE_REFUSED, ProblemList
from server.domain.import_sheets import ImportRow
from server.domain.imports import FINAL, ImportFile, ImportKind, ImportState, waits_for_qa
from server.services.credit import AT_ONCE
from server.services.house import House
from server.services.importing.applying import Application
from server.services.importing.endings import account_or_none, close
from server.services.importing.kinds import IMPORTERS
from server.services.importing.outcome import Importer
from server.services.importing.table_words import WORDS
from server.services.ports.tables import TableRefused

TELL_EVERY = 500
_LEAST_ROW = 16  # bytes
Progress = Callable[[int, int], None]


def run(
    house: House, file: ImportFile, path: Path, progress: Progress = lambda _done, _total: None
) -> ImportFile:
    """Take the file as far as it goes: to REFUSED, CHECKED (a dry run), WAITING (for QA) or APPLIED."""
    importer = IMPORTERS[file.kind]
    steps = _Steps(progress)
    if file.kind is ImportKind.REPAYMENTS and path.stat().st_size > _LEAST_ROW * AT_ONCE:
        house.second_scorer.start()
    rows, problems = _read(house, importer, path, file.filename, steps)
    if problems:
        return close(house, file, ImportState.REFUSED, len(rows), problems)
    prepared = importer.prepare(house, rows, steps.second_half)
    application = Application(house, file, importer, rows, prepared)
    applies = not file.dry_run and not waits_for_qa(file)
    judgement = application.judge(to_apply=applies)
    if judgement.twin:
        return close(house, file, ImportState.UNCHANGED, len(rows), ProblemList())
    if judgement.outcome.problems:
        return close(house, file, ImportState.REFUSED, len(rows), judgement.outcome)
    if applies:
        ended = application.apply(judgement)
    else:
        state = ImportState.CHECKED if file.dry_run else ImportState.WAITING
        ended = close(house, file, state, len(rows), judgement.outcome)
    steps.end()
    return ended


def destroy_bytes(house: House, import_id: str) -> None:
    """S20 「彻底删除」: the file's bytes go once the import has come to its end; that they went is on record."""
    with house.units.read() as asking:
        file = asking.import_files.need(import_id)
    if file.object_key is None or file.state not in FINAL:
        return
    house.objects.delete(file.object_key)
    with house.units.write(account_or_none(file.confirmed_by or file.uploaded_by)) as uow:
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
