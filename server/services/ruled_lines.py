"""The lines that a ruling books, and reversals that follow one (M3, A5).

Owns that a ruling never changes a line: the computed one stays, is countered, and the ruled one stands beside it.
"""

from __future__ import annotations

import dataclasses

from server.domain.adjusting import Booked, Shares, counter_of, share_in_proportion, shares_of
from server.domain.credit import LedgerLine, LineKind, MonthlyStatement
from server.services.adjustments import book
from server.services.ports.unit_of_work import UnitOfWork

RULED = {"clause": "M3", "code": "ruled", "facts": {}}


def follow_rulings(uow: UnitOfWork, statement: MonthlyStatement) -> int:
    """A5: reversals of the branch whose original was ruled otherwise lower the ruled shares, not the computed ones."""
    booked: list[Booked] = []
    reached: dict[str, int] = {}
    for original, reversal in uow.ledger.reversals_to_rule(statement.branch_id):
        shares = shares_of(uow.ledger_shares.of_lines([original.id]).get(original.id, ()))
        taken = reached.get(original.id)
        before = (
            original.amount_fen + uow.ledger.ruled_back(original.repayment_id) if taken is None else taken
        )
        after = before + reversal.amount_fen
        reached[original.id] = after
        moved = tuple(
            (id_, now - then)
            for (id_, then), (_, now) in zip(
                share_in_proportion(shares, before), share_in_proportion(shares, after), strict=True
            )
        )
        told = (original.visit_id, original.commission)
        booked += ruled_lines(uow, reversal, original.ruling_id, told, moved)
    return book(uow, statement, booked)


def ruled_lines(
    uow: UnitOfWork, line: LedgerLine, ruling_id: str | None, told: tuple[str | None, str], shares: Shares
) -> list[Booked]:
    """What takes the line back, and what stands by the ruling: the visit and the collector's commission are `told`."""
    visit_id, commission = told
    held = Booked(line, shares_of(uow.ledger_shares.of_lines([line.id]).get(line.id, ())))
    ruled = dataclasses.replace(
        line,
        kind=LineKind.RULED,
        corrects_id=line.id,
        ruling_id=ruling_id,
        visit_id=visit_id,
        nearest_visit_id=visit_id or line.nearest_visit_id,
        basis=None,
        clause="M3",
        window_from=None,
        window_to=None,
        extended=False,
        commission=commission,
        reason=None if visit_id is not None else "ruled",
        outcome=RULED,
    )
    return [counter_of(held), Booked(ruled, shares)]
