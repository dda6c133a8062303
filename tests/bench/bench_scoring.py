"""Measures scoring over columns against scoring line by line, and against a bare as-of join of the same tables.

`make bench-scoring`, or `.venv/bin/python -m tests.bench.bench_scoring [PLACEMENTS]` (625,000: a million visits and
five million repayments). The pure function runs on one core and the columns on all, so what somebody waits is the clock
on the wall; `…_processor` beside it sums the processor time of every thread, which other work on the machine changes
less. Each run is a process of its own; what is short is the median of three rounds that take turns, the whole is run
once. The import beside a loop is `import_loop.py`.
"""

import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any

import duckdb

from server.bulk.demo import write_demo_tables
from server.bulk.engine import memory_for, quoted, score_tables
from server.bulk.unpack import read_tables
from server.domain.policy.attribute import score_placement
from server.domain.policy.credit_lines import line_to_text
from server.domain.policy.editions import HANDBOOK_BOOK
from server.domain.policy.wire import placement_to_json, read_line

PLACEMENTS = 625_000
ROUNDS = 3
SAMPLE = 20_000
SEED = 20191220


def columns(folder: Path) -> dict[str, float]:
    """The whole rules, Parquet to Parquet, as `fieldvisit score --tables` does."""
    return _timed(lambda: score_tables(folder, folder / "answer", HANDBOOK_BOOK))


def asof(folder: Path) -> dict[str, float]:
    """Each repayment with the last visit of its placement on or before its day: no rule, the same read and write."""
    join = """
        SELECT repayment.placement, repayment.id, repayment.amount, visit.id AS visit
        FROM read_parquet($folder/repayments.parquet) repayment
        ASOF LEFT JOIN read_parquet($folder/visits.parquet) visit
          ON visit.placement = repayment.placement AND repayment.paid_on >= CAST(visit.started_at AS DATE)
    """
    for name in ("repayments", "visits"):
        join = join.replace(f"$folder/{name}.parquet", quoted(str(folder / f"{name}.parquet")))
    target = quoted(str(folder / "asof.parquet"))
    with duckdb.connect(
        config={"memory_limit": memory_for(folder), "preserve_insertion_order": False}
    ) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        return _timed(lambda: connection.execute(f"COPY ({join}) TO {target} (FORMAT parquet)"))


def demo(folder: Path, placements: int) -> dict[str, float]:
    """Write the invented tables: in a process of its own too, for a child's peak begins with its parent's."""
    rows: dict[str, float] = {}
    timed = _timed(lambda: rows.update(write_demo_tables(folder, placements=placements, seed=SEED)))
    return rows | timed


def pure(folder: Path) -> dict[str, float]:
    """A sample line by line, as `fieldvisit score` does: read, the pure function, written; and the function alone."""
    placements = islice(read_tables(folder), SAMPLE)
    lines = [json.dumps(placement_to_json(one), ensure_ascii=False).encode() for one in placements]
    started, wall = process_time(), perf_counter()
    facts = [read_line(line) for line in lines]
    read = process_time()
    scored = [score_placement(one, HANDBOOK_BOOK) for one in facts]
    judged = process_time()
    written = sum(len([line_to_text(line) for line in of_one]) for of_one in scored)
    cpu, wall = process_time() - started, perf_counter() - wall
    return {"cpu": cpu, "wall": wall, "function": judged - read, "repayments": written}


def _timed(work: Callable[[], Any]) -> dict[str, float]:
    wall, cpu = perf_counter(), process_time()
    work()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"cpu": process_time() - cpu, "wall": perf_counter() - wall, "peak_mib": peak}


MEASURES: dict[str, Callable[..., dict[str, float]]] = {
    "columns": columns,
    "asof": asof,
    "pure": pure,
    "demo": demo,
}


def apart(measure: str, folder: Path, *more: int) -> dict[str, float]:
    """One measure in a process of its own, so that its memory is its own too."""
    command = [
        sys.executable,
        "-m",
        "tests.bench.bench_scoring",
        "--measure",
        measure,
        str(folder),
        *map(str, more),
    ]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    print(
        measure, folder.name, json.dumps({key: round(value, 3) for key, value in found.items()}), flush=True
    )
    return found


def main(placements: int) -> None:
    """A tenth and the whole; the last line is one JSON object."""
    with tempfile.TemporaryDirectory() as scratch:
        tenth, whole = Path(scratch) / "tenth", Path(scratch) / "whole"
        for folder, count in ((tenth, placements // 10), (whole, placements)):
            repayments = int(apart("demo", folder, count)["repayments"])
        rounds = [{name: apart(name, tenth) for name in ("columns", "asof", "pure")} for _ in range(ROUNDS)]
        asof_whole = [apart("asof", whole) for _ in range(ROUNDS)]
        big = apart("columns", whole)
    imported = import_vs_loop()
    print(f"pure: a sample of {SAMPLE:,} placements of the tenth, scaled by its lines to {repayments:,}")

    def ratios(clock: str) -> dict[str, float]:
        small = median(one["columns"][clock] for one in rounds)
        per_line = median(one["pure"][clock] / one["pure"]["repayments"] for one in rounds)
        return {
            "bulk_vs_pure": round(per_line * repayments / big[clock], 1),
            "bulk_vs_asof": round(big[clock] / median(one[clock] for one in asof_whole), 1),
            "growth_10x": round(big[clock] / small, 1),
        }

    processor = {f"{name}_processor": value for name, value in ratios("cpu").items()}
    peak = {"peak_mib_5m": round(big["peak_mib"])}
    print(json.dumps(ratios("wall") | processor | peak | imported))


def import_vs_loop() -> dict[str, float]:
    """The last line of `import_loop`, whose house is a process of its own."""
    command = [sys.executable, "-m", "tests.bench.import_loop"]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    print(done.stdout, end="", flush=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        print(json.dumps(MEASURES[sys.argv[2]](Path(sys.argv[3]), *map(int, sys.argv[4:]))))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else PLACEMENTS)
