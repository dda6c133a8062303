"""Owns the reduction of a county's outline to one point that lies inside it.
Refuses distances and containment at run time: those need the outlines themselves."""

from __future__ import annotations

Ring = list[list[float]]
Polygon = list[Ring]


def _area_and_centroid(ring: Ring) -> tuple[float, float, float]:
    doubled = x_sum = y_sum = 0.0
    for (x0, y0), (x1, y1) in zip(ring, ring[1:] + ring[:1], strict=True):
        cross = x0 * y1 - x1 * y0
        doubled += cross
        x_sum += (x0 + x1) * cross
        y_sum += (y0 + y1) * cross
    if doubled == 0:
        return 0.0, ring[0][0], ring[0][1]
    return abs(doubled) / 2, x_sum / (3 * doubled), y_sum / (3 * doubled)


def _crossings(polygon: Polygon, y: float) -> list[float]:
    found = []
    for ring in polygon:
        for (x0, y0), (x1, y1) in zip(ring, ring[1:] + ring[:1], strict=True):
            if (y0 > y) != (y1 > y):
                found.append(x0 + (y - y0) * (x1 - x0) / (y1 - y0))
    return sorted(found)


def representative_point(polygons: list[Polygon]) -> tuple[float, float]:
    """A point inside the greatest polygon, (longitude, latitude) in the datum of the outline.

    It is the centroid where that lies inside, else the middle of the widest stretch of the outline on the
    centroid's parallel: a bay or a ring-shaped county would otherwise be given a point of its neighbour.
    """
    greatest = max(polygons, key=lambda polygon: _area_and_centroid(polygon[0])[0])
    _, x, y = _area_and_centroid(greatest[0])
    crossings = _crossings(greatest, y)
    stretches = list(zip(crossings[::2], crossings[1::2], strict=True))
    if any(left < x < right for left, right in stretches) or not stretches:
        return x, y
    left, right = max(stretches, key=lambda stretch: stretch[1] - stretch[0])
    return (left + right) / 2, y
