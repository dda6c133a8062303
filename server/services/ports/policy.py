"""Rows of published policy documents (TOML, section 9): the newest of the firm holds, and of each client."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from server.domain.policy_proposals import PolicyDocument
from server.services.ports.rows import EntityRows


class PolicyDocumentRows(EntityRows[PolicyDocument], Protocol):
    def newest(self, client_id: str | None = None) -> str | None: ...
    def newest_of(self, client_id: str | None) -> PolicyDocument | None: ...
    def clients(self) -> Collection[str]:
        """Those that have an overlay."""

    def publish(
        self, id: str, document: str, at: datetime, published_by: str | None, client_id: str | None = None
    ) -> None: ...
