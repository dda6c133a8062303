"""When evidence is flagged: pure rules over captures, places and likenesses (V1, V8).

Owns the limits, which are ours and stand as parameters. It refuses to flag what an honest visit looks like: a circle of
accuracy counts for the agents, photos of one visit are never held against each other, and a phone that slept or had no
network is not suspected of anything.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from server.domain.evidence import EvidenceItem, EvidenceKind, EvidenceSource
from server.domain.evidence_flags import FlagCode, Raised
from server.domain.places import VisitPlace
from server.domain.presence import distance_m, separation_m
from server.domain.visits import CheckIn, Visit


@dataclass(frozen=True, slots=True)
class FlagLimits:
    """Beyond these somebody looks. The bench of forgeries chose those of likeness on its development seeds."""

    photo_agreement: float = 0.75  # copies agree by 0.85 and more, two photographs of one door by 0.6 at most
    sound_seconds: float = 30.0  # in one piece: what exchanges and shops play is shorter
    sound_shares: tuple[tuple[float, float], ...] = (
        (0.7, 8.5),
        (0.5, 20.0),
    )  # of the shorter one, from seconds on
    silent_share: float = 0.9
    clipped_share: float = 0.01
    before_visit: timedelta = timedelta(
        minutes=60
    )  # photos are taken beforehand, the recorder runs on the way
    after_visit: timedelta = timedelta(minutes=30)
    speeds_kmh: tuple[tuple[float, float], ...] = ((100, 150), (300, 350), (20_100, 900))  # up to km: km/h
    speed_from_m: float = 2_000.0
    speed_least: timedelta = timedelta(minutes=1)
    frozen_points: int = 5
    frozen_for: timedelta = timedelta(minutes=10)
    repeated_after: timedelta = timedelta(minutes=30)


LIMITS = FlagLimits()

# How messengers and screen tools name what they save, and how editors sign it.
_RESAVED_NAMES = ("mmexport", "wx_camera", "微信图片", "qq图片", "img-20", "received_", "dingtalk", "lark")
_SCREENSHOT_NAMES = ("screenshot", "截屏", "截图", "屏幕快照", "screen_shot")
_EDITORS = ("photoshop", "snapseed", "lightroom", "picsart", "gimp", "meitu", "美图", "醒图", "pixelmator")
_SCREEN_RATIO = 1.9  # sensors are 4:3 or 16:9, screens of phones longer


@dataclass(frozen=True, slots=True)
class TimedPlace:
    """Where somebody was and when, by a check-in or a photo, WGS-84, accuracy in metres."""

    id: str
    item_id: str | None
    account_id: str
    visit_id: str
    at: datetime
    latitude: float
    longitude: float
    accuracy_m: float


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """What the bytes of a photo say of how it was made."""

    width: int
    height: int
    make: str | None
    model: str | None
    software: str | None


def photo_flag(
    item_id: str, other_id: str, other_visit_id: str, agreement: float, limits: FlagLimits = LIMITS
) -> Raised | None:
    """The same picture in another visit."""
    if agreement < limits.photo_agreement:
        return None
    shown = {"agreement": round(agreement, 2)}
    return Raised(FlagCode.PHOTO_ALIKE, agreement, item_id, other_id, other_visit_id, shown)


def sound_flag(
    item_id: str,
    other_id: str,
    other_visit_id: str,
    heard: tuple[float, float, float, float],
    limits: FlagLimits = LIMITS,
) -> Raised | None:
    """The same sound in another visit; `heard` is seconds, share, and where it begins in either.

    What telephone exchanges say is the same everywhere, so a piece counts when it is long or most of a recording: a
    recording of 10 s that is a piece of an old one is flagged. A piece of less than 30 s that was spliced into a longer
    recording is not: honest recordings have up to 20 s in common.
    """
    seconds, share, at, known_at = heard
    most = any(share >= least and seconds >= long for least, long in limits.sound_shares)
    if not most and seconds < limits.sound_seconds:
        return None
    shown = {"seconds": round(seconds, 1), "at": round(at, 1), "known_at": round(known_at, 1)}
    score = max(share, min(1.0, seconds / (2 * limits.sound_seconds)))
    return Raised(FlagCode.SOUND_ALIKE, score, item_id, other_id, other_visit_id, shown)


def level_flags(
    item_id: str, silent_share: float, clipped_share: float, limits: FlagLimits = LIMITS
) -> list[Raised]:
    """A recording in which nothing or nothing intelligible can be heard."""
    found = []
    if silent_share >= limits.silent_share:
        shown = {"percent": round(silent_share * 100, 1)}
        found.append(Raised(FlagCode.RECORDING_SILENT, silent_share, item_id, evidence=shown))
    if clipped_share >= limits.clipped_share:
        shown = {"percent": round(clipped_share * 100, 1)}
        found.append(Raised(FlagCode.RECORDING_CLIPPED, 0.5 + clipped_share, item_id, evidence=shown))
    return found


def picture_flags(item: EvidenceItem, facts: PictureFacts) -> list[Raised]:
    """Screenshots, what messengers saved, what editors wrote; a photo without any EXIF is none of these yet."""
    name, software = item.filename.lower(), (facts.software or "").lower()
    camera = facts.make or facts.model
    found = []
    ratio = max(facts.width, facts.height) / max(1, min(facts.width, facts.height))
    on_screen = item.media_type == "image/png" and ratio >= _SCREEN_RATIO
    if not camera and (on_screen or _begins(name, _SCREENSHOT_NAMES)):
        shown: dict[str, object] = {"width": facts.width, "height": facts.height}
        found.append(Raised(FlagCode.PHOTO_SCREENSHOT, 0.8, item.id, evidence=shown))
    if not camera and (sign := _begins(name, _RESAVED_NAMES)):
        found.append(Raised(FlagCode.PHOTO_RESAVED, 0.7, item.id, evidence={"sign": sign}))
    if any(editor in software for editor in _EDITORS):
        found.append(Raised(FlagCode.PHOTO_EDITED, 0.7, item.id, evidence={"sign": facts.software}))
    return found


def capture_flags(visit: Visit, item: EvidenceItem, limits: FlagLimits = LIMITS) -> list[Raised]:
    """Where a file contradicts the phone, the server's clock or the hours of its visit."""
    noted = {
        "time_differs": FlagCode.CAPTURE_TIME_DIFFERS,
        "place_differs": FlagCode.CAPTURE_PLACE_DIFFERS,
        "time_in_future": FlagCode.CAPTURE_IN_FUTURE,
    }
    found = [Raised(code, 0.9, item.id) for note, code in noted.items() if note in item.notes]
    off = _outside(visit, item, limits)
    if off > timedelta():
        minutes = round(off / timedelta(minutes=1))
        found.append(Raised(FlagCode.CAPTURE_OUTSIDE_VISIT, 0.8, item.id, evidence={"minutes": minutes}))
    return found


def _outside(visit: Visit, item: EvidenceItem, limits: FlagLimits) -> timedelta:
    """How long before or after the visit; nothing within the slack, for attachments, and while it has no hours."""
    if item.captured_at is None or visit.started_at is None or item.kind is EvidenceKind.ATTACHMENT:
        return timedelta()
    ends = item.captured_at + timedelta(milliseconds=item.duration_ms or 0)
    if ends < visit.started_at - limits.before_visit:
        return visit.started_at - ends
    if visit.ended_at is not None and item.captured_at > visit.ended_at + limits.after_visit:
        return item.captured_at - visit.ended_at
    return timedelta()


def copy_and_first(one: EvidenceItem, other: EvidenceItem) -> tuple[EvidenceItem, EvidenceItem]:
    """Of two files that are one the later is the copy: no visit is suspected for what came after it."""
    first, copy = sorted((one, other), key=lambda each: (each.received_at, each.id))
    return copy, first


def bytes_flags(item: EvidenceItem, same: Iterable[EvidenceItem]) -> list[Raised]:
    """The very same file in another visit before; within one visit it is only sent twice."""
    return [
        Raised(FlagCode.SAME_BYTES, 1.0, item.id, other.id, other.visit_id)
        for other in same
        if other.visit_id != item.visit_id and copy_and_first(item, other)[0] is item
    ]


def speed_flags(visit_id: str, places: Iterable[TimedPlace], limits: FlagLimits = LIMITS) -> list[Raised]:
    """Somebody who was at two places that nobody gets between in that time; told in each visit that has one of them."""
    of: dict[str, list[TimedPlace]] = defaultdict(list)
    for place in places:
        of[place.account_id].append(place)
    found: list[Raised] = []
    for course in of.values():
        for one, other in pairwise(sorted(course, key=lambda place: (place.at, place.id))):
            if visit_id in (one.visit_id, other.visit_id):
                found += _too_fast(visit_id, one, other, limits)
    return found


def _too_fast(visit_id: str, one: TimedPlace, other: TimedPlace, limits: FlagLimits) -> Iterator[Raised]:
    between = distance_m(one.latitude, one.longitude, other.latitude, other.longitude)
    certain_km = (between - one.accuracy_m - other.accuracy_m) / 1000
    took = max(other.at - one.at, limits.speed_least)
    kmh = certain_km / (took / timedelta(hours=1))
    most = next(limit for up_to, limit in limits.speeds_kmh if certain_km <= up_to)
    if certain_km * 1000 < limits.speed_from_m or kmh <= most:
        return
    own, there = (one, other) if one.visit_id == visit_id else (other, one)
    minutes = took / timedelta(minutes=1)
    shown = {
        "km": round(certain_km, 1),
        "minutes": round(minutes, 1) if minutes < 10 else round(minutes),
        "kmh": round(kmh),
    }
    elsewhere = None if there.visit_id == visit_id else there.visit_id
    yield Raised(FlagCode.SPEED_IMPOSSIBLE, min(1.0, kmh / most / 2), own.item_id, there.id, elsewhere, shown)


def frozen_flags(visit_id: str, places: Iterable[TimedPlace], limits: FlagLimits = LIMITS) -> list[Raised]:
    """Receivers tremble: one that says the same to the last digit for long is none, or a guess by the network."""
    of: dict[tuple[str, float, float], list[datetime]] = defaultdict(list)
    for place in places:
        if place.visit_id == visit_id:
            of[place.account_id, place.latitude, place.longitude].append(place.at)
    found = []
    for times in of.values():
        lasted = max(times) - min(times)
        if len(set(times)) >= limits.frozen_points and lasted >= limits.frozen_for:
            shown = {"count": len(set(times)), "minutes": round(lasted / timedelta(minutes=1))}
            found.append(Raised(FlagCode.COORDINATES_FROZEN, 0.6, evidence=shown))
    return found[:1]


def repeated_flags(
    visit: Visit,
    own: Iterable[TimedPlace],
    others: Sequence[tuple[TimedPlace, str]],
    limits: FlagLimits = LIMITS,
) -> list[Raised]:
    """Coordinates to the last digit of a visit to another address, given as (place, its address)."""
    there = {(place.latitude, place.longitude, place.visit_id): (place, address) for place, address in others}
    found: dict[str, Raised] = {}
    for place in own:
        for (latitude, longitude, visit_id), (other, address_id) in there.items():
            same = (latitude, longitude) == (place.latitude, place.longitude)
            apart = abs(place.at - other.at) >= limits.repeated_after
            if same and apart and visit_id != visit.id and address_id != visit.address_id:
                found[visit_id] = Raised(FlagCode.COORDINATES_REPEATED, 0.6, None, other.id, visit_id)
    return list(found.values())


def fence_flags(place: VisitPlace | None) -> list[Raised]:
    """Outside what `places` calls inside and unsure; the further the likelier."""
    if place is None or place.flag is None:
        return []
    off = float(str(place.flag.params["distance_m"]))
    return [Raised(FlagCode.OUTSIDE_FENCE, min(1.0, 0.5 + off / 20_000), evidence={"distance_m": round(off)})]


def team_flags(check_ins: Sequence[CheckIn], presence_metres: int, within: timedelta) -> list[Raised]:
    """V1: two of the team who say at about the same time that they are at different places."""
    for at, one in enumerate(check_ins):
        for other in check_ins[at + 1 :]:
            together = one.direction is other.direction and abs(one.at - other.at) <= within
            apart = separation_m(one, other) if together and one.account_id != other.account_id else None
            if apart is not None and apart > presence_metres:
                shown = {"distance_m": round(apart), "limit_m": presence_metres}
                return [Raised(FlagCode.TEAM_APART, min(1.0, 0.5 + apart / 10_000), evidence=shown)]
    return []


def own_place(item: EvidenceItem) -> TimedPlace | None:
    """The place of a photo as its maker's; what came by the desk says nothing of where the dispatcher was."""
    if item.captured_at is None or item.latitude is None or item.longitude is None:
        return None
    if item.source is EvidenceSource.DESK:
        return None
    return TimedPlace(
        item.id, item.id, item.account_id, item.visit_id, item.captured_at,
        item.latitude, item.longitude, item.accuracy_m or 0.0,
    )  # fmt: skip


def weighs(item: EvidenceItem) -> bool:
    """Whether a rule can find something in a file of which nothing is derived: by what was noted of it (a time or place
    that differs, bytes that were there before), or by where it was made."""
    return bool(item.notes) or own_place(item) is not None


def place_of_check_in(check_in: CheckIn) -> TimedPlace | None:
    if check_in.latitude is None or check_in.longitude is None:
        return None
    return TimedPlace(
        check_in.id, None, check_in.account_id, check_in.visit_id, check_in.at,
        check_in.latitude, check_in.longitude, check_in.accuracy_m or 0.0,
    )  # fmt: skip


def _begins(name: str, beginnings: Sequence[str]) -> str | None:
    return next((each for each in beginnings if name.startswith(each)), None)
