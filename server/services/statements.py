"""The month so far (M1): its lines with clause, window and reason, its sums, and whether they agree to the fen.

Reads what `server.services.credit` keeps, and the ledger where a month is frozen. It refuses to publish, to rule and to
close: `server.services.months` does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from server.domain.access import Actor, Permission, Reach, Scope, reach
from server.domain.audit import AuditEntry
from server.domain.credit import CreditShareRow, StatementState, month_bounds
from server.domain.evidence import EvidenceCount
from server.domain.masking import masked_name
from server.domain.policy.explanations import say
from server.services.line_proofs import LineProof, line_proofs
from server.services.ports.credit import (
    AgentSum,
    MonthSum,
    RepaymentSum,
    StatementFilter,
    StatementLine,
)
from server.services.ports.paging import PageRequest
from server.services.ports.unit_of_work import UnitOfWork

LINES_OF_A_PIECE = 1000
RULED_WORDS = {"zh": "按经理裁决（M3）", "en": "as the manager ruled (M3)"}


@dataclass(frozen=True, slots=True)
class Share:
    account_id: str
    name: str
    fen: int


@dataclass(frozen=True, slots=True)
class ToldLine:
    """A line of the statement as it is shown: the debtor masked (S5), names beside ids, the reason in both languages.

    `clause` is that of the basis, or of what stood against the line; `evidence` is that of the visit that the line
    speaks of, `proof` what it is worth.
    """

    line: StatementLine
    debtor: str
    collector: str
    team: str | None
    clause: str
    why: Mapping[str, str]
    shares: Sequence[Share]
    evidence: EvidenceCount
    proof: LineProof


@dataclass(frozen=True, slots=True)
class StatementPage:
    month: str
    state: StatementState
    items: Sequence[ToldLine]
    next: str | None


@dataclass(frozen=True, slots=True)
class Sum:
    """So many lines, or repayments, of so much together."""

    count: int
    fen: int


@dataclass(frozen=True, slots=True)
class GroupSums:
    """The lines of one client or team; `id` and `name` are None for collectors without a team."""

    id: str | None
    name: str | None
    credited: Sum
    not_credited: Sum
    not_visited: Sum


@dataclass(frozen=True, slots=True)
class AgentTotal:
    account_id: str
    name: str
    lines: int
    fen: int


@dataclass(frozen=True, slots=True)
class Totals:
    """A month in sums. `lines` are those of its own repayments, `late` repayments that came after its publication and
    are adjusted in a later month; `difference_fen` is what the repayments have more than both: 0 once all are scored.
    `adjustments` correct earlier months; they are among what is credited and not.
    """

    month: str
    state: StatementState
    repayments: Sum
    unscored: int
    lines: Sum
    late: Sum
    difference_fen: int
    adjustments: Sum
    credited: Sum
    not_credited: Sum
    not_visited: Sum
    agents: Sequence[AgentTotal]
    teams: Sequence[GroupSums]
    clients: Sequence[GroupSums]


def read_statement(
    uow: UnitOfWork, actor: Actor, request: PageRequest, wanted: StatementFilter
) -> StatementPage:
    """A page of the month's lines within reach: own cases, visited cases, a team, a branch, all."""
    month_bounds(wanted.month)
    page = uow.statements.page(request, reach(actor, Permission.CREDIT_READ), wanted)
    ids = [line.id for line in page.items]
    uow.audit(AuditEntry("statement.read", "statement", None, {"month": wanted.month, "ids": ids}))
    state = state_within(uow, reach(actor, Permission.CREDIT_READ), wanted.month)
    return StatementPage(wanted.month, state, told_lines(uow, page.items), page.next)


def state_within(uow: UnitOfWork, whose: Reach, month: str) -> StatementState:
    """How far the month is in the branch of the reach; over all branches, how far the slowest is."""
    if whose.scope is Scope.ALL:
        branches = [branch.id for branch in uow.organisation.branches()]
    else:
        branches = [] if whose.branch_id is None else [whose.branch_id]
    states = {one.branch_id: one.state for one in uow.monthly_statements.having(month=month)}
    found = [states.get(branch_id, StatementState.DRAFT) for branch_id in branches]
    return min(found, key=list(StatementState).index, default=StatementState.DRAFT)


def exported_lines(uow: UnitOfWork, actor: Actor, wanted: StatementFilter) -> Iterator[ToldLine]:
    """All lines of the month within the reach of who may export it (S5), a thousand at a time."""
    month_bounds(wanted.month)  # here and not in the pieces, which are read when the file has begun already
    return lines_within(uow, reach(actor, Permission.STATEMENTS_EXPORT), wanted)


def lines_within(uow: UnitOfWork, whose: Reach, wanted: StatementFilter) -> Iterator[ToldLine]:
    """All lines of the month within a reach, a thousand at a time."""
    after: str | None = None
    while True:
        page = uow.statements.page(PageRequest(LINES_OF_A_PIECE, after), whose, wanted)
        yield from told_lines(uow, page.items)
        if page.next is None:
            return
        after = page.next


def read_totals(uow: UnitOfWork, actor: Actor, month: str) -> Totals:
    """The month's sums within reach, and both figures that must agree: its repayments and its lines."""
    return totals_within(uow, reach(actor, Permission.CREDIT_READ), month)


def totals_within(uow: UnitOfWork, whose: Reach, month: str) -> Totals:
    first, last = month_bounds(month)
    sums = uow.statements.sums(whose, month)
    paid: RepaymentSum = uow.statements.repayment_sum(whose, first, last)
    lines = _sum(sums, lambda one: one.computed)
    teams = {team.id: team.name for team in uow.organisation.teams()}
    return Totals(
        month=month,
        state=state_within(uow, whose, month),
        repayments=Sum(paid.repayments, paid.fen),
        unscored=paid.unscored,
        lines=lines,
        late=Sum(paid.late, paid.late_fen),
        difference_fen=paid.fen - lines.fen - paid.late_fen,
        adjustments=_sum(sums, lambda one: not one.computed),
        credited=_sum(sums, _is_credited),
        not_credited=_sum(sums, _is_not_credited),
        not_visited=_sum(sums, _is_not_visited),
        agents=_agents(uow, uow.statements.agent_sums(whose, month)),
        teams=_groups(sums, lambda one: (one.team_id, teams.get(one.team_id or ""))),
        clients=_groups(sums, lambda one: (one.client_id, one.client_name)),
    )


def _is_credited(one: MonthSum) -> bool:
    return one.credited


def _is_not_credited(one: MonthSum) -> bool:
    return not one.credited and one.visited


def _is_not_visited(one: MonthSum) -> bool:
    return not one.visited


def _sum(sums: Iterable[MonthSum], chosen: Callable[[MonthSum], bool]) -> Sum:
    of_these = [one for one in sums if chosen(one)]
    return Sum(sum(one.lines for one in of_these), sum(one.fen for one in of_these))


Named = tuple[str | None, str | None]


def _groups(sums: Sequence[MonthSum], key: Callable[[MonthSum], Named]) -> list[GroupSums]:
    keys = sorted({key(one) for one in sums}, key=lambda named: (named[1] is None, named[1], named[0]))
    groups = []
    for id_, name in keys:
        of_group = [one for one in sums if key(one) == (id_, name)]
        groups.append(
            GroupSums(
                id_,
                name,
                _sum(of_group, _is_credited),
                _sum(of_group, _is_not_credited),
                _sum(of_group, _is_not_visited),
            )
        )
    return groups


def _agents(uow: UnitOfWork, sums: Sequence[AgentSum]) -> list[AgentTotal]:
    accounts = uow.accounts.by_ids(one.account_id for one in sums)
    told = [
        AgentTotal(one.account_id, accounts[one.account_id].display_name, one.lines, one.fen) for one in sums
    ]
    return sorted(told, key=lambda one: (one.name, one.account_id))


def told_lines(uow: UnitOfWork, lines: Sequence[StatementLine]) -> list[ToldLine]:
    shares = {
        **uow.credit_shares.of_lines(line.id for line in lines if line.statement_id is None),
        **uow.ledger_shares.of_lines(line.id for line in lines if line.statement_id is not None),
    }
    people = {share.account_id for of_line in shares.values() for share in of_line}
    accounts = uow.accounts.by_ids(people | {line.collector_id for line in lines})
    names = {account.id: account.display_name for account in accounts.values()}
    teams = {team.id: team.name for team in uow.organisation.teams()}
    counts = uow.evidence_items.counts(
        {line.nearest_visit_id for line in lines if line.nearest_visit_id is not None}
    )
    nothing = EvidenceCount(0, 0, False)
    proofs = line_proofs(uow, lines, counts)
    return [
        ToldLine(
            line=line,
            debtor=masked_name(line.debtor_name),
            collector=names[line.collector_id],
            team=None if line.team_id is None else teams.get(line.team_id),
            clause=line.clause or str(line.outcome["clause"]),
            why=RULED_WORDS
            if line.outcome["code"] == "ruled"
            else {"zh": say(line.outcome, "zh-CN"), "en": say(line.outcome, "en")},
            shares=named_shares(shares.get(line.id, []), names),
            evidence=counts.get(line.nearest_visit_id or "", nothing),
            proof=proofs[line.id],
        )
        for line in lines
    ]


def named_shares(shares: Iterable[CreditShareRow], names: dict[str, str]) -> list[Share]:
    """Shares in the order of the team, with names."""
    return [Share(share.account_id, names[share.account_id], share.amount_fen) for share in shares]
