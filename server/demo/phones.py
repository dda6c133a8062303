"""The company phones of the demo: each has a key of its own and signs a manifest of what it captured on a visit."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from server.domain.capture_manifests import CaptureKind, root_of
from storage.phone_keys import PhoneKey

_OPENED_BEFORE = timedelta(minutes=7)  # the app runs for a while when its first photo is taken
_SEGMENT_S = 60
_MS = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Captured:
    """A file as the phone has it: `seconds` of a recording, 0 of a photo."""

    item: str
    content: bytes
    at: datetime
    latitude: float
    longitude: float
    accuracy_m: float
    seconds: int


@dataclass(frozen=True, slots=True)
class Phone:
    """A company device with the key that was made on it."""

    device_id: str
    key_id: str
    key: PhoneKey

    def manifest(self, id_: str, visit_id: str, nonce: str, files: Sequence[Captured]) -> dict[str, Any]:
        """What the phone posts of a visit: the chain of its photos and segments, signed."""
        begins = min(file.at for file in files) - _OPENED_BEFORE
        entries: list[dict[str, Any]] = []
        previous = root_of(nonce)
        for done, entry in sorted(_captures(files), key=lambda one: one[0]):
            chained = {"seq": len(entries) + 1, "previous": previous, "monotonic_ms": (done - begins) // _MS}
            entries.append(entry | chained)
            previous = entry["sha256"]
        signed = json.dumps({"visit": visit_id, "nonce": nonce, "entries": entries, "gaps": []})
        return {"id": id_, "key_id": self.key_id, "signed": signed, "signature": self.key.sign(signed)}


def _captures(files: Sequence[Captured]) -> Iterator[tuple[datetime, dict[str, Any]]]:
    """Each photo and each minute of sound, with the moment at which it was written down."""
    for file in files:
        place = {"latitude": file.latitude, "longitude": file.longitude, "accuracy_m": file.accuracy_m}
        if not file.seconds:
            yield file.at, _entry(file, CaptureKind.PHOTO, file.content, file.at) | place
            continue
        pieces = -(-file.seconds // _SEGMENT_S)
        size, each = -(-len(file.content) // pieces), timedelta(seconds=file.seconds) // pieces
        for number in range(pieces):
            part, at = file.content[number * size : (number + 1) * size], file.at + number * each
            measures = {"run": 1, "offset": number * size, "size": len(part), "duration_ms": each // _MS}
            yield at + each, _entry(file, CaptureKind.SEGMENT, part, at) | place | measures


def _entry(file: Captured, kind: CaptureKind, part: bytes, at: datetime) -> dict[str, Any]:
    digest = hashlib.sha256(part).hexdigest()
    return {"item": file.item, "kind": kind.value, "sha256": digest, "at": at.isoformat()}
