"""How stored evidence can differ from its record, and the record from the trail (S6, S7, S22).

Owns the kinds and the record of a difference.
"""

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
    ROW_DIFFERS = "row_differs"  # from what the trail tells of it
    ROW_MISSING = "row_missing"  # the trail tells of it
    ROW_UNKNOWN = "row_unknown"  # the trail tells nothing of it


# Of bytes and their keys: what reading the file whole says to be mended or not.
OF_BYTES = (
    Difference.BYTES_MISSING,
    Difference.SIZE_DIFFERS,
    Difference.DIGEST_DIFFERS,
    Difference.FRAME_DAMAGED,
    Difference.KEY_GONE,
    Difference.KEY_DAMAGED,
)
OF_ROWS = (Difference.ROW_DIFFERS, Difference.ROW_MISSING, Difference.ROW_UNKNOWN)


@dataclass(frozen=True, slots=True)
class Found:
    """A difference as it was just seen; `detail` names the part of the object, such as `frame 3`, or fields of a row.

    Of rows, `object_key` is the table and the id, and `visit_id` the visit that the trail tells.
    """

    evidence_id: str | None
    object_key: str
    difference: Difference
    detail: str | None = None
    visit_id: str | None = None


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
