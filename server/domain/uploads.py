"""Resumable uploads: a file that grows on the server, piece by piece, until it is whole and is evidence (V2, S10).

Owns what an upload is, what may be added to it, and the limits for a file, a day and a device. It refuses to drop a
byte that was kept: an upload ends as evidence, is refused for what it holds, or is closed and salvaged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from server.domain.evidence import LARGEST, Capture, EvidenceKind
from server.domain.problems import Finding
from server.domain.upload_problems import (
    UPLOAD_CLOSED,
    UPLOAD_DAY_FULL,
    UPLOAD_DEVICE_FULL,
    UPLOAD_FILE_TOO_LARGE,
    UPLOAD_LENGTH_FIXED,
    UPLOAD_OFFSET_DIFFERS,
    UPLOAD_TOO_LONG,
)

_MEBIBYTE = 1 << 20
# A piece is durable, and its offset committed, after so many bytes or seconds, whichever comes first.
PIECE_BYTES = 16 * _MEBIBYTE
PIECE_SECONDS = 30.0
# A request that goes on for longer gives its thread to the next one; its sender asks for the offset and goes on.
REQUEST_SECONDS = 600.0
LEASE = timedelta(seconds=75)
# Reading several pieces into one file of 500 MiB, over a network, and looking at it.
FINISH_LEASE = timedelta(minutes=10)
# A sender that was not heard for so long has lost its line; the next request of the same upload takes over from it.
SILENCE_SECONDS = 3.0
# Smaller bodies are small records and photos of a bad line: they keep a share of the threads.
SMALL_BYTES = _MEBIBYTE
CUT_OFF = "cut_off"


class UploadState(StrEnum):
    OPEN = "open"
    KEPT = "kept"  # whole, and evidence
    REFUSED = "refused"  # whole, and not what may be kept; it may be sent anew under the same id
    CLOSED = "closed"  # abandoned; what there was is evidence of its own, noted as cut off


@dataclass(frozen=True, slots=True)
class Upload:
    """`id` is the phone's own, and that of the evidence to be. `offset` and `length` in bytes, `length` None while the
    file still grows. The lease belongs to the one request that adds to it."""

    id: str
    visit_id: str
    account_id: str
    device_id: str | None
    kind: EvidenceKind
    run: int | None
    filename: str
    declared_type: str | None
    declared_sha256: str | None
    captured_at: datetime | None
    latitude: float | None
    longitude: float | None
    accuracy_m: float | None
    metadata: str
    length: int | None
    offset: int
    state: UploadState
    problem_code: str | None
    evidence_id: str | None
    lease_token: str | None
    lease_holder: str | None
    lease_until: datetime | None
    created_at: datetime
    moved_at: datetime
    finished_at: datetime | None

    @property
    def said(self) -> Capture:
        return Capture(self.captured_at, self.latitude, self.longitude, self.accuracy_m)

    @property
    def whole(self) -> bool:
        return self.length is not None and self.offset == self.length


@dataclass(frozen=True, slots=True)
class UploadPiece:
    """Bytes from `start` on, one object of the store; the pieces of an upload follow each other without a gap."""

    id: str
    upload_id: str
    start: int
    size: int
    object_key: str


class UploadLimits(NamedTuple):
    """Bytes that one account may send in a local day, and one device; the limit of a file is that of its kind."""

    day_bytes: int
    device_bytes: int
    idle: timedelta


class Used(NamedTuple):
    """Bytes that were sent, or announced, since the local day began; None for a desk, which is no device of its own."""

    by_account: int
    by_device: int | None


def creation_findings(
    kind: EvidenceKind, length: int | None, used: Used, limits: UploadLimits
) -> list[Finding]:
    """What stands against a new upload: the limit of its file, then those of the day and of the device."""
    asked = length or 0
    if asked > LARGEST[kind]:
        return [_too_large(kind, asked)]
    return quota_findings(asked, used, limits)


def quota_findings(asked: int, used: Used, limits: UploadLimits) -> list[Finding]:
    """The limits of a day and of a device, where `asked` more bytes would pass them."""
    found = []
    facts: Mapping[str, object] = {"asked": asked}
    if used.by_account + asked > limits.day_bytes:
        found.append(
            Finding(UPLOAD_DAY_FULL, None, {**facts, "used": used.by_account, "limit": limits.day_bytes})
        )
    if used.by_device is not None and used.by_device + asked > limits.device_bytes:
        found.append(
            Finding(UPLOAD_DEVICE_FULL, None, {**facts, "used": used.by_device, "limit": limits.device_bytes})
        )
    return found


def append_findings(upload: Upload, offset: int, length: int | None, announced: int | None) -> list[Finding]:
    """What stands against adding `announced` bytes at `offset`; `length` is said once, when the file has its end."""
    if upload.state in (UploadState.CLOSED, UploadState.REFUSED):
        facts = {"id": upload.id, "state": upload.state, "code": upload.problem_code or "-"}
        return [Finding(UPLOAD_CLOSED, None, facts)]
    if offset != upload.offset:
        return [Finding(UPLOAD_OFFSET_DIFFERS, "Upload-Offset", {"asked": offset, "current": upload.offset})]
    if length is not None and (upload.length not in (None, length) or length < upload.offset):
        known = upload.offset if upload.length is None else upload.length
        return [Finding(UPLOAD_LENGTH_FIXED, "Upload-Length", {"length": length, "known": known})]
    if length is not None and length > LARGEST[upload.kind]:
        return [_too_large(upload.kind, length)]
    room = room_of(upload, length)
    if announced is not None and announced > room:
        return [Finding(UPLOAD_TOO_LONG, None, {"asked": announced, "room": room})]
    return []


def room_of(upload: Upload, length: int | None = None) -> int:
    """How many bytes the upload still takes: up to its length, or to what a file of its kind may have."""
    whole = length if upload.length is None else upload.length
    return (LARGEST[upload.kind] if whole is None else whole) - upload.offset


def _too_large(kind: EvidenceKind, length: int) -> Finding:
    facts = {"length": length, "limit": LARGEST[kind], "kind": kind}
    return Finding(UPLOAD_FILE_TOO_LARGE, "Upload-Length", facts)


def leased(upload: Upload, now: datetime) -> bool:
    """Whether a request adds to it, or did and has not given it back yet."""
    return upload.lease_until is not None and upload.lease_until > now
