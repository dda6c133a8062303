"""The port to the address check: what today's divisions say of an address as written (R2, R3, R8)."""

from __future__ import annotations

from typing import Protocol

from server.domain.addresses import AddressVerdict


class AddressCheck(Protocol):
    """Judges one address; pure for a given table of divisions, so an answer may be kept."""

    def check(self, text: str, locale: str = "zh-CN") -> AddressVerdict: ...
