"""The address port over the gazetteer, which is read when the first address is checked, not at start."""

from __future__ import annotations

from server.domain.addresses import AddressVerdict, check_address
from server.geo.gazetteer import gazetteer


class GazetteerAddresses:
    """Implements server.services.ports.addresses.AddressCheck."""

    def check(self, text: str, locale: str = "zh-CN") -> AddressVerdict:
        return check_address(text, gazetteer(), locale)
