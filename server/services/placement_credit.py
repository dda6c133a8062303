"""The credit of one case as it stands: why this visit, and why not another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from server.domain.access import Actor, Permission
from server.domain.audit import AuditEntry
from server.domain.credit import CreditRow, CreditRun
from server.domain.policy.explanations import handbook_sentence, tell
from server.services.ports.paging import PageRequest
from server.services.ports.unit_of_work import UnitOfWork
from server.services.scopes import visited_placement_within
from server.services.statements import Share, named_shares


@dataclass(frozen=True, slots=True)
class ExplainedLine:
    """A line with its trace in words: the outcome, the collector's commission, then each visit, the nearest first.

    `sentence` is the handbook's for the clause of the basis or of the reason, empty where the clause is ours.
    """

    row: CreditRow
    shares: Sequence[Share]
    clause: str
    sentence: str
    why: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class PlacementCredit:
    """The current run with a page of its lines; without a run nothing has been repaid or scored yet."""

    placement_id: str
    run: CreditRun | None
    items: Sequence[ExplainedLine]
    next: str | None


def read_placement_credit(
    uow: UnitOfWork, actor: Actor, placement_id: str, request: PageRequest
) -> PlacementCredit:
    """For those who reach the case, and for those who have visited it."""
    placement = visited_placement_within(uow, actor, placement_id, Permission.CREDIT_READ)
    uow.audit(AuditEntry("credit.read", "placement", placement.id))
    current = uow.credit_runs.current_of([placement.id]).get(placement.id)
    if current is None:
        return PlacementCredit(placement.id, None, (), None)
    page = uow.credit_lines.page_of_run(request, current.run_id)
    return PlacementCredit(
        placement.id, uow.credit_runs.need(current.run_id), _explained(uow, page.items), page.next
    )


def _explained(uow: UnitOfWork, rows: Sequence[CreditRow]) -> list[ExplainedLine]:
    shares = uow.credit_shares.of_lines(row.id for row in rows)
    accounts = uow.accounts.by_ids(share.account_id for of_row in shares.values() for share in of_row)
    names = {account.id: account.display_name for account in accounts.values()}
    told = []
    for row in rows:
        clause = row.clause or str(row.trace["outcome"]["clause"])
        told.append(
            ExplainedLine(
                row,
                named_shares(shares.get(row.id, []), names),
                clause,
                handbook_sentence(clause),
                {"zh": tell(row.trace, "zh-CN"), "en": tell(row.trace, "en")},
            )
        )
    return told
