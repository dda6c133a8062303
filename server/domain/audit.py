"""The audit trail: who did or read what, when, chained by hash so that a line cannot be changed or removed unseen.

Pure: a line's digest is a function of the line and of the digest before it. `storage.rows.audit` keeps the lines.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """What is to be written: `action` is `noun.verb`; `detail` holds ids and codes, never personal data in clear."""

    action: str
    subject_kind: str
    subject_id: str | None = None
    detail: Mapping[str, object] = field(default_factory=dict)
    purpose: str | None = None


@dataclass(frozen=True, slots=True)
class AuditLine:
    """A written line: sequence from 1 without gaps, the digest before it and its own (SHA-256, hex)."""

    seq: int
    at: datetime
    actor_id: str | None
    action: str
    subject_kind: str
    subject_id: str | None
    detail: Mapping[str, object]
    purpose: str | None
    previous: str
    digest: str


def chain(entry: AuditEntry, *, seq: int, at: datetime, actor_id: str | None, previous: str) -> AuditLine:
    """The line that follows `previous`."""
    at = at.astimezone(UTC)
    body = _body(seq, at, actor_id, entry, previous)
    return AuditLine(
        seq,
        at,
        actor_id,
        entry.action,
        entry.subject_kind,
        entry.subject_id,
        entry.detail,
        entry.purpose,
        previous,
        hashlib.sha256(body).hexdigest(),
    )


def first_break(lines: Iterable[AuditLine], *, previous: str = GENESIS, seq: int = 0) -> int | None:
    """The sequence number of the first line that does not follow from the one before it; None when all do."""
    for line in lines:
        entry = AuditEntry(line.action, line.subject_kind, line.subject_id, line.detail, line.purpose)
        expected = chain(entry, seq=seq + 1, at=line.at, actor_id=line.actor_id, previous=previous)
        if line.seq != expected.seq or line.previous != previous or line.digest != expected.digest:
            return seq + 1
        previous, seq = line.digest, line.seq
    return None


def _body(seq: int, at: datetime, actor_id: str | None, entry: AuditEntry, previous: str) -> bytes:
    return json.dumps(
        [
            previous,
            seq,
            at.isoformat(timespec="microseconds"),
            actor_id,
            entry.action,
            entry.subject_kind,
            entry.subject_id,
            dict(entry.detail),
            entry.purpose,
        ],
        ensure_ascii=False,
        separators=(",", ":"),
        sort_keys=True,
    ).encode()
