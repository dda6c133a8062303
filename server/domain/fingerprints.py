"""What a job derives of a kept photo or recording, by which the same one is known again (V8).

Owns the facts of one row an item. It refuses to be evidence: it can be made anew from the bytes at any time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class PrintKind(StrEnum):
    PHOTO = "photo"
    SOUND = "sound"


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """`id` is the item's; `print` as the media port made it. Of photos what the camera wrote, of recordings shares."""

    id: str
    visit_id: str
    kind: PrintKind
    print: bytes
    width: int | None
    height: int | None
    make: str | None
    model: str | None
    software: str | None
    silent_share: float | None
    clipped_share: float | None
    made_at: datetime
