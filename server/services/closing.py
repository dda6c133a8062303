"""Closing a month: its files are made from the frozen lines, stored, and served as they are for ever (M4).

Owns the order: the files are made and stored outside the writer's turn, and named within it by the rows that close the
month. A close that dies between leaves bytes that no row names, which the sweep removes, and an open month.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from server.domain.access import Actor, Permission, Reach, Scope
from server.domain.audit import AuditEntry
from server.domain.calendar import local_day
from server.domain.credit import MonthlyStatement, StatementFile, StatementState, month_bounds
from server.domain.disputes import disputes_open_findings
from server.domain.evidence_problems import BYTES_MISSING
from server.domain.money import format_fen
from server.domain.months import close_findings
from server.domain.problems import NOT_FOUND, STALE, problem, refuse_if
from server.services.house import House
from server.services.ids import new_id
from server.services.months import MonthShown, branch_within, name_of, shown, statement_of
from server.services.ports.credit import StatementFilter
from server.services.ports.objects import ObjectMissing
from server.services.ports.tables import Value
from server.services.ports.unit_of_work import UnitOfWork
from server.services.statement_table import COLUMNS, cells
from server.services.statements import Sum, lines_within, totals_within

FORMAT = "fieldvisit-statement-1"
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
    with house.units.read(actor.account_id) as uow:
        branch_id = branch_within(uow, actor, branch_id, Permission.STATEMENTS_CLOSE)
        statement = _closable(uow, month, branch_id)
        fills: dict[str, Callable[[BinaryIO], None]] = {
            "csv": lambda output: _write_csv(house, output, _rows(uow, statement)),
            "xlsx": lambda output: house.tables.write_xlsx(
                output, COLUMNS, _rows(uow, statement), "zh", statement.month
            ),
            "json": lambda output: _write_json(output, uow, statement),
        }
        return _Draft(statement, [_store(house, statement, ending, fill) for ending, fill in fills.items()])


def _store(
    house: House, statement: MonthlyStatement, ending: str, fill: Callable[[BinaryIO], None]
) -> StatementFile:
    moment = house.clock.now()
    id_ = new_id(moment)
    key = f"statements/{statement.id}/{id_}.{ending}"
    with TemporaryFile(dir=house.receiving) as file:
        fill(file)
        file.seek(0)
        stored = house.objects.write(key, file, limit=LARGEST_FILE)
    return StatementFile(id_, statement.id, ending, _TYPES[ending], key, stored.size, stored.sha256, moment)


def _rows(uow: UnitOfWork, statement: MonthlyStatement) -> Iterator[list[Value]]:
    wanted = StatementFilter(statement.month, everything=True, statement_id=statement.id)
    return (cells(told, "zh") for told in lines_within(uow, _whole(statement), wanted))


def _whole(statement: MonthlyStatement) -> Reach:
    """All of the statement's lines, wherever its cases have gone since."""
    return Reach(Scope.ALL, "", None, None, statement.branch_id)


def _write_csv(house: House, output: BinaryIO, rows: Iterator[list[Value]]) -> None:
    for piece in house.tables.csv_pieces(COLUMNS, rows, "zh"):
        output.write(piece)


def _write_json(output: BinaryIO, uow: UnitOfWork, statement: MonthlyStatement) -> None:
    """A head, then a line a line: whoever reads it need not hold it whole."""
    output.write((_text(_head(uow, statement))[:-1] + ', "lines": [').encode())
    separator = "\n"
    keys = [column.key for column in COLUMNS]
    for row in _rows(uow, statement):
        output.write(f"{separator}{_text(dict(zip(keys, row, strict=True)))}".encode())
        separator = ",\n"
    output.write(b"\n]}\n")


def _head(uow: UnitOfWork, statement: MonthlyStatement) -> dict[str, Any]:
    totals = totals_within(uow, Reach(Scope.BRANCH, "", None, None, statement.branch_id), statement.month)
    sums: dict[str, Sum] = {
        name: getattr(totals, name)
        for name in ("repayments", "lines", "late", "adjustments", "credited", "not_credited", "not_visited")
    }
    return {
        "format": FORMAT,
        "month": statement.month,
        "branch": uow.organisation.branch(statement.branch_id).name,
        "statement_id": statement.id,
        "published_at": statement.published_at,
        "published_by": name_of(uow, statement.published_by),
        "objections_until": statement.objections_until,
        "totals": {name: {"count": one.count, "amount": format_fen(one.fen)} for name, one in sums.items()},
        "difference": format_fen(totals.difference_fen),
        "agents": [
            {
                "account_id": one.account_id,
                "name": one.name,
                "lines": one.lines,
                "amount": format_fen(one.fen),
            }
            for one in totals.agents
        ],
    }


def _text(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
