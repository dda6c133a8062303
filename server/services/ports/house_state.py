"""What the state of the house asks of the rows: sizes and counts that are cheap to have on every request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class OutboxState:
    """What waits for group robots, since when, and what was given up."""

    waiting: int
    oldest_at: datetime | None
    failed: int


@dataclass(frozen=True, slots=True)
class UnsentOnPhones:
    """What phones told of that lies on them alone, without what IT recorded as lost (S19)."""

    phones: int
    items: int
    bytes: int
    oldest_at: datetime | None


class HouseStateRows(Protocol):
    def database_bytes(self) -> int:
        """What the database takes on its disk."""

    def outbox(self) -> OutboxState: ...
    def unsent(self) -> UnsentOnPhones: ...
