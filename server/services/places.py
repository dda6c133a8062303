"""Where addresses lie and where visits were (V1, V8): points gathered from geocodes and earlier visits, in few queries.

Owns which facts the rules of `domain/places` are asked with. Refuses to keep a verdict: it is computed when it is read,
so that a photo or a geocode that comes later counts at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from server.domain.address_points import known_point
from server.domain.evidence import PHOTO_KINDS
from server.domain.placements import Address
from server.domain.places import (
    Against,
    KnownPoint,
    Observation,
    Observed,
    Reference,
    VisitPlace,
    near_point,
    visit_place,
    within_county,
)
from server.domain.visits import AddressOutcome, CheckDirection, CheckIn, Visit
from server.services.ports.places import CountyOutlines
from server.services.ports.unit_of_work import UnitOfWork


def known_points(
    uow: UnitOfWork, addresses: Iterable[Address], before: datetime | None = None
) -> dict[str, KnownPoint]:
    """By address id: the geocoded point, else where the last visit before then found debtor or relative."""
    listed = {address.id: address for address in addresses}
    rows = uow.address_points.having_any("normalized", {a.normalized for a in listed.values()})
    geocoded = {row.normalized: point for row in rows if (point := known_point(row)) is not None}
    found = {id_: geocoded[a.normalized] for id_, a in listed.items() if a.normalized in geocoded}
    return _of_earlier_visits(uow, listed.keys() - found.keys(), before or uow.now) | found


def place_of(uow: UnitOfWork, outlines: CountyOutlines, visit: Visit) -> VisitPlace | None:
    """What check-ins and photos say of the visit's place; None while nothing says where the team was."""
    seen = _observations(uow, visit)
    if not seen:
        return None
    address = uow.addresses.need(visit.address_id)
    return visit_place(seen, _reference(uow, outlines, visit, address))


def _reference(uow: UnitOfWork, outlines: CountyOutlines, visit: Visit, address: Address) -> Reference | None:
    point = known_points(uow, [address], visit.started_at).get(address.id)
    if point is not None:
        return near_point(point)
    outline = outlines.outline(address.county_code) if address.county_code else None
    return None if outline is None else within_county(outline)


def _observations(uow: UnitOfWork, visit: Visit) -> list[Observation]:
    """Check-ins that count and photos, where they have a place; what V1 refuses says nothing of where they were."""
    check_ins = [one for one in uow.check_ins.having(visit_id=visit.id) if _came(one)]
    photos = [item for item in uow.evidence_items.having(visit_id=visit.id) if item.kind in PHOTO_KINDS]
    seen = [(Observed.CHECK_IN, one) for one in check_ins] + [(Observed.PHOTO, one) for one in photos]
    return [
        Observation(source, one.id, one.latitude, one.longitude, one.accuracy_m or 0.0)
        for source, one in seen
        if one.latitude is not None and one.longitude is not None
    ]


def _came(check_in: CheckIn) -> bool:
    return check_in.direction is CheckDirection.IN and check_in.refusal is None


def _of_earlier_visits(
    uow: UnitOfWork, address_ids: Iterable[str], before: datetime
) -> dict[str, KnownPoint]:
    """Of each address the latest visit that found debtor or relative there: its most accurate check-in."""
    confirmed = [
        visit
        for visit in uow.visits.having_any("address_id", address_ids)
        if visit.outcome is AddressOutcome.FOUND
        and visit.voided_at is None
        and visit.started_at is not None
        and visit.started_at < before
    ]
    check_ins: dict[str, list[CheckIn]] = defaultdict(list)
    for one in uow.check_ins.having_any("visit_id", [visit.id for visit in confirmed]):
        if _came(one) and one.latitude is not None and one.longitude is not None:
            check_ins[one.visit_id].append(one)
    found: dict[str, KnownPoint] = {}
    for visit in sorted(confirmed, key=lambda one: (one.started_at or before, one.id)):
        if check_ins[visit.id]:
            best = min(check_ins[visit.id], key=lambda one: (one.accuracy_m or 0.0, one.id))
            found[visit.address_id] = _point(best)
    return found


def _point(check_in: CheckIn) -> KnownPoint:
    assert check_in.latitude is not None
    assert check_in.longitude is not None
    accuracy_m = check_in.accuracy_m or 0.0
    return KnownPoint(check_in.latitude, check_in.longitude, accuracy_m, Against.EARLIER_VISIT)
