"""Queries on the month: current credit lines where it is a draft, the ledger where it is frozen, and sums (M1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from server.domain.access import Reach, Scope
from server.domain.credit import LineKind
from server.services.ports.credit import AgentSum, MonthSum, RepaymentSum, StatementFilter, StatementLine
from server.services.ports.paging import Page, PageRequest
from storage.rows.column_cipher import ColumnCipher
from storage.rows.mapping import Rows, a_thousand_at_a_time, among, sought
from storage.rows.paging import keyset_page
from storage.rows.reach import visited_placements_within
from storage.rows.tables.credit import credit_lines, credit_runs, credit_shares, monthly_statements
from storage.rows.tables.ledger import statement_lines, statement_shares
from storage.rows.tables.people import accounts, clients
from storage.rows.tables.placements import debtors, placements, repayments
from storage.rows.tables.visits import visits

_COMPUTED = sa.literal(LineKind.COMPUTED.value, statement_lines.c.kind.type)
_NONE = sa.null().cast(sa.Text())


def _told(lines: sa.Table, *further: tuple[sa.Table, sa.ColumnElement[bool]]) -> sa.FromClause:
    """The lines with what stands beside them for a reader."""
    told: sa.FromClause = lines
    for table, on in further:
        told = told.join(table, on)
    return (
        told.join(placements, placements.c.id == lines.c.placement_id)
        .join(debtors, debtors.c.id == placements.c.debtor_id)
        .join(repayments, repayments.c.id == lines.c.repayment_id)
        .outerjoin(visits, visits.c.id == lines.c.nearest_visit_id)
    )


def _columns(lines: sa.Table, **own: sa.ColumnElement[Any]) -> tuple[sa.ColumnElement[Any], ...]:
    """The fields of a StatementLine in one order, for drafts and frozen lines alike."""
    columns: dict[str, sa.ColumnElement[Any]] = {
        "case_number": placements.c.case_number,
        "debtor_name": debtors.c.name,
        "client_name": clients.c.name,
        "reference": repayments.c.reference,
        "paid_at": repayments.c.paid_at,
        "reverses_id": repayments.c.reverses_id,
        "visited_at": visits.c.started_at,
    } | own
    same = (
        "id", "placement_id", "repayment_id", "paid_on", "amount_fen", "visit_id", "nearest_visit_id", "visited",
        "basis", "clause", "window_from", "window_to", "extended", "commission", "reason",
    )  # fmt: skip
    columns |= {name: lines.c[name] for name in same}
    return tuple(columns[name].label(name) for name in sorted(columns))


def _draft(reach: Reach, month: str, frozen: Sequence[str]) -> sa.Select[Any]:
    columns = _columns(
        credit_lines,
        client_id=placements.c.client_id,
        collector_id=placements.c.collector_id,
        team_id=accounts.c.team_id,
        outcome=credit_lines.c.trace["outcome"],
        kind=_COMPUTED,
        corrects_id=_NONE,
        statement_id=_NONE,
    )
    told = _told(credit_lines, (credit_runs, credit_runs.c.id == credit_lines.c.run_id))
    told = told.join(clients, clients.c.id == placements.c.client_id)
    told = told.join(accounts, accounts.c.id == placements.c.collector_id)
    statement = (
        sa.select(*columns)
        .select_from(told)
        .where(credit_runs.c.current, credit_lines.c.month == month, visited_placements_within(reach))
    )
    return statement.where(placements.c.branch_id.not_in(frozen)) if frozen else statement


def _frozen(reach: Reach, month: str) -> sa.Select[Any]:
    own = ("client_id", "collector_id", "team_id", "outcome", "kind", "corrects_id", "statement_id")
    columns = _columns(statement_lines, **{name: statement_lines.c[name] for name in own})
    told = _told(statement_lines).join(clients, clients.c.id == statement_lines.c.client_id)
    return (
        sa.select(*columns)
        .select_from(told)
        .where(statement_lines.c.month == month, visited_placements_within(reach))
    )


class StatementQueries(Rows[StatementLine]):
    """Lines of a month. A line is never written here: `entity` is what a reader sees of it."""

    def __init__(self, connection: sa.Connection, cipher: ColumnCipher) -> None:
        super().__init__(connection, credit_lines, StatementLine, cipher)

    def page(self, request: PageRequest, reach: Reach, wanted: StatementFilter) -> Page[StatementLine]:
        lines = self.lines_of(reach, wanted.month).subquery("lines")
        statement = sa.select(lines).where(
            *_filters(lines.c, wanted), *_credited_filters(lines.c, wanted, self.connection.dialect.name)
        )
        return keyset_page(self, statement, [lines.c.paid_on, lines.c.id], request)

    def of_people(self, month: str, account_ids: Iterable[str]) -> list[StatementLine]:
        everywhere = Reach(Scope.ALL, "", None, None, None)
        ids = {id_ for some in a_thousand_at_a_time(account_ids) for id_ in self._ids_of(month, some)}
        lines = self.lines_of(everywhere, month).subquery("lines")
        found: list[StatementLine] = []
        dialect = self.connection.dialect.name
        statement = sa.select(lines).where(among(lines.c.id, dialect))
        for some in a_thousand_at_a_time(ids):
            found += self._entities(self.connection.execute(statement, {"among": sought(some, dialect)}))
        return sorted(found, key=lambda line: (line.paid_on, line.id))

    def _ids_of(self, month: str, account_ids: Sequence[str]) -> set[str]:
        """Of the lines that have to do with these people, and of some that no longer count: found by whose they are,
        for to look through a month of a hundred thousand lines for one person's takes a second."""
        found = set[str]()
        for lines, shares in ((credit_lines, credit_shares), (statement_lines, statement_shares)):
            shared = sa.select(shares.c.line_id).join(lines, lines.c.id == shares.c.line_id)
            own = shares.c.account_id.in_(account_ids)
            found.update(self.connection.execute(shared.where(own, lines.c.month == month)).scalars())
        of_case = (
            sa.select(credit_lines.c.id)
            .join(placements, placements.c.id == credit_lines.c.placement_id)
            .where(placements.c.collector_id.in_(account_ids), credit_lines.c.month == month)
        )
        frozen = sa.select(statement_lines.c.id).where(
            statement_lines.c.month == month, statement_lines.c.collector_id.in_(account_ids)
        )
        for statement in (of_case, frozen):
            found.update(self.connection.execute(statement).scalars())
        return found

    def sums(self, reach: Reach, month: str) -> list[MonthSum]:
        lines = self.lines_of(reach, month).subquery("lines").c
        credited = lines.visit_id.is_not(None).label("credited")
        computed = (lines.kind == LineKind.COMPUTED).label("computed")
        groups = (lines.client_id, lines.client_name, lines.team_id, credited, lines.visited, computed)
        statement = (
            sa.select(*groups, sa.func.count().label("lines"), sa.func.sum(lines.amount_fen).label("fen"))
            .group_by(*groups)
            .order_by(lines.client_name, lines.team_id)
        )
        return [
            MonthSum(
                row.client_id,
                row.client_name,
                row.team_id,
                bool(row.credited),
                bool(row.visited),
                row.lines,
                int(row.fen),
                bool(row.computed),
            )
            for row in self.connection.execute(statement)
        ]

    def agent_sums(self, reach: Reach, month: str) -> list[AgentSum]:
        lines = self.lines_of(reach, month).subquery("lines").c
        both = sa.union_all(
            *(sa.select(*_share_columns(table)) for table in (credit_shares, statement_shares))
        )
        frozen = lines.statement_id.is_not(None)
        shares = both.subquery("shares").c
        statement = (
            sa.select(
                shares.account_id, sa.func.count().label("lines"), sa.func.sum(shares.amount_fen).label("fen")
            )
            .where(shares.line_id == lines.id, shares.frozen == frozen)
            .group_by(shares.account_id)
            .order_by(shares.account_id)
        )
        return [
            AgentSum(row.account_id, row.lines, int(row.fen)) for row in self.connection.execute(statement)
        ]

    def repayment_sum(self, reach: Reach, first: date, last: date) -> RepaymentSum:
        of_current = (
            sa.select(credit_lines.c.repayment_id)
            .join(credit_runs, credit_runs.c.id == credit_lines.c.run_id)
            .where(credit_runs.c.current, credit_lines.c.repayment_id == repayments.c.id)
        )
        month = f"{first:%Y-%m}"
        frozen = self._frozen_branches(month)
        in_month = sa.select(statement_lines.c.id).where(
            statement_lines.c.repayment_id == repayments.c.id,
            statement_lines.c.month == month,
            statement_lines.c.kind == LineKind.COMPUTED,
        )
        late = sa.and_(placements.c.branch_id.in_(frozen), ~in_month.exists()) if frozen else sa.false()
        unscored = sa.and_(~of_current.exists(), ~late)
        total = sa.func.coalesce
        statement = (
            sa.select(
                sa.func.count().label("repayments"),
                total(sa.func.sum(repayments.c.amount_fen), 0).label("fen"),
                total(sa.func.sum(sa.case((unscored, 1), else_=0)), 0).label("unscored"),
                total(sa.func.sum(sa.case((late, 1), else_=0)), 0).label("late"),
                total(sa.func.sum(sa.case((late, repayments.c.amount_fen), else_=0)), 0).label("late_fen"),
            )
            .select_from(repayments.join(placements, placements.c.id == repayments.c.placement_id))
            .where(
                repayments.c.paid_on.between(first, last),
                repayments.c.undone_at.is_(None),
                visited_placements_within(reach),
            )
        )
        row = self.connection.execute(statement).one()
        return RepaymentSum(row.repayments, int(row.fen), int(row.unscored), int(row.late), int(row.late_fen))

    def lines_of(self, reach: Reach, month: str) -> sa.Select[Any] | sa.CompoundSelect[Any]:
        """The lines of a month within reach, whether drafts or frozen."""
        frozen = self._frozen_branches(month)
        draft = _draft(reach, month, frozen)
        return sa.union_all(draft, _frozen(reach, month)) if frozen else draft

    def _frozen_branches(self, month: str) -> list[str]:
        months = monthly_statements.c
        return sorted(
            self.connection.execute(sa.select(months.branch_id).where(months.month == month)).scalars()
        )


def _share_columns(table: sa.Table) -> tuple[sa.ColumnElement[Any], ...]:
    """A line keeps its id when it is frozen, so that its shares are told apart by where they lie."""
    frozen = sa.true() if table is statement_shares else sa.false()
    return (table.c.line_id, table.c.account_id, table.c.amount_fen, frozen.label("frozen"))


def _filters(
    lines: sa.sql.base.ReadOnlyColumnCollection[str, Any], wanted: StatementFilter
) -> list[sa.ColumnElement[bool]]:
    where: list[sa.ColumnElement[bool]] = []
    if not wanted.everything:
        where.append(lines.visited)
    if wanted.statement_id is not None:
        where.append(lines.statement_id == wanted.statement_id)
    if wanted.credited is not None:
        where.append(lines.visit_id.is_not(None) if wanted.credited else lines.visit_id.is_(None))
    if wanted.client_id is not None:
        where.append(lines.client_id == wanted.client_id)
    if wanted.team_id is not None:
        where.append(lines.team_id == wanted.team_id)
    if wanted.agent_id is not None:
        shared = [
            sa.select(table.c.id).where(table.c.line_id == lines.id, table.c.account_id == wanted.agent_id)
            for table in (credit_shares, statement_shares)
        ]
        where.append(sa.or_(*(one.exists() for one in shared)))
    return where


def _credited_filters(
    lines: sa.sql.base.ReadOnlyColumnCollection[str, Any], wanted: StatementFilter, dialect: str
) -> list[sa.ColumnElement[bool]]:
    where: list[sa.ColumnElement[bool]] = []
    if wanted.branch_id is not None:
        of_branch = sa.select(placements.c.id).where(placements.c.branch_id == wanted.branch_id)
        where.append(lines.placement_id.in_(of_branch))
    if wanted.clause is not None:
        clause = None if wanted.clause == "none" else wanted.clause
        where += [lines.visit_id.is_not(None), lines.clause == clause]
    if wanted.days is not None:
        first, last = wanted.days
        after = _days_between(lines.window_from, lines.paid_on, dialect)
        where += [lines.visit_id.is_not(None), after >= first]
        where += [] if last is None else [after <= last]
    return where


def _days_between(
    first: sa.ColumnElement[date], last: sa.ColumnElement[date], dialect: str
) -> sa.ColumnElement[int]:
    if dialect == "postgresql":
        return last.op("-", return_type=sa.Integer())(first)
    return sa.cast(sa.func.julianday(last) - sa.func.julianday(first), sa.Integer)
