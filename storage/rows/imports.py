"""Queries on imported files."""

from __future__ import annotations

import sqlalchemy as sa

from server.domain.access import Reach, Scope
from server.domain.imports import ImportFile, ImportKind, ImportState
from server.services.ports.paging import Page, PageRequest
from storage.rows.column_cipher import ColumnCipher
from storage.rows.mapping import Rows
from storage.rows.paging import keyset_page
from storage.rows.tables.imports import import_files


class ImportFileQueries(Rows[ImportFile]):
    def __init__(self, connection: sa.Connection, cipher: ColumnCipher) -> None:
        super().__init__(connection, import_files, ImportFile, cipher)

    def page(
        self, request: PageRequest, reach: Reach, *, kind: ImportKind | None, state: ImportState | None
    ) -> Page[ImportFile]:
        statement = sa.select(import_files).where(_within(reach))
        if kind is not None:
            statement = statement.where(import_files.c.kind == kind)
        if state is not None:
            statement = statement.where(import_files.c.state == state)
        return keyset_page(self, statement, [import_files.c.id], request, descending=True)

    def applied_twin(self, kind: ImportKind, sha256: str) -> ImportFile | None:
        found = self.having(kind=kind, sha256=sha256, state=ImportState.APPLIED)
        return found[0] if found else None

    def waiting_count(self, reach: Reach) -> int:
        waiting = import_files.c.state == ImportState.WAITING
        counted = sa.select(sa.func.count()).select_from(import_files).where(waiting, _within(reach))
        return int(self.connection.execute(counted).scalar_one())


def _within(reach: Reach) -> sa.ColumnElement[bool]:
    own = import_files.c.uploaded_by == reach.account_id
    if reach.scope is Scope.ALL:
        return sa.true()
    if reach.scope is Scope.BRANCH and reach.branch_id is not None:
        return sa.or_(own, import_files.c.branch_id == reach.branch_id)
    return own
