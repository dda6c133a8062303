"""The JSON of a statement that closes: a head, the objections with their ends, a line a line; and its lines read back.

Owns the form of the file. It refuses to read a line twice: the month's other files are made from this one, so that all
of them say the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, BinaryIO

from server.domain.access import Reach, Scope
from server.domain.credit import MonthlyStatement
from server.domain.money import format_fen
from server.services.disputes import DisputeShown, shown
from server.services.months import name_of
from server.services.ports.credit import StatementFilter
from server.services.ports.tables import ColumnKind, Value
from server.services.ports.unit_of_work import UnitOfWork
from server.services.statement_table import COLUMNS, cells
from server.services.statements import Sum, lines_within, totals_within

FORMAT = "fieldvisit-statement-1"
_SUMS = ("repayments", "lines", "late", "adjustments", "credited", "not_credited", "not_visited")
_READ_BACK: Mapping[ColumnKind, Callable[[Any], Value]] = {
    ColumnKind.TEXT: str,
    ColumnKind.INTEGER: int,
    ColumnKind.MONEY: Decimal,
    ColumnKind.DAY: date.fromisoformat,
    ColumnKind.INSTANT: datetime.fromisoformat,
}


def write_json(output: BinaryIO, uow: UnitOfWork, statement: MonthlyStatement) -> None:
    """A head, then a line a line: whoever reads it need not hold it whole."""
    output.write((_text(_head(uow, statement))[:-1] + ', "lines": [').encode())
    separator = "\n"
    keys = [column.key for column in COLUMNS]
    wanted = StatementFilter(statement.month, everything=True, statement_id=statement.id)
    # All of the statement's lines, wherever its cases have gone since.
    whole = Reach(Scope.ALL, "", None, None, statement.branch_id)
    for told in lines_within(uow, whole, wanted):
        output.write(f"{separator}{_text(dict(zip(keys, cells(told, 'zh'), strict=True)))}".encode())
        separator = ",\n"
    output.write(b"\n]}\n")


def rows_of_json(told: BinaryIO) -> Iterator[list[Value]]:
    """The lines that `write_json` wrote, as cells in the order of the columns."""
    told.seek(0)
    told.readline()
    for text in told:
        if text == b"]}\n":
            return
        line = json.loads(text.rstrip(b",\n"))
        yield [
            None if line[column.key] is None else _READ_BACK[column.kind](line[column.key])
            for column in COLUMNS
        ]


def _head(uow: UnitOfWork, statement: MonthlyStatement) -> dict[str, Any]:
    totals = totals_within(uow, Reach(Scope.BRANCH, "", None, None, statement.branch_id), statement.month)
    sums: dict[str, Sum] = {name: getattr(totals, name) for name in _SUMS}
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
        "disputes": [_dispute(one) for one in shown(uow, uow.disputes.having(statement_id=statement.id))],
    }


def _dispute(told: DisputeShown) -> dict[str, Any]:
    """An objection with what it saw and how it ended (M2, M3)."""
    dispute, ruling, withdrawal = told.dispute, told.ruling, told.withdrawal
    ended = None if withdrawal is None else {"at": withdrawal.withdrawn_at, "words": withdrawal.words}
    ruled = None if ruling is None else {
        "outcome": ruling.outcome,
        "reasons": ruling.reasons,
        "visit_id": ruling.visit_id,
        "ruled_by": told.ruled_by,
        "ruled_at": ruling.ruled_at,
    }  # fmt: skip
    return {
        "dispute_id": dispute.id,
        "line_id": dispute.line_id,
        "filed_by": told.filed_by,
        "filed_at": dispute.filed_at,
        "ground": dispute.ground,
        "words": dispute.words,
        "claimed_visit_id": dispute.claimed_visit_id,
        "attachments": dispute.attachments,
        "run_id": dispute.run_id,
        "editions": dispute.editions,
        "evidence": dispute.evidence,
        "effect": [
            {
                "account_id": one.account_id,
                "name": one.name,
                "before": format_fen(one.before_fen),
                "after": format_fen(one.after_fen),
            }
            for one in told.effect
        ],
        "withdrawal": ended,
        "ruling": ruled,
    }


def _text(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
