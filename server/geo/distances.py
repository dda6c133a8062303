"""Distances on the earth by geopy, for routes; what a place means for a visit is measured in the core by itself."""

from __future__ import annotations

from collections.abc import Sequence

from server.domain.coordinates import Datum, Point, converted


class EarthDistances:
    """The adapter of `Distances`: great circles, within half a per cent of the ellipsoid and 25 times as fast."""

    def between(self, points: Sequence[Point]) -> list[list[float]]:
        # geopy brings all of its geocoders along, a second of imports; nobody waits for it who asks for no route.
        from geopy.distance import great_circle

        places = [converted(point, Datum.WGS84) for point in points]
        metres = [[0.0] * len(places) for _ in places]
        for at, one in enumerate(places):
            for other_at in range(at + 1, len(places)):
                other = places[other_at]
                apart = great_circle((one.latitude, one.longitude), (other.latitude, other.longitude)).m
                metres[at][other_at] = metres[other_at][at] = round(apart, 1)
        return metres
