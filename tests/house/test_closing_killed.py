"""Killed while a month closes (M4): it is closed with its files whole, or it is open and closes later; fsync on.

The first month shows how long it takes; the others are closed by a server that gets SIGKILL at a random moment of that.
"""

from __future__ import annotations

import hashlib
import os
import random
import threading
import time
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
import requests

from server.clock import SystemClock
from server.domain.credit import StatementState
from server.services.evidence_upkeep import without_row
from tests.conftest import Desk
from tests.house.test_durability import environment
from tests.support import visit_values as values
from tests.support.cast import MANAGER
from tests.support.months import published
from tests.support.paid import Paid
from tests.support.rows import keep
from tests.support.server import Server, renew_passwords, sign_in

__all__ = ["environment"]  # the same installation that waits for the disk

SEED = int(os.environ.get("FIELDVISIT_SEED", random.randrange(2**32)))
MONTHS = tuple(f"2026-{number:02d}" for number in range(3, 9))
LINES = 400


@pytest.fixture
def months(desk: Desk) -> Desk:
    """Six published months of 400 lines each, over whose days for objections are past."""
    paid = Paid(desk)
    for month in MONTHS:
        year, number = (int(part) for part in month.split("-"))
        keep(
            desk,
            *(
                values.repayment(paid.placement, date(year, number, 12 + place % 16), 100 + place)
                for place in range(LINES)
            ),
        )
        paid.score()
        published(desk, month)
    desk.clock.move_to(SystemClock().now())
    return desk


@pytest.mark.slow
def test_a_month_that_was_killed_while_it_closed_is_closed_or_open(
    months: Desk, environment: dict[str, str], tmp_path: Path
) -> None:
    print(f"seed {SEED}")
    dice = random.Random(SEED)
    renew_passwords(months.installation)
    server = Server(environment, tmp_path / "server.log")
    ends = []
    try:
        server.start()
        manager, began = sign_in(server.url, MANAGER), time.monotonic()
        assert manager.post(_path(server, MONTHS[0]), json={}, timeout=60).status_code == 200
        takes = time.monotonic() - began
        server.stop()
        for month in MONTHS[1:]:
            server.start()
            _close_and_kill(server, month, dice.uniform(0.0, 1.3 * takes))
            ends.append(_look(months, month))
            server.start()
            answer = sign_in(server.url, MANAGER).post(_path(server, month), json={}, timeout=60)
            assert answer.status_code == (409 if ends[-1] is StatementState.CLOSED else 200), answer.text
            server.stop()
            assert _look(months, month) is StatementState.CLOSED
    finally:
        server.stop()
    print("when they were killed:", *ends)
    _sweep(months)


def _path(server: Server, month: str) -> str:
    return f"{server.url}/api/v1/statements/{month}/close"


def _close_and_kill(server: Server, month: str, after: float) -> None:
    manager = sign_in(server.url, MANAGER)

    def close() -> None:
        with suppress(requests.RequestException):
            manager.post(_path(server, month), json={}, timeout=60)

    closing = threading.Thread(target=close)
    closing.start()
    threading.Event().wait(after)
    server.kill()
    closing.join()


def _look(desk: Desk, month: str) -> StatementState:
    """A closed month has its three files whole, with their line in the trail; an open one has none."""
    with desk.installation.house.units.read() as uow:
        (statement,) = uow.monthly_statements.having(month=month)
        files = uow.statement_files.having(statement_id=statement.id)
        done = [line.action for line in uow.trail.history(statement.id)]
        assert uow.trail.first_break() is None
    is_closed = statement.state is StatementState.CLOSED
    assert sorted(file.format for file in files) == (["csv", "json", "xlsx"] if is_closed else [])
    assert done.count("statement.closed") == is_closed
    for file in files:
        with desk.installation.house.objects.open(file.object_key) as stored:
            assert hashlib.file_digest(stored, "sha256").hexdigest() == file.sha256
    return statement.state


def _sweep(desk: Desk) -> None:
    """What was stored for closings that died is known to be nobody's, and nothing else is."""
    keys = list(desk.installation.house.objects.keys("statements/"))
    with desk.installation.house.units.read() as uow:
        lost = without_row(uow, keys)
    assert len(keys) - len(lost) == 3 * len(MONTHS)
