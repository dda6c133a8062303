"""Queries on the ledger: a month is frozen by one statement for its lines and one for their shares (M1, M4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import attrgetter

import sqlalchemy as sa

from server.domain.credit import CreditShareRow, LedgerLine, LineKind, MonthlyStatement
from server.services.ports.credit import Moved
from storage.rows.column_cipher import ColumnCipher
from storage.rows.mapping import Rows, a_thousand_at_a_time
from storage.rows.tables.credit import credit_lines, credit_runs, credit_shares, monthly_statements
from storage.rows.tables.ledger import statement_lines, statement_shares
from storage.rows.tables.people import accounts
from storage.rows.tables.placements import placements, repayments
from storage.rows.tables.visits import visits

_ledger = statement_lines.c
_ruled = statement_lines.alias().c
_PINNED = (
    "placement_id",
    "repayment_id",
    "paid_on",
    "amount_fen",
    "visit_id",
    "nearest_visit_id",
    "visited",
    "basis",
    "clause",
    "window_from",
    "window_to",
    "extended",
    "commission",
    "reason",
)
_CURRENT = (
    credit_lines.join(credit_runs, credit_runs.c.id == credit_lines.c.run_id)
    .join(placements, placements.c.id == credit_lines.c.placement_id)
    .join(accounts, accounts.c.id == placements.c.collector_id)
)


def not_booked() -> sa.ColumnElement[bool]:
    """On a statement with `credit_lines` in it: the ledger has no line of the repayment yet."""
    booked = sa.select(_ledger.id).where(
        _ledger.repayment_id == credit_lines.c.repayment_id, _ledger.corrects_id.is_(None)
    )
    return ~booked.exists()


def _countered() -> sa.ColumnElement[bool]:
    """On a statement with the ledger's lines in it: a counter takes this one back."""
    counter = statement_lines.alias()
    taken_back = sa.select(counter.c.id).where(
        counter.c.corrects_id == _ledger.id, counter.c.kind == LineKind.COUNTER
    )
    return taken_back.exists()


class LedgerQueries(Rows[LedgerLine]):
    def __init__(self, connection: sa.Connection, cipher: ColumnCipher) -> None:
        super().__init__(connection, statement_lines, LedgerLine, cipher)

    def freeze(self, statement: MonthlyStatement) -> int:
        first = (
            sa.select(sa.func.min(monthly_statements.c.month))
            .where(monthly_statements.c.branch_id == statement.branch_id)
            .scalar_subquery()
        )
        pinned = [credit_lines.c[name] for name in _PINNED]
        values = {
            "id": credit_lines.c.id,
            "statement_id": sa.literal(statement.id),
            "month": sa.literal(statement.month),
            "kind": sa.case(
                (credit_lines.c.month == statement.month, LineKind.COMPUTED.value), else_=LineKind.LATE.value
            ),
            "computed_id": credit_lines.c.id,
            "client_id": placements.c.client_id,
            "collector_id": placements.c.collector_id,
            "team_id": accounts.c.team_id,
            "outcome": credit_lines.c.trace["outcome"],
            "sealed": sa.false(),
        } | {column.name: column for column in pinned}
        chosen = (
            sa.select(*values.values())
            .select_from(_CURRENT)
            .where(
                credit_runs.c.current,
                credit_lines.c.month.between(first, statement.month),
                placements.c.branch_id == statement.branch_id,
                not_booked(),
            )
        )
        frozen = self.connection.execute(sa.insert(statement_lines).from_select(list(values), chosen))
        names = ("id", "line_id", "account_id", "position", "amount_fen")
        shares = (
            sa.select(*(credit_shares.c[name] for name in names))
            .join(statement_lines, _ledger.id == credit_shares.c.line_id)
            .where(_ledger.statement_id == statement.id)
        )
        self.connection.execute(sa.insert(statement_shares).from_select(names, shares))
        return frozen.rowcount

    def moved(self, branch_id: str) -> list[Moved]:
        newer = credit_lines.alias()
        forged = sa.and_(_ledger.kind == LineKind.RULED, visits.c.voided_at.is_not(None))
        statement = (
            sa.select(statement_lines, newer.c.id.label("newer_id"), forged.label("forged"))
            .join(monthly_statements, monthly_statements.c.id == _ledger.statement_id)
            .join(newer, newer.c.repayment_id == _ledger.repayment_id)
            .join(credit_runs, credit_runs.c.id == newer.c.run_id)
            .outerjoin(visits, visits.c.id == _ledger.visit_id)
            .where(
                monthly_statements.c.branch_id == branch_id,
                _ledger.kind != LineKind.COUNTER,
                ~_countered(),
                credit_runs.c.current,
                # M3: a ruling is final, whatever a later computation of its line says.
                sa.or_(sa.and_(newer.c.id != _ledger.computed_id, _ledger.kind != LineKind.RULED), forged),
            )
            .order_by(_ledger.id)
        )
        return [
            Moved(self.load(row), row["newer_id"], bool(row["forged"]))
            for row in self.connection.execute(statement).mappings()
        ]

    def standing_of(self, repayment_ids: Iterable[str]) -> dict[str, LedgerLine]:
        found = {}
        for some in a_thousand_at_a_time(repayment_ids):
            standing = (_ledger.repayment_id.in_(some), _ledger.kind != LineKind.COUNTER, ~_countered())
            for line in self.many(*standing):
                found[line.repayment_id] = line
        return found

    def reversals_to_rule(self, branch_id: str) -> list[tuple[LedgerLine, LedgerLine]]:
        statement = (
            sa.select(repayments.c.reverses_id, _ledger.repayment_id)
            .join(statement_lines, _ledger.repayment_id == repayments.c.id)
            .join(monthly_statements, monthly_statements.c.id == _ledger.statement_id)
            .where(
                monthly_statements.c.branch_id == branch_id,
                repayments.c.reverses_id.in_(
                    sa.select(_ruled.repayment_id).where(_ruled.kind == LineKind.RULED)
                ),
            )
            .distinct()
            .order_by(_ledger.repayment_id)
        )
        pairs = [(row[0], row[1]) for row in self.connection.execute(statement)]
        standing = self.standing_of({id_ for pair in pairs for id_ in pair})
        found = ((standing[original], standing[reversal]) for original, reversal in pairs)
        return [
            (one, other)
            for one, other in found
            if one.kind is LineKind.RULED and other.kind is not LineKind.RULED
        ]

    def ruled_back(self, repayment_id: str) -> int:
        statement = sa.select(repayments.c.id).where(repayments.c.reverses_id == repayment_id)
        reversals = list(self.connection.execute(statement).scalars())
        standing = self.standing_of(reversals).values()
        return sum(line.amount_fen for line in standing if line.kind is LineKind.RULED)

    def seal(self, statement_id: str) -> None:
        self.connection.execute(
            sa.update(statement_lines)
            .where(_ledger.statement_id == statement_id, ~_ledger.sealed)
            .values(sealed=True)
        )

    def last_and_next_month(self, branch_id: str) -> tuple[str | None, str | None]:
        months = monthly_statements.c
        published = sa.select(sa.func.max(months.month)).where(months.branch_id == branch_id)
        last: str | None = self.connection.execute(published).scalar()
        if last is None:
            return None, None
        following = (
            sa.select(sa.func.min(credit_lines.c.month))
            .select_from(_CURRENT)
            .where(credit_runs.c.current, placements.c.branch_id == branch_id, credit_lines.c.month > last)
        )
        return last, self.connection.execute(following).scalar()

    def agents_of(self, statement_id: str) -> list[str]:
        statement = (
            sa.select(statement_shares.c.account_id)
            .join(statement_lines, _ledger.id == statement_shares.c.line_id)
            .where(_ledger.statement_id == statement_id)
            .distinct()
        )
        return sorted(self.connection.execute(statement).scalars())


class LedgerShareQueries(Rows[CreditShareRow]):
    def __init__(self, connection: sa.Connection, cipher: ColumnCipher) -> None:
        super().__init__(connection, statement_shares, CreditShareRow, cipher)

    def of_lines(self, line_ids: Iterable[str]) -> Mapping[str, list[CreditShareRow]]:
        found: dict[str, list[CreditShareRow]] = {}
        for share in sorted(self.having_any("line_id", line_ids), key=attrgetter("position")):
            found.setdefault(share.line_id, []).append(share)
        return found
