"""Adjustments: what was learnt after a month was published comes into the next one, naming the line it corrects (M4).

Owns the reading of what moved and the writing of the lines. `server.domain.adjusting` decides what they are.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence

from server.domain.adjusting import Booked, Computed, booked_anew, m4_corrections, shares_of
from server.domain.credit import CreditShareRow, MonthlyStatement
from server.services.ports.unit_of_work import UnitOfWork


def take_in(uow: UnitOfWork, statement: MonthlyStatement) -> int:
    """Write the corrections of all published months of the branch into the statement; how many lines they are."""
    return book(uow, statement, corrections(uow, statement.branch_id))


def corrections(uow: UnitOfWork, branch_id: str) -> list[Booked]:
    """The lines by which the ledger of a branch would say what is computed now; their ids are to come."""
    moved = uow.ledger.moved(branch_id)
    computed = computed_lines(uow, {id_ for one in moved for id_ in (one.line.computed_id, one.newer_id)})
    shares = uow.ledger_shares.of_lines(one.line.id for one in moved)
    found: list[Booked] = []
    for one in moved:
        standing = Booked(one.line, shares_of(shares.get(one.line.id, ())))
        if one.forged:
            found += booked_anew(standing, computed[one.newer_id])
        else:
            found += m4_corrections(standing, computed[one.line.computed_id], computed[one.newer_id])
    return found


def computed_lines(uow: UnitOfWork, credit_line_ids: Iterable[str]) -> Mapping[str, Computed]:
    rows = uow.credit_lines.by_ids(credit_line_ids)
    shares = uow.credit_shares.of_lines(rows)
    return {id_: Computed(row, shares_of(shares.get(id_, ()))) for id_, row in rows.items()}


def book(uow: UnitOfWork, statement: MonthlyStatement, booked: Sequence[Booked]) -> int:
    """Add lines to a statement that is not closed; they are sealed by whoever has added all."""
    lines = [
        dataclasses.replace(
            one.line, id=uow.new_id(), statement_id=statement.id, month=statement.month, sealed=False
        )
        for one in booked
    ]
    uow.ledger.add_all(lines)
    uow.ledger_shares.add_all(
        [
            CreditShareRow(uow.new_id(), line.id, account_id, position, fen)
            for line, one in zip(lines, booked, strict=True)
            for position, (account_id, fen) in enumerate(one.shares)
        ]
    )
    return len(lines)
