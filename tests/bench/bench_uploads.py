"""Figures of resumable uploads: python -m tests.bench.bench_uploads [ROUNDS]

8 MiB files at 1, 16 and 64 at a time, with authorization, offsets in the database, SHA-256, sealing and fsync, beside
@tus/server, tuspyserver and nginx, which do less: ratios of medians of interleaved rounds. Then the memory of a process
when files grow eight times, and what five hundred slow phones do to everybody else. The last line is one JSON object.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import requests

from tests.bench.upload_load import Content, SlowPhones, latencies, throughput
from tests.bench.upload_servers import Ours, Peer

_MEBIBYTE = 1 << 20
FILES = {1: 16, 16: 64, 64: 128}
PEERS = ("tus_server", "tuspyserver", "nginx")
SLOW = ((500, 64 << 10), (64, 256 << 10))


def speeds(folder: Path, rounds: int) -> dict[tuple[str, int], float]:
    """The median MB/s by server and by how many at a time."""
    ours = Ours(folder / "ours")
    peers = [Peer(name, folder / name) for name in PEERS]
    content = Content(8 * _MEBIBYTE, "attachment")
    seen: dict[tuple[str, int], list[float]] = defaultdict(list)
    try:
        for target in (ours.target(), *(peer.target for peer in peers)):
            throughput(target, content, 4, 8)
        for number in range(rounds):
            for at_a_time, files in FILES.items():
                seen["fieldvisit", at_a_time].append(throughput(ours.target(), content, at_a_time, files))
                for peer in peers:
                    seen[peer.target.name, at_a_time].append(
                        throughput(peer.target, content, at_a_time, files)
                    )
                    peer.clear()
            print(f"round {number + 1}:", {f"{name} {n}": round(row[-1]) for (name, n), row in seen.items()})
        print(f"peak of a process of ours so far: {ours.peak_mib():.0f} MiB")
    finally:
        ours.server.stop()
        for peer in peers:
            peer.stop()
    return {key: statistics.median(row) for key, row in seen.items()}


def memory(folder: Path, mebibytes: int) -> float:
    """The peak of a fresh server's processes after 32 recordings of that size, 16 at a time, and a job of each kind."""
    ours = Ours(folder)
    try:
        throughput(ours.target("recording"), Content(mebibytes * _MEBIBYTE, "recording"), 16, 32)
        peaks = [round(peak) for peak in ours.peaks_mib()]
        ours.wait_for_jobs()
        after = [round(peak) for peak in ours.peaks_mib()]
        print(
            f"peaks of the processes, recordings of {mebibytes} MiB: {peaks}, with the worker's jobs {after}"
        )
        return ours.peak_mib()
    finally:
        ours.server.stop()


def slow_phones(folder: Path, phones: int, rate: int) -> tuple[float, int]:
    """The ratio of p95 to that of the same server when it is idle, and how many requests timed out.

    Each p95 is the median of those of three rounds: what the machine did beside it for a moment is not the phones'.
    """
    ours = Ours(folder)
    url = f"{ours.server.url}/api/v1/visits"
    try:
        latencies(ours.session, url, 2)
        idle, _ = _rounds(ours.session, url, 2)
        crowd = SlowPhones(ours.target(), phones, rate)
        latencies(ours.session, url, 3)
        before = crowd.sent
        busy, timeouts = _rounds(ours.session, url, 4)
        each = (crowd.sent - before) / 12 / phones / 1024
        crowd.stop()
        print(
            f"{phones} phones at {each:.0f} KiB/s each: p95 {busy:.1f} ms, idle {idle:.1f} ms,"
            f" {timeouts} timeouts, peak {ours.peak_mib():.0f} MiB"
        )
        return busy / idle, timeouts
    finally:
        ours.server.stop()


def _rounds(session: requests.Session, url: str, seconds: float) -> tuple[float, int]:
    rounds = [latencies(session, url, seconds) for _ in range(3)]
    return statistics.median(p95 for p95, _ in rounds), sum(lost for _, lost in rounds)


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    with tempfile.TemporaryDirectory(prefix="fieldvisit-bench-") as name:
        folder = Path(name)
        speed = speeds(folder, rounds)
        small, large = memory(folder / "small", 8), memory(folder / "large", 64)
        slow = [slow_phones(folder / f"slow-{phones}", phones, rate) for phones, rate in SLOW]
    for (server, at_a_time), figure in sorted(speed.items()):
        print(f"{server} at {at_a_time}: {figure:.0f} MB/s")

    def vs(peer: str, at_a_time: int) -> float:
        return round(speed["fieldvisit", at_a_time] / speed[peer, at_a_time], 2)

    figures = {f"vs_tus_server_{n}": vs("tus_server", n) for n in (1, 16, 64)}
    figures |= {f"vs_{peer}_{n}": vs(peer, n) for peer in ("nginx", "tuspyserver") for n in (16, 64)}
    figures |= {"rss_mib": round(large), "rss_growth_8x": round(large / small, 3)}
    figures |= {
        "slow_phones_p95_ratio": round(max(ratio for ratio, _ in slow), 2),
        "slow_phones_timeouts": sum(lost for _, lost in slow),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
