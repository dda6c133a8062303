"""The manifest of a phone: what it captured, in order, as one text that it signed (V2, V8).

It owns the form of that text and the reading of it. It refuses nothing: what cannot be read is named and the rest is
read, for a manifest is evidence and is kept as it came.

    {"visit": UUID, "nonce": TEXT, "entries": [ENTRY …], "gaps": [{"begins_at", "ends_at", "cause"} …]}

An ENTRY has `seq` (from 1), `item` (the id of the file), `kind` (`photo` or `segment`), `sha256`, `previous` (the
`sha256` of the entry before it; of the first one the SHA-256 of the nonce), `monotonic_ms`, `at`, and where it is known
`latitude`, `longitude`, `accuracy_m`, `datum`. An entry is written, and its timer read, when the photo is taken or the
segment is full; `at` is when either began. A segment has `run`, `offset`, `size` and `duration_ms` besides: the
file of a run is its segments one behind the other.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from server.domain.calendar import parse_instant
from server.domain.coordinates import Datum
from server.domain.evidence import said_at

# What a database and a browser both hold exactly.
_MOST = 2**53 - 1
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_FIRST_YEAR, _LAST_YEAR = 1990, 2200


class CaptureKind(StrEnum):
    PHOTO = "photo"
    SEGMENT = "segment"  # a piece of a run of the recorder


class GapCause(StrEnum):
    """Why nothing was recorded, as the phone tells it."""

    CALL = "call"
    LOCK = "lock"
    OTHER_APP = "other_app"
    MICROPHONE_LOST = "microphone_lost"
    SILENCE = "silence"
    CRASH = "crash"
    STORAGE = "storage"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class DeviceKey:
    """The public key of a company device, made on it at enrolment: ECDSA P-256, `x` and `y` in base64url (RFC 7518).

    `account_id` is whose hands the device was in.
    """

    id: str
    device_id: str
    account_id: str
    x: str
    y: str
    enrolled_at: datetime
    enrolled_by: str
    revoked_at: datetime | None
    revoked_by: str | None
    revoke_reason: str | None
    version: int

    def in_force(self, at: datetime) -> bool:
        return self.enrolled_at <= at and (self.revoked_at is None or at < self.revoked_at)


@dataclass(frozen=True, slots=True)
class CaptureManifest:
    """A manifest as it came: `signed` to the letter, `signature` in base64url (P1363), `key_id` as it was named.

    `findings` are what did not fit when the chain was last judged, at `judged_at`.
    """

    id: str
    visit_id: str
    account_id: str
    key_id: str
    signed: str
    signature: str
    sha256: str
    received_at: datetime
    findings: list[dict[str, Any]]
    judged_at: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class ListedCapture:
    """A photo or a segment as a manifest lists it, at `position` in it; places in WGS-84.

    `stored_sha256` is what the server read at the place of a segment in the stored file; None before it has.
    """

    id: str
    manifest_id: str
    visit_id: str
    position: int
    seq: int
    kind: CaptureKind
    item_id: str
    sha256: str
    previous: str
    monotonic_ms: int
    at: datetime
    latitude: float | None
    longitude: float | None
    accuracy_m: float | None
    run: int | None
    offset: int | None
    size: int | None
    duration_ms: int | None
    stored_sha256: str | None


@dataclass(frozen=True, slots=True)
class RecordingGap:
    """A time in which the phone says that it did not record, and why."""

    id: str
    manifest_id: str
    visit_id: str
    begins_at: datetime
    ends_at: datetime
    cause: GapCause


@dataclass(frozen=True, slots=True)
class ReadManifest:
    """What the text says. `entries` and `gaps` are the fields of the rows to be; `unread` names what has no sense."""

    visit_id: str | None
    nonce: str | None
    entries: tuple[Mapping[str, Any], ...]
    gaps: tuple[Mapping[str, Any], ...]
    unread: tuple[str, ...]


class _Unread(Exception):
    """A field that is missing or is not what it should be."""


def root_of(nonce: str) -> str:
    """What the first entry of a chain names as the one before it."""
    return hashlib.sha256(nonce.encode()).hexdigest()


def nonce_after(parent_nonce: str, visit_id: str) -> str:
    """V7: a follow-up that is opened without a network chains on its parent's nonce; no two visits share one."""
    return hashlib.sha256(f"{parent_nonce}:{visit_id}".encode()).hexdigest()


def read_manifest(signed: str) -> ReadManifest:
    """The manifest in the text, as far as it can be read."""
    try:
        told = json.loads(signed, object_pairs_hook=_each_name_once, parse_constant=_no_number)
    except (ValueError, RecursionError, _Unread):
        return ReadManifest(None, None, (), (), ("$",))
    if not isinstance(told, dict):
        return ReadManifest(None, None, (), (), ("$",))
    unread: list[str] = []
    entries = _listed(told, "entries", _entry, unread)
    gaps = _listed(told, "gaps", _gap, unread)
    visit_id, nonce = told.get("visit"), told.get("nonce")
    return ReadManifest(
        visit_id if isinstance(visit_id, str) else None,
        nonce if isinstance(nonce, str) else None,
        entries,
        gaps,
        tuple(unread),
    )


def _listed(
    told: Mapping[str, Any], name: str, read: Callable[[Any], dict[str, Any]], unread: list[str]
) -> tuple[dict[str, Any], ...]:
    listed = told.get(name, [])
    if not isinstance(listed, list):
        unread.append(name)
        return ()
    found = []
    for position, one in enumerate(listed):
        try:
            found.append(read(one) | ({"position": position} if name == "entries" else {}))
        except _Unread as wrong:
            unread.append(f"{name}[{position}].{wrong}")
    return tuple(found)


def _entry(told: Any) -> dict[str, Any]:
    kind = _choice(told, "kind", CaptureKind)
    place = said_at(
        None,
        _number(told, "latitude", 90),
        _number(told, "longitude", 180),
        _number(told, "accuracy_m", 1_000_000, least=0),
        Datum.WGS84 if _given(told).get("datum") is None else _choice(told, "datum", Datum),
    )
    entry: dict[str, Any] = {
        "seq": _whole(told, "seq"),
        "kind": kind,
        "item_id": _text(told, "item", _UUID),
        "sha256": _text(told, "sha256", _SHA256),
        "previous": _text(told, "previous", _SHA256),
        "monotonic_ms": _whole(told, "monotonic_ms"),
        "at": _instant(told, "at"),
        "latitude": place.latitude,
        "longitude": place.longitude,
        "accuracy_m": place.accuracy_m,
    }
    for name in ("run", "offset", "size", "duration_ms"):
        entry[name] = _whole(told, name) if kind is CaptureKind.SEGMENT else None
    return entry


def _gap(told: Any) -> dict[str, Any]:
    gap = {
        "begins_at": _instant(told, "begins_at"),
        "ends_at": _instant(told, "ends_at"),
        "cause": _choice(told, "cause", GapCause),
    }
    if gap["ends_at"] < gap["begins_at"]:
        raise _Unread("ends_at")
    return gap


def _given(told: Any) -> dict[str, Any]:
    if not isinstance(told, dict):
        raise _Unread("$")
    return told


def _whole(told: Any, name: str) -> int:
    value = _given(told).get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MOST:
        raise _Unread(name)
    return value


def _number(told: Any, name: str, most: float, *, least: float | None = None) -> float | None:
    value = _given(told).get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _Unread(name)
    if not (-most if least is None else least) <= value <= most:
        raise _Unread(name)
    return float(value)


def _text(told: Any, name: str, pattern: re.Pattern[str]) -> str:
    value = _given(told).get(name)
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise _Unread(name)
    return value


def _choice(told: Any, name: str, choices: type[StrEnum]) -> Any:
    value = _given(told).get(name)
    if not isinstance(value, str) or value not in set(choices):
        raise _Unread(name)
    return choices(value)


def _instant(told: Any, name: str) -> datetime:
    value = _given(told).get(name)
    try:
        moment = parse_instant(value if isinstance(value, str) else "")
    except ValueError as error:
        raise _Unread(name) from error
    if not _FIRST_YEAR < moment.year < _LAST_YEAR:
        raise _Unread(name)
    return moment


def _each_name_once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Two values of one name are read in two ways by two readers; a signature must mean one thing."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise _Unread(name)
        found[name] = value
    return found


def _no_number(word: str) -> None:
    raise _Unread(word)
