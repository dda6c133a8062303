"""Repayments on file are credited whatever a power cut takes of the log: as before, or whole, and in the end the same.

Claiming and scoring do not wait for the disk. So the log of SQLite is cut where a power cut or kill -9 could leave it:
anywhere after the commit that was acknowledged, between commits and within them.
"""

from __future__ import annotations

import os
import random
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from server.bootstrap import Installation, build
from server.clock import FixedClock
from server.domain.placements import Placement, Repayment
from server.jobs.lease import LEASE
from server.services.credit import facts_changed
from server.settings import read_settings
from tests.bench.import_loop import PAID_ON, fill, installed
from tests.conftest import NOON

SEED = int(os.environ.get("FIELDVISIT_SEED", random.randrange(2**32)))
CASES, SETS, CUTS = 12, 3, 12
LOG = Path("db", "fieldvisit.db-wal")


def bring_in(installation: Installation, placements: list[Placement]) -> None:
    """What an applied file leaves: repayments, and the jobs that credit them, in one commit that waits for the disk."""
    with installation.house.units.write() as uow:
        paid = [
            Repayment(
                uow.new_id(), p.id, p.client_id, p.case_number, PAID_ON, None, 10_001, None, uow.now, None
            )
            for p in placements
        ]
        uow.repayments.add_all(paid)
        for start in range(SETS):
            facts_changed(uow, [p.id for p in placements[start::SETS]], "import")
        uow.commit()


def credited(installation: Installation) -> tuple[int, Counter[Any], int | None]:
    """How many repayments there are, what is credited for them, and where the trail is broken, if it is."""
    with installation.house.units.read() as uow:
        repayments = uow.repayments.having(paid_on=PAID_ON)
        ids = [one.placement_id for one in repayments]
        current = {run.run_id for run in uow.credit_runs.current_of(ids).values()}
        lines = [line for line in uow.credit_lines.having_any("placement_id", ids) if line.run_id in current]
        shares = uow.credit_shares.of_lines(line.id for line in lines)
        told = Counter(
            (line.repayment_id, line.visit_id, line.clause, tuple(s.amount_fen for s in shares[line.id]))
            for line in lines
        )
        return len(repayments), told, uow.trail.first_break()


@contextmanager
def found_after(folder: Path, house: Path, kept: int) -> Iterator[Installation]:
    """The house as it starts with so many bytes of its log, when the leases of those who died have run out."""
    shutil.copytree(house, folder, ignore=shutil.ignore_patterns("*-shm"))
    os.truncate(folder / LOG, kept)
    clock = FixedClock(NOON + 2 * LEASE)
    installation = build(read_settings({"FIELDVISIT_DATA_DIR": str(folder)}), clock=clock, wake=lambda: None)
    yield installation
    installation.engine.dispose()
    shutil.rmtree(folder)


def test_a_log_that_ends_anywhere_after_what_was_acknowledged_gives_the_same_credit(tmp_path: Path) -> None:
    dice = random.Random(SEED)
    print(f"seed {SEED}")
    house = tmp_path / "house"
    with installed(house) as installation:
        placements = fill(installation, CASES * 2, CASES)
        with installation.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        bring_in(installation, placements)
        acknowledged = (house / LOG).stat().st_size
        assert installation.runner.run_due() == SETS
        whole = (house / LOG).stat().st_size
        repaid, told, broken = credited(installation)
        assert (repaid, broken, len(told)) == (CASES, None, CASES)
        by_set = CASES // SETS
        seen = set()
        for kept in [acknowledged, whole, *(dice.randint(acknowledged, whole) for _ in range(CUTS))]:
            with found_after(tmp_path / "again", house, kept) as again:
                repaid, so_far, broken = credited(again)
                assert (repaid, broken) == (CASES, None), f"what was acknowledged is there with {kept} bytes"
                assert so_far <= told
                assert len(so_far) % by_set == 0, "a set is credited whole or as before"
                seen.add(len(so_far))
                again.runner.run_due()
                assert credited(again) == (CASES, told, None)
        assert {0, CASES} <= seen
