"""Owns how far a point lies from the outline of a county, in metres, 0 within it.
Refuses to say where an outline comes from or what a distance means: the first is the table's, the second `places`'.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from server.domain.presence import EARTH_RADIUS_M

Ring = Sequence[tuple[float, float]]
"""Degrees east and north, WGS-84; the last corner is joined to the first."""
Outline = Sequence[Ring]
"""All rings of a county, islands and holes alike: what lies within an odd number of them lies within the county."""

_METRES_A_DEGREE = math.radians(1) * EARTH_RADIUS_M


def distance_to_outline_m(outline: Outline, latitude: float, longitude: float) -> float:
    """Metres from the point to the county, 0 within it.

    Measured on a plane that touches the sphere at the point: exact where it matters, within kilometres of the outline,
    and within a few per cent a few hundred kilometres away.
    """
    east_m, north_m = _METRES_A_DEGREE * math.cos(math.radians(latitude)), _METRES_A_DEGREE
    within, nearest = False, math.inf
    for ring in outline:
        last_east, last_north = ring[-1]
        x0, y0 = (last_east - longitude) * east_m, (last_north - latitude) * north_m
        for east, north in ring:
            x1, y1 = (east - longitude) * east_m, (north - latitude) * north_m
            dx, dy = x1 - x0, y1 - y0
            if (y0 > 0) != (y1 > 0) and x0 - y0 * dx / dy > 0:
                within = not within
            square = dx * dx + dy * dy
            along = -(x0 * dx + y0 * dy) / square if square else 0.0
            along = 0.0 if along < 0.0 else 1.0 if along > 1.0 else along
            off_x, off_y = x0 + along * dx, y0 + along * dy
            apart = off_x * off_x + off_y * off_y
            if apart < nearest:
                nearest = apart
            x0, y0 = x1, y1
    return 0.0 if within else math.sqrt(nearest)
