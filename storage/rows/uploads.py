"""Queries on resumable uploads and their pieces."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

import sqlalchemy as sa

from server.domain.evidence import EvidenceSource
from server.domain.uploads import Upload, UploadPiece, UploadState, Used
from server.services.ports.paging import Page, PageRequest
from storage.rows.column_cipher import ColumnCipher
from storage.rows.mapping import Rows
from storage.rows.paging import keyset_page
from storage.rows.prepared import Prepared
from storage.rows.tables.evidence import evidence_items
from storage.rows.tables.uploads import NOT_KEPT, upload_pieces, uploads

_BATCH = 1000
_ANNOUNCED = sa.func.coalesce(sa.func.sum(sa.func.coalesce(uploads.c.length, uploads.c.offset)), 0)

# Asked for every file that a phone sends; to build them takes longer than to run them.
_LEFT_OUT: sa.BindParameter[str] = sa.bindparam("leaving_out")
_SINCE: sa.BindParameter[datetime] = sa.bindparam("since")
_ON_THEIR_WAY = sa.select(_ANNOUNCED).where(
    uploads.c.account_id == sa.bindparam("account_id"),
    uploads.c.created_at >= _SINCE,
    NOT_KEPT,
    uploads.c.id != _LEFT_OUT,
)
_KEPT = sa.select(sa.func.coalesce(sa.func.sum(evidence_items.c.size), 0)).where(
    evidence_items.c.account_id == sa.bindparam("account_id"),
    evidence_items.c.received_at >= _SINCE,
    evidence_items.c.source == EvidenceSource.PHONE,
)
_OF_ACCOUNT = Prepared(sa.select(_ON_THEIR_WAY.scalar_subquery() + _KEPT.scalar_subquery()))
_OF_DEVICE = Prepared(
    sa.select(_ANNOUNCED).where(
        uploads.c.device_id == sa.bindparam("device_id"),
        uploads.c.created_at >= _SINCE,
        uploads.c.id != _LEFT_OUT,
    )
)
_CHANGE = sa.update(uploads).where(
    uploads.c.id == sa.bindparam("changed_id"),
    uploads.c.offset == sa.bindparam("from_offset"),
)
_CHANGE_OF_HOLDER = Prepared(_CHANGE.where(uploads.c.lease_token == sa.bindparam("held")))
_CHANGE_OF_ANY = Prepared(_CHANGE)


class UploadQueries(Rows[Upload]):
    def __init__(self, connection: sa.Connection, cipher: ColumnCipher) -> None:
        super().__init__(connection, uploads, Upload, cipher)
        self._pieces = Rows(connection, upload_pieces, UploadPiece, cipher)

    def change(self, upload: Upload, token: str | None, **values: object) -> bool:
        asked = {"changed_id": upload.id, "from_offset": upload.offset}
        if token is None:
            return _CHANGE_OF_ANY.write(self.connection, {**asked, **values}) == 1
        return _CHANGE_OF_HOLDER.write(self.connection, {**asked, "held": token, **values}) == 1

    def pieces(self, upload_id: str) -> list[UploadPiece]:
        return self._pieces.many(upload_pieces.c.upload_id == upload_id, order=[upload_pieces.c.start])

    def add_piece(self, piece: UploadPiece) -> None:
        self._pieces.add(piece)

    def remove_pieces(self, upload_id: str) -> None:
        self.connection.execute(sa.delete(upload_pieces).where(upload_pieces.c.upload_id == upload_id))

    def known_keys(self, keys: Iterable[str]) -> set[str]:
        wanted, known = sorted(keys), set[str]()
        for start in range(0, len(wanted), _BATCH):
            named = sa.select(upload_pieces.c.object_key).where(
                upload_pieces.c.object_key.in_(wanted[start : start + _BATCH])
            )
            known.update(self.connection.execute(named).scalars())
        return known

    def used(self, account_id: str, device_id: str | None, since: datetime, leaving_out: str) -> Used:
        """Evidence counts once: as its item where it was kept, else as what its upload announced. What is left out is
        on its way, so that there is no item of it."""
        asked = {"account_id": account_id, "since": since, "leaving_out": leaving_out}
        by_account = self._sum(_OF_ACCOUNT, asked)
        if device_id is None:
            return Used(by_account, None)
        asked = {"device_id": device_id, "since": since, "leaving_out": leaving_out}
        return Used(by_account, self._sum(_OF_DEVICE, asked))

    def _sum(self, statement: Prepared, asked: Mapping[str, object]) -> int:
        return int(statement.scalar(self.connection, asked))

    def page_of_visit(self, request: PageRequest, visit_id: str) -> Page[Upload]:
        statement = sa.select(uploads).where(uploads.c.visit_id == visit_id)
        return keyset_page(self, statement, [uploads.c.id], request)

    def idle(self, before: datetime, whole_before: datetime, limit: int) -> list[Upload]:
        whole = sa.and_(uploads.c.offset == uploads.c.length, uploads.c.moved_at < whole_before)
        waiting = sa.select(uploads).where(
            uploads.c.state == UploadState.OPEN, sa.or_(uploads.c.moved_at < before, whole)
        )
        return self.fetch(waiting.order_by(uploads.c.moved_at, uploads.c.id).limit(limit))
