"""Queries on repayments. One that was taken back with its file stays on record and is found by its id alone (S20)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from server.domain.placements import Repayment
from storage.rows.column_cipher import ColumnCipher
from storage.rows.mapping import Rows
from storage.rows.tables.placements import repayments


class RepaymentQueries(Rows[Repayment]):
    def __init__(self, connection: sa.Connection, cipher: ColumnCipher) -> None:
        super().__init__(connection, repayments, Repayment, cipher)

    def having(self, **equal: Any) -> list[Repayment]:
        return [one for one in super().having(**equal) if one.undone_at is None]

    def having_any(self, field: str, values: Iterable[Any]) -> list[Repayment]:
        return [one for one in super().having_any(field, values) if one.undone_at is None]

    def take_back(self, import_id: str, moment: datetime) -> int:
        of_file = (repayments.c.import_id == import_id, repayments.c.undone_at.is_(None))
        statement = sa.update(repayments).where(*of_file).values(undone_at=moment)
        return self.connection.execute(statement).rowcount
