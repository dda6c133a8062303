"""Payslips of a month (F1 to F3, F6): read from the month's lines and targets, told with where each figure comes from.

Owns whose payslip who may read, and which are made of sums: the list of many, whose month a job has added up as it
does for `server.services.month_figures`. It refuses to store one: what it is made of is frozen with the month.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime

from server.domain.access import Actor, Owned, Permission, Post, reach, within
from server.domain.adjusting import Shares, shares_of
from server.domain.audit import AuditEntry
from server.domain.calendar import days_after, local_day
from server.domain.credit import MonthlyStatement, StatementState, month_bounds
from server.domain.fines import overdue_fen
from server.domain.incident_matrix import compliance_of
from server.domain.pay import PaidLine, PaidPerson, Pay, PayPart, PayWarning, pay_of_month
from server.domain.pay_sums import MonthSums, pay_of_sums
from server.domain.pay_targets import PAID_POSTS
from server.domain.pay_words import PART_WORDS, WARNING_WORDS, Words, completion_of, trace_of
from server.domain.people import Account
from server.domain.policy.editions import Edition
from server.domain.problems import NOT_FOUND, problem
from server.services.month_figures import is_behind, is_counted_anew
from server.services.ports.credit import StatementLine
from server.services.ports.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class PayslipPart:
    """What a line counts and earns, with the line as the month has it."""

    part: PayPart
    line: StatementLine

    @property
    def words(self) -> Words:
        return PART_WORDS[self.part.kind]


@dataclass(frozen=True, slots=True)
class Payslip:
    """A person's month. It is provisional while a statement that it draws on is not closed; one that is made of sums
    has no parts."""

    month: str
    account: Account
    edition: Edition
    pay: Pay
    parts: Sequence[PayslipPart]
    provisional: bool

    @property
    def completion(self) -> str | None:
        return completion_of(self.pay)

    @property
    def trace(self) -> Sequence[Words]:
        return trace_of(self.pay, self.edition)

    @property
    def warnings(self) -> Sequence[tuple[PayWarning, Words]]:
        return [(one, WARNING_WORDS[one]) for one in self.pay.warnings]


@dataclass(frozen=True, slots=True)
class MonthOfPayslips:
    """`counted_at` is when the sums that the payslips are made of were true, None where they were counted now;
    `behind` says that something has changed since, or may have. Targets, incidents and fines are those of now."""

    slips: Sequence[Payslip]
    counted_at: datetime | None
    behind: bool


def read_payslips(uow: UnitOfWork, actor: Actor, month: str, branch_id: str | None) -> MonthOfPayslips:
    """Of everybody within reach who is paid by the month's lines, by name; who read them is on record."""
    people = _people_within(uow, actor, month, branch_id)
    ids = [one.id for one in people]
    uow.audit(AuditEntry("payslip.read", "payslip", None, {"month": month, "account_ids": sorted(ids)}))
    if ids in ([], [actor.account_id]):
        return MonthOfPayslips(payslips(uow, month, people), None, behind=False)
    statements = uow.monthly_statements.having(month=month)
    counted_at = uow.month_figures.counted_at(month)
    if counted_at is None or any(one.published_at >= counted_at for one in statements):
        return MonthOfPayslips(_of_sums(uow, month, people, uow.pay_sums.of_month(month)), None, behind=False)
    slips = _of_sums(uow, month, people, uow.pay_sums.kept(month))
    closed = {one.branch_id for one in statements if one.state is StatementState.CLOSED}
    settled = closed >= {one.id for one in uow.organisation.branches()}
    behind = is_counted_anew(uow, month) if settled else is_behind(uow, month)
    return MonthOfPayslips(slips, counted_at, behind)


def read_payslip(uow: UnitOfWork, actor: Actor, month: str, account_id: str) -> Payslip:
    """One person's, with the line that says who read it."""
    slip = payslip_within(uow, actor, month, account_id)
    uow.audit(AuditEntry("payslip.read", "payslip", None, {"month": month, "account_ids": [account_id]}))
    return slip


def payslips_within(uow: UnitOfWork, actor: Actor, month: str, branch_id: str | None) -> list[Payslip]:
    """Line by line."""
    return payslips(uow, month, _people_within(uow, actor, month, branch_id))


def payslip_within(uow: UnitOfWork, actor: Actor, month: str, account_id: str) -> Payslip:
    """One person's; out of reach it is not found."""
    month_bounds(month)
    account = uow.accounts.get(account_id)
    if account is None or not set(account.posts) & set(PAID_POSTS) or not _reached(actor, account):
        raise problem(NOT_FOUND, what=f"payslip of {account_id}")
    return payslips(uow, month, [account])[0]


def payslips(uow: UnitOfWork, month: str, accounts: Sequence[Account]) -> list[Payslip]:
    """With a few queries for any number; the collectors from whom something moves are computed beside them."""
    wanted = {account.id for account in accounts}
    lines = {line.id: line for line in uow.statements.of_people(month, wanted)}
    moving = {line.collector_id for line in lines.values() if line.commission == "to_visit"} - wanted
    lines |= {line.id: line for line in uow.statements.of_people(month, moving)} if moving else {}
    shares = _shares(uow, lines.values())
    edition = uow.policy.in_force_on(month_bounds(month)[1])
    people = _people(uow, month, wanted | moving)
    ordered = sorted(lines.values(), key=lambda line: (line.paid_on, line.id))
    pays = pay_of_month([_paid_line(one, shares[one.id]) for one in ordered], people, edition)
    statements = uow.monthly_statements.having(month=month)
    slips = []
    for account in _by_name(accounts):
        parts = [PayslipPart(part, lines[part.line_id]) for part in pays[account.id].parts]
        provisional = _is_provisional(account, {one.line.statement_id for one in parts}, statements)
        slips.append(Payslip(month, account, edition, pays[account.id], parts, provisional))
    return slips


def _of_sums(uow: UnitOfWork, month: str, accounts: Sequence[Account], of_month: MonthSums) -> list[Payslip]:
    """The same figures without the lines."""
    collectors = {one.line.collector_id for one in of_month.moving}
    edition = uow.policy.in_force_on(month_bounds(month)[1])
    people = _people(uow, month, collectors | {one.id for one in accounts})
    pays = pay_of_sums(of_month, people, edition)
    statements = uow.monthly_statements.having(month=month)
    return [
        Payslip(
            month,
            account,
            edition,
            pays[account.id].pay,
            (),
            _is_provisional(account, pays[account.id].statement_ids, statements),
        )
        for account in _by_name(accounts)
    ]


def _by_name(accounts: Iterable[Account]) -> list[Account]:
    return sorted(accounts, key=lambda one: (one.display_name, one.id))


def _is_provisional(
    account: Account, drawn_on: Set[str | None], statements: Iterable[MonthlyStatement]
) -> bool:
    """Whether the month of the own branch, or a statement with a line of the payslip, is not closed."""
    closed = [one for one in statements if one.state is StatementState.CLOSED]
    of_branch = account.branch_id in {one.branch_id for one in closed}
    return not (of_branch and drawn_on <= {one.id for one in closed})


def _reached(actor: Actor, account: Account) -> bool:
    whose = Owned(frozenset({account.id}), account.team_id, account.project_id, account.branch_id)
    return within(reach(actor, Permission.PAY_READ), whose)


def _people_within(uow: UnitOfWork, actor: Actor, month: str, branch_id: str | None) -> list[Account]:
    month_bounds(month)
    people = [one for one in _paid_people(uow, month) if _reached(actor, one)]
    return [one for one in people if branch_id in (None, one.branch_id)]


def _paid_people(uow: UnitOfWork, month: str) -> list[Account]:
    """Who is in service, and who has left but had a target for the month."""
    found = {account.id: account for post in PAID_POSTS for account in uow.accounts.with_post(post)}
    had_target = (one.account_id for one in uow.month_targets.having(month=month))
    return list((found | uow.accounts.by_ids(had_target)).values())


def _people(uow: UnitOfWork, month: str, ids: Iterable[str]) -> Mapping[str, PaidPerson]:
    accounts = uow.accounts.by_ids(ids)
    targets = {one.account_id: one.amount_fen for one in uow.month_targets.having(month=month)}
    decisions, fines = defaultdict(list), defaultdict(list)
    of_month = month_bounds(month)
    for decision in uow.incident_decisions.decided_between(accounts, *of_month):
        decisions[decision.account_id].append(decision)
    for fine in uow.fines.due_between(accounts, *of_month):
        fines[fine.account_id].append(fine)
    until = min(local_day(uow.now), days_after(of_month[1], 1))
    told = {}
    for id_, account in accounts.items():
        compliance = compliance_of(decisions[id_], month)
        told[id_] = PaidPerson(
            id_,
            Post.FIELD_AGENT in account.posts,
            Post.COLLECTOR in account.posts,
            targets.get(id_),
            compliance.faults,
            compliance.dismissed,
            compliance.rewards_fen,
            overdue_fen(fines[id_], month, until),
        )
    return told


def _shares(uow: UnitOfWork, lines: Iterable[StatementLine]) -> Mapping[str, Shares]:
    lines = list(lines)
    rows = {
        **uow.credit_shares.of_lines(line.id for line in lines if line.statement_id is None),
        **uow.ledger_shares.of_lines(line.id for line in lines if line.statement_id is not None),
    }
    return {line.id: shares_of(rows.get(line.id, ())) for line in lines}


def _paid_line(line: StatementLine, shares: Shares) -> PaidLine:
    credited = line.visit_id is not None
    return PaidLine(line.id, line.amount_fen, line.collector_id, credited, line.commission, shares)
