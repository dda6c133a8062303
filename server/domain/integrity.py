"""How stored evidence can differ from its record (S6, S7, S22). Owns the kinds and the record of a difference."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Difference(StrEnum):
    BYTES_MISSING = "bytes_missing"
    SIZE_DIFFERS = "size_differs"
    DIGEST_DIFFERS = "digest_differs"
    FRAME_DAMAGED = "frame_damaged"  # what lies there is not what was sealed
    KEY_GONE = "key_gone"
    KEY_DAMAGED = "key_damaged"
    BYTES_WITHOUT_ROW = "bytes_without_row"


@dataclass(frozen=True, slots=True)
class Found:
    """A difference as it was just seen; `detail` names the part of the object, such as `frame 3`."""

    evidence_id: str | None
    object_key: str
    difference: Difference
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class EvidenceDifference:
    """A difference on record, until it is seen to be mended. `evidence_id` may be of a row that is gone."""

    id: str
    evidence_id: str | None
    object_key: str
    difference: Difference
    detail: str | None
    found_at: datetime
    mended_at: datetime | None
