"""Killed at any moment: what was acknowledged is there, nothing is there by half, on both databases, fsync on.

The whole process group gets SIGKILL at random moments of a load of drafts, photos, manifests and import files; after
each restart the load goes on with what was not acknowledged. At the end every write stands exactly once, with its
parts, its audit line and its first answer; every receipt has its bytes; every file is applied whole; and the trail is
whole.
FIELDVISIT_SCALE=full kills 50 times.
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import threading
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest
import requests

from server.clock import SystemClock
from server.domain.imports import ImportState
from server.domain.placements import Address, Placement
from server.domain.visits import Visit, VisitState
from server.jobs.lease import LEASE
from server.services.ports.unit_of_work import UnitOfWork
from tests.conftest import BOTH, Desk, prepare
from tests.support import builders
from tests.support.captures import NONCE, Chain, Phone
from tests.support.cast import AGENT, COLLECTOR, DISPATCHER
from tests.support.evidence import STARTED, photo, told
from tests.support.postgres import postgres_server
from tests.support.server import Server, renew_passwords, sign_in
from tests.support.sheets import csv_bytes

KILLS = 50 if os.environ.get("FIELDVISIT_SCALE") == "full" else 5
SEED = int(os.environ.get("FIELDVISIT_SEED", random.randrange(2**32)))
WRITERS = 4
PHOTOS = 8
WHO = {"draft": COLLECTOR, "photo": AGENT, "manifest": AGENT, "file": DISPATCHER}
SHARES = {"draft": 6, "photo": 3, "manifest": 2, "file": 1}
GOOD = {"draft": 201, "photo": 201, "manifest": 201, "file": 202}
ENTRIES = 5


@dataclass(frozen=True)
class Write:
    """A draft with two addresses, a photo of the visit, or an import file of two telephones; all follow from the id."""

    sort: str
    id: str

    @property
    def photo(self) -> bytes:
        return photo(int(self.id[:8], 16) % PHOTOS)

    @property
    def numbers(self) -> list[str]:
        first = int(self.id[:8], 16) % 49_000_000 * 2
        return [f"138{number:08d}" for number in (first, first + 1)]


@dataclass
class Load:
    """Writers; `acknowledged` holds by sort what the server answered well."""

    url: str
    placement: Placement
    addresses: list[Address]
    visit: Visit
    phone: Phone
    acknowledged: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    unanswered: set[Write] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    bearers: dict[str, Mapping[str, str]] = field(default_factory=dict)
    manifests: dict[str, dict[str, str]] = field(default_factory=dict)

    def sign_in(self) -> None:
        for sort, member in WHO.items():
            authorization = str(sign_in(self.url, member).headers["Authorization"])
            self.bearers[sort] = {"Authorization": authorization}

    def run(self, stop: threading.Event, dice: random.Random) -> None:
        with requests.Session() as line:
            while not stop.is_set():
                with self.lock:
                    again = self.unanswered.pop() if self.unanswered and dice.random() < 0.5 else None
                (sort,) = dice.choices(list(SHARES), weights=list(SHARES.values()))
                fresh = Write(sort, str(uuid.UUID(int=dice.getrandbits(128), version=4)))
                self._write(line, again or fresh)

    def settle(self) -> None:
        """Send again what was never answered, and one more of each sort."""
        last = [Write(sort, str(uuid.uuid4())) for sort in WHO]
        with requests.Session() as line:
            for write in [*sorted(self.unanswered, key=lambda write: write.id), *last]:
                self._write(line, write)
        assert self.unanswered == set()

    def _write(self, line: requests.Session, write: Write) -> None:
        try:
            answer = self._send(line, write)
        except requests.RequestException:
            with self.lock:
                self.unanswered.add(write)
            return
        with self.lock:
            self.unanswered.discard(write)
            if answer.status_code == GOOD[write.sort]:
                self.acknowledged[write.sort].add(write.id)
            else:
                self.refused.append(f"{write} {answer.status_code} {answer.text}")

    def _send(self, line: requests.Session, write: Write) -> requests.Response:
        headers = dict(self.bearers[write.sort])
        if write.sort == "photo":
            headers["Content-Type"] = "application/octet-stream"
            path, query = f"/visits/{self.visit.id}/evidence", told(write.photo, id=write.id)
            return self._post(line, path, headers=headers, params=query, data=write.photo)
        if write.sort == "manifest":
            return self._post(
                line, f"/visits/{self.visit.id}/manifests", headers=headers, json=self._manifest(write)
            )
        if write.sort == "file":
            rows = [
                {"案件编号": self.placement.case_number, "电话": number, "机主": "其他"}
                for number in write.numbers
            ]
            form = {"data": {"kind": "phones"}, "files": {"file": (f"{write.id}.csv", csv_bytes(rows))}}
            return self._post(line, "/imports", headers=headers, **form)
        body = {
            "id": write.id,
            "placement_id": self.placement.id,
            "addresses": [{"address_id": address.id} for address in self.addresses],
        }
        return self._post(line, "/visit-requests", headers=headers, json=body)

    def _manifest(self, write: Write) -> dict[str, str]:
        """Sent again it is the same to the letter; signed anew it would be another."""
        with self.lock:
            if write.id not in self.manifests:
                chain = Chain(self.visit.id)
                for number in range(ENTRIES):
                    chain.add(f"{write.id}-{number}".encode(), write.id, STARTED)
                self.manifests[write.id] = self.phone.body(chain.text(), id=write.id)
            return self.manifests[write.id]

    def _post(self, line: requests.Session, path: str, **options: object) -> requests.Response:
        return line.post(f"{self.url}/api/v1{path}", timeout=30, **options)  # type: ignore[arg-type]


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
    visit = builders.make_visit(
        desk,
        placement,
        addresses[0],
        VisitState.IN_PROGRESS,
        started_at=desk.clock.now(),
        capture_nonce=NONCE,
    )
    phone = Phone(desk, AGENT)
    renew_passwords(desk.installation)
    server = Server(environment, tmp_path / "server.log")
    load = Load(server.url, placement, addresses, visit, phone)
    server.start()
    try:
        load.sign_in()
        for _ in range(KILLS):
            _load_until_killed(load, server, dice)
            server.start()
        load.settle()
    finally:
        server.stop()
    assert load.refused == []
    assert sum(map(len, load.acknowledged.values())) > KILLS
    assert load.acknowledged.keys() == WHO.keys()
    # Jobs whose worker was killed are due again when their lease is over.
    desk.clock.move_to(SystemClock().now() + 2 * LEASE)
    desk.work()
    with desk.installation.house.units.read() as uow:
        _drafts_are_whole(uow, load)
        _files_are_whole(uow, load)
        _receipts_have_their_bytes(desk, uow, load)
        _manifests_are_whole(desk, uow, load)
        assert uow.trail.first_break() is None


def _load_until_killed(load: Load, server: Server, dice: random.Random) -> None:
    stop = threading.Event()
    writers = [
        threading.Thread(target=load.run, args=(stop, random.Random(dice.getrandbits(64))))
        for _ in range(WRITERS)
    ]
    for writer in writers:
        writer.start()
    stop.wait(dice.uniform(0.05, 0.8))
    server.kill()
    stop.set()
    for writer in writers:
        writer.join()


def _drafts_are_whole(uow: UnitOfWork, load: Load) -> None:
    drafts = {draft.id for draft in uow.visit_requests.having(placement_id=load.placement.id)}
    assert drafts == load.acknowledged["draft"]
    parts = uow.request_addresses.having_any("request_id", drafts)
    assert len(parts) == len(drafts) * len(load.addresses)
    for draft in drafts:
        assert uow.first_answers.get(draft) is not None


def _files_are_whole(uow: UnitOfWork, load: Load) -> None:
    """Every file that was taken in is applied, once, with both of its rows; sent twice, it changed nothing."""
    ends = {file.state for file in uow.import_files.having()}
    assert ends <= {ImportState.APPLIED, ImportState.UNCHANGED}
    held = sorted(phone.number for phone in uow.phones.having(debtor_id=load.placement.debtor_id))
    wanted = sorted(number for id_ in load.acknowledged["file"] for number in Write("file", id_).numbers)
    assert held == wanted


def _receipts_have_their_bytes(desk: Desk, uow: UnitOfWork, load: Load) -> None:
    """S10: a phone erases its copy by the receipt; and no row stands without its bytes."""
    items = {item.id: item for item in uow.evidence_items.having(visit_id=load.visit.id)}
    assert items.keys() == load.acknowledged["photo"]
    for item in items.values():
        with desk.installation.house.objects.open(item.object_key) as stored:
            assert hashlib.file_digest(stored, "sha256").hexdigest() == item.sha256
        assert item.sha256 == hashlib.sha256(Write("photo", item.id).photo).hexdigest()


def _manifests_are_whole(desk: Desk, uow: UnitOfWork, load: Load) -> None:
    """Each with all that it lists, and its signature still fits what is stored."""
    manifests = uow.capture_manifests.having(visit_id=load.visit.id)
    assert {manifest.id for manifest in manifests} == load.acknowledged["manifest"]
    listed = Counter(capture.manifest_id for capture in uow.captures.having(visit_id=load.visit.id))
    assert listed == dict.fromkeys(load.acknowledged["manifest"], ENTRIES)
    jwk, signatures = load.phone.signer.jwk, desk.installation.house.signatures
    for one in manifests:
        assert signatures.fits(jwk["x"], jwk["y"], one.signed.encode(), one.signature)
        assert uow.first_answers.get(one.id) is not None
