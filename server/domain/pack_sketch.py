"""A sketch of places without a map: points laid flat around their middle, with a scale that people read (V1, V8).

Owns the arithmetic: metres east and north, the extent, the length of the scale bar. Refuses to draw.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

_METRES_A_DEGREE = 111_195.0  # of a great circle on a sphere of 6,371 km
_LEAST_HALF_M = 25.0
# A place that is only known to the kilometre would push all others into one dot; its circle runs out of the picture.
_MOST_SHOWN_ACCURACY_M = 300.0
_SHARE_OF_BAR = 0.45


class MarkKind(StrEnum):
    CHECK_IN = "check_in"
    PHOTO = "photo"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class Mark:
    """A place to be drawn: WGS-84 degrees, accuracy in metres (0 where nobody said), the number that stands beside."""

    kind: MarkKind
    label: str
    latitude: float
    longitude: float
    accuracy_m: float


@dataclass(frozen=True, slots=True)
class Drawn:
    """A mark in metres east and north of the middle of the picture."""

    mark: Mark
    east_m: float
    north_m: float


@dataclass(frozen=True, slots=True)
class Sketch:
    """`half_m`: metres from the middle to each side of a square. `bar_m`: the length of the scale bar."""

    drawn: tuple[Drawn, ...]
    half_m: float
    bar_m: float


def sketch(marks: Sequence[Mark]) -> Sketch | None:
    """The marks laid flat, None where there are none. Over a few kilometres the error is below a metre."""
    if not marks:
        return None
    south, north = _ends([mark.latitude for mark in marks])
    west, east = _ends([mark.longitude for mark in marks])
    middle = ((south + north) / 2, (west + east) / 2)
    shrink = math.cos(math.radians(middle[0]))
    drawn = tuple(
        Drawn(
            mark,
            (mark.longitude - middle[1]) * _METRES_A_DEGREE * shrink,
            (mark.latitude - middle[0]) * _METRES_A_DEGREE,
        )
        for mark in marks
    )
    half = max(_reach(one) for one in drawn)
    half_m = max(_LEAST_HALF_M, half * 1.1)
    return Sketch(drawn, half_m, scale_bar_m(2 * half_m * _SHARE_OF_BAR))


def scale_bar_m(most_m: float) -> float:
    """The longest of 1, 2 or 5 times a power of ten that is not longer than `most_m`."""
    power = 10.0 ** math.floor(math.log10(most_m))
    # ten among them: the logarithm of a power of ten may fall a hair below its whole number
    return next(step * power for step in (10, 5, 2, 1) if step * power <= most_m)


def _reach(one: Drawn) -> float:
    return max(abs(one.east_m), abs(one.north_m)) + min(one.mark.accuracy_m, _MOST_SHOWN_ACCURACY_M)


def _ends(values: Sequence[float]) -> tuple[float, float]:
    return min(values), max(values)
