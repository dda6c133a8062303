"""Closing a month: its files are made from the frozen lines, stored, and served as they are for ever (M4).

Owns the order: the files are made and stored outside the writer's turn, and named within it by the rows that close the
month. A close that dies between leaves bytes that no row names, which the sweep removes, and an open month. The
lines are read once: the JSON is made of them, and the other files of the JSON.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import BinaryIO

from server.domain.access import Actor, Permission
from server.domain.audit import AuditEntry
from server.domain.calendar import local_day
from server.domain.credit import MonthlyStatement, StatementFile, StatementState, month_bounds
from server.domain.disputes import disputes_open_findings
from server.domain.evidence_problems import BYTES_MISSING
from server.domain.months import close_findings
from server.domain.problems import NOT_FOUND, STALE, problem, refuse_if
from server.services.house import House
from server.services.ids import new_id
from server.services.months import MonthShown, branch_within, name_of, shown, statement_of
from server.services.ports.objects import ObjectMissing
from server.services.ports.unit_of_work import UnitOfWork
from server.services.statement_files import rows_of_json, write_json
from server.services.statement_table import COLUMNS

LARGEST_FILE = 1 << 30
_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}


@dataclass(frozen=True, slots=True)
class _Draft:
    """The files of a month that is about to close, and the statement that they were made from."""

    statement: MonthlyStatement
    files: Sequence[StatementFile]


def close(house: House, actor: Actor, month: str, branch_id: str | None) -> MonthShown:
    """M4: by a manager, once. Whoever was faster is named."""
    month_bounds(month)
    draft = _prepare(house, actor, month, branch_id)
    with house.units.write(actor.account_id) as uow:
        statement = _closable(uow, month, draft.statement.branch_id)
        if statement.version != draft.statement.version:
            raise problem(STALE, yours=draft.statement.version, current=statement.version)
        uow.statement_files.add_all(list(draft.files))
        statement = uow.monthly_statements.save(
            dataclasses.replace(
                statement, state=StatementState.CLOSED, closed_at=uow.now, closed_by=actor.account_id
            )
        )
        digests = {file.format: file.sha256 for file in draft.files}
        detail = {"month": month, "branch_id": statement.branch_id, "files": digests}
        uow.audit(AuditEntry("statement.closed", "statement", statement.id, detail))
        told = shown(uow, actor, statement)
        uow.commit()
    return told


def file_within(uow: UnitOfWork, actor: Actor, file_id: str) -> tuple[StatementFile, MonthlyStatement]:
    """A file of a closed month, for whoever may export the whole of that branch's."""
    file = uow.statement_files.get(file_id)
    if file is None:
        raise problem(NOT_FOUND, what=f"statement_file {file_id}")
    statement = uow.monthly_statements.need(file.statement_id)
    branch_within(uow, actor, statement.branch_id, Permission.STATEMENTS_EXPORT)
    return file, statement


def open_file(house: House, uow: UnitOfWork, file: StatementFile, start: int, stop: int) -> BinaryIO:
    """The stored bytes, with the line that says who took them."""
    try:
        stream = house.objects.open(file.object_key, start, stop - start)
    except ObjectMissing as missing:
        raise problem(BYTES_MISSING, id=file.id) from missing
    detail = {"format": file.format, "sha256": file.sha256, "bytes": f"{start}-{stop - 1}/{file.size}"}
    uow.audit(AuditEntry("statement.file_taken", "statement", file.statement_id, detail))
    return stream


def _closable(uow: UnitOfWork, month: str, branch_id: str) -> MonthlyStatement:
    statement = statement_of(uow, month, branch_id)
    by = None if statement is None else name_of(uow, statement.closed_by)
    refuse_if(close_findings(month, statement, by, local_day(uow.now)))
    assert statement is not None
    refuse_if(disputes_open_findings(month, len(uow.disputes.waiting(statement.id))))
    return statement


def _prepare(house: House, actor: Actor, month: str, branch_id: str | None) -> _Draft:
    with TemporaryFile(dir=house.receiving) as told:
        with house.units.read(actor.account_id) as uow:
            branch_id = branch_within(uow, actor, branch_id, Permission.STATEMENTS_CLOSE)
            statement = _closable(uow, month, branch_id)
            write_json(told, uow, statement)
        files = [_stored(house, statement, "json", told)]
        fills: dict[str, Callable[[BinaryIO], None]] = {
            "csv": lambda output: _write_csv(house, output, told),
            "xlsx": lambda output: house.tables.write_xlsx(
                output, COLUMNS, rows_of_json(told), "zh", statement.month
            ),
        }
        for ending, fill in fills.items():
            with TemporaryFile(dir=house.receiving) as file:
                fill(file)
                files.append(_stored(house, statement, ending, file))
        return _Draft(statement, files)


def _write_csv(house: House, output: BinaryIO, told: BinaryIO) -> None:
    for piece in house.tables.csv_pieces(COLUMNS, rows_of_json(told), "zh"):
        output.write(piece)


def _stored(house: House, statement: MonthlyStatement, ending: str, file: BinaryIO) -> StatementFile:
    moment = house.clock.now()
    id_ = new_id(moment)
    key = f"statements/{statement.id}/{id_}.{ending}"
    file.seek(0)
    stored = house.objects.write(key, file, limit=LARGEST_FILE)
    return StatementFile(id_, statement.id, ending, _TYPES[ending], key, stored.size, stored.sha256, moment)
