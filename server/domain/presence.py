"""Who was there (V1): check-ins of the two agents near each other in time and place, codes, signatures at the desk.

Owns the judgement over check-ins, not their life. It refuses nothing: a check-in that does not count is kept with the
code of a problem as its `refusal`, so that whoever disputes it is shown the clause and the figure.
"""

from __future__ import annotations

import hashlib
import hmac
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.domain.making import quickly
from server.domain.policy.editions import Edition
from server.domain.policy.registry import clause
from server.domain.problems import Category, kind
from server.domain.visits import CheckDirection, CheckIn, CheckInWay

EARTH_RADIUS_M = 6_371_008.8  # mean radius, IUGG
CODE_SECONDS = 30
CODE_DIGITS = 6
CODE_TRIES = 5  # ours: after so many wrong codes of one person at one visit no further one is looked at

TOO_FAR_APART = kind(
    "check_ins_too_far_apart",
    Category.REFUSED,
    "两名外访员签到地点相距超过规定的距离",
    "The two agents checked in farther apart than allowed",
    remedy=(
        "请两人在同一地点重新签到；离线时由品管核查。",
        "Check in again at one place; QA looks at what stays so.",
    ),
    clause="V1",
)
TOO_LONG_APART = kind(
    "check_ins_too_long_apart",
    Category.REFUSED,
    "两名外访员签到时间相差超过规定的时间",
    "The two agents checked in longer apart than allowed",
    remedy=("请两人重新签到。", "Check in again together."),
    clause="V1",
)
PLACE_UNKNOWN = kind(
    "check_in_place_unknown",
    Category.REFUSED,
    "签到没有定位，不能证明两人同时在场",
    "The check-in has no place, so it cannot show that both were there",
    remedy=("请打开定位后重新签到。", "Switch the location on and check in again."),
    clause="V1",
)
DEVICE_NOT_ISSUED = kind(
    "device_not_issued",
    Category.REFUSED,
    "签到所用设备当时没有领用给本人",
    "The device was not issued to this person at that time",
    remedy=(
        "请使用本人领用的公司设备，或由搭档代录本人口令。",
        "Use the company device issued to you, or your code.",
    ),
    clause="V1",
)
CODE_WRONG = kind(
    "presence_code_wrong",
    Category.REFUSED,
    "在场口令与该外访员、该次外访、该时刻不符",
    "The code does not belong to this person, this visit and this time",
    remedy=("请读取新的口令再试。", "Read a fresh code and try again."),
    clause="V1",
)
ANOTHER_COUNTS = kind(
    "another_check_in_counts",
    Category.CONFLICT,
    "该外访员已有一次有效签到",
    "Another check-in of this person counts",
    remedy=("无需再次签到。", "There is no need to check in again."),
    clause="V1",
)
DESK_NEEDS_BOTH = kind(
    "desk_needs_both",
    Category.REFUSED,
    "回单位补签仅限两人均无终端，且须两人都签",
    "Signing at the desk is for two agents who both had no device, and needs both signatures",
    remedy=("请另一名外访员也补签后再确认。", "Have the other agent sign too, then confirm."),
    clause="V1",
)

_BY_PAIR = frozenset(
    entry.code for entry in (TOO_FAR_APART, TOO_LONG_APART, PLACE_UNKNOWN, ANOTHER_COUNTS, DESK_NEEDS_BOTH)
)


# Python asks an enumeration for a member a good deal longer than a module for a name.
_IN, _DESK = CheckDirection.IN, CheckInWay.DESK


@dataclass(frozen=True, slots=True)
class PresenceSecret:
    """The secret behind a person's codes; made on the server, `id` is the account's."""

    id: str
    secret: str
    made_at: datetime


@quickly
@dataclass(frozen=True, slots=True)
class Presence:
    """`present` in the order of the team; `counted` are ids of check-ins; `refusals` says for each in-check why not."""

    present: tuple[str, ...]
    counted: frozenset[str]
    refusals: Mapping[str, str | None]


@clause(
    "V1",
    codes=(
        "check_ins_too_far_apart",
        "check_ins_too_long_apart",
        "check_in_place_unknown",
        "device_not_issued",
        "presence_code_wrong",
        "another_check_in_counts",
        "desk_needs_both",
    ),
)
def v1_present(check_ins: Sequence[CheckIn], team: Sequence[str], edition: Edition) -> Presence:
    """Who of the team was there together; a trainee is not asked.

    「必须有两名外访人员同时参加」「外访过程两人必须同时在场」

    Of several check-ins of one person that one counts which makes a pair with the other's, the earliest pair first.
    Without a pair the earliest check-in of all counts alone. One that waits for a confirmation (desk) is counted but
    its person is not yet present.
    """
    came = [c for c in check_ins if c.direction is _IN and c.account_id in team]
    sound = sorted((c for c in came if c.refusal is None or c.refusal in _BY_PAIR), key=_order)
    counted = _earliest_pair(sound, edition) or sound[:1]
    counts, judged = frozenset(c.id for c in counted), {c.id for c in sound}
    refusals = {
        c.id: None if c.id in counts else _refusal(c, counted, edition) if c.id in judged else c.refusal
        for c in came
    }
    there = {c.account_id for c in counted if not c.provisional}
    return Presence(tuple(member for member in team if member in there), counts, refusals)


def _earliest_pair(sound: Sequence[CheckIn], edition: Edition) -> Sequence[CheckIn]:
    """Of check-ins in their order the pair that was complete first, or nobody."""
    for at, later in enumerate(sound):
        for earlier in sound[:at]:
            if earlier.account_id != later.account_id and apart(earlier, later, edition) is None:
                return earlier, later
    return ()


def apart(one: CheckIn, other: CheckIn, edition: Edition) -> str | None:
    """Why two check-ins are not together, or None. Both accuracies count in the agents' favour."""
    if one.way is _DESK or other.way is _DESK:
        return None if one.way is other.way else DESK_NEEDS_BOTH.code
    if abs(one.at - other.at) > timedelta(minutes=edition.presence_minutes):
        return TOO_LONG_APART.code
    distance = separation_m(one, other)
    if distance is None:
        return PLACE_UNKNOWN.code
    return TOO_FAR_APART.code if distance > edition.presence_metres else None


def separation_m(one: CheckIn, other: CheckIn) -> float | None:
    """Metres that certainly lie between two check-ins: the distance less both accuracies, not below zero."""
    if one.latitude is None or one.longitude is None or other.latitude is None or other.longitude is None:
        return None
    between = distance_m(one.latitude, one.longitude, other.latitude, other.longitude)
    # To a decimetre: what lies below is the arithmetic's, not the agents'.
    return max(0.0, round(between - (one.accuracy_m or 0.0) - (other.accuracy_m or 0.0), 1))


def distance_m(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Metres between two WGS-84 points on the sphere (haversine); the error stays under half a per cent."""
    phi, other_phi = math.radians(latitude), math.radians(other_latitude)
    half = math.sin((other_phi - phi) / 2) ** 2
    half += math.cos(phi) * math.cos(other_phi) * math.sin(math.radians(other_longitude - longitude) / 2) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(half)))


def presence_code(secret: str, visit_id: str, at: datetime) -> str:
    """The code of a person for a visit in the half minute of `at` (HMAC-SHA-256, truncated as in RFC 4226)."""
    return _code(secret, visit_id, _step(at))


def code_fits(secret: str, visit_id: str, at: datetime, code: str) -> bool:
    """Whether a typed code is that of the half minute of `at`, or of the one before or after: typing takes a while."""
    return any(
        hmac.compare_digest(_code(secret, visit_id, _step(at) + by), code.strip()) for by in (-1, 0, 1)
    )


def code_valid_until(at: datetime) -> datetime:
    """When the code of `at` gives way to the next one."""
    return datetime.fromtimestamp((_step(at) + 1) * CODE_SECONDS, tz=at.tzinfo)


def _step(at: datetime) -> int:
    return int(at.timestamp()) // CODE_SECONDS


def _code(secret: str, visit_id: str, step: int) -> str:
    digest = hmac.new(secret.encode(), f"{visit_id}:{step}".encode(), hashlib.sha256).digest()
    start = digest[-1] & 0x0F
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**CODE_DIGITS:0{CODE_DIGITS}d}"


def _order(check_in: CheckIn) -> tuple[datetime, str]:
    return check_in.at, check_in.id


def _refusal(check_in: CheckIn, counted: Sequence[CheckIn], edition: Edition) -> str | None:
    others = [c for c in counted if c.account_id != check_in.account_id]
    if not others or len(counted) > 1:
        return ANOTHER_COUNTS.code
    return apart(check_in, others[0], edition)
