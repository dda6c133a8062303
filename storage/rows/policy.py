"""Queries on published policy documents."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

import sqlalchemy as sa

from server.domain.policy.editions import HANDBOOK_BOOK, PolicyBook
from server.domain.policy.policy_documents import parse_policy
from storage.rows.tables.policy import policy_documents


@lru_cache(maxsize=16)
def _read(document: str) -> PolicyBook:
    return parse_policy(document)


class PolicyDocumentQueries:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def book(self) -> PolicyBook:
        document = self.newest()
        return HANDBOOK_BOOK if document is None else _read(document)

    def newest(self) -> str | None:
        statement = (
            sa.select(policy_documents.c.document).order_by(policy_documents.c.published_at.desc()).limit(1)
        )
        return self._connection.execute(statement).scalar_one_or_none()

    def publish(self, id: str, document: str, at: datetime, published_by: str | None) -> None:
        self._connection.execute(
            sa.insert(policy_documents).values(
                id=id, document=document, published_at=at, published_by=published_by
            )
        )
