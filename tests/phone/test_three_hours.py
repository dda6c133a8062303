"""Three hours of recording (V2): the page's memory stays flat and no segment is lost.

FIELDVISIT_SCALE=full feeds all of it, else nine minutes. FIELDVISIT_FIGURES names a file that the figures go into.
"""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path

import pytest

from storage.media.invented_recordings import mux_recording
from tests.conftest import NOON
from tests.phone.conftest import Field
from tests.phone.test_outbox import conclude_here
from tests.phone.test_visit import begin, check_out, evidence_of, wait_until_sent
from tests.support.cast import AGENT, QA
from tests.support.three_hours import SEGMENT_MS, Feeding, Held

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("environment", ["sqlite"], indirect=True)]

FULL = os.environ.get("FIELDVISIT_SCALE") == "full"
SECONDS = 3 * 3600 // (1 if FULL else 20)
CHUNKS = SECONDS * 1000 // SEGMENT_MS
# Nine minutes of sound are less than an engine that warms up takes for itself: they come four times as thick.
THICK = 1 if FULL else 4
STEPS = 12
SEED = 20191220


def test_a_page_that_records_for_three_hours_stays_small_and_loses_nothing(field: Field) -> None:
    sound = mux_recording(SEED, SECONDS * THICK, "webm", NOON)
    chunks = [sound[len(sound) * n // CHUNKS : len(sound) * (n + 1) // CHUNKS] for n in range(CHUNKS)]
    phone = field.take()
    phone.enter(AGENT)
    feeding = Feeding(phone, lambda: field.desk.clock.advance(timedelta(milliseconds=SEGMENT_MS)))
    begin(phone)
    step = CHUNKS // STEPS
    held = [feeding.feed(chunks[at : at + step]) for at in range(0, CHUNKS, step)]
    phone.unlock()
    phone.tap("step-result")
    conclude_here(phone)
    check_out(phone)
    wait_until_sent(phone)
    [recording] = [item for item in evidence_of(field) if item["kind"] == "recording"]
    with field.desk.get(QA, f"/api/v1/evidence/{recording['id']}/content?purpose=test") as stored:
        assert stored.data == sound
    chain = field.desk.ok(field.desk.get(QA, f"{field.site.path}/chain"))
    assert chain["findings"] == []
    write_down(held, feeding.peak(), len(sound))
    assert growth(held) < len(sound) / 3, held


def growth(held: list[Held]) -> int:
    """From the first third to the last, each by its least: a piece on its way or a renewed login is no growth."""
    third = STEPS // 3
    return min(one.page for one in held[-third:]) - min(one.page for one in held[:third])


def write_down(held: list[Held], peak: int, sound: int) -> None:
    figures = {
        "hours": SECONDS / 3600,
        "segments": CHUNKS,
        "sound_mib": round(sound / 2**20, 2),
        "page_mib": [round(one.page / 2**20, 2) for one in held],
        "process_mib": [round(one.process / 2**20, 1) for one in held],
        "process_peak_mib": round(peak / 2**20, 1),
        "page_growth_kib": round(growth(held) / 1024),
    }
    print(json.dumps(figures))
    if name := os.environ.get("FIELDVISIT_FIGURES"):
        Path(name).write_text(json.dumps(figures))
