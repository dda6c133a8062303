"""Evidence of a visit: photos, recordings, attachments, with digest and receipt. Clauses V2, V3, X3, S10."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


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


class EvidenceSource(StrEnum):
    PHONE = "phone"
    DESK = "desk"  # V3: brought in at the desk by a dispatcher


@dataclass(frozen=True, slots=True)
class EvidenceItem:
    """A stored file. `sha256` is the server's own over the whole file: the receipt. Times aware, place in WGS-84.

    `captured_at` is what the file says of itself (EXIF), else what the phone said; `run` orders the recorder's runs.
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
