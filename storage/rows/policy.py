"""Queries on published policy documents: what holds for the firm, and for a client with its overlay (S21)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import cached_property, lru_cache

import sqlalchemy as sa

from server.domain.policy.editions import HANDBOOK_BOOK, PolicyBook
from server.domain.policy.overlays import Overlay, overlaid, parse_overlay
from server.domain.policy.policy_documents import parse_policy
from server.domain.policy_proposals import PolicyDocument
from storage.rows.column_cipher import ColumnCipher
from storage.rows.mapping import Rows
from storage.rows.prepared import Prepared
from storage.rows.tables.policy import policy_documents

_documents = policy_documents.c
_LATEST = sa.select(policy_documents).order_by(_documents.published_at.desc(), _documents.id.desc()).limit(1)
_NEWEST = Prepared(_LATEST.where(_documents.client_id.is_(None)))
_NEWEST_OF_CLIENT = Prepared(_LATEST.where(_documents.client_id == sa.bindparam("client")))


@lru_cache(maxsize=16)
def _read(document: str) -> PolicyBook:
    return parse_policy(document)


@lru_cache(maxsize=64)
def _read_overlay(document: str) -> Overlay:
    return parse_overlay(document)


@lru_cache(maxsize=64)
def _overlaid(document: str | None, overlay: str) -> PolicyBook:
    return overlaid(HANDBOOK_BOOK if document is None else _read(document), _read_overlay(overlay))


class PolicyDocumentQueries(Rows[PolicyDocument]):
    def __init__(self, connection: sa.Connection, cipher: ColumnCipher) -> None:
        super().__init__(connection, policy_documents, PolicyDocument, cipher)

    def book(self) -> PolicyBook:
        document = self.newest()
        return HANDBOOK_BOOK if document is None else _read(document)

    def book_of(self, client_id: str) -> PolicyBook:
        overlay = self._overlays.get(client_id)
        return self.book() if overlay is None else _overlaid(self.newest(), overlay)

    def newest(self, client_id: str | None = None) -> str | None:
        found = self.newest_of(client_id)
        return None if found is None else found.document

    def newest_of(self, client_id: str | None) -> PolicyDocument | None:
        if client_id is None:
            found = self._prepared(_NEWEST, {})
        else:
            found = self._prepared(_NEWEST_OF_CLIENT, {"client": client_id})
        return found[0] if found else None

    def clients(self) -> Collection[str]:
        return self._overlays.keys()

    @cached_property
    def _overlays(self) -> Mapping[str, str]:
        """By client, the newest: a transaction reads them once."""
        statement = (
            sa.select(_documents.client_id, _documents.document)
            .where(_documents.client_id.is_not(None))
            .order_by(_documents.published_at, _documents.id)
        )
        return {str(row.client_id): row.document for row in self.connection.execute(statement)}

    def publish(
        self, id: str, document: str, at: datetime, published_by: str | None, client_id: str | None = None
    ) -> None:
        self.add(PolicyDocument(id, client_id, document, at, published_by))
