"""V2: how much of a visit was recorded, second by second."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta
from typing import Any

import pytest

from server.domain.capture_manifests import CaptureKind, GapCause, ListedCapture, RecordingGap
from server.domain.evidence import EvidenceItem, EvidenceKind
from server.domain.recordings import Coverage, Gap, coverage
from server.domain.visits import Visit
from tests.support import visit_values as values
from tests.support.evidence import STARTED, fresh_id

ENDED = STARTED + timedelta(seconds=100)


def visited() -> Visit:
    case = values.placement(values.debtor())
    return values.visit(case, to=values.address(case))


def at(second: float) -> datetime:
    return STARTED + timedelta(seconds=second)


def run(start: float | None, seconds: float) -> EvidenceItem:
    return values.evidence(
        visited(),
        EvidenceKind.RECORDING,
        captured_at=None if start is None else at(start),
        duration_ms=round(seconds * 1000),
    )


@pytest.mark.parametrize(
    ("runs", "recorded", "gaps"),
    [
        ([], 0, [(0, 100)]),
        ([(0, 100)], 100, []),
        ([(-20, 200)], 100, []),
        ([(-20, 10), (110, 10)], 0, [(0, 100)]),
        ([(0, 47.001), (50, 50)], 97.001, []),
        ([(0, 47), (50, 50)], 97, []),
        ([(0, 46.999), (50, 50)], 96.999, [(46.999, 50)]),
        ([(60, 40), (0, 40)], 80, [(40, 60)]),
        ([(0, 60), (10, 20), (50, 50)], 100, []),
        ([(3, 94)], 94, []),
        ([(3.001, 93.998)], 93.998, [(0, 3.001), (96.999, 100)]),
    ],
)
def test_runs_cover_the_visit_as_one(
    runs: list[tuple[float, float]], recorded: float, gaps: list[tuple[float, float]]
) -> None:
    seen = coverage(STARTED, ENDED, [run(start, seconds) for start, seconds in runs])
    assert seen == Coverage(100_000, round(recorded * 1000), 0, tuple(Gap(at(a), at(b)) for a, b in gaps))


def test_sound_without_a_time_and_other_files_cover_nothing() -> None:
    photo = values.evidence(visited(), EvidenceKind.PHOTO_DOOR)
    seen = coverage(STARTED, ENDED, [run(None, 30), run(0, 0), photo])
    assert seen == Coverage(100_000, 0, 30_000, (Gap(STARTED, ENDED),))


def test_a_visit_without_begin_or_end_has_no_coverage_yet() -> None:
    assert coverage(STARTED, None, [run(0, 10)]) == Coverage(None, None, 0, ())
    assert coverage(None, None, []) == Coverage(None, None, 0, ())


# by what the phone signed


def segment(of: EvidenceItem, offset: int, start: float, seconds: float, **changes: Any) -> ListedCapture:
    base = ListedCapture(
        id=fresh_id(),
        manifest_id=fresh_id(),
        visit_id=of.visit_id,
        position=0,
        seq=1,
        kind=CaptureKind.SEGMENT,
        item_id=of.id,
        sha256="",
        previous="",
        monotonic_ms=0,
        at=at(start),
        latitude=None,
        longitude=None,
        accuracy_m=None,
        run=1,
        offset=offset,
        size=10,
        duration_ms=round(seconds * 1000),
        stored_sha256=None,
    )
    return dataclasses.replace(base, **changes)


def silent(start: float, stop: float, cause: GapCause) -> RecordingGap:
    return RecordingGap(fresh_id(), fresh_id(), fresh_id(), at(start), at(stop), cause)


def gaps_of(seen: Coverage) -> list[tuple[float, float, str]]:
    return [
        ((g.begins_at - STARTED).total_seconds(), (g.ends_at - STARTED).total_seconds(), g.cause)
        for g in seen.gaps
    ]


def test_segments_say_when_a_run_was_made_and_where_it_paused() -> None:
    sound = run(50, 60)
    pieces = [segment(sound, 0, 0, 30), segment(sound, 10, 40, 30)]
    seen = coverage(STARTED, ENDED, [sound], pieces)
    assert gaps_of(seen) == [(30, 40, "unknown"), (70, 100, "unknown")]
    assert seen.recorded_ms == 60_000


def test_segments_give_a_time_to_a_run_that_had_none() -> None:
    sound = run(None, 60)
    assert coverage(STARTED, ENDED, [sound]).unplaced_ms == 60_000
    seen = coverage(STARTED, ENDED, [sound], [segment(sound, 0, 0, 60)])
    assert (seen.unplaced_ms, seen.recorded_ms) == (0, 60_000)


@pytest.mark.parametrize(
    ("said", "recorded"), [(59.999, 59_999), (60, 60_000), (60.001, 60_000), (100, 60_000)]
)
def test_no_manifest_makes_more_sound_than_the_packets_have(said: float, recorded: int) -> None:
    sound = run(0, 60)
    assert coverage(STARTED, ENDED, [sound], [segment(sound, 0, 0, said)]).recorded_ms == recorded
    halves = [segment(sound, 10, 50, said), segment(sound, 0, 0, said / 2)]
    assert (coverage(STARTED, ENDED, [sound], halves).recorded_ms or 0) <= 60_000


def test_lead_and_partner_are_one_recording() -> None:
    leads, partners = run(None, 50), run(None, 60)
    pieces = [segment(leads, 0, 0, 50), segment(partners, 0, 40, 60)]
    assert coverage(STARTED, ENDED, [leads, partners], pieces) == Coverage(100_000, 100_000, 0, ())


@pytest.mark.parametrize("cause", list(GapCause))
def test_a_gap_has_the_cause_that_the_phone_reported(cause: GapCause) -> None:
    seen = coverage(STARTED, ENDED, [run(0, 40), run(60, 40)], [], [silent(41, 59, cause)])
    assert gaps_of(seen) == [(40, 60, cause)]


@pytest.mark.parametrize(
    ("reported", "cause"),
    [
        ([], "unknown"),
        ([(0, 40, "call")], "unknown"),
        ([(0, 40.001, "call")], "call"),
        ([(60, 99, "call")], "unknown"),
        ([(40, 45, "lock"), (45, 60, "call")], "call"),
        ([(45, 60, "call"), (40, 46, "lock")], "call"),
        ([(40, 50, "lock"), (50, 60, "crash")], "crash"),
    ],
)
def test_of_several_causes_that_counts_which_lies_over_most_of_the_gap(
    reported: list[tuple[float, float, str]], cause: str
) -> None:
    told = [silent(start, stop, GapCause(why)) for start, stop, why in reported]
    assert gaps_of(coverage(STARTED, ENDED, [run(0, 40), run(60, 40)], [], told)) == [(40, 60, cause)]


@pytest.mark.parametrize(
    ("visit_ms", "recorded_ms", "per_mille"),
    [(1000, 999, 999), (1000, 1000, 1000), (1001, 1000, 999), (3, 0, 0), (0, 0, None), (None, None, None)],
)
def test_the_number_on_the_visit_is_rounded_down(
    visit_ms: int | None, recorded_ms: int | None, per_mille: int | None
) -> None:
    assert Coverage(visit_ms, recorded_ms, 0, ()).per_mille == per_mille
