"""How much of a visit was recorded: the runs of the recorder laid over the time from check-in to check-out (V2).

It owns when each piece of sound was made, by the manifest that the phone signed, else by what the file or the phone
said of the run; and why the recorder was silent in between, as the phone reported it. It refuses to count a second
twice: the partner's recording is a backup of the lead's, so coverage is their union. It refuses to believe a manifest
of more sound than the packets of the file have.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.domain.capture_chain import in_file_order
from server.domain.capture_manifests import CaptureKind, GapCause, ListedCapture, RecordingGap
from server.domain.evidence import EvidenceItem, EvidenceKind

# V2's list begins here: stopping and starting a recorder, and rounding its clock, take less.
NO_GAP = timedelta(seconds=3)
_MS = timedelta(milliseconds=1)

Interval = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Gap:
    """Time of a visit that no recording holds, and its cause as the phone reported it."""

    begins_at: datetime
    ends_at: datetime
    cause: GapCause = GapCause.UNKNOWN


@dataclass(frozen=True, slots=True)
class Coverage:
    """`recorded_ms` of `visit_ms`; both are None while the visit has no begin or no end.

    `unplaced_ms` is the sound of recordings that nobody gave a time, which covers nothing that could be shown.
    """

    visit_ms: int | None
    recorded_ms: int | None
    unplaced_ms: int
    gaps: tuple[Gap, ...]

    @property
    def per_mille(self) -> int | None:
        """Of a thousand parts of the visit so many were recorded, rounded down; None where it lasted no time."""
        if not self.visit_ms or self.recorded_ms is None:
            return None
        return self.recorded_ms * 1000 // self.visit_ms


@dataclass(frozen=True, slots=True)
class RecordingCoverage:
    """The number on the visit, whose id it has: kept so that lists find visits by it."""

    id: str
    visit_ms: int | None
    recorded_ms: int | None
    per_mille: int | None
    measured_at: datetime


def coverage(
    begins_at: datetime | None,
    ends_at: datetime | None,
    items: Sequence[EvidenceItem],
    segments: Iterable[ListedCapture] = (),
    reported: Sequence[RecordingGap] = (),
) -> Coverage:
    """What the recordings among the items cover between check-in and check-out, and the gaps of over three seconds.

    `segments` and `reported` come from manifests that can be trusted.
    """
    by_item: dict[str, list[ListedCapture]] = {}
    for segment in segments:
        if segment.kind is CaptureKind.SEGMENT:
            by_item.setdefault(segment.item_id, []).append(segment)
    sounds = [item for item in items if item.kind is EvidenceKind.RECORDING and item.duration_ms]
    unplaced = sum(
        item.duration_ms or 0 for item in sounds if item.captured_at is None and item.id not in by_item
    )
    if begins_at is None or ends_at is None:
        return Coverage(None, None, unplaced, ())
    made = sorted(piece for item in sounds for piece in _made(item, by_item.get(item.id, ())))
    covered = timedelta()
    gaps, reached = [], begins_at
    for start, stop in _merged(made, begins_at, ends_at):
        covered += stop - start
        gaps.append((reached, start))
        reached = stop
    gaps.append((reached, ends_at))
    shown = tuple(Gap(*gap, _cause(gap, reported)) for gap in gaps if gap[1] - gap[0] > NO_GAP)
    return Coverage((ends_at - begins_at) // _MS, covered // _MS, unplaced, shown)


def _made(item: EvidenceItem, segments: Iterable[ListedCapture]) -> Iterator[Interval]:
    """When the sound of a run was made: segment by segment, never longer in all than the packets sound."""
    left = item.duration_ms or 0
    ordered = in_file_order(segments)
    for segment in ordered:
        lasted = min(left, segment.duration_ms or 0)
        left -= lasted
        yield segment.at, segment.at + lasted * _MS
    if not ordered and item.captured_at is not None:
        yield item.captured_at, item.captured_at + left * _MS


def _merged(pieces: Iterable[Interval], begins_at: datetime, ends_at: datetime) -> list[Interval]:
    """The union of the pieces within the visit, in order."""
    merged: list[Interval] = []
    for made_from, made_until in pieces:
        start, stop = max(made_from, begins_at), min(made_until, ends_at)
        if start >= stop:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], stop))
        else:
            merged.append((start, stop))
    return merged


def _cause(gap: Interval, reported: Sequence[RecordingGap]) -> GapCause:
    """That of the reported gap which lies over most of this one; without any nobody knows."""
    over = [
        (min(gap[1], told.ends_at) - max(gap[0], told.begins_at), told.begins_at, told.cause)
        for told in reported
    ]
    longest = max(over, default=None, key=lambda one: (one[0], one[1]))
    return GapCause.UNKNOWN if longest is None or longest[0] <= timedelta(0) else longest[2]
