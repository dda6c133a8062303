"""Having addresses asked for at a provider of geocodes: what waits, the next question, the answer.

Owns that one text is asked once, no more a minute than allowed, and never in a request's way: a use case only says that
an address is wanted, the job asks. Without a provider nothing is wanted.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping

from server.domain.address_points import (
    LEASE,
    MOST_ATTEMPTS,
    MOST_OF_ALL,
    AddressPoint,
    PointState,
    free_at,
    state_of,
)
from server.domain.audit import AuditEntry
from server.domain.placements import Address
from server.services.ports.places import AddressGeocoder, CountyOutlines, Geocoded
from server.services.ports.unit_of_work import UnitOfWork

GEOCODE_JOB = "geocoding.ask"
_ERROR = 200
_SWEPT = 1000  # addresses that one run takes up which nobody asked for, because no provider was set then


def want(uow: UnitOfWork, geocoder: AddressGeocoder, addresses: Iterable[Address]) -> None:
    """Have the texts of addresses asked for that name a county and a detail; others would be guesses."""
    if geocoder.provider:
        _want(uow, {a.normalized: a.county_code for a in addresses if a.county_code and a.detail})


def want_unasked(uow: UnitOfWork) -> int:
    """Take up addresses that came while no provider was set; returns how many texts wait because of it."""
    unasked = dict(uow.address_points.unasked(_SWEPT))
    _want(uow, unasked)
    return len(unasked)


def begin(uow: UnitOfWork, geocoder: AddressGeocoder) -> AddressPoint | None:
    """The next text to ask, its question counted; None when none waits.

    When the minute is full, the job comes back by itself as soon as it is not.
    """
    row = uow.address_points.next_waiting(uow.now - LEASE)
    if row is None:
        return None
    due_at = free_at(uow.address_points.asked_since(uow.now - LEASE), geocoder.per_minute, uow.now)
    if due_at > uow.now:
        go_on(uow, due_at=due_at)
        return None
    return uow.address_points.save(
        dataclasses.replace(row, attempts=row.attempts + 1, asked_at=uow.now, provider=geocoder.provider)
    )


def go_on(uow: UnitOfWork, **due: object) -> None:
    """Have the job run, once for all that waits."""
    uow.enqueue(GEOCODE_JOB, {}, once_key=GEOCODE_JOB, **due)  # type: ignore[arg-type]


def answered(
    uow: UnitOfWork, outlines: CountyOutlines, asked: AddressPoint, answer: Geocoded | None
) -> AddressPoint:
    """Keep what the provider said, as it said it; None is an answer too."""
    if answer is None:
        kept = dataclasses.replace(asked, state=PointState.NOT_FOUND, answered_at=uow.now, last_error=None)
    else:
        kept = dataclasses.replace(
            asked,
            state=state_of(answer.point, answer.accuracy_m, outlines.outline(asked.county_code)),
            latitude=answer.point.latitude,
            longitude=answer.point.longitude,
            datum=answer.point.datum,
            precision=answer.precision,
            accuracy_m=answer.accuracy_m,
            answered_at=uow.now,
            last_error=None,
        )
    saved = uow.address_points.save(kept)
    detail = {"provider": saved.provider, "state": saved.state, "precision": saved.precision}
    uow.audit(AuditEntry("address_point.answered", "address_point", saved.id, detail))
    return saved


def failed(uow: UnitOfWork, asked: AddressPoint, words: str, *, this_text: bool) -> None:
    """No answer: the text waits again. One that the provider itself cannot take is given up after a few questions."""
    gives_up = asked.attempts >= (MOST_ATTEMPTS if this_text else MOST_OF_ALL)
    state = PointState.FAILED if gives_up else PointState.WAITING
    uow.address_points.save(dataclasses.replace(asked, state=state, last_error=words[:_ERROR]))


def _want(uow: UnitOfWork, texts: Mapping[str, str]) -> None:
    held = {row.normalized for row in uow.address_points.having_any("normalized", texts)}
    fresh = [_waiting(uow, text, code) for text, code in texts.items() if text not in held]
    if fresh:
        uow.address_points.add_all(fresh)
        go_on(uow)


def _waiting(uow: UnitOfWork, text: str, county_code: str) -> AddressPoint:
    return AddressPoint(
        id=uow.new_id(),
        normalized=text,
        county_code=county_code,
        state=PointState.WAITING,
        provider=None,
        latitude=None,
        longitude=None,
        datum=None,
        precision=None,
        accuracy_m=None,
        wanted_at=uow.now,
        asked_at=None,
        answered_at=None,
        attempts=0,
        last_error=None,
        version=1,
    )
