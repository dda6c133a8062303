"""Measures a day's repayments brought in and credited at once, against the same a row at a time.

`python -m tests.bench.import_loop [VISITS] [REPAYMENTS]` (a million and 10,000), a part of `make bench-scoring`. Both
write the repayments, their runs, lines, shares and audit lines into a database that waits for its disk, and each has
cases of its own of the same shape.

The loop is a plain one: each repayment is credited as it comes, each record that this takes is asked for by a query of
its own, and each row and each audit line is written by a statement of its own, by the same rules, through SQLAlchemy as
anybody uses it. Nothing is put in its way: it commits once and not a row, which would cost it a wait for the disk each
time; it has no file to read, to check and to judge twice; and what was made faster of reading a row, of the rules, the
snapshot, the digest and the trace is faster for it too. It takes no part in what is done for many at a time. It runs a
tenth of the rows, half of them before the file and half after it, so that a machine that gets busier takes from both.

By the clock on the wall and by the processor time of the process; with each how long its thread waited for a core,
which on a machine that others use is most of the clock.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from sqlalchemy import insert

from server.bootstrap import Installation, build
from server.clock import FixedClock
from server.domain.audit import AuditEntry
from server.domain.imports import COMMAND_LINE, ImportKind
from server.domain.placements import Repayment
from server.services.credit import score
from server.services.importing.runs import run
from server.services.imports import ReceivedFile, confirm_beforehand, open_import
from server.services.repayments import settle_holds
from server.settings import read_settings
from storage.passwords import Argon2Passwords
from storage.rows.mapping import Rows, _shape
from storage.rows.migrate import migrate
from tests.conftest import NOON
from tests.support import cast
from tests.support import visit_values as values
from tests.support.rows import at, keep
from tests.support.sheets import csv_bytes

VISITS, REPAYMENTS = 1_000_000, 10_000
SHARE = 10  # of the rows that the loop runs
VISITS_EACH = 2
AT_ONCE = 5_000
PAID_ON = date(2026, 3, 8)


@contextmanager
def installed(folder: Path) -> Iterator[Installation]:
    """A house on a scratch SQLite with the cast in it."""
    settings = read_settings({"FIELDVISIT_DATA_DIR": str(folder)})
    installation = build(settings, clock=FixedClock(NOON), wake=lambda: None)
    migrate(installation.engine)
    with installation.house.units.write() as uow:
        cast.enter(uow, Argon2Passwords(cheap=True), NOON)
        uow.commit()
    yield installation
    installation.engine.dispose()


class _Desk:
    """As much of a desk as writing rows needs."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation


def fill(installation: Installation, visits: int, repaid: int) -> list[Any]:
    """The cases of so many visits; those that will be repaid, which have all their proofs, are handed back."""
    desk: Any = _Desk(installation)
    wanted: list[Any] = []
    for start in range(0, visits // VISITS_EACH, AT_ONCE):
        everything: dict[type, list[Any]] = {}
        for _ in range(start, min(start + AT_ONCE, visits // VISITS_EACH)):
            entities = _case(with_proof=len(wanted) < repaid)
            if len(wanted) < repaid:
                wanted.append(entities[1])
            for entity in entities:
                everything.setdefault(type(entity), []).append(entity)
        keep(desk, *(entity for kind in everything.values() for entity in kind))
    return wanted


def _case(*, with_proof: bool) -> list[Any]:
    debtor = values.debtor()
    placement = values.placement(debtor)
    home = values.address(placement)
    visits = [values.visit(placement, home, at(day)) for day in ("2026-03-01", "2026-03-05")]
    entities: list[Any] = [debtor, placement, home, *visits]
    if with_proof:
        phone = values.phone(placement)
        proofs = [piece for visit in visits for piece in values.proof(visit, visit.started_at or NOON)]
        note = values.call_note(placement, phone, at("2026-02-20"))
        entities += [phone, *proofs, note, *(values.contact(visit) for visit in visits)]
    return entities


def write_file(placements: list[Any], folder: Path) -> None:
    """The file that somebody uploads."""
    (folder / "repayments.csv").write_bytes(csv_bytes([_row(placement) for placement in placements]))


def at_once(installation: Installation, _placements: list[Any], folder: Path) -> None:
    """As the product does it: one file, judged and written by sets, then the jobs that credit."""
    path = folder / "repayments.csv"
    digest, size = hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_size
    received = ReceivedFile(ImportKind.REPAYMENTS, path.name, digest, size, False, None)
    with installation.house.units.write() as uow:
        file = open_import(uow, received, uploaded_by=COMMAND_LINE, branch_id=None)
        file = confirm_beforehand(uow, file, confirmed_by=cast.QA.id)
        uow.commit()
    ended = run(installation.house, file, path)
    assert ended.state == "applied", ended.state
    installation.runner.run_due()


def _row(placement: Any) -> dict[str, object]:
    reference = f"HK{placement.case_number}"
    return {
        "案件编号": placement.case_number,
        "回款流水号": reference,
        "回款日期": PAID_ON.isoformat(),
        "回款金额": "100.01",
    }


class _RowAtATime:
    """Rows of which every question is asked and every answer written for one at a time."""

    def __init__(self, rows: Any) -> None:
        self._rows = rows

    def __getattr__(self, name: str) -> Any:
        return getattr(self._rows, name)

    def having_any(self, field: str, values: Iterable[Any], only: tuple[str, ...] = ()) -> list[Any]:
        column = self._rows.table.c[f"{field}_key" if f"{field}_key" in self._rows.table.c else field]
        keys = [self._rows.cipher.key(value) if column.key != field else value for value in values]
        return [one for key in dict.fromkeys(keys) for one in self._read(column == key, only)]

    def _read(self, where: Any, only: tuple[str, ...]) -> list[Any]:
        """No more columns than the product reads."""
        if not only:
            return list(self._rows.many(where))
        shape = _shape(self._rows.table, self._rows.entity, only)
        found = self._rows.connection.execute(shape.select.where(where, *shape.standing)).all()
        return self._rows._of_columns(shape, list(zip(*found, strict=True))) if found else []

    def having(self, **equal: Any) -> list[Any]:
        return list(self._rows.many(*(self._rows.table.c[name] == value for name, value in equal.items())))

    def by_ids(self, ids: Iterable[str], only: tuple[str, ...] = ()) -> dict[str, Any]:
        return {one.id: one for one in self.having_any("id", sorted(set(ids)), only)}

    def counts(self, ids: Iterable[str]) -> dict[str, Any]:
        return {id_: self._rows.counts([id_])[id_] for id_ in ids}

    def add(self, entity: Any) -> None:
        self._rows.connection.execute(insert(self._rows.table), self._rows.dump(entity))

    def add_all(self, entities: Sequence[Any]) -> None:
        for entity in entities:
            self.add(entity)


class _LoopUnitOfWork:
    """A unit of work whose rows and audit lines go one at a time."""

    def __init__(self, uow: Any) -> None:
        self._uow = uow

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._uow, name)
        return _RowAtATime(found) if isinstance(found, Rows) else found

    def audit(self, entry: AuditEntry) -> None:
        self._uow.trail.append([entry], at=self._uow.now, actor_id=None)


def row_by_row(installation: Installation, placements: list[Any], _folder: Path) -> None:
    """A query a row: the case by its number, the twin by its reference, what it changes, the facts of the case."""
    with installation.house.units.write() as whole:
        uow: Any = _LoopUnitOfWork(whole)
        for one in placements:
            (placement,) = uow.placements.having(client_id=one.client_id, case_number=one.case_number)
            reference = f"HK{placement.case_number}"
            assert not uow.repayments.having(client_id=placement.client_id, reference=reference)
            paid = Repayment(
                uow.new_id(),
                placement.id,
                placement.client_id,
                reference,
                PAID_ON,
                None,
                10_001,
                None,
                uow.now,
                None,
            )
            uow.repayments.add(paid)
            uow.audit(AuditEntry("repayment.recorded", "placement", placement.id, {"id": paid.id}))
            settle_holds(uow, [placement.id])
            score(uow, [placement.id], "bench")
        whole.commit()


def main(visits: int, repayments: int) -> None:
    """One JSON object: how many times longer the loop takes, by the clock and by processor time."""
    with tempfile.TemporaryDirectory() as name, installed(Path(name)) as installation:
        share, folder = max(2, repayments // SHARE), Path(name)
        began = perf_counter()
        cases = fill(installation, visits, repayments + share)
        print(f"{visits:,} visits written in {perf_counter() - began:.0f} s", flush=True)
        alone, together = cases[:share], cases[share:]
        halves = alone[: share // 2], alone[share // 2 :]
        loop = [_timed("a row at a time", row_by_row, installation, halves[0], folder)]
        write_file(together, folder)
        once = _timed("at once", at_once, installation, together, folder)
        loop.append(_timed("a row at a time", row_by_row, installation, halves[1], folder))
        lines = {len(installation_lines(installation, some)) for some in (alone, together)}
        assert lines == {len(alone), len(together)}, lines
    wall, processor = (
        sum(half[at] for half in loop) / len(alone) / (once[at] / len(together)) for at in (0, 1)
    )
    print(json.dumps({"import_vs_loop": round(wall, 1), "import_vs_loop_processor": round(processor, 1)}))


def installation_lines(installation: Installation, placements: list[Any]) -> list[Any]:
    """The lines of these cases, to see that both ways credited them."""
    with installation.house.units.read() as uow:
        return uow.credit_lines.having_any("placement_id", [one.id for one in placements])


def _timed(
    what: str, work: Callable[[Installation, list[Any], Path], None], *args: Any
) -> tuple[float, float]:
    wall, cpu, waited = perf_counter(), process_time(), _waited_for_a_core()
    work(*args)
    seconds, busy = perf_counter() - wall, process_time() - cpu
    waits = f"waited for a core {_waited_for_a_core() - waited:.2f} s"
    print(f"{what}: {len(args[1]):,} in {seconds:.2f} s (processor {busy:.2f} s, {waits})", flush=True)
    return seconds, busy


def _waited_for_a_core() -> float:
    """Seconds that this thread was ready to run and others ran."""
    _, waited, _ = Path("/proc/thread-self/schedstat").read_text().split()
    return int(waited) / 1e9


if __name__ == "__main__":
    numbers = [int(one) for one in sys.argv[1:3]]
    main(*(numbers + [VISITS, REPAYMENTS][len(numbers) :]))
