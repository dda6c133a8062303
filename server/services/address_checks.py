"""The check of an address while somebody types it (R2, R3, R8), and what is remembered of zones.

Refuses to change an address: what is suggested is written by a person or not at all.
"""

from __future__ import annotations

import dataclasses

from server.domain.access import Actor
from server.domain.addresses import AddressVerdict, Verdict
from server.domain.placements import Address
from server.domain.zone_choices import ZoneChoice, remembered_first, zone_of
from server.services.ports.addresses import AddressCheck
from server.services.ports.unit_of_work import UnitOfWork


def check_typed(uow: UnitOfWork, checks: AddressCheck, text: str, locale: str) -> AddressVerdict:
    """The verdict; for a zone, the counties chosen for it before come first."""
    verdict = checks.check(text, locale)
    if verdict.verdict is not Verdict.FUNCTIONAL:
        return verdict
    choices = uow.zone_choices.having(**_key(verdict))
    return dataclasses.replace(verdict, suggestions=remembered_first(verdict.suggestions, choices))


def remember_zone(
    uow: UnitOfWork, actor: Actor | None, before: AddressVerdict, corrected: Address
) -> ZoneChoice | None:
    """Keep which county was written for the zone that an address named instead of one; None where it named none."""
    if before.verdict is not Verdict.FUNCTIONAL or not corrected.county_code:
        return None
    key = _key(before)
    if not key["zone"] or before.province not in ("", corrected.province):
        return None
    return uow.zone_choices.add(
        ZoneChoice(
            id=uow.new_id(),
            county_code=corrected.county_code,
            county=corrected.county,
            address_id=corrected.id,
            chosen_by=None if actor is None else actor.account_id,
            chosen_at=uow.now,
            **key,
        )
    )


def _key(verdict: AddressVerdict) -> dict[str, str]:
    # The check writes a municipality twice, the divisions once.
    city = "" if verdict.city == verdict.province else verdict.city
    return {"province": verdict.province, "city": city, "zone": zone_of(verdict.detail)}
