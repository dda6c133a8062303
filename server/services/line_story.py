"""Why a line of a month is as it is: its repayment, every candidate visit with its window, who has what.

Owns the reading of one line, of a draft or of a published month. Refuses a line of a case that is out of reach and that
the reader has not visited.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from server.domain.access import Actor, Permission
from server.domain.audit import AuditEntry
from server.domain.credit import CreditRow, CreditShareRow, LedgerLine
from server.domain.placements import Placement
from server.domain.policy.explanations import handbook_sentence
from server.domain.problems import NOT_FOUND, Problem, problem
from server.services.ports.unit_of_work import UnitOfWork
from server.services.scopes import visited_placement_within
from server.services.statements import Share, named_shares


@dataclass(frozen=True, slots=True)
class LineStory:
    """A line with what decided it. `ledger` is the frozen line of a published month, None in a draft."""

    row: CreditRow
    ledger: LedgerLine | None
    placement: Placement
    shares: Sequence[Share]
    clause: str
    sentence: str

    @property
    def trace(self) -> Mapping[str, Any]:
        return self.row.trace


def story_of(uow: UnitOfWork, actor: Actor, line_id: str) -> LineStory:
    """The line by its id, in a draft that of the credit line."""
    ledger = uow.ledger.get(line_id)
    row = uow.credit_lines.get(line_id if ledger is None else ledger.computed_id)
    if row is None:
        raise problem(NOT_FOUND, what=f"statement_line {line_id}")
    try:
        placement = visited_placement_within(uow, actor, row.placement_id, Permission.CREDIT_READ)
    except Problem as refused:
        raise problem(NOT_FOUND, what=f"statement_line {line_id}") from refused
    uow.audit(AuditEntry("credit.read", "placement", placement.id))
    clause = (ledger.clause if ledger is not None else row.clause) or str(row.trace["outcome"]["clause"])
    return LineStory(row, ledger, placement, _shares(uow, row, ledger), clause, handbook_sentence(clause))


def _shares(uow: UnitOfWork, row: CreditRow, ledger: LedgerLine | None) -> list[Share]:
    held: Sequence[CreditShareRow] = (
        uow.credit_shares.of_lines([row.id]).get(row.id, [])
        if ledger is None
        else uow.ledger_shares.of_lines([ledger.id]).get(ledger.id, [])
    )
    people = uow.accounts.by_ids(share.account_id for share in held)
    return named_shares(held, {id_: account.display_name for id_, account in people.items()})
