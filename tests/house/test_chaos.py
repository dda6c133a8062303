"""Chaos: phones send over a bad line while the server is killed -9 every ten seconds; no receipt is ever untrue.

On a folder with SQLite, and on SeaweedFS with PostgreSQL and two servers behind the line, fsync on. Five phones;
FIELDVISIT_SCALE=full sends a hundred. The seed is printed.
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from server.app import create_app
from server.bootstrap import build
from server.clock import FixedClock, SystemClock
from server.domain.uploads import UploadState
from server.jobs.evidence import sweep_objects
from server.services.evidence_upkeep import SWEPT_AFTER, without_row
from server.settings import read_settings
from storage.objects.key_store import digest_in
from storage.objects.s3 import connect
from tests.conftest import BOTH, NOON, Desk, prepare
from tests.support import evidence as files
from tests.support.cast import AGENT, PARTNER
from tests.support.field_phones import FieldPhone, media_of
from tests.support.postgres import postgres_server
from tests.support.rough_line import RoughLine
from tests.support.seaweed import seaweed
from tests.support.server import Server, renew_passwords

pytestmark = pytest.mark.slow
FULL = os.environ.get("FIELDVISIT_SCALE") == "full"
PHONES = 100 if FULL else 5
BYTES_A_SECOND = 40_000 if FULL else 180_000
LEAST_KILLS = 10 if FULL else 2
KILL_SECONDS = 10.0
MOST_SECONDS = 1800.0 if FULL else 400.0
SEED = int(os.environ.get("FIELDVISIT_SEED", random.randrange(2**32)))


@dataclass
class SetUp:
    """An installation as this process sees it, and the servers that run it."""

    desk: Desk
    servers: list[Server]
    environments: list[dict[str, str]]


@contextmanager
def _folder_and_sqlite(stage: Path, tmp_path: Path) -> Iterator[SetUp]:
    folder = shutil.copytree(stage, tmp_path / "data")
    yield from _opened([{"FIELDVISIT_DATA_DIR": str(folder)}], tmp_path)


@contextmanager
def _seaweed_and_postgres(stage: Path, tmp_path: Path) -> Iterator[SetUp]:
    """Two servers as on two machines: a folder each, and one database, bucket, master key and secrets for both."""
    weed = tmp_path / "weed"
    weed.mkdir()
    with seaweed(weed) as address, postgres_server(durable=True) as url:
        client = connect(address)
        client.create_bucket(Bucket="keys")
        client.close()
        shared = {
            "FIELDVISIT_DATABASE_URL": url,
            "FIELDVISIT_OBJECT_STORE": f"s3://{address.bucket}",
            "FIELDVISIT_KEY_STORE": "s3://keys",
            "FIELDVISIT_S3_ENDPOINT": address.endpoint,
            "FIELDVISIT_S3_ACCESS_KEY": address.access_key,
            "FIELDVISIT_S3_SECRET_KEY": address.secret_key,
            "FIELDVISIT_SECRETS_FILE": str(tmp_path / "secrets.json"),
            "FIELDVISIT_MASTER_KEY_FILE": str(tmp_path / "master"),
        }
        each = [shared | {"FIELDVISIT_DATA_DIR": str(tmp_path / name)} for name in ("one", "other")]
        prepare(each[0])
        yield from _opened(each, tmp_path)


def _opened(environments: list[dict[str, str]], tmp_path: Path) -> Iterator[SetUp]:
    installation = build(read_settings(environments[0]), clock=FixedClock(NOON), wake=lambda: None)
    desk = Desk(create_app(installation).test_client(), installation, FixedClock(NOON))
    renew_passwords(installation)
    servers = [
        Server(one | {"FIELDVISIT_UPLOAD_DAY_MIB": "900000"}, tmp_path / f"server{number}.log")
        for number, one in enumerate(environments)
    ]
    try:
        for server in servers:
            server.start()
        yield SetUp(desk, servers, environments)
    finally:
        for server in servers:
            server.stop()
        installation.engine.dispose()


SET_UPS: dict[str, Callable[[Path, Path], AbstractContextManager[SetUp]]] = {
    "sqlite": _folder_and_sqlite,
    "postgresql": _seaweed_and_postgres,
}


@pytest.mark.parametrize("database", BOTH)
def test_no_receipt_is_untrue_whatever_happens(database: str, stage: Path, tmp_path: Path) -> None:
    dice = random.Random(SEED)
    with SET_UPS[database](stage, tmp_path) as set_up:
        line = RoughLine([server.port for server in set_up.servers], dice, BYTES_A_SECOND)
        stop = threading.Event()
        phones = _phones(set_up.desk, line.url, dice, stop)
        try:
            kills, took = _kill_until_all_is_sent(set_up, phones, stop)
        finally:
            stop.set()
            line.close()
        for server in set_up.servers:
            server.stop()
        print(f"seed {SEED}: {database}, {PHONES} phones, {kills} kills, {took:.0f} s")
        print(f"line {dict(line.met)}, phones {dict(sum((phone.met for phone in phones), Counter()))}")
        assert [wrong for phone in phones for wrong in phone.wrong] == []
        assert kills >= LEAST_KILLS
        _receipts_are_true(set_up.desk, phones)
        _nothing_is_left_over(set_up, phones)


def _phones(desk: Desk, url: str, dice: random.Random, stop: threading.Event) -> list[FieldPhone]:
    """Each with a visit of its own; two agents share them."""
    return [
        FieldPhone(
            url,
            (AGENT, PARTNER)[number % 2],
            files.make_visited(desk).id,
            media_of(number),
            random.Random(dice.getrandbits(64)),
            stop,
        )
        for number in range(PHONES)
    ]


def _kill_until_all_is_sent(
    set_up: SetUp, phones: list[FieldPhone], stop: threading.Event
) -> tuple[int, float]:
    """One server is killed, or the other, or both at once."""
    groups = [group for group in (set_up.servers[:1], set_up.servers[1:], set_up.servers) if group]
    threads = [threading.Thread(target=phone.run) for phone in phones]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    kills = 0
    while not _ended(threads, KILL_SECONDS) and time.monotonic() - began < MOST_SECONDS:
        for server in groups[kills % len(groups)]:
            server.kill()
        for server in groups[kills % len(groups)]:
            server.start()
        kills += 1
    took = time.monotonic() - began
    stop.set()
    for thread in threads:
        thread.join()
    return kills, took


def _ended(threads: list[threading.Thread], seconds: float) -> bool:
    until = time.monotonic() + seconds
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    return not any(thread.is_alive() for thread in threads)


def _receipts_are_true(desk: Desk, phones: list[FieldPhone]) -> None:
    """S10: by every receipt that was given a phone may erase its file, so the stored bytes are that file."""
    house = desk.installation.house
    with house.units.read() as uow:
        items = {item.id: item for item in uow.evidence_items.having()}
        assert uow.trail.first_break() is None
    assert items.keys() == {one.id for phone in phones for one in phone.media}
    for phone in phones:
        for one in phone.media:
            assert phone.receipts[one.id] == {one.sha256}
            item = items[one.id]
            with house.objects.open(item.object_key) as stored:
                assert hashlib.file_digest(stored, "sha256").hexdigest() == one.sha256
            assert (item.visit_id, item.kind, item.size, item.sha256) == (
                phone.visit_id,
                one.kind,
                len(one.content),
                one.sha256,
            )


def _nothing_is_left_over(set_up: SetUp, phones: list[FieldPhone]) -> None:
    """After the sweep every object has a row, every key an object, and no folder a part."""
    desk = set_up.desk
    house, keys = desk.installation.house, desk.installation.keys
    with house.units.read() as uow:
        uploads = uow.uploads.by_ids([one.id for phone in phones for one in phone.media])
        assert {upload.state for upload in uploads.values()} == {UploadState.KEPT}
        assert [piece for id_ in uploads for piece in uow.uploads.pieces(id_)] == []
        before = without_row(uow, files.stored_keys(desk))
    print(f"{len(before)} objects without a row before the sweep")
    desk.clock.move_to(SystemClock().now() + 2 * SWEPT_AFTER)
    for environment in set_up.environments:
        swept = build(read_settings(environment), clock=desk.clock, wake=lambda: None)
        sweep_objects(swept.house, {}, lambda *_: None)
        swept.engine.dispose()
        assert list(swept.house.receiving.glob("*.part")) == []
    with house.units.read() as uow:
        held = files.stored_keys(desk)
        assert without_row(uow, held) == []
    standing = {hashlib.sha256(key.encode()).digest() for key in held}
    assert {digest_in(name) for name in keys.store.keys("")} == standing
