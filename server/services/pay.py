"""Payslips of a month (F1 to F3, F6): read from the month's lines and targets, told with where each figure comes from.

Owns whose payslip who may read. It refuses to store one: what it is made of is frozen with the month.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from server.domain.access import Actor, Owned, Permission, Post, reach, within
from server.domain.adjusting import Shares, shares_of
from server.domain.audit import AuditEntry
from server.domain.calendar import days_after, local_day
from server.domain.credit import StatementState, month_bounds
from server.domain.fines import overdue_fen
from server.domain.incident_matrix import compliance_of
from server.domain.pay import PaidLine, PaidPerson, Pay, PayPart, PayWarning, pay_of_month
from server.domain.pay_targets import PAID_POSTS
from server.domain.pay_words import PART_WORDS, WARNING_WORDS, Words, completion_of, trace_of
from server.domain.people import Account
from server.domain.policy.editions import Edition
from server.domain.problems import NOT_FOUND, problem
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
    """A person's month. It is provisional while a statement that it draws on is not closed."""

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


def read_payslips(uow: UnitOfWork, actor: Actor, month: str, branch_id: str | None) -> list[Payslip]:
    """Of everybody within reach who is paid by the month's lines, by name; who read them is on record."""
    slips = payslips_within(uow, actor, month, branch_id)
    ids = [one.account.id for one in slips]
    uow.audit(AuditEntry("payslip.read", "payslip", None, {"month": month, "account_ids": ids}))
    return slips


def read_payslip(uow: UnitOfWork, actor: Actor, month: str, account_id: str) -> Payslip:
    """One person's, with the line that says who read it."""
    slip = payslip_within(uow, actor, month, account_id)
    uow.audit(AuditEntry("payslip.read", "payslip", None, {"month": month, "account_ids": [account_id]}))
    return slip


def payslips_within(uow: UnitOfWork, actor: Actor, month: str, branch_id: str | None) -> list[Payslip]:
    month_bounds(month)
    people = [one for one in _paid_people(uow, month) if _reached(actor, one)]
    if branch_id is not None:
        people = [one for one in people if one.branch_id == branch_id]
    return payslips(uow, month, people)


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
    closed = [one for one in uow.monthly_statements.having(month=month) if one.state is StatementState.CLOSED]
    closed_ids, branches = {one.id for one in closed}, {one.branch_id for one in closed}
    slips = []
    for account in sorted(accounts, key=lambda one: (one.display_name, one.id)):
        parts = [PayslipPart(part, lines[part.line_id]) for part in pays[account.id].parts]
        is_closed = account.branch_id in branches and all(
            one.line.statement_id in closed_ids for one in parts
        )
        slips.append(Payslip(month, account, edition, pays[account.id], parts, not is_closed))
    return slips


def _reached(actor: Actor, account: Account) -> bool:
    whose = Owned(frozenset({account.id}), account.team_id, account.project_id, account.branch_id)
    return within(reach(actor, Permission.PAY_READ), whose)


def _paid_people(uow: UnitOfWork, month: str) -> list[Account]:
    """Who is in service, and who has left but had a target for the month."""
    found = {account.id: account for post in PAID_POSTS for account in uow.accounts.with_post(post)}
    had_target = (one.account_id for one in uow.month_targets.having(month=month))
    return list((found | uow.accounts.by_ids(had_target)).values())


def _people(uow: UnitOfWork, month: str, ids: Iterable[str]) -> Mapping[str, PaidPerson]:
    accounts = uow.accounts.by_ids(ids)
    targets = {one.account_id: one.amount_fen for one in uow.month_targets.having(month=month)}
    decisions, fines = defaultdict(list), defaultdict(list)
    for decision in uow.incident_decisions.having_any("account_id", accounts):
        decisions[decision.account_id].append(decision)
    for fine in uow.fines.having_any("account_id", accounts):
        fines[fine.account_id].append(fine)
    until = min(local_day(uow.now), days_after(month_bounds(month)[1], 1))
    told = {}
    for id_, account in accounts.items():
        of_month = compliance_of(decisions[id_], month)
        told[id_] = PaidPerson(
            id_,
            Post.FIELD_AGENT in account.posts,
            Post.COLLECTOR in account.posts,
            targets.get(id_),
            of_month.faults,
            of_month.dismissed,
            of_month.rewards_fen,
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
