"""Figures of imports: 20,000 placements, their retention, and 20,000 repayments, brought and then undone in turn; and
how long others wait meanwhile.

A second thread writes all the while, a small transaction every few milliseconds, as the phones do. `turn held` is the
longest turn of the import; `another's longest wait` is from asking for a turn to having it. Processor seconds are those
of the import's own thread, for a machine that is busy with other things.

`python -m tests.bench.bench_imports [DATABASE_URL]`: a scratch SQLite, or an empty PostgreSQL that it may fill.
"""

from __future__ import annotations

import dataclasses
import hashlib
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Self

from server.bootstrap import Installation, build
from server.clock import FixedClock
from server.domain.audit import AuditEntry
from server.domain.imports import COMMAND_LINE, ImportFile, ImportKind
from server.domain.problems import Problem
from server.services.import_undoing import ask_undoing, confirm_undoing
from server.services.importing.runs import run
from server.services.imports import ReceivedFile, confirm_beforehand, open_import
from server.services.ports.unit_of_work import UnitOfWork, UnitsOfWork
from server.settings import read_settings
from storage.passwords import Argon2Passwords
from storage.rows.migrate import migrate
from tests.conftest import NOON
from tests.support import cast
from tests.support.sheets import csv_bytes, placement_row

ROWS = 20_000
EVERY = 0.02  # seconds between the other's writes


class TimedUnits:
    """The house's units of work; remembers the longest turn, in seconds of the clock and of the processor."""

    def __init__(self, units: UnitsOfWork) -> None:
        self._units = units
        self.longest = self.longest_cpu = 0.0

    def read(self, actor_id: str | None = None) -> AbstractContextManager[UnitOfWork]:
        return self._units.read(actor_id)

    @contextmanager
    def write(self, actor_id: str | None = None, *, durable: bool = True) -> Iterator[UnitOfWork]:
        with self._units.write(actor_id, durable=durable) as uow:
            began, began_cpu = time.perf_counter(), time.thread_time()
            try:
                yield uow
            finally:
                self.longest = max(self.longest, time.perf_counter() - began)
                self.longest_cpu = max(self.longest_cpu, time.thread_time() - began_cpu)


class Others:
    """Somebody else who writes: a context in which turn after turn is asked for."""

    def __init__(self, installation: Installation) -> None:
        self._units = installation.house.units
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._write)
        self.waits: list[float] = []
        self.refused = 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stop.set()
        self._thread.join()

    def _write(self) -> None:
        while not self._stop.wait(EVERY):
            asked = time.perf_counter()
            try:
                with self._units.write() as uow:
                    self.waits.append(time.perf_counter() - asked)
                    uow.audit(AuditEntry("bench.written", "bench", "bench", {}))
                    uow.commit()
            except Problem:  # busy: a phone would be told to try again
                self.waits.append(time.perf_counter() - asked)
                self.refused += 1


def bring(installation: Installation, kind: ImportKind, path: Path, what: str) -> ImportFile:
    """Run one import to its end and print its figures."""
    received = ReceivedFile(
        kind, path.name, hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_size, False, None
    )
    with installation.house.units.write() as uow:
        file = open_import(uow, received, uploaded_by=COMMAND_LINE, branch_id=None)
        file = confirm_beforehand(uow, file, confirmed_by=cast.QA.id)
        uow.commit()
    units = TimedUnits(installation.house.units)
    house = dataclasses.replace(installation.house, units=units)
    with Others(installation) as others:
        began, began_cpu = time.perf_counter(), time.thread_time()
        ended = run(house, file, path)
        seconds, cpu = time.perf_counter() - began, time.thread_time() - began_cpu
    print(
        f"{what}: {ended.state}, {ROWS} rows in {seconds:.1f} s (processor {cpu:.1f} s), "
        f"turn held {units.longest:.2f} s (processor {units.longest_cpu:.2f} s), "
        f"another's longest wait {max(others.waits):.2f} s in {len(others.waits)} writes, "
        f"{others.refused} of them refused as busy"
    )
    return ended


def undo(installation: Installation, file: ImportFile, what: str) -> None:
    """Ask for its undoing, confirm it, and print how long each took."""
    with Others(installation) as others:
        told = []
        for step in ("asked", "confirmed"):
            began, began_cpu = time.perf_counter(), time.thread_time()
            with installation.house.units.write(cast.QA.id) as uow:
                held = uow.import_files.need(file.id)
                if step == "asked":
                    ask_undoing(uow, held, "发错了文件", asked_by=cast.DISPATCHER.id)
                else:
                    confirm_undoing(uow, held, confirmed_by=cast.QA.id)
                uow.commit()
            seconds, cpu = time.perf_counter() - began, time.thread_time() - began_cpu
            told.append(f"{step} in {seconds:.2f} s (processor {cpu:.2f} s)")
    print(f"{what} undone: {', '.join(told)}, another's longest wait {max(others.waits):.2f} s", flush=True)


def files(folder: Path) -> Iterator[tuple[str, ImportKind, Path]]:
    placements = [
        placement_row(n, 户籍地址=f"河南省新乡市原阳县福宁集镇建设路{n}号", 债务人电话=f"138{n:08d}")
        for n in range(ROWS)
    ]
    retained = [placement_row(n, 再次委案="留案", 留案至="2026-12-31") for n in range(ROWS)]
    repayments = [
        {
            "案件编号": row["案件编号"],
            "回款流水号": f"HK{n:08d}",
            "回款日期": "2026-03-05",
            "回款金额": "100.00",
        }
        for n, row in enumerate(placements)
    ]
    for what, kind, rows in (
        ("placements", ImportKind.PLACEMENTS, placements),
        ("retentions", ImportKind.PLACEMENTS, retained),
        ("repayments", ImportKind.REPAYMENTS, repayments),
    ):
        path = folder / f"{what}.csv"
        path.write_bytes(csv_bytes(rows))
        yield what, kind, path


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = {"FIELDVISIT_DATA_DIR": str(folder / "data")}
        if len(sys.argv) > 1:
            environment["FIELDVISIT_DATABASE_URL"] = sys.argv[1]
        installation = build(read_settings(environment), clock=FixedClock(NOON), wake=lambda: None)
        migrate(installation.engine)
        with installation.house.units.write() as uow:
            cast.enter(uow, Argon2Passwords(cheap=True), NOON)
            uow.commit()
        brought = [(bring(installation, kind, path, what), what) for what, kind, path in files(folder)]
        for file, what in reversed(brought):
            undo(installation, file, what)
        installation.engine.dispose()


if __name__ == "__main__":
    main()
