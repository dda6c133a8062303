"""Queries on resumable uploads and their pieces."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from server.domain.evidence import EvidenceSource
from server.domain.uploads import Upload, UploadPiece, UploadState, Used
from server.services.ports.paging import Page, PageRequest
from storage.rows.column_cipher import ColumnCipher
from storage.rows.mapping import Rows
from storage.rows.paging import keyset_page
from storage.rows.tables.evidence import evidence_items
from storage.rows.tables.uploads import upload_pieces, uploads

_BATCH = 1000
_ANNOUNCED = sa.func.coalesce(sa.func.sum(sa.func.coalesce(uploads.c.length, uploads.c.offset)), 0)


class UploadQueries(Rows[Upload]):
    def __init__(self, connection: sa.Connection, cipher: ColumnCipher) -> None:
        super().__init__(connection, uploads, Upload, cipher)
        self._pieces = Rows(connection, upload_pieces, UploadPiece, cipher)

    def change(self, upload: Upload, token: str | None, **values: object) -> bool:
        where = [uploads.c.id == upload.id, uploads.c.offset == upload.offset]
        if token is not None:
            where.append(uploads.c.lease_token == token)
        return self.connection.execute(sa.update(uploads).where(*where).values(**values)).rowcount == 1

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
        """Evidence counts once: as its item where it was kept, else as what its upload announced."""
        mine = sa.select(_ANNOUNCED).where(
            uploads.c.account_id == account_id,
            uploads.c.created_at >= since,
            uploads.c.state != UploadState.KEPT,
            uploads.c.id != leaving_out,
        )
        kept = sa.select(sa.func.coalesce(sa.func.sum(evidence_items.c.size), 0)).where(
            evidence_items.c.account_id == account_id,
            evidence_items.c.received_at >= since,
            evidence_items.c.source == EvidenceSource.PHONE,
            evidence_items.c.id != leaving_out,
        )
        of_device = sa.select(_ANNOUNCED).where(
            uploads.c.device_id == device_id, uploads.c.created_at >= since, uploads.c.id != leaving_out
        )
        by_account = sum(int(self.connection.execute(one).scalar_one()) for one in (mine, kept))
        by_device = None if device_id is None else int(self.connection.execute(of_device).scalar_one())
        return Used(by_account, by_device)

    def page_of_visit(self, request: PageRequest, visit_id: str) -> Page[Upload]:
        statement = sa.select(uploads).where(uploads.c.visit_id == visit_id)
        return keyset_page(self, statement, [uploads.c.id], request)

    def idle(self, before: datetime, whole_before: datetime, limit: int) -> list[Upload]:
        whole = sa.and_(uploads.c.offset == uploads.c.length, uploads.c.moved_at < whole_before)
        waiting = sa.select(uploads).where(
            uploads.c.state == UploadState.OPEN, sa.or_(uploads.c.moved_at < before, whole)
        )
        return self.fetch(waiting.order_by(uploads.c.moved_at, uploads.c.id).limit(limit))
