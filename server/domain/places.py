"""Owns what is said of a visit's place: inside, unsure or outside, how far off, and against what it was measured.
Refuses nothing: a place far from the address is a flag for whoever looks at the evidence, never a check-in refused.

What is measured against is, in this order: the address's geocoded point; where an earlier visit to the address found
the debtor or a direct relative; the outline of the address's county. Every circle of accuracy that overlaps counts for
the agents.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from server.domain.outlines import Outline, distance_to_outline_m
from server.domain.policy.registry import part_of
from server.domain.presence import distance_m
from server.domain.problems import Category, Finding, kind

# Ours, in metres. Of points whose county is known 99.4% lie within the first of their county's outline, whatever the
# datum; a door is nearer to its point than a county to its outline, but geocoders miss by a block.
COUNTY_INSIDE_M, POINT_INSIDE_M = 1_000.0, 500.0
WARN_M, ALARM_M = 2_000.0, 5_000.0
# A point that is known no better than this is none: an outline of the county says more.
POINT_USABLE_M = 2_000.0


class PlaceVerdict(StrEnum):
    INSIDE = "inside"
    UNSURE = "unsure"
    OUTSIDE = "outside"


class Against(StrEnum):
    """What a place was measured against."""

    GEOCODED = "geocoded"
    EARLIER_VISIT = "earlier_visit"
    COUNTY_OUTLINE = "county_outline"
    NOTHING = "nothing"


class Observed(StrEnum):
    """What says where the team was."""

    CHECK_IN = "check_in"
    PHOTO = "photo"


PLACE_FAR = kind(
    "place_far_from_address",
    Category.REFUSED,
    "定位距外访地址约{distance_m}米（已扣除定位误差）",
    "About {distance_m} m from the visited address, after allowing for the accuracy of both places",
    remedy=("请核对照片、录音与地址。", "Compare the photos and the recording with the address."),
    clause="V1",
)
PLACE_ALARMING = kind(
    "place_elsewhere",
    Category.REFUSED,
    "定位距外访地址约{distance_m}米（已扣除定位误差），疑似不在外访地",
    "About {distance_m} m from the visited address, after allowing for the accuracy of both places: "
    "perhaps not the visited place",
    remedy=(
        "请品管核查证据是否真实；核实为伪造的由经理作废。",
        "QA looks into whether the evidence is real; a manager voids what was forged.",
    ),
    clause="V8",
)


@dataclass(frozen=True, slots=True)
class Observation:
    """Where a check-in or a photo was made, WGS-84, with its accuracy in metres (0 where it says none)."""

    source: Observed
    id: str
    latitude: float
    longitude: float
    accuracy_m: float


@dataclass(frozen=True, slots=True)
class KnownPoint:
    """Where an address lies, WGS-84, as a provider says or as an earlier visit found it."""

    latitude: float
    longitude: float
    accuracy_m: float
    against: Against


@dataclass(frozen=True, slots=True)
class Reference:
    """What places are measured against: `measure(latitude, longitude)` in metres, less `accuracy_m` of its own."""

    against: Against
    accuracy_m: float
    inside_m: float
    measure: Callable[[float, float], float]


@dataclass(frozen=True, slots=True)
class JudgedPlace:
    """One observation with its verdict; `distance_m` as measured, to a metre, before any accuracy is taken off."""

    observation: Observation
    verdict: PlaceVerdict
    distance_m: float | None


@dataclass(frozen=True, slots=True)
class VisitPlace:
    """The place of a visit. `distance_m` and `accuracy_m` are those of the observation that decided; `accuracy_m` is
    its own and the reference's together. `clause` is the one that the verdict serves."""

    verdict: PlaceVerdict
    distance_m: float | None
    accuracy_m: float | None
    against: Against
    clause: str
    flag: Finding | None
    observations: tuple[JudgedPlace, ...]


def near_point(point: KnownPoint) -> Reference:
    """Measured against a point."""
    return Reference(
        point.against,
        point.accuracy_m,
        POINT_INSIDE_M,
        lambda north, east: distance_m(point.latitude, point.longitude, north, east),
    )


def within_county(outline: Outline) -> Reference:
    """Measured against the outline of a county; within it the distance is 0."""
    return Reference(
        Against.COUNTY_OUTLINE,
        0.0,
        COUNTY_INSIDE_M,
        lambda north, east: distance_to_outline_m(outline, north, east),
    )


def visit_place(observations: Sequence[Observation], reference: Reference | None) -> VisitPlace | None:
    """What check-ins and photos together say of the place; None where nothing says where the team was.

    Of the check-ins that one decides which is best for the team, and likewise of the photos. Where the two contradict
    each other, one inside and the other outside, it is unsure: one of the phones may lie, or its file.
    """
    if not observations:
        return None
    judged = tuple(_judged(one, reference) for one in observations)
    if reference is None:
        return VisitPlace(PlaceVerdict.UNSURE, None, None, Against.NOTHING, "V1", None, judged)
    best = [
        min(group, key=lambda one: (_off_m(one, reference), one.observation.id))
        for source in Observed
        if (group := [one for one in judged if one.observation.source is source])
    ]
    decided = best[0]
    verdict = _together({one.verdict for one in best})
    off_m = _off_m(decided, reference)
    flag = None
    if verdict is PlaceVerdict.OUTSIDE:
        flag = v8_elsewhere(off_m) if off_m > ALARM_M else v1_far(off_m)
    return VisitPlace(
        verdict,
        decided.distance_m,
        round(decided.observation.accuracy_m + reference.accuracy_m, 1),
        reference.against,
        "V1" if flag is None else flag.kind.clause or "V1",
        flag,
        judged,
    )


def verdict_of(distance_m: float, accuracy_m: float, reference: Reference) -> PlaceVerdict:
    """One place at a distance, known to `accuracy_m`, against the reference.

    A place known no better than the distance of an alarm proves nothing either way: it would be inside anywhere.
    """
    off = _certain_m(distance_m, accuracy_m, reference)
    if accuracy_m > ALARM_M:
        return PlaceVerdict.INSIDE if distance_m <= reference.inside_m else PlaceVerdict.UNSURE
    if off <= reference.inside_m:
        return PlaceVerdict.INSIDE
    return PlaceVerdict.UNSURE if off <= WARN_M else PlaceVerdict.OUTSIDE


@part_of("V1", codes=("place_far_from_address",))
def v1_far(off_m: float) -> Finding:
    """V1 「外访过程两人必须同时在场」: check-in decides who is present, and present is at the visited address."""
    return Finding(PLACE_FAR, None, {"distance_m": round(off_m)})


@part_of("V8", codes=("place_elsewhere",))
def v8_elsewhere(off_m: float) -> Finding:
    """V8 「外访录音必须真实有效」: evidence made somewhere else is looked into; only a manager voids it."""
    return Finding(PLACE_ALARMING, None, {"distance_m": round(off_m)})


def _judged(observation: Observation, reference: Reference | None) -> JudgedPlace:
    if reference is None:
        return JudgedPlace(observation, PlaceVerdict.UNSURE, None)
    distance = round(reference.measure(observation.latitude, observation.longitude), 1)
    return JudgedPlace(observation, verdict_of(distance, observation.accuracy_m, reference), distance)


def _certain_m(distance_m: float, accuracy_m: float, reference: Reference) -> float:
    """Metres that certainly lie between: to a decimetre, for what lies below is the arithmetic's, not the agents'."""
    return max(0.0, round(distance_m - accuracy_m - reference.accuracy_m, 1))


def _off_m(judged: JudgedPlace, reference: Reference) -> float:
    return _certain_m(judged.distance_m or 0.0, judged.observation.accuracy_m, reference)


def _together(verdicts: set[PlaceVerdict]) -> PlaceVerdict:
    if len(verdicts) == 1:
        return next(iter(verdicts))
    return PlaceVerdict.UNSURE if PlaceVerdict.OUTSIDE in verdicts else PlaceVerdict.INSIDE
