"""Owns the three datums of points in China and the way between them: WGS-84, GCJ-02 (火星坐标), BD-09 (百度).
Refuses a point without its datum: one taken for another lies up to a kilometre and a half away.

GCJ-02 is WGS-84 shifted by a smooth formula, BD-09 is GCJ-02 shifted once more. Neither shift has an inverse in closed
form, and subtracting the shift once errs by up to 3.9 m; so the inverse is found by iteration.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Datum(StrEnum):
    """What the degrees of a point are measured in."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"


@dataclass(frozen=True, slots=True)
class Point:
    """Degrees north and east, with their datum."""

    latitude: float
    longitude: float
    datum: Datum = Datum.WGS84


_Degrees = tuple[float, float]

# The ellipsoid of Krasovsky 1940, on which the shift of GCJ-02 is computed.
_SEMI_MAJOR_M, _ECCENTRICITY_SQUARED = 6_378_245.0, 0.00669342162296594323
_BAIDU_TURN = math.pi * 3000 / 180
# The rectangle in which the makers of maps apply the shift; outside of it the datums are the same.
_SOUTH, _NORTH, _WEST, _EAST = 0.8293, 55.8271, 72.004, 137.8347
_CLOSE_ENOUGH = 1e-10  # degrees, a hundredth of a millimetre
_MOST_ROUNDS = 30


def converted(point: Point, to: Datum) -> Point:
    """The same place in another datum, to well under a centimetre within China."""
    if point.datum is to:
        return point
    degrees = (point.latitude, point.longitude)
    if point.datum is Datum.BD09:
        degrees = _inverted(_baidu_from_gcj, degrees)
    elif point.datum is Datum.WGS84:
        degrees = _gcj_from_wgs(degrees)
    if to is Datum.WGS84:
        degrees = _inverted(_gcj_from_wgs, degrees)
    elif to is Datum.BD09:
        degrees = _baidu_from_gcj(degrees)
    return Point(*degrees, to)


def shifted(latitude: float, longitude: float) -> bool:
    """Whether the makers of maps shift a point there."""
    return _SOUTH <= latitude <= _NORTH and _WEST <= longitude <= _EAST


def _gcj_from_wgs(degrees: _Degrees) -> _Degrees:
    latitude, longitude = degrees
    if not shifted(latitude, longitude):
        return degrees
    north, east = _shift_m(longitude - 105.0, latitude - 35.0)
    phi = math.radians(latitude)
    root = 1 - _ECCENTRICITY_SQUARED * math.sin(phi) ** 2
    meridian = _SEMI_MAJOR_M * (1 - _ECCENTRICITY_SQUARED) / (root * math.sqrt(root))
    parallel = _SEMI_MAJOR_M / math.sqrt(root) * math.cos(phi)
    return latitude + math.degrees(north / meridian), longitude + math.degrees(east / parallel)


def _shift_m(x: float, y: float) -> tuple[float, float]:
    """Metres north and east, `x` and `y` in degrees from 35° north, 105° east."""
    waves = 20 * math.sin(6 * x * math.pi) + 20 * math.sin(2 * x * math.pi)
    root = math.sqrt(abs(x))
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north += (waves + 20 * math.sin(y * math.pi) + 40 * math.sin(y / 3 * math.pi)) * 2 / 3
    north += (160 * math.sin(y / 12 * math.pi) + 320 * math.sin(y / 30 * math.pi)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east += (waves + 20 * math.sin(x * math.pi) + 40 * math.sin(x / 3 * math.pi)) * 2 / 3
    east += (150 * math.sin(x / 12 * math.pi) + 300 * math.sin(x / 30 * math.pi)) * 2 / 3
    return north, east


def _baidu_from_gcj(degrees: _Degrees) -> _Degrees:
    latitude, longitude = degrees
    if not shifted(latitude, longitude):
        return degrees
    radius = math.hypot(latitude, longitude) + 0.00002 * math.sin(latitude * _BAIDU_TURN)
    angle = math.atan2(latitude, longitude) + 0.000003 * math.cos(longitude * _BAIDU_TURN)
    return radius * math.sin(angle) + 0.006, radius * math.cos(angle) + 0.0065


def _inverted(shift: Callable[[_Degrees], _Degrees], degrees: _Degrees) -> _Degrees:
    """The point that `shift` moves here; the shift changes so slowly that each round gains two digits and more."""
    latitude, longitude = degrees
    for _ in range(_MOST_ROUNDS):
        there = shift((latitude, longitude))
        off = degrees[0] - there[0], degrees[1] - there[1]
        latitude, longitude = latitude + off[0], longitude + off[1]
        if max(abs(off[0]), abs(off[1])) < _CLOSE_ENOUGH:
            break
    return latitude, longitude
