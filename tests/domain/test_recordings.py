"""V2: how much of a visit was recorded, second by second."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from server.domain.evidence import EvidenceItem, EvidenceKind
from server.domain.recordings import Coverage, Gap, coverage
from server.domain.visits import Visit
from tests.support import visit_values as values
from tests.support.evidence import STARTED

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
        ([(0, 48), (50, 50)], 98, []),
        ([(0, 47.9), (50, 50)], 97.9, [(47.9, 50)]),
        ([(60, 40), (0, 40)], 80, [(40, 60)]),
        ([(0, 60), (10, 20), (50, 50)], 100, []),
        ([(2, 96)], 96, []),
        ([(2.1, 95.8)], 95.8, [(0, 2.1), (97.9, 100)]),
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
