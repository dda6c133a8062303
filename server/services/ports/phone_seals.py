"""The port to what phones seal for the server: its public key, and the way back (S19)."""

from __future__ import annotations

from typing import Protocol

from server.domain.phone_custody import SealedKey
from server.domain.phone_days import SealingKey


class PhoneSeals(Protocol):
    def public(self) -> SealingKey:
        """The key that phones seal to."""
        ...

    def open(self, sealed: SealedKey, device_id: str, account_id: str) -> bytes | None:
        """The 32 bytes that were sealed on that device for that person; None for whatever does not open."""
        ...

    def open_part(self, key: bytes, name: str, iv: str, data: bytes) -> bytes | None:
        """Bytes that a phone sealed under the key of its vault and that name; None for whatever does not open."""
        ...
