"""Queries on what a month's lines count for whom: added up anew, kept, read (F1 to F3, A3).

Owns the adding up. Refuses to say whom a line counts for: `server.domain.pay` does.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from server.domain.access import Reach, Scope
from server.domain.adjusting import shares_of
from server.domain.pay import PaidLine, moves_to_team
from server.domain.pay_sums import LineSum, MonthSums, MovingLine
from server.services.ids import new_id
from storage.rows.column_cipher import ColumnCipher
from storage.rows.credit import CreditShareQueries
from storage.rows.ledger import LedgerShareQueries
from storage.rows.mapping import a_thousand_at_a_time
from storage.rows.statements import StatementQueries
from storage.rows.tables.credit import credit_shares
from storage.rows.tables.figures import month_line_sums, month_moving_lines
from storage.rows.tables.ledger import statement_shares

_EVERYWHERE = Reach(Scope.ALL, "", None, None, None)


class PaySumQueries:
    def __init__(self, connection: sa.Connection, cipher: ColumnCipher) -> None:
        self._connection = connection
        self._statements = StatementQueries(connection, cipher)
        self._drafts = CreditShareQueries(connection, cipher)
        self._ledger = LedgerShareQueries(connection, cipher)

    # counting
    def of_month(self, month: str) -> MonthSums:
        desk = self._of_desk(month)
        moved_from = {one.account_id for one in desk if moves_to_team(one)}
        return MonthSums([*desk, *self._of_shares(month)], self._moving(month, moved_from))

    def _of_desk(self, month: str) -> list[LineSum]:
        lines = self._lines(month).c
        by = (lines.collector_id, _credited(lines), lines.commission, lines.statement_id)
        statement = sa.select(*by, sa.func.sum(lines.amount_fen)).group_by(*by)
        return [
            LineSum(collector_id, True, bool(credited), commission, statement_id, int(fen))
            for collector_id, credited, commission, statement_id, fen in self._connection.execute(statement)
        ]

    def _of_shares(self, month: str) -> list[LineSum]:
        found = []
        for lines, shares in self._shared(month):
            by = (shares.c.account_id, lines.c.statement_id)
            statement = (
                sa.select(*by, sa.func.sum(shares.c.amount_fen))
                .select_from(lines.join(shares, shares.c.line_id == lines.c.id))
                .group_by(*by)
            )
            found += [
                LineSum(account_id, False, True, "", statement_id, int(fen))
                for account_id, statement_id, fen in self._connection.execute(statement)
            ]
        return found

    def _moving(self, month: str, collector_ids: set[str]) -> list[MovingLine]:
        rows = [row for some in a_thousand_at_a_time(collector_ids) for row in self._running(month, some)]
        shares = {
            **self._drafts.of_lines(row.id for row in rows if row.statement_id is None),
            **self._ledger.of_lines(row.id for row in rows if row.statement_id is not None),
        }
        return [
            MovingLine(
                PaidLine(
                    row.id, row.amount_fen, row.account_id, True, row.commission, shares_of(shares[row.id])
                ),
                row.statement_id,
                int(row.desk_before),
                int(row.shares_before),
            )
            for row in rows
        ]

    def _running(self, month: str, collector_ids: Sequence[str]) -> Sequence[sa.Row[Any]]:
        """The credited lines of A3 of these collectors, with the running totals before each: lines follow each other
        by day of payment and id, and of one line the own share comes before the own case."""
        nothing = sa.literal(0)
        of = self._lines(month).c
        counts = sa.case((of.commission != "none", of.amount_fen), else_=0)
        cases = _steps(of, of.collector_id, 1, counts, nothing).where(of.collector_id.in_(collector_ids))
        own = [
            _steps(lines.c, shares.c.account_id, 0, nothing, shares.c.amount_fen)
            .select_from(lines.join(shares, shares.c.line_id == lines.c.id))
            .where(shares.c.account_id.in_(collector_ids))
            for lines, shares in self._shared(month)
        ]
        steps = sa.union_all(cases, *own).subquery("steps")
        order = (steps.c.paid_on, steps.c.id, steps.c.turn)

        def before(name: str) -> sa.ColumnElement[int]:
            upto = sa.func.sum(steps.c[name]).over(
                partition_by=steps.c.account_id, order_by=order, rows=(None, 0)
            )
            return (upto - steps.c[name]).label(f"{name}_before")

        running = sa.select(steps, before("desk"), before("shares")).subquery("running")
        found = running.c
        statement = sa.select(running).where(found.turn == 1, found.credited, found.commission == "to_visit")
        return self._connection.execute(statement.order_by(found.id)).all()

    def _lines(self, month: str) -> sa.Subquery:
        return self._statements.lines_of(_EVERYWHERE, month).subquery("lines")

    def _shared(self, month: str) -> list[tuple[sa.Subquery, sa.Table]]:
        """A line keeps its id when it is frozen: drafts have their shares in one table, frozen lines in the other."""
        lines = sa.select(self._lines(month))
        of = lines.selected_columns
        return [
            (lines.where(of.statement_id.is_(None)).subquery("drafts"), credit_shares),
            (lines.where(of.statement_id.is_not(None)).subquery("frozen"), statement_shares),
        ]

    # what is kept
    def replace(self, month: str, counted: MonthSums, counted_at: datetime) -> None:
        """Whether these are newer than what is kept, `FigureQueries.replace` has said."""
        for table in (month_line_sums, month_moving_lines):
            self._connection.execute(sa.delete(table).where(table.c.month == month))
        sums = [
            {"id": new_id(counted_at), "month": month} | {name: getattr(one, name) for name in _SUM}
            for one in counted.sums
        ]
        moving = [
            {
                "id": new_id(counted_at),
                "month": month,
                "line_id": one.line.id,
                "collector_id": one.line.collector_id,
                "amount_fen": one.line.amount_fen,
                "shares": [list(share) for share in one.line.shares],
                "statement_id": one.statement_id,
                "desk_before_fen": one.desk_before_fen,
                "shares_before_fen": one.shares_before_fen,
            }
            for one in counted.moving
        ]
        for table, rows in ((month_line_sums, sums), (month_moving_lines, moving)):
            if rows:
                self._connection.execute(sa.insert(table), rows)

    def kept(self, month: str) -> MonthSums:
        of, moving = month_line_sums.c, month_moving_lines.c
        sums = self._connection.execute(sa.select(*(of[name] for name in _SUM)).where(of.month == month))
        lines = self._connection.execute(sa.select(month_moving_lines).where(moving.month == month))
        return MonthSums(
            [LineSum(*row) for row in sums],
            [
                MovingLine(
                    PaidLine(
                        row.line_id,
                        row.amount_fen,
                        row.collector_id,
                        True,
                        "to_visit",
                        tuple((account_id, fen) for account_id, fen in row.shares),
                    ),
                    row.statement_id,
                    row.desk_before_fen,
                    row.shares_before_fen,
                )
                for row in lines
            ],
        )


_SUM = ("account_id", "of_desk", "credited", "commission", "statement_id", "fen")


def _credited(lines: Any) -> sa.ColumnElement[bool]:
    credited: sa.ColumnElement[bool] = lines.visit_id.is_not(None).label("credited")
    return credited


def _steps(
    lines: Any,
    account_id: sa.ColumnElement[str],
    turn: int,
    desk: sa.ColumnElement[int],
    shares: sa.ColumnElement[int],
) -> sa.Select[Any]:
    return sa.select(
        lines.id,
        lines.paid_on,
        lines.amount_fen,
        lines.commission,
        lines.statement_id,
        _credited(lines),
        account_id.label("account_id"),
        sa.literal(turn).label("turn"),
        desk.label("desk"),
        shares.label("shares"),
    )
