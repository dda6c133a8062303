"""Evidence of a visit: photos, recordings, attachments, with digest and receipt. Clauses V2, V3, X3, S10, S16.

It owns what a file may be, when it is late, who brings it, and what is believed where the file and the phone differ.
It refuses to drop a file because it contradicts: what contradicts is kept and noted.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from server.domain.calendar import SHANGHAI
from server.domain.coordinates import Datum, Point, converted
from server.domain.evidence_problems import BRINGER_NOT_OF_TEAM
from server.domain.policy.registry import clause, kept_at
from server.domain.presence import distance_m
from server.domain.problems import Finding
from server.domain.visits import Visit, VisitState


class EvidenceKind(StrEnum):
    PHOTO_FAR = "photo_far"
    PHOTO_NUMBER = "photo_number"
    PHOTO_DOOR = "photo_door"
    LETTER_ADDRESS = "letter_address"
    LETTER_MANNER = "letter_manner"
    RECORDING = "recording"
    ATTACHMENT = "attachment"


PHOTO_KINDS = (
    EvidenceKind.PHOTO_FAR,
    EvidenceKind.PHOTO_NUMBER,
    EvidenceKind.PHOTO_DOOR,
    EvidenceKind.LETTER_ADDRESS,
    EvidenceKind.LETTER_MANNER,
)
COUNTED_KINDS = (*PHOTO_KINDS, EvidenceKind.RECORDING)

_MEBIBYTE = 1 << 20
LARGEST: Mapping[EvidenceKind, int] = {
    **dict.fromkeys(PHOTO_KINDS, 30 * _MEBIBYTE),
    EvidenceKind.RECORDING: 500 * _MEBIBYTE,
    EvidenceKind.ATTACHMENT: 20 * _MEBIBYTE,
}

# Beyond these two clocks or two places are told apart; phones drift by minutes, cities reflect satellites.
CLOCKS_AGREE = timedelta(minutes=10)
PLACES_AGREE_M = 200.0
_FIRST_YEAR, _LAST_YEAR = 1990, 2200


class EvidenceSource(StrEnum):
    PHONE = "phone"
    DESK = "desk"  # V3: brought in at the desk by a dispatcher


@dataclass(frozen=True, slots=True)
class EvidenceItem:
    """A stored file. `sha256` is the server's own over the whole file: the receipt. Times aware, place in WGS-84.

    `captured_at` is what the file says of itself (EXIF), else what the phone said; `run` orders the recorder's runs.
    `playable_key` and `peaks_key` are of copies that a job makes of a recording; the evidence is the original.
    What came in at the desk is countersigned by IT (S16). `datum` is what the place was given in, before conversion.
    """

    id: str
    visit_id: str
    kind: EvidenceKind
    account_id: str
    source: EvidenceSource
    brought_by: str | None
    bring_reason: str | None
    filename: str
    media_type: str
    size: int
    sha256: str
    object_key: str
    thumbnail_key: str | None
    captured_at: datetime | None
    latitude: float | None
    longitude: float | None
    accuracy_m: float | None
    width: int | None
    height: int | None
    duration_ms: int | None
    run: int | None
    notes: tuple[str, ...]
    received_at: datetime
    late: bool
    version: int
    countersigned_by: str | None = None
    countersigned_at: datetime | None = None
    datum: Datum = Datum.WGS84
    playable_key: str | None = None
    playable_type: str | None = None
    peaks_key: str | None = None
    verified_at: datetime | None = None  # when its bytes were last read whole and compared
    screen_key: str | None = None  # a picture of at most 1280 pixels, made with the thumbnail

    @property
    def copy_keys(self) -> tuple[str, ...]:
        """Where the copies lie that jobs have made of it."""
        return tuple(
            key
            for key in (self.thumbnail_key, self.screen_key, self.playable_key, self.peaks_key)
            if key is not None
        )


class EvidenceCount(NamedTuple):
    """X3, V6: what of a visit's evidence counts. A recording counts when something was recorded."""

    photos: int
    recordings: int
    letter_photographed: bool


@dataclass(frozen=True, slots=True)
class Capture:
    """When and where a file was made, as somebody says; degrees in WGS-84, `accuracy_m` in metres.

    `datum` is what the degrees were given in, before they were converted.
    """

    at: datetime | None = None
    latitude: float | None = None
    longitude: float | None = None
    accuracy_m: float | None = None
    datum: Datum = Datum.WGS84


def said_at(
    at: datetime | None,
    latitude: float | None,
    longitude: float | None,
    accuracy_m: float | None,
    datum: Datum,
) -> Capture:
    """What a phone says of a file, its place converted into WGS-84."""
    if latitude is None or longitude is None:
        return Capture(at, None, None, accuracy_m)
    place = converted(Point(latitude, longitude, datum), Datum.WGS84)
    return Capture(at, place.latitude, place.longitude, accuracy_m, datum)


@clause("V2")
def v2_late(received_at: datetime, ended_at: datetime | None, upload_hours: int) -> bool:
    """Evidence goes up at once; what arrives later than `upload_hours` after check-out stands on a list.

    「外访过程中必须要使用手机终端，在整个行动过程中全程录音和事前拍照，返回后立即上传」
    """
    return ended_at is not None and received_at > ended_at + timedelta(hours=upload_hours)


@clause("V3", codes=("bringer_not_of_team",))
def v3_desk_findings(visit: Visit, brought_by: str) -> list[Finding]:
    """Without a phone the files are brought to the desk by one of the team, and a dispatcher takes them in.

    「如无终端，外访员需将录音、照片导入客服外网电脑，由外访客服统一保管」
    """
    if brought_by in (visit.lead_id, visit.partner_id, visit.trainee_id):
        return []
    return [Finding(BRINGER_NOT_OF_TEAM, "brought_by", {"account": brought_by})]


kept_at(
    "S10", "server/services/evidence.py: the receipt carries the digest of the whole file as it was stored"
)


def settled(shown: Capture, said: Capture, received_at: datetime) -> tuple[Capture, tuple[str, ...]]:
    """When and where a file was made: what it shows itself, else what the phone said; and notes where they differ.

    A camera that writes no offset means the clock on the wall, which is that of Asia/Shanghai.
    """
    at, notes = _settled_time(shown.at, said.at, received_at)
    if shown.latitude is None or shown.longitude is None:
        return dataclasses.replace(said, at=at), tuple(notes)
    if _apart_m(shown, said) > PLACES_AGREE_M:
        notes.append("place_differs")
    return Capture(at, shown.latitude, shown.longitude, shown.accuracy_m), tuple(notes)


def _settled_time(
    shown: datetime | None, said: datetime | None, received_at: datetime
) -> tuple[datetime | None, list[str]]:
    notes: list[str] = []
    if shown is not None and not _FIRST_YEAR < shown.year < _LAST_YEAR:
        shown = None
        notes.append("time_unusable")
    if shown is not None and shown.tzinfo is None:
        shown = shown.replace(tzinfo=SHANGHAI)
        notes.append("zone_assumed")
    if shown is not None and said is not None and abs(shown - said) > CLOCKS_AGREE:
        notes.append("time_differs")
    at = shown or said
    if at is not None and at - received_at > CLOCKS_AGREE:
        notes.append("time_in_future")
    return None if at is None else at.astimezone(UTC), notes


def _apart_m(one: Capture, other: Capture) -> float:
    """Metres that certainly lie between two places; nothing where one of them is not known."""
    if None in (one.latitude, one.longitude, other.latitude, other.longitude):
        return 0.0
    between = distance_m(
        one.latitude or 0.0, one.longitude or 0.0, other.latitude or 0.0, other.longitude or 0.0
    )
    return between - (one.accuracy_m or 0.0) - (other.accuracy_m or 0.0)


def notes_on_visit(visit: Visit) -> tuple[str, ...]:
    """How the visit stood when its evidence came: it is kept all the same, for a phone may have been offline."""
    stands: Sequence[tuple[bool, str]] = (
        (visit.hold_id is not None, "visit_on_hold"),
        (visit.state is VisitState.CANCELLED, "visit_cancelled"),
        (visit.voided_at is not None, "visit_voided"),
        (visit.started_at is None, "visit_not_started"),
    )
    return tuple(note for holds, note in stands if holds)
