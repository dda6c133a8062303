"""What sealing costs on a local folder: MB/s of writing and reading, sealed and bare, in interleaved rounds.

    python -m tests.bench.bench_sealing [ROUNDS]

The last line is one JSON object of ratios sealed to bare (1 is free), medians over the rounds.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from server.services.ports.objects import ObjectStore
from storage.objects.key_store import KeyStore
from storage.objects.local import LocalObjectStore
from storage.objects.master_keys import MasterKeys
from storage.objects.sealed import SealedObjectStore

SIZES = {"64KiB": 64 << 10, "8MiB": 8 << 20, "200MiB": 200 << 20}
A_ROUND = 64 << 20
PIECE = 1 << 20


def seconds(act: Callable[[], None]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def write_all(store: ObjectStore, source: Path, names: list[str]) -> None:
    for name in names:
        with source.open("rb") as file:
            store.write(name, file, limit=1 << 40)


def read_all(store: ObjectStore, names: list[str]) -> None:
    for name in names:
        with store.open(name) as stream:
            while stream.read(PIECE):
                pass


def stores(folder: Path) -> dict[str, ObjectStore]:
    masters = MasterKeys(folder / "master", folder / "master.lock")
    masters.make()
    keys = KeyStore(LocalObjectStore(folder / "keys", shard_digits=1), masters)
    return {
        "bare": LocalObjectStore(folder / "bare"),
        "sealed": SealedObjectStore(LocalObjectStore(folder / "sealed"), keys),
    }


def measure(
    both: dict[str, ObjectStore], source: Path, label: str, rounds: int
) -> dict[tuple[str, str], float]:
    """Median seconds by store and act; the first round warms up and does not count."""
    count = max(1, A_ROUND // SIZES[label])
    spent: dict[tuple[str, str], list[float]] = {}
    for number in range(rounds + 1):
        names = [f"{label.lower()}/{number}/{each}" for each in range(count)]
        for kind, store in both.items():
            written = seconds(partial(write_all, store, source, names))
            read = seconds(partial(read_all, store, names))
            if number:
                spent.setdefault((kind, "write"), []).append(written)
                spent.setdefault((kind, "read"), []).append(read)
            for name in names:
                store.delete(name)
    medians = {what: statistics.median(each) for what, each in spent.items()}
    for (kind, act), median in medians.items():
        print(f"{label:>7} {act:<5} {kind:<6} {count * SIZES[label] / median / 1e6:7.0f} MB/s")
    return medians


def main(rounds: int) -> None:
    ratios: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        both = stores(Path(folder))
        source = Path(folder) / "source"
        for label, size in SIZES.items():
            source.write_bytes(os.urandom(size))
            medians = measure(both, source, label, rounds)
            for act in ("write", "read"):
                ratios[f"{act}_{label}"] = round(medians["bare", act] / medians["sealed", act], 2)
    print(json.dumps(ratios))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
