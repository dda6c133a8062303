"""Where the demo's addresses lie: an invented provider answers the product's own job, for recent visits.

One answer in ten is some kilometres off, as those of real providers are, so that a flag is seen.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from server.demo.firm import Firm
from server.domain.address_points import LEASE
from server.domain.coordinates import Datum, Point, converted
from server.domain.visits import Visit, VisitState
from server.jobs.geocoding import ask_for_points
from server.services import geocoding
from server.services.ports.places import Geocoded

RECENT = 100  # visits; asking for all of three months would take longer than it shows
WRONG_EVERY, WRONG_BY = 10, 0.035  # answers; degrees of latitude, nearly four kilometres
_TO_COME = (VisitState.ACCEPTED, VisitState.PLANNED, VisitState.PUBLISHED, VisitState.IN_PROGRESS)


class InventedGeocoder:
    """Knows the places of these texts (latitude, longitude, WGS-84) and answers as Amap would."""

    provider = "demo"
    per_minute = 100_000

    def __init__(self, places: Mapping[str, tuple[float, float]]) -> None:
        self._places = places
        self._answers = 0

    def ask(self, text: str) -> Geocoded | None:
        if text not in self._places:
            return None
        self._answers += 1
        latitude, longitude = self._places[text]
        wrong = self._answers % WRONG_EVERY == 0
        place = Point(latitude + (WRONG_BY if wrong else 0.0), longitude)
        return Geocoded(converted(place, Datum.GCJ02), "门牌号", 100.0)


def bring_points(firm: Firm) -> None:
    """Have the addresses of recent visits and of those to come asked for and answered."""
    with firm.house.units.write() as uow:
        visits = _wanted(uow.visits.having())
        addresses = uow.addresses.by_ids(visit.address_id for visit in visits).values()
        places = {a.normalized: firm.place(a.id, a.county_code) for a in addresses if a.county_code}
        house = dataclasses.replace(firm.house, geocoder=InventedGeocoder(places))
        geocoding.want(uow, house.geocoder, addresses)
        uow.commit()
    while True:
        ask_for_points(house, {}, lambda _done, _total: None)
        with house.units.read() as uow:
            if uow.address_points.next_waiting(firm.now - LEASE) is None:
                return


def _wanted(visits: list[Visit]) -> list[Visit]:
    begun = [(visit.started_at, visit.id, visit) for visit in visits if visit.started_at is not None]
    recent = [visit for _, _, visit in sorted(begun, reverse=True)[:RECENT]]
    return recent + [visit for visit in visits if visit.started_at is None and visit.state in _TO_COME]
