"""Figures of media: the work on a photo against one that opens it three times, a million hashes, durations, prints.

    python -m tests.bench.bench_media

Ratios of medians over interleaved rounds of one run. Durations are held against ffprobe as a process where the machine
has one; without it their ratio is null. The last line is one JSON object.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from storage.media.exif import read_exif
from storage.media.invented_photos import draw_photo
from storage.media.invented_recordings import mux_recording
from storage.media.likeness import PhotoIndex, near_hashes
from storage.media.photo_hashes import WINDOWS
from storage.media.photo_work import work_photo
from storage.media.places import opened_places
from storage.media.recordings import read_recording, sounded
from storage.media.sniff import HEAD, sniff
from storage.media.sound_matching import SoundQuery
from storage.media.sound_prints import work_recording

TAKEN = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
ROUNDS = 5
Figures = dict[str, float | None]


def seconds(act: Callable[[], object]) -> float:
    begins = time.perf_counter()
    act()
    return time.perf_counter() - begins


def naive(content: bytes) -> None:
    """What most would write: the digest, then the file opened for each size and for the hash, decoded whole."""
    hashlib.sha256(content).hexdigest()
    for longest in (1280, 320):
        with Image.open(io.BytesIO(content)) as image:
            read_exif(image)
            upright = ImageOps.exif_transpose(image).convert("RGB")
            scale = longest / max(upright.size)
            size = (round(upright.width * scale), round(upright.height * scale))
            upright.resize(size, Image.Resampling.LANCZOS).save(io.BytesIO(), "JPEG", quality=80)
    with Image.open(io.BytesIO(content)) as image:
        grey = ImageOps.exif_transpose(image).convert("L").resize((32, 32), Image.Resampling.LANCZOS)
        np.fft.rfft2(np.asarray(grey))


def photos() -> Figures:
    contents = [draw_photo(seed, "photo_door", TAKEN, 35, 113, size=(4000, 3000)) for seed in range(3)]
    ours, theirs = [], []
    for _ in range(ROUNDS):
        for content in contents:
            ours.append(seconds(lambda content=content: work_photo(io.BytesIO(content))))  # type: ignore[misc]
            theirs.append(seconds(lambda content=content: naive(content)))  # type: ignore[misc]
    one, other = statistics.median(ours), statistics.median(theirs)
    return {
        "photo_jobs_a_second": round(1 / one, 1),
        "naive_photo_jobs_a_second": round(1 / other, 2),
        "photo_ratio": round(other / one, 1),
    }


def hashes() -> Figures:
    dice = np.random.default_rng(1)
    known = dice.integers(0, 2**63, 1_000_000, dtype=np.uint64)
    took = [seconds(lambda: near_hashes(known, known[77], 8)) for _ in range(30)]
    index = PhotoIndex()
    index._ids = [str(at) for at in range(100_000)]  # as if so many had been added one by one
    index._windows = dice.integers(0, 2**63, (len(WINDOWS), 100_000), dtype=np.uint64)
    index._turned = dice.integers(0, 2**63, (8, 100_000), dtype=np.uint64)
    asked = index._windows[:, 5].astype("<u8").tobytes()
    whole = [seconds(lambda: index.near(asked)) for _ in range(3)]
    return {
        "million_hashes_ms": round(statistics.median(took) * 1000, 2),
        "photo_in_100000_with_crops_and_turns_ms": round(statistics.median(whole) * 1000, 1),
    }


def durations(folder: Path) -> Figures:
    files = []
    for number, container in enumerate(("webm", "m4a", "amr")):
        path = folder / f"duration.{container}"
        path.write_bytes(mux_recording(number, 120, container, TAKEN))  # type: ignore[arg-type]
        files.append(path)
    ffprobe = shutil.which("ffprobe")
    told = ["-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0"]
    ours, checked, theirs = [], [], []
    for _ in range(ROUNDS):
        for path in files:
            ours.append(seconds(lambda path=path: read_duration(path)))  # type: ignore[misc]
            checked.append(seconds(lambda path=path: read_recording(path)))  # type: ignore[misc]
            if ffprobe is not None:
                call = [ffprobe, *told, str(path)]
                theirs.append(
                    seconds(lambda call=call: subprocess.run(call, check=True, capture_output=True))
                )  # type: ignore[misc]
    one, whole = statistics.median(ours), statistics.median(checked)
    other = statistics.median(theirs) if theirs else None
    return {
        "durations_a_second": round(1 / one),
        "duration_ratio": other and round(other / one, 1),
        "checked_and_decoded_ratio": other and round(other / whole, 1),
    }


def read_duration(path: Path) -> float:
    """As a worker reads it: the type by the first bytes, then every packet by a walk over the container."""
    with opened_places(path) as places:
        sound = sounded(sniff(places.upto(0, HEAD)) or "", places)
    assert sound is not None
    return sound.samples / sound.rate


def prints(folder: Path) -> Figures:
    """Printing ten minutes, and looking for one minute in an hour of others."""
    path = folder / "sound"
    path.write_bytes(mux_recording(1, 600, "webm", TAKEN))
    began = time.perf_counter()
    work = work_recording(path, "audio/webm")
    printed = time.perf_counter() - began
    path.write_bytes(mux_recording(2, 60, "webm", TAKEN))
    query = SoundQuery(work_recording(path, "audio/webm").prints)
    took = [seconds(lambda: query.within(work.prints[0])) for _ in range(10)]
    return {
        "print_times_real_time": round(600 / printed),
        "minute_in_an_hour_of_others_ms": round(statistics.median(took) * 6 * 1000, 1),
    }


def main() -> int:
    figures: Figures = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        parts = (photos, hashes, lambda: durations(folder), lambda: prints(folder))
        for part in parts:
            figures |= part()
    for key, value in figures.items():
        print(f"{key:44} {value}")
    print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
