"""Figures of hearing: a recording of three hours is made playable, and Chromium seeks anywhere in it over HTTP.

    python -m tests.bench.bench_playing

A started server with sealing on; the recordings are muxed from the speech bank. Needs chromium (`make deps`).
"""

from __future__ import annotations

import json
import os
import random
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from server.bootstrap import build
from server.clock import FixedClock
from server.settings import read_settings
from storage.media.invented_recordings import CONTAINERS, Container, mux_recording
from storage.media.playable import make_peaks, make_playable
from storage.passwords import Argon2Passwords
from tests.conftest import NOON, prepare
from tests.support import evidence as files
from tests.support.browser import chromium_page, load, seek
from tests.support.cast import AGENT, QA
from tests.support.server import Server, renew_passwords, sign_in

HOURS = 3
SEEKS = 30
SEED = int(os.environ.get("FIELDVISIT_SEED", "20191220"))
TYPES = {"webm": "audio/webm", "m4a": "audio/mp4", "amr": "audio/amr"}
Figures = dict[str, Any]


def copies(folder: Path, container: Container) -> Figures:
    """Processor seconds for a copy and for the peaks of three hours."""
    source, target = folder / f"source.{container}", folder / f"copy.{container}"
    source.write_bytes(mux_recording(SEED, HOURS * 3600, container, datetime(2026, 3, 10, tzinfo=UTC)))
    begins = time.process_time()
    make_playable(source, TYPES[container], target)
    copied = time.process_time()
    make_peaks(source, TYPES[container])
    return {
        f"{container}_mb": round(source.stat().st_size / 1e6, 1),
        f"{container}_copy_mb": round(target.stat().st_size / 1e6, 1),
        f"{container}_copy_s": round(copied - begins, 2),
        f"{container}_peaks_s": round(time.process_time() - copied, 2),
    }


def seeks(page: Page, path: str, dice: random.Random) -> list[float]:
    """Milliseconds of seeks all over the recording, each player fresh every ten, so that little is buffered."""
    took = []
    for number in range(SEEKS):
        if number % 10 == 0:
            load(page, path)
        asked = dice.uniform(0, HOURS * 3600 - 1)
        milliseconds, at = seek(page, asked)
        assert abs(at - asked) < 0.1, (asked, at)
        took.append(milliseconds)
    return took


def playing(folder: Path) -> Figures:
    environment = {"FIELDVISIT_DATA_DIR": str(folder / "data")}
    prepare(environment)
    installation = build(
        read_settings(environment), clock=FixedClock(NOON), passwords=Argon2Passwords(cheap=True)
    )
    renew_passwords(installation)
    visit = _visit(installation)
    installation.engine.dispose()
    server = Server(environment, folder / "server.log")
    server.start()
    figures: Figures = {}
    try:
        agent, qa = sign_in(server.url, AGENT), sign_in(server.url, QA)
        for container in CONTAINERS:
            content = (folder / f"source.{container}").read_bytes()
            told = files.told(content, "recording")
            sent = agent.post(
                f"{server.url}/api/v1/visits/{visit}/evidence",
                params=told,
                data=content,
                headers={"Content-Type": "application/octet-stream"},
                timeout=300,
            )
            assert sent.status_code == 201, sent.text
            path = f"/api/v1/evidence/{told['id']}/playable?purpose=bench"
            while qa.get(server.url + path, headers={"Range": "bytes=0-0"}, timeout=60).status_code == 404:
                time.sleep(0.5)
            with chromium_page(server.url, str(qa.headers["Authorization"])) as page:
                took = seeks(page, path, random.Random(SEED))
            figures |= {
                f"{container}_seek_median_ms": round(statistics.median(took)),
                f"{container}_seek_worst_ms": round(max(took)),
            }
    finally:
        server.stop()
    return figures


def _visit(installation: Any) -> str:
    """A visit of the cast's agent, written past the API."""
    from tests.conftest import Desk

    desk = Desk(None, installation, FixedClock(NOON))  # type: ignore[arg-type]
    return files.make_visited(desk).id


def main() -> None:
    figures: Figures = {"hours": HOURS, "seeks": SEEKS, "seed": SEED}
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for container in CONTAINERS:
            figures |= copies(folder, container)
        figures |= playing(folder)
    for name, value in figures.items():
        sys.stdout.write(f"{name:24} {value}\n")
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    main()
