"""The address port over the gazetteer, which is read when the first address is checked, not at start."""

from __future__ import annotations

from server.domain.addresses import AddressVerdict, check_address
from server.geo.gazetteer import gazetteer
from server.services.ports.addresses import DivisionEdition, DivisionSource


class GazetteerAddresses:
    """Implements server.services.ports.addresses.AddressCheck."""

    def check(self, text: str, locale: str = "zh-CN") -> AddressVerdict:
        return check_address(text, gazetteer(), locale)

    def edition(self) -> DivisionEdition:
        table = gazetteer()
        sources = tuple(
            DivisionSource(one.package, one.version, one.sha256, one.data_date, one.licence)
            for one in table.source
        )
        newest = max(source.data_date for source in sources)
        return DivisionEdition(newest, sources, len(table.divisions), len(table.former))

    def county(self, code: str) -> str | None:
        division = gazetteer().division(code)
        return None if division is None else division.county or division.city
