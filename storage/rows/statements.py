"""Queries on the month: its current credit lines with what stands beside them, and its sums (M1)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import sqlalchemy as sa

from server.domain.access import Reach
from server.services.ports.credit import AgentSum, MonthSum, RepaymentSum, StatementFilter, StatementLine
from server.services.ports.paging import Page, PageRequest
from storage.rows.column_cipher import ColumnCipher
from storage.rows.mapping import Rows
from storage.rows.paging import keyset_page
from storage.rows.reach import visited_placements_within
from storage.rows.tables.credit import credit_lines, credit_runs, credit_shares
from storage.rows.tables.people import accounts, clients
from storage.rows.tables.placements import debtors, placements, repayments
from storage.rows.tables.visits import visits

_lines = credit_lines.c
_CURRENT = credit_lines.join(credit_runs, credit_runs.c.id == _lines.run_id).join(
    placements, placements.c.id == _lines.placement_id
)
_TOLD = (
    _CURRENT.join(debtors, debtors.c.id == placements.c.debtor_id)
    .join(clients, clients.c.id == placements.c.client_id)
    .join(accounts, accounts.c.id == placements.c.collector_id)
    .join(repayments, repayments.c.id == _lines.repayment_id)
    .outerjoin(visits, visits.c.id == _lines.nearest_visit_id)
)
_COLUMNS: tuple[sa.ColumnElement[Any], ...] = (
    _lines.id,
    _lines.placement_id,
    placements.c.case_number,
    debtors.c.name.label("debtor_name"),
    placements.c.client_id,
    clients.c.name.label("client_name"),
    placements.c.collector_id,
    accounts.c.team_id,
    _lines.repayment_id,
    repayments.c.reference,
    _lines.paid_on,
    repayments.c.paid_at,
    _lines.amount_fen,
    repayments.c.reverses_id,
    _lines.visit_id,
    _lines.nearest_visit_id,
    visits.c.started_at.label("visited_at"),
    _lines.visited,
    _lines.basis,
    _lines.clause,
    _lines.window_from,
    _lines.window_to,
    _lines.extended,
    _lines.commission,
    _lines.reason,
    _lines.trace["outcome"].label("outcome"),
)


class StatementQueries(Rows[StatementLine]):
    """Lines of current runs. A line is never written here: `entity` is what a reader sees of it."""

    def __init__(self, connection: sa.Connection, cipher: ColumnCipher) -> None:
        super().__init__(connection, credit_lines, StatementLine, cipher)

    def page(self, request: PageRequest, reach: Reach, wanted: StatementFilter) -> Page[StatementLine]:
        statement = sa.select(*_COLUMNS).select_from(_TOLD).where(*_of_month(reach, wanted.month))
        statement = statement.where(*_filters(wanted))
        return keyset_page(self, statement, [_lines.paid_on, _lines.id], request)

    def sums(self, reach: Reach, month: str) -> list[MonthSum]:
        credited = _lines.visit_id.is_not(None).label("credited")
        groups = (
            placements.c.client_id,
            clients.c.name.label("client_name"),
            accounts.c.team_id,
            credited,
            _lines.visited,
        )
        statement = (
            sa.select(*groups, sa.func.count().label("lines"), sa.func.sum(_lines.amount_fen).label("fen"))
            .select_from(
                _CURRENT.join(clients, clients.c.id == placements.c.client_id).join(
                    accounts, accounts.c.id == placements.c.collector_id
                )
            )
            .where(*_of_month(reach, month))
            .group_by(*groups)
            .order_by(clients.c.name, accounts.c.team_id)
        )
        return [
            MonthSum(
                row.client_id,
                row.client_name,
                row.team_id,
                bool(row.credited),
                row.visited,
                row.lines,
                int(row.fen),
            )
            for row in self.connection.execute(statement)
        ]

    def agent_sums(self, reach: Reach, month: str) -> list[AgentSum]:
        statement = (
            sa.select(
                credit_shares.c.account_id,
                sa.func.count().label("lines"),
                sa.func.sum(credit_shares.c.amount_fen).label("fen"),
            )
            .select_from(_CURRENT.join(credit_shares, credit_shares.c.line_id == _lines.id))
            .where(*_of_month(reach, month))
            .group_by(credit_shares.c.account_id)
            .order_by(credit_shares.c.account_id)
        )
        return [
            AgentSum(row.account_id, row.lines, int(row.fen)) for row in self.connection.execute(statement)
        ]

    def repayment_sum(self, reach: Reach, first: date, last: date) -> RepaymentSum:
        of_current = (
            sa.select(_lines.repayment_id)
            .join(credit_runs, credit_runs.c.id == _lines.run_id)
            .where(credit_runs.c.current, _lines.repayment_id == repayments.c.id)
        )
        statement = (
            sa.select(
                sa.func.count().label("repayments"),
                sa.func.coalesce(sa.func.sum(repayments.c.amount_fen), 0).label("fen"),
                sa.func.coalesce(sa.func.sum(sa.case((of_current.exists(), 0), else_=1)), 0).label(
                    "unscored"
                ),
            )
            .select_from(repayments.join(placements, placements.c.id == repayments.c.placement_id))
            .where(repayments.c.paid_on.between(first, last), visited_placements_within(reach))
        )
        row = self.connection.execute(statement).one()
        return RepaymentSum(row.repayments, int(row.fen), int(row.unscored))


def _of_month(reach: Reach, month: str) -> Iterable[sa.ColumnElement[bool]]:
    return (credit_runs.c.current, _lines.month == month, visited_placements_within(reach))


def _filters(wanted: StatementFilter) -> list[sa.ColumnElement[bool]]:
    where: list[sa.ColumnElement[bool]] = []
    if not wanted.everything:
        where.append(_lines.visited)
    if wanted.credited is not None:
        where.append(_lines.visit_id.is_not(None) if wanted.credited else _lines.visit_id.is_(None))
    if wanted.client_id is not None:
        where.append(placements.c.client_id == wanted.client_id)
    if wanted.team_id is not None:
        where.append(accounts.c.team_id == wanted.team_id)
    if wanted.agent_id is not None:
        shared = sa.select(credit_shares.c.id).where(
            credit_shares.c.line_id == _lines.id, credit_shares.c.account_id == wanted.agent_id
        )
        where.append(shared.exists())
    return where
