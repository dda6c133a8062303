"""How long a simulation takes over twelve months of a branch: python -m tests.bench.bench_simulator [PLACEMENTS]

62,500 placements are 100,000 visits and 500,000 repayments of 40 agents. Over HTTP by the test client, on the clock:
first with the policy that holds scored too, which the job does beforehand in the house, then with other policies.
The last line is one JSON object.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import duckdb

from server.app import create_app
from server.bootstrap import Installation
from server.bulk.demo import write_demo_tables
from server.domain.simulations import FactSnapshot
from server.services.ids import new_id
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


def _invent(folder: Path, placements: int) -> dict[str, int]:
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
        folder = Path(name) / "tables"
        rows = _invent(folder, placements)
        print(json.dumps(rows), flush=True)
        _store(installation, folder)
        desk = Desk(create_app(installation).test_client(), installation, installation.house.clock)  # type: ignore[arg-type]
        seconds, busy = [], []
        for letter_days in range(5, 5 + ROUNDS + 1):
            began, worked = time.perf_counter(), time.process_time()
            asked = {"policy": f"letter_days = {letter_days}\nrelay_days = {letter_days + 3}\n"}
            asked |= {"from": "2026-01-01", "to": "2026-12-31"}
            told = desk.ok(desk.post(cast.MANAGER, "/api/v1/simulations", asked))
            seconds.append(time.perf_counter() - began)
            busy.append(time.process_time() - worked)
            moved = told["moved_lines"]
            print(f"{seconds[-1]:.2f} s, {busy[-1]:.2f} s of processor, {moved:,} lines move", flush=True)
    figures = {"first_s": seconds[0], "median_s": median(seconds[1:]), "median_cpu_s": median(busy[1:])}
    print(json.dumps({name: round(value, 2) for name, value in figures.items()}))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else PLACEMENTS)
