"""Where address texts lie, as a provider of geocodes answered: what is asked, when, and which answers are of use.

Owns the life of a text on its way to a point. It refuses to believe an answer that lies in another county than the
text names: geocoders take the wrong one of two roads of the same name.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from server.domain.coordinates import Datum, Point, converted
from server.domain.outlines import Outline, distance_to_outline_m
from server.domain.places import ALARM_M, POINT_USABLE_M, Against, KnownPoint

MOST_ATTEMPTS = 5  # of a text that the provider cannot take
MOST_OF_ALL = 40  # of any text: a week of a provider that is out of reach
LEASE = timedelta(minutes=2)  # of one question; whoever asked it and died is asked for no longer
_MINUTE = timedelta(minutes=1)


class PointState(StrEnum):
    WAITING = "waiting"
    FOUND = "found"
    UNFIT = "unfit"  # a point that says less than the county's outline, or one in another county
    NOT_FOUND = "not_found"
    FAILED = "failed"  # asked too often without an answer


@dataclass(frozen=True, slots=True)
class AddressPoint:
    """One normalized text, asked once for all who live there. Degrees as the provider gave them, in `datum`.

    `precision` is the provider's own word, `accuracy_m` what it means; `attempts` counts questions.
    """

    id: str
    normalized: str
    county_code: str
    state: PointState
    provider: str | None
    latitude: float | None
    longitude: float | None
    datum: Datum | None
    precision: str | None
    accuracy_m: float | None
    wanted_at: datetime
    asked_at: datetime | None
    answered_at: datetime | None
    attempts: int
    last_error: str | None
    version: int


def state_of(point: Point, accuracy_m: float | None, outline: Outline | None) -> PointState:
    """Whether an answer is of use; without an outline of the county its place is taken at the provider's word."""
    if accuracy_m is None or accuracy_m > POINT_USABLE_M:
        return PointState.UNFIT
    place = converted(point, Datum.WGS84)
    if outline is not None and distance_to_outline_m(outline, place.latitude, place.longitude) > ALARM_M:
        return PointState.UNFIT
    return PointState.FOUND


def known_point(row: AddressPoint) -> KnownPoint | None:
    """The point of a row in WGS-84, where there is one of use."""
    if (
        row.state is not PointState.FOUND
        or row.latitude is None
        or row.longitude is None
        or row.datum is None
    ):
        return None
    place = converted(Point(row.latitude, row.longitude, row.datum), Datum.WGS84)
    return KnownPoint(place.latitude, place.longitude, row.accuracy_m or 0.0, Against.GEOCODED)


def free_at(asked: list[datetime], per_minute: int, now: datetime) -> datetime:
    """When the next question may be asked: now, or a minute after the one that is `per_minute` questions back."""
    within = sorted((at for at in asked if at > now - _MINUTE), reverse=True)
    return now if len(within) < per_minute else within[per_minute - 1] + _MINUTE
