"""Figures of scoring in the house: python -m tests.bench.bench_credit [REPAYMENTS]

Cases with two visits and five repayments each, from the rows into a run each, on SQLite and on PostgreSQL, both waiting
for the disk.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from server.bootstrap import Installation, build
from server.clock import FixedClock
from server.services.credit import score
from server.settings import read_settings
from storage.passwords import Argon2Passwords
from storage.rows.migrate import migrate
from tests.conftest import NOON
from tests.support import cast
from tests.support import visit_values as values
from tests.support.postgres import postgres_server
from tests.support.rows import at, keep
from tests.support.statements import statements_of

REPAYMENTS_EACH = 5


class _Desk:
    """As much of a desk as writing rows and counting statements need."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation


@contextmanager
def _installed(url: str | None) -> Iterator[Installation]:
    with tempfile.TemporaryDirectory() as folder:
        settings = {"FIELDVISIT_DATA_DIR": folder} | ({"FIELDVISIT_DATABASE_URL": url} if url else {})
        installation = build(read_settings(settings), clock=FixedClock(NOON), wake=lambda: None)
        migrate(installation.engine)
        with installation.house.units.write() as uow:
            cast.enter(uow, Argon2Passwords(cheap=True), NOON)
            uow.commit()
        yield installation
        installation.engine.dispose()


def _fill(desk: Any, cases: int) -> list[str]:
    ids = []
    everything: dict[type, list[Any]] = {}
    for _ in range(cases):
        debtor = values.debtor()
        placement = values.placement(debtor)
        home = values.address(placement)
        visits = [
            values.visit(placement, home, at("2026-03-10")),
            values.visit(placement, home, at("2026-03-16")),
        ]
        phone = values.phone(placement)
        paid = [
            values.repayment(placement, date(2026, 3, 12) + timedelta(days=9 * n), 50_001 + n)
            for n in range(REPAYMENTS_EACH)
        ]
        proofs = [piece for visit in visits for piece in values.proof(visit, visit.started_at or NOON)]
        note = values.call_note(placement, phone, at("2026-03-01"))
        met = [values.contact(visit) for visit in visits]
        for entity in (debtor, placement, home, *visits, phone, *paid, *proofs, note, *met):
            everything.setdefault(type(entity), []).append(entity)
        ids.append(placement.id)
    keep(desk, *(entity for kind in everything.values() for entity in kind))
    return ids


def _measure(installation: Installation, cases: int) -> dict[str, Any]:
    desk: Any = _Desk(installation)
    ids = _fill(desk, cases)
    figures: dict[str, Any] = {
        "database": installation.engine.dialect.name,
        "repayments": cases * REPAYMENTS_EACH,
    }
    for name in ("", "_when_nothing_changed"):
        begun = time.perf_counter()
        with statements_of(desk) as said, installation.house.units.write() as uow:
            score(uow, ids, "bench")
            uow.commit()
        figures[f"seconds{name}"] = round(time.perf_counter() - begun, 2)
        figures[f"statements{name}"] = len(said)
    return figures


def main() -> None:
    """One line a database: how long all cases took, and again when nothing had changed."""
    repayments = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with postgres_server(durable=True) as url:
        for where in (None, url):
            with _installed(where) as installation:
                print(json.dumps(_measure(installation, repayments // REPAYMENTS_EACH)))


if __name__ == "__main__":
    main()
