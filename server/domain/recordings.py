"""How much of a visit was recorded: the runs of the recorder laid over the time from check-in to check-out (V2).

It refuses to count a second twice: the partner's recording is a backup of the lead's, so coverage is their union.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.domain.evidence import EvidenceItem, EvidenceKind

# Stopping and starting a recorder, and rounding its clock, take about this long.
NO_GAP = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Gap:
    """Time of a visit that no recording holds."""

    begins_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Coverage:
    """`recorded_ms` of `visit_ms`; both are None while the visit has no begin or no end.

    `unplaced_ms` is the sound of recordings that nobody gave a time, which covers nothing that could be shown.
    """

    visit_ms: int | None
    recorded_ms: int | None
    unplaced_ms: int
    gaps: tuple[Gap, ...]


def coverage(begins_at: datetime | None, ends_at: datetime | None, items: Sequence[EvidenceItem]) -> Coverage:
    """What the recordings among the items cover between check-in and check-out, and the gaps of over two seconds."""
    sounds = [item for item in items if item.kind is EvidenceKind.RECORDING and item.duration_ms]
    unplaced = sum(item.duration_ms or 0 for item in sounds if item.captured_at is None)
    if begins_at is None or ends_at is None:
        return Coverage(None, None, unplaced, ())
    covered = timedelta()
    gaps, reached = [], begins_at
    for start, stop in _merged(_runs(sounds), begins_at, ends_at):
        covered += stop - start
        gaps.append(Gap(reached, start))
        reached = stop
    gaps.append(Gap(reached, ends_at))
    shown = tuple(gap for gap in gaps if gap.ends_at - gap.begins_at > NO_GAP)
    return Coverage(_ms(ends_at - begins_at), _ms(covered), unplaced, shown)


def _runs(sounds: Iterable[EvidenceItem]) -> list[tuple[datetime, datetime]]:
    return sorted(
        (item.captured_at, item.captured_at + timedelta(milliseconds=item.duration_ms or 0))
        for item in sounds
        if item.captured_at is not None
    )


def _merged(
    runs: Iterable[tuple[datetime, datetime]], begins_at: datetime, ends_at: datetime
) -> list[tuple[datetime, datetime]]:
    """The union of the runs within the visit, in order."""
    merged: list[tuple[datetime, datetime]] = []
    for run_start, run_stop in runs:
        start, stop = max(run_start, begins_at), min(run_stop, ends_at)
        if start >= stop:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], stop))
        else:
            merged.append((start, stop))
    return merged


def _ms(span: timedelta) -> int:
    return span // timedelta(milliseconds=1)
