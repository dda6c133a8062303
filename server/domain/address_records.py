"""An address as it lies in the rows: what the address check settled of it, or the bare text where nothing is sure."""

from __future__ import annotations

from typing import TypedDict

from server.domain.addresses import SUBMITTABLE, AddressVerdict


class AddressPlace(TypedDict):
    """The fields of `Address` that come from its text."""

    text: str
    normalized: str
    province: str
    city: str
    county: str
    county_code: str
    town: str
    detail: str
    urban_village: bool


def resolved(verdict: AddressVerdict) -> bool:
    """Whether the text names one county-level division that is certain; R2 and R3 refuse a request for any other."""
    return verdict.verdict in SUBMITTABLE and bool(verdict.county_code)


def address_place(text: str, verdict: AddressVerdict) -> AddressPlace:
    """The divisions where they are certain; an unresolved text is kept as written and compared without blanks (V19)."""
    if not resolved(verdict):
        return AddressPlace(
            text=text,
            normalized="".join(text.split()),
            province="",
            city="",
            county="",
            county_code="",
            town="",
            detail="",
            urban_village=False,
        )
    return AddressPlace(
        text=text,
        normalized=verdict.normalized,
        province=verdict.province,
        city=verdict.city,
        county=verdict.county,
        county_code=verdict.county_code,
        town=verdict.town,
        detail=verdict.detail,
        urban_village=verdict.urban_village,
    )
