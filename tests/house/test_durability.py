"""Killed at any moment: what was acknowledged is there, nothing is there by half, on both databases, fsync on.

The whole process group gets SIGKILL at random moments of a write load; after each restart the load goes on with the
ids that were not acknowledged. At the end every write stands exactly once, with its parts, its audit line and its
first answer, and the trail is whole. FIELDVISIT_SCALE=full kills 50 times.
"""

from __future__ import annotations

import os
import random
import shutil
import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest
import requests

from server.bootstrap import Installation
from server.domain.placements import Address, Placement
from tests.conftest import BOTH, Desk, prepare
from tests.support import builders
from tests.support.cast import COLLECTOR
from tests.support.postgres import postgres_server
from tests.support.server import Server, renew_passwords, sign_in

KILLS = 50 if os.environ.get("FIELDVISIT_SCALE") == "full" else 5
SEED = int(os.environ.get("FIELDVISIT_SEED", random.randrange(2**32)))
WRITERS = 4


@dataclass
class Load:
    """Writers that open drafts with two addresses; `acknowledged` holds what the server answered 201 to."""

    url: str
    placement: Placement
    addresses: list[Address]
    acknowledged: set[str] = field(default_factory=set)
    unanswered: set[str] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, session: requests.Session, stop: threading.Event, dice: random.Random) -> None:
        while not stop.is_set():
            with self.lock:
                again = self.unanswered.pop() if self.unanswered and dice.random() < 0.5 else None
            draft = again or str(uuid.UUID(int=dice.getrandbits(128), version=4))
            self._write(session, draft)

    def settle(self, session: requests.Session) -> None:
        """Send again what was never answered."""
        for draft in sorted(self.unanswered):
            self._write(session, draft)
        assert self.unanswered == set()

    def _write(self, session: requests.Session, draft: str) -> None:
        body = {
            "id": draft,
            "placement_id": self.placement.id,
            "addresses": [{"address_id": address.id} for address in self.addresses],
        }
        try:
            answer = session.post(f"{self.url}/api/v1/visit-requests", json=body, timeout=30)
        except requests.RequestException:
            with self.lock:
                self.unanswered.add(draft)
            return
        with self.lock:
            self.unanswered.discard(draft)
            if answer.status_code == 201:
                self.acknowledged.add(draft)
            else:
                self.refused.append(f"{answer.status_code} {answer.text}")


@pytest.fixture(params=BOTH)
def environment(request: pytest.FixtureRequest, stage: Path, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of an installation whose database waits for the disk."""
    folder = tmp_path / "data"
    shutil.copytree(stage, folder)
    settings = {"FIELDVISIT_DATA_DIR": str(folder)}
    if request.param == "sqlite":
        yield settings
        return
    with postgres_server(durable=True) as url:
        settings["FIELDVISIT_DATABASE_URL"] = url
        prepare(settings)
        yield settings


@pytest.mark.slow
def test_what_was_acknowledged_survives_kill_nine(
    desk: Desk, environment: dict[str, str], tmp_path: Path
) -> None:
    print(f"seed {SEED}, {KILLS} kills")
    dice = random.Random(SEED)
    placement = builders.make_placement(desk, recall_on=date(2099, 1, 1))
    addresses = [builders.make_address(desk, placement) for _ in range(2)]
    renew_passwords(desk.installation)
    server = Server(environment, tmp_path / "server.log")
    load = Load(server.url, placement, addresses)
    server.start()
    session = sign_in(server.url, COLLECTOR)
    try:
        for _ in range(KILLS):
            _load_until_killed(load, server, session, dice)
            server.start()
        load.settle(session)
    finally:
        server.stop()
    assert load.refused == []
    assert len(load.acknowledged) > KILLS
    _check(desk.installation, load)


def _load_until_killed(load: Load, server: Server, session: requests.Session, dice: random.Random) -> None:
    stop = threading.Event()
    writers = []
    for _ in range(WRITERS):
        own = requests.Session()
        own.headers.update(session.headers)
        writers.append(
            threading.Thread(target=load.run, args=(own, stop, random.Random(dice.getrandbits(64))))
        )
    for writer in writers:
        writer.start()
    stop.wait(dice.uniform(0.05, 0.8))
    server.kill()
    stop.set()
    for writer in writers:
        writer.join()


def _check(installation: Installation, load: Load) -> None:
    with installation.house.units.read() as uow:
        drafts = {draft.id for draft in uow.visit_requests.having(placement_id=load.placement.id)}
        assert drafts == load.acknowledged
        parts = uow.request_addresses.having_any("request_id", drafts)
        assert len(parts) == len(drafts) * len(load.addresses)
        for draft in drafts:
            assert uow.first_answers.get(draft) is not None
        assert uow.trail.first_break() is None
