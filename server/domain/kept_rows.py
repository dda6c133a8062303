"""What of the rows of evidence stays as it was written, and how the trail tells it (S6, S10, S22).

Owns the list of fields of each table, the digest of those that no line tells in clear, and the comparison of a row with
its lines. It refuses to trust a row: the trail is a chain and is checked as one (`fieldvisit audit`), rows are not.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from server.domain.audit import AuditLine
from server.domain.capture_manifests import (
    CaptureManifest,
    DeviceKey,
    ListedCapture,
    RecordingGap,
    read_manifest,
)
from server.domain.evidence import EvidenceItem
from server.domain.evidence_flags import EvidenceFlag, FlagState

SEAL = "row"
LISTED = "listed"


class KeptTable(StrEnum):
    EVIDENCE_ITEMS = "evidence_items"
    CAPTURE_MANIFESTS = "capture_manifests"
    DEVICE_KEYS = "device_keys"
    EVIDENCE_FLAGS = "evidence_flags"


Row = EvidenceItem | CaptureManifest | DeviceKey | EvidenceFlag


@dataclass(frozen=True, slots=True)
class Act:
    """What an act writes into a row; when it is done again, the last time holds.

    `told` are fields that stand in the line's detail under their own names, `by` those that are another part of the
    line (`at`, `actor_id`, `purpose`, `subject_id`), `sealed` those that only the digest `seal` in the detail vouches
    for: the trail holds no personal data in clear. `digested` are fields whose SHA-256 another field of the row is.
    `sets` is what the act makes of a field, whoever did it.
    """

    actions: tuple[str, ...]
    told: tuple[str, ...] = ()
    by: Mapping[str, str] = field(default_factory=dict)
    sealed: tuple[str, ...] = ()
    digested: Mapping[str, str] = field(default_factory=dict)
    sets: Mapping[str, Any] = field(default_factory=dict)

    @property
    def fields(self) -> tuple[str, ...]:
        return (*self.told, *self.by, *self.sealed, *self.digested, *self.sets)


@dataclass(frozen=True, slots=True)
class KeptRows:
    """A table: the act that adds a row, what may follow it, and the fields that change by right, with the reason.

    A line is about `subject` of the row, a field; where that is not the id, its detail names the id as `named`.
    """

    kind: str  # of the subject
    subject: str
    named: str | None
    acts: tuple[Act, ...]
    changing: Mapping[str, str]

    @property
    def born(self) -> str:
        return self.acts[0].actions[0]

    @property
    def later(self) -> tuple[str, ...]:
        return tuple(action for act in self.acts[1:] for action in act.actions if action != self.born)

    def id_in(self, line: AuditLine) -> str:
        return str(line.subject_id if self.named is None else line.detail.get(self.named))


_VERSION = "counts the writings of what changes by right"
KEPT: Mapping[KeptTable, KeptRows] = {
    KeptTable.EVIDENCE_ITEMS: KeptRows(
        "evidence",
        "id",
        None,
        (
            Act(
                ("evidence.kept",),
                told=(
                    "visit_id", "kind", "account_id", "source", "brought_by", "media_type", "size", "sha256",
                    "object_key", "width", "height", "duration_ms", "run", "notes", "datum",
                ),
                by={"bring_reason": "purpose", "received_at": "at"},
                sealed=("filename", "captured_at", "latitude", "longitude", "accuracy_m"),
            ),
            Act(("evidence.kept", "evidence.late_judged"), told=("late",)),
            Act(("evidence.countersigned",), by={"countersigned_by": "actor_id", "countersigned_at": "at"}),
        ),
        {
            "thumbnail_key": "a copy that a job makes; its place is bound to the row by its name",
            "screen_key": "the same",
            "playable_key": "the same",
            "playable_type": "the same",
            "peaks_key": "the same",
            "verified_at": "when the bytes were last read whole",
            "version": _VERSION,
        },
    ),
    KeptTable.CAPTURE_MANIFESTS: KeptRows(
        "visit",
        "visit_id",
        "manifest_id",
        (
            Act(
                ("evidence.manifest_kept",),
                told=("account_id", "key_id", "sha256"),
                by={"visit_id": "subject_id", "received_at": "at"},
                sealed=("signature",),
                digested={"signed": "sha256"},
            ),
        ),
        {
            "findings": "judged anew whenever something of the visit arrives",
            "judged_at": "the same",
            "version": _VERSION,
        },
    ),
    KeptTable.DEVICE_KEYS: KeptRows(
        "device",
        "device_id",
        "key_id",
        (
            Act(
                ("device.key_enrolled",),
                told=("account_id", "enrolled_by"),
                by={"device_id": "subject_id", "enrolled_at": "at"},
                sealed=("x", "y"),
            ),
            Act(
                ("device.key_revoked",),
                told=("revoke_reason",),
                by={"revoked_at": "at", "revoked_by": "actor_id"},
            ),
        ),
        {"version": _VERSION},
    ),
    KeptTable.EVIDENCE_FLAGS: KeptRows(
        "evidence_flag",
        "id",
        None,
        (
            Act(
                ("evidence.flagged",),
                told=("visit_id", "item_id", "code", "score"),
                by={"raised_at": "at"},
                sealed=("other_item_id", "other_visit_id", "evidence"),
                sets={"state": FlagState.RAISED},
            ),
            Act(
                ("evidence_flag.answered",),
                told=("answer",),
                by={"answered_by": "actor_id", "answered_at": "at"},
                sets={"state": FlagState.ANSWERED},
            ),
            Act(
                ("evidence_flag.decided",),
                told=("decision", "decision_reason"),
                by={"decided_by": "actor_id", "decided_at": "at"},
                sets={"state": FlagState.DECIDED},
            ),
        ),
        {"version": _VERSION},
    ),
}  # fmt: skip
# What a manifest lists lies in rows of its own, all of them under one digest in the manifest's line.
LISTED_FIELDS: Mapping[type[ListedCapture] | type[RecordingGap], tuple[str, ...]] = {
    ListedCapture: (
        "id", "manifest_id", "visit_id", "position", "seq", "kind", "item_id", "sha256", "previous", "monotonic_ms",
        "at", "latitude", "longitude", "accuracy_m", "run", "offset", "size", "duration_ms",
    ),
    RecordingGap: ("id", "manifest_id", "visit_id", "begins_at", "ends_at", "cause"),
}  # fmt: skip
LISTED_CHANGING: Mapping[str, str] = {"stored_sha256": "what the server reads in the file, once it is here"}


def seal_of(table: KeptTable, row: Row) -> str:
    """The digest of what no line of the row's first act tells in clear: SHA-256, hex."""
    return _digest([table, row.id, {name: _plain(getattr(row, name)) for name in KEPT[table].acts[0].sealed}])


def listed_digest(captures: Iterable[ListedCapture], gaps: Iterable[RecordingGap]) -> str:
    """The digest of all rows that a manifest lists."""
    rows: list[ListedCapture | RecordingGap] = sorted([*captures, *gaps], key=lambda row: row.id)
    return _digest([{name: _plain(getattr(row, name)) for name in LISTED_FIELDS[type(row)]} for row in rows])


def differing(table: KeptTable, row: Row, lines: Sequence[AuditLine]) -> list[str]:
    """The fields of a row that are not as its lines tell, its first act among them; where only the digest differs, all
    that it is of."""
    kept, found = KEPT[table], list[str]()
    by_action: dict[str, AuditLine] = {}
    for line in sorted(lines, key=lambda one: one.seq):
        by_action[line.action] = line
    expected: dict[str, Any] = {}
    for act in kept.acts:
        done = [by_action[action] for action in act.actions if action in by_action]
        if not done:
            expected |= {name: expected.get(name) for name in (*act.told, *act.by)}
            continue
        line = max(done, key=lambda one: one.seq)
        expected |= {name: line.detail.get(name) for name in act.told} | dict(act.sets)
        expected |= {name: getattr(line, part) for name, part in act.by.items()}
    found += [name for name, value in expected.items() if _plain(getattr(row, name)) != _plain(value)]
    if kept.acts[0].sealed and by_action[kept.born].detail.get(SEAL) != seal_of(table, row):
        found += kept.acts[0].sealed
    for name, digest in kept.acts[0].digested.items():
        if hashlib.sha256(getattr(row, name).encode()).hexdigest() != getattr(row, digest):
            found.append(name)
    return found


def listed_differing(
    manifest: CaptureManifest,
    line: AuditLine,
    captures: Sequence[ListedCapture],
    gaps: Sequence[RecordingGap],
) -> list[tuple[str | None, str]]:
    """How the rows that a manifest lists are not those that were kept: the file, where it is about one, and words."""
    if line.detail.get(LISTED) == listed_digest(captures, gaps):
        return []
    said = read_manifest(manifest.signed)
    of = {"manifest_id": manifest.id, "visit_id": line.subject_id}
    found = [
        *_captures_differing([entry | of for entry in map(dict, said.entries)], captures),
        *_gaps_differing([gap | of for gap in map(dict, said.gaps)], gaps),
    ]
    return found or [(None, "captures or recording_gaps: id")]


def _captures_differing(
    entries: Iterable[Mapping[str, Any]], captures: Iterable[ListedCapture]
) -> Iterator[tuple[str | None, str]]:
    at_position: dict[int, list[ListedCapture]] = defaultdict(list)
    for row in captures:
        at_position[row.position].append(row)
    for entry in entries:
        rows = at_position.pop(entry["position"], [])
        where = f"captures {entry['position']}"
        if len(rows) != 1:
            yield entry["item_id"], f"{where}: {len(rows)} rows"
        for row in rows:
            wrong = [name for name, value in entry.items() if _plain(getattr(row, name)) != _plain(value)]
            if wrong:
                yield entry["item_id"], f"{where}: {', '.join(wrong)}"
    for position, rows in at_position.items():
        yield from ((row.item_id, f"captures {position}: not listed") for row in rows)


def _gaps_differing(
    told: Iterable[Mapping[str, Any]], gaps: Iterable[RecordingGap]
) -> Iterator[tuple[str | None, str]]:
    rows = {
        gap.id: {name: _plain(getattr(gap, name)) for name in LISTED_FIELDS[RecordingGap]} for gap in gaps
    }
    for gap in told:
        wanted = {name: _plain(value) for name, value in gap.items()}
        same = next((id_ for id_, row in rows.items() if row == wanted | {"id": id_}), None)
        if same is None:
            yield None, f"recording_gaps {wanted['begins_at']}: no row as it was signed"
        else:
            del rows[same]
    yield from ((None, f"recording_gaps {id_}: not listed") for id_ in rows)


def _digest(value: Any) -> str:
    written = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(written.encode()).hexdigest()


def _plain(value: Any) -> Any:
    """A value as it comes back from either database: one number for 5 and 5.0, and no zero below zero."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value
