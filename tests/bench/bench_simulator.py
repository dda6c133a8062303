"""How long a simulation takes over twelve months of a branch: python -m tests.bench.bench_simulator [PLACEMENTS]

62,500 placements are 100,000 visits and 500,000 repayments of 40 agents. Over HTTP by the test client, on the clock:
first after a start, in a process that has not loaded DuckDB yet, when another one has made the facts ready as the daily
job does; then with other policies; last with nothing in the cache, as if no job had run. The last line is one JSON
object.
"""

from __future__ import annotations

import json
import multiprocessing
import shutil
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from server.app import create_app
from server.bootstrap import Installation, build
from server.clock import FixedClock
from server.domain.simulations import FactSnapshot
from server.services.ids import new_id
from server.services.simulations import make_ready
from server.settings import read_settings
from tests.bench.import_loop import installed
from tests.conftest import NOON, Desk
from tests.support import cast

PLACEMENTS = 62_500
ROUNDS = 5


def _store(installation: Installation, folder: Path) -> None:
    """Put the tables where the job would: sealed objects, named by a row."""
    house = installation.house
    id_ = new_id(NOON)
    objects = {}
    for name in house.fact_tables.names:
        with (folder / f"{name}.parquet").open("rb") as source:
            objects[name] = house.objects.write(f"snapshots/{id_}/{name}.parquet", source, limit=1 << 34).key
    with house.units.write() as uow:
        uow.fact_snapshots.add(FactSnapshot(id_, uow.now, PLACEMENTS, objects))
        uow.commit()


def _gather(house: Path, folder: Path, placements: int) -> None:
    """What the worker leaves for the web process: the facts stored, and ready in the cache."""
    print(json.dumps(_invent(folder, placements)), flush=True)
    settings = read_settings({"FIELDVISIT_DATA_DIR": str(house)})
    installation = build(settings, clock=FixedClock(NOON), wake=lambda: None)
    _store(installation, folder)
    make_ready(installation.house)
    installation.engine.dispose()


def _invent(folder: Path, placements: int) -> dict[str, int]:
    # here alone, so that the process that is measured loads it with its first answer
    import duckdb

    from server.bulk.demo import write_demo_tables

    rows = dict(write_demo_tables(folder, placements=placements, seed=20191220))
    target = str(folder / "cases.parquet").replace("'", "''")
    source = str(folder / "placements.parquet").replace("'", "''")
    duckdb.sql(
        f"COPY (SELECT id AS placement, 'client-' || hash(id) % 5 AS client, 'project' AS project, "
        f"'{cast.BRANCH.id}' AS branch FROM read_parquet('{source}')) TO '{target}' (FORMAT parquet)"
    )
    return rows


def main(placements: int) -> None:
    with tempfile.TemporaryDirectory() as name, installed(Path(name) / "house") as installation:
        worker = multiprocessing.get_context("spawn").Process(
            target=_gather, args=(Path(name) / "house", Path(name) / "tables", placements)
        )
        worker.start()
        worker.join()
        assert worker.exitcode == 0
        desk = Desk(create_app(installation).test_client(), installation, installation.house.clock)  # type: ignore[arg-type]
        seconds, busy = [], []
        for letter_days in range(5, 5 + ROUNDS + 2):
            if letter_days == 5 + ROUNDS + 1:
                shutil.rmtree(installation.house.cache / "facts")
            began, worked = time.perf_counter(), time.process_time()
            asked = {"policy": f"letter_days = {letter_days}\nrelay_days = {letter_days + 3}\n"}
            asked |= {"from": "2026-01-01", "to": "2026-12-31"}
            told = desk.ok(desk.post(cast.MANAGER, "/api/v1/simulations", asked))
            seconds.append(time.perf_counter() - began)
            busy.append(time.process_time() - worked)
            moved = told["moved_lines"]
            print(f"{seconds[-1]:.2f} s, {busy[-1]:.2f} s of processor, {moved:,} lines move", flush=True)
    figures = {"first_s": seconds[0], "median_s": median(seconds[1:-1]), "nothing_ready_s": seconds[-1]}
    figures |= {"median_cpu_s": median(busy[1:-1])}
    print(json.dumps({name: round(value, 2) for name, value in figures.items()}))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else PLACEMENTS)
