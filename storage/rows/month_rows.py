"""The rows of the month: credit, ledger, disputes, pay, the policy and its simulations, on one connection.

Owns which query module serves them; `all_rows` has those of everything else. Refuses to begin or to end a transaction.
"""

from __future__ import annotations

from functools import cached_property
from typing import TypeVar

import sqlalchemy as sa

from server.domain.credit import MonthlyStatement, StatementFile
from server.domain.dispute_withdrawals import Withdrawal
from server.domain.disputes import Ruling
from server.domain.pay_targets import MonthTarget
from server.domain.policy.editions import PolicyBook
from server.domain.policy_proposals import PolicyProposal, PolicyReading
from server.domain.quality import QualityCheck
from storage.rows import tables
from storage.rows.column_cipher import ColumnCipher
from storage.rows.credit import (
    CreditLineQueries,
    CreditRunQueries,
    CreditShareQueries,
)
from storage.rows.disputes import DisputeQueries
from storage.rows.figures import FigureQueries
from storage.rows.ledger import LedgerQueries, LedgerShareQueries
from storage.rows.mapping import Rows
from storage.rows.pay import FineQueries, IncidentDecisionQueries
from storage.rows.pay_sums import PaySumQueries
from storage.rows.policy import PolicyDocumentQueries
from storage.rows.quality import QualityItemQueries, QualitySampleQueries
from storage.rows.simulations import FactSnapshotQueries
from storage.rows.statements import StatementQueries

E = TypeVar("E")


class MonthRows:
    """The rows by the names that `server.services.ports.unit_of_work` gives them."""

    def __init__(self, connection: sa.Connection, cipher: ColumnCipher) -> None:
        self._connection = connection
        self._cipher = cipher

    @cached_property
    def month_figures(self) -> FigureQueries:
        return FigureQueries(self._connection, self._cipher)

    @cached_property
    def pay_sums(self) -> PaySumQueries:
        return PaySumQueries(self._connection, self._cipher)

    @cached_property
    def credit_runs(self) -> CreditRunQueries:
        return CreditRunQueries(self._connection, self._cipher)

    @cached_property
    def credit_lines(self) -> CreditLineQueries:
        return CreditLineQueries(self._connection, self._cipher)

    @cached_property
    def credit_shares(self) -> CreditShareQueries:
        return CreditShareQueries(self._connection, self._cipher)

    @cached_property
    def monthly_statements(self) -> Rows[MonthlyStatement]:
        return self._rows(tables.credit.monthly_statements, MonthlyStatement)

    @cached_property
    def ledger(self) -> LedgerQueries:
        return LedgerQueries(self._connection, self._cipher)

    @cached_property
    def ledger_shares(self) -> LedgerShareQueries:
        return LedgerShareQueries(self._connection, self._cipher)

    @cached_property
    def disputes(self) -> DisputeQueries:
        return DisputeQueries(self._connection, self._cipher)

    @cached_property
    def dispute_withdrawals(self) -> Rows[Withdrawal]:
        return self._rows(tables.disputes.dispute_withdrawals, Withdrawal)

    @cached_property
    def rulings(self) -> Rows[Ruling]:
        return self._rows(tables.disputes.rulings, Ruling)

    @cached_property
    def statement_files(self) -> Rows[StatementFile]:
        return self._rows(tables.ledger.statement_files, StatementFile)

    @cached_property
    def fines(self) -> FineQueries:
        return FineQueries(self._connection, self._cipher)

    @cached_property
    def incident_decisions(self) -> IncidentDecisionQueries:
        return IncidentDecisionQueries(self._connection, self._cipher)

    @cached_property
    def month_targets(self) -> Rows[MonthTarget]:
        return self._rows(tables.pay.month_targets, MonthTarget)

    @cached_property
    def quality_samples(self) -> QualitySampleQueries:
        return QualitySampleQueries(self._connection, self._cipher)

    @cached_property
    def quality_items(self) -> QualityItemQueries:
        return QualityItemQueries(self._connection, self._cipher)

    @cached_property
    def quality_checks(self) -> Rows[QualityCheck]:
        return self._rows(tables.quality.quality_checks, QualityCheck)

    @cached_property
    def statements(self) -> StatementQueries:
        return StatementQueries(self._connection, self._cipher)

    @cached_property
    def fact_snapshots(self) -> FactSnapshotQueries:
        return FactSnapshotQueries(self._connection, self._cipher)

    @cached_property
    def policy_documents(self) -> PolicyDocumentQueries:
        return PolicyDocumentQueries(self._connection, self._cipher)

    @cached_property
    def policy_proposals(self) -> Rows[PolicyProposal]:
        return self._rows(tables.policy.policy_proposals, PolicyProposal)

    @cached_property
    def policy_readings(self) -> Rows[PolicyReading]:
        return self._rows(tables.policy.policy_readings, PolicyReading)

    def policy_of(self, client_id: str) -> PolicyBook:
        return self.policy_documents.book_of(client_id)

    @cached_property
    def policy(self) -> PolicyBook:
        return self.policy_documents.book()

    def _rows(self, table: sa.Table, entity: type[E]) -> Rows[E]:
        return Rows(self._connection, table, entity, self._cipher)
