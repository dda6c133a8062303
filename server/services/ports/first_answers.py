"""First answers: what was answered when a client-made id was used first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class FirstAnswer:
    """`digest` is that of the content sent with the id (SHA-256, hex)."""

    id: str
    account_id: str
    route: str
    digest: str
    status: int
    body: Any
    etag: str | None
    answered_at: datetime


class FirstAnswerRows(Protocol):
    def get(self, id: str) -> FirstAnswer | None: ...
    def add(self, entity: FirstAnswer) -> FirstAnswer: ...
