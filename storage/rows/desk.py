"""Queries of what the desk keeps for one person alone."""

from __future__ import annotations

import sqlalchemy as sa

from server.domain.kept_lists import KeptList
from storage.rows import tables
from storage.rows.column_cipher import ColumnCipher
from storage.rows.mapping import Rows


class KeptListQueries(Rows[KeptList]):
    def __init__(self, connection: sa.Connection, cipher: ColumnCipher) -> None:
        super().__init__(connection, tables.desk.kept_lists, KeptList, cipher)

    def drop(self, kept: KeptList) -> None:
        self.connection.execute(sa.delete(self.table).where(self.table.c.id == kept.id))
