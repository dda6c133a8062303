"""Whether what came fits what the phones signed: signature, nonce, order, clocks, digests (V2, V8).

It owns the findings, each with a code, a sentence in both languages and the file it is about. It refuses nothing and
voids nothing: what does not fit is kept with its reason, and a person decides (V8). What may still come is awaited.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from server.domain.capture_manifests import (
    CaptureKind,
    CaptureManifest,
    DeviceKey,
    GapCause,
    ListedCapture,
    ReadManifest,
    RecordingGap,
    root_of,
)
from server.domain.capture_words import CHAIN_WORDS
from server.domain.evidence import CLOCKS_AGREE, COUNTED_KINDS, EvidenceItem, EvidenceKind, EvidenceSource
from server.domain.visits import Visit

# A phone that is told the right time by its network jumps by seconds; so much more was somebody's hand.
JUMP = timedelta(seconds=30)
_MOST_PLACES = 10


@dataclass(frozen=True, slots=True)
class ChainFinding:
    """One thing that does not fit. `item_id` names the file where it is about one, `seq` the place in the chain."""

    code: str
    manifest_id: str | None
    item_id: str | None = None
    seq: int | None = None
    params: Mapping[str, Any] = field(default_factory=dict)

    def zh(self) -> str:
        return CHAIN_WORDS[self.code][0].format(**self._shown())

    def en(self) -> str:
        return CHAIN_WORDS[self.code][1].format(**self._shown())

    def stored(self) -> dict[str, Any]:
        """As it lies in a row; `told_from` reads it back."""
        return {"code": self.code, "item_id": self.item_id, "seq": self.seq, "params": dict(self.params)}

    def _shown(self) -> dict[str, Any]:
        return {"item": self.item_id, "at": self.seq, **self.params}


def told_from(manifest_id: str, stored: Mapping[str, Any]) -> ChainFinding:
    """A finding as a row keeps it."""
    return ChainFinding(stored["code"], manifest_id, stored["item_id"], stored["seq"], stored["params"])


@dataclass(frozen=True, slots=True)
class Sent:
    """A manifest with what it says and what is known of its key. `fits`: the signature is that of the key."""

    manifest: CaptureManifest
    said: ReadManifest
    key: DeviceKey | None
    fits: bool
    captures: Sequence[ListedCapture]
    gaps: Sequence[RecordingGap] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """What was found, and the ids of files that are listed and not here, or here and not listed, and may yet come."""

    findings: tuple[ChainFinding, ...]
    awaited: tuple[str, ...]


def trusted(visit: Visit, sent: Sent) -> bool:
    """Whether a manifest is the phone's own word on this visit, so that its times count."""
    return next(_of_manifest(visit, sent), None) is None


def judged(visit: Visit, sent: Sequence[Sent], items: Mapping[str, EvidenceItem], *, overdue: bool) -> Judged:
    """All findings of a visit. `items` are its files and the listed ones; `overdue`: what is not here will not come."""
    if not sent:
        return Judged((), ())
    findings = [finding for one in sent for finding in _of_manifest(visit, one)]
    signed = sorted((one for one in sent if one.fits), key=lambda one: (one.manifest.key_id, *_came(one)))
    for _, chain in itertools.groupby(signed, key=lambda one: one.manifest.key_id):
        findings += _of_chain(visit, list(chain))
    listed = _each_once(capture for one in sorted(sent, key=_came) for capture in one.captures)
    findings += _of_files(visit, listed, items)
    absent = list(_absent(sent, listed, items, visit))
    if overdue:
        return Judged((*findings, *absent), ())
    return Judged(tuple(findings), tuple(one.item_id for one in absent if one.item_id is not None))


def _came(sent: Sent) -> tuple[Any, str]:
    return sent.manifest.received_at, sent.manifest.id


def _of_manifest(visit: Visit, sent: Sent) -> Iterator[ChainFinding]:
    manifest, said, key = sent.manifest, sent.said, sent.key
    if said.unread:
        places = ", ".join(said.unread[:_MOST_PLACES])
        yield ChainFinding("manifest_unreadable", manifest.id, params={"places": places})
    if key is None:
        yield ChainFinding("unknown_key", manifest.id, params={"key": manifest.key_id})
    else:
        if key.revoked_at is not None and key.revoked_at <= manifest.received_at:
            params = {"revoked_at": key.revoked_at.isoformat(timespec="seconds")}
            yield ChainFinding("revoked_key", manifest.id, params=params)
        if key.account_id != manifest.account_id:
            yield ChainFinding("key_of_another", manifest.id)
        if not sent.fits:
            yield ChainFinding("bad_signature", manifest.id)
    if said.unread == ("$",):
        return
    if said.visit_id != visit.id:
        yield ChainFinding("wrong_visit", manifest.id)
    if visit.capture_nonce is None or said.nonce != visit.capture_nonce:
        yield ChainFinding("wrong_nonce", manifest.id)


def _of_chain(visit: Visit, chain: Sequence[Sent]) -> list[ChainFinding]:
    """One key's manifests as one chain: a later one goes on, or tells all of it again."""
    findings: list[ChainFinding] = []
    by_seq: dict[int, ListedCapture] = {}
    came = {one.manifest.id: one.manifest.received_at for one in chain}
    crashes = [gap for one in chain for gap in one.gaps if gap.cause is GapCause.CRASH]
    for one in chain:
        before = 0
        for capture in sorted(one.captures, key=lambda capture: capture.position):
            held = by_seq.setdefault(capture.seq, capture)
            if held is not capture and _content(held) != _content(capture):
                findings.append(_found("repeated_seq", capture))
            elif capture.seq <= before:
                findings.append(_found("out_of_order", capture))
            before = max(before, capture.seq)
    last: ListedCapture | None = None
    for capture in sorted(by_seq.values(), key=lambda capture: capture.seq):
        findings += _links(visit, last, capture)
        if last is not None:
            findings += _clocks(last, capture, crashes)
        ahead = _done(capture) - came[capture.manifest_id]
        if ahead > CLOCKS_AGREE:
            findings.append(_found("clock_ahead", capture, seconds=round(ahead.total_seconds())))
        last = capture
    return findings


def _links(visit: Visit, last: ListedCapture | None, capture: ListedCapture) -> Iterator[ChainFinding]:
    follows = 1 if last is None else last.seq + 1
    before = root_of(visit.capture_nonce or "") if last is None else last.sha256
    if capture.seq > follows:
        yield _found("seq_missing", capture, first=follows, last=capture.seq - 1)
    elif capture.previous != before:
        yield _found("broken_link", capture)


def _clocks(
    last: ListedCapture, capture: ListedCapture, crashes: Iterable[RecordingGap]
) -> Iterator[ChainFinding]:
    """The timer counts on from when the app began; only after a crash that was told it begins anew.

    An entry is written when its capture is done: a photo taken while a segment runs stands before the segment.
    """
    ticked = timedelta(milliseconds=capture.monotonic_ms - last.monotonic_ms)
    passed = _done(capture) - _done(last)
    if passed < timedelta(0):
        yield _found("clock_backwards", capture, clock_zh="时钟", clock_en="wall")
    if ticked < timedelta(0):
        if not any(last.at <= gap.ends_at and gap.begins_at <= _done(capture) for gap in crashes):
            yield _found("clock_backwards", capture, clock_zh="计时器", clock_en="monotonic")
        return
    # A phone asleep may stop its timer, so a clock that ran on tells only while a recording kept the phone awake.
    awake = capture.kind is CaptureKind.SEGMENT and (last.kind, last.item_id) == (
        capture.kind,
        capture.item_id,
    )
    jumped = passed - ticked
    if jumped < -JUMP or (awake and jumped > JUMP):
        yield _found("clock_jumped", capture, seconds=abs(round(jumped.total_seconds())))


def _done(capture: ListedCapture) -> datetime:
    """When a photo was taken, or a segment was full."""
    return capture.at + timedelta(milliseconds=capture.duration_ms or 0)


def _of_files(
    visit: Visit, listed: Sequence[ListedCapture], items: Mapping[str, EvidenceItem]
) -> Iterator[ChainFinding]:
    segments: dict[str, list[ListedCapture]] = {}
    for capture in listed:
        item = items.get(capture.item_id)
        if item is None:
            continue
        recorded = item.kind is EvidenceKind.RECORDING
        if item.visit_id != visit.id:
            yield _found("item_elsewhere", capture)
        elif recorded is not (capture.kind is CaptureKind.SEGMENT):
            yield _found("kind_differs", capture)
        elif recorded:
            segments.setdefault(item.id, []).append(capture)
        elif item.sha256 != capture.sha256:
            yield _found("digest_differs", capture, first=0, last=item.size - 1)
    for item_id, pieces in segments.items():
        yield from _of_run(items[item_id], pieces)


def _of_run(item: EvidenceItem, pieces: Iterable[ListedCapture]) -> Iterator[ChainFinding]:
    """The file of a run is its segments, one behind the other, from its first byte to its last."""
    reached, last = 0, None
    for piece in in_file_order(pieces):
        begins, ends = bytes_of(piece)
        last = piece
        if min(begins, item.size) > reached:
            yield _found("segment_gap", piece, first=reached, last=min(begins, item.size) - 1)
        elif begins < reached:
            yield _found("segment_overlap", piece, first=begins, last=min(ends, reached) - 1)
        if ends > item.size:
            yield _found("segment_cut", piece, first=max(begins, item.size), last=ends - 1)
        elif piece.stored_sha256 not in (None, piece.sha256):
            yield _found("digest_differs", piece, first=begins, last=ends - 1)
        reached = max(reached, ends)
    if last is not None and reached < item.size:
        yield _found("segment_gap", last, first=reached, last=item.size - 1)


def in_file_order(pieces: Iterable[ListedCapture]) -> list[ListedCapture]:
    """The segments of a run as they lie in its file."""
    return sorted(pieces, key=lambda piece: (*bytes_of(piece), piece.seq))


def bytes_of(piece: ListedCapture) -> tuple[int, int]:
    """Where a segment lies in the file of its run: its first byte, and the one behind its last."""
    begins = piece.offset or 0
    return begins, begins + (piece.size or 0)


def _absent(
    sent: Sequence[Sent], listed: Sequence[ListedCapture], items: Mapping[str, EvidenceItem], visit: Visit
) -> Iterator[ChainFinding]:
    """Files on a manifest that are not here, and files of a phone that signs which stand on none."""
    missing: dict[str, ListedCapture] = {}
    for capture in listed:
        if capture.item_id not in items:
            missing.setdefault(capture.item_id, capture)
    for capture in missing.values():
        yield _found("item_missing", capture)
    named = {capture.item_id for capture in listed}
    latest = {one.manifest.account_id: one.manifest.id for one in sorted(sent, key=_came)}
    for item in items.values():
        of_phone = item.source is EvidenceSource.PHONE and item.kind in COUNTED_KINDS
        if item.visit_id == visit.id and of_phone and item.id not in named and item.account_id in latest:
            yield ChainFinding("item_not_listed", latest[item.account_id], item.id)


def _each_once(captures: Iterable[ListedCapture]) -> list[ListedCapture]:
    """A phone that tells its chain again lists each capture again."""
    found: dict[tuple[Any, ...], ListedCapture] = {}
    for capture in captures:
        found.setdefault(_content(capture), capture)
    return list(found.values())


def _content(capture: ListedCapture) -> tuple[Any, ...]:
    return (
        capture.seq,
        capture.kind,
        capture.item_id,
        capture.sha256,
        capture.previous,
        capture.monotonic_ms,
        capture.at,
        capture.run,
        capture.offset,
        capture.size,
        capture.duration_ms,
    )


def _found(code: str, capture: ListedCapture, **params: Any) -> ChainFinding:
    return ChainFinding(code, capture.manifest_id, capture.item_id, capture.seq, params)
