"""Evidence in a real S3-compatible store: in, out in ranges, small, swept and found missing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from server.app import create_app
from server.bootstrap import build
from server.clock import FixedClock, SystemClock
from server.jobs.evidence import sweep_objects
from server.jobs.integrity import glance_at_evidence
from server.settings import read_settings
from storage.objects.s3 import connect
from storage.passwords import Argon2Passwords
from tests.conftest import NOON, Desk
from tests.support import evidence as files
from tests.support.cast import AGENT, QA
from tests.support.seaweed import seaweed


@pytest.fixture
def bucket_desk(stage: Path, tmp_path: Path) -> Iterator[Desk]:
    """The cast with its evidence in a bucket."""
    folder = tmp_path / "weed"
    folder.mkdir()
    with seaweed(folder) as address:
        client = connect(address)
        client.create_bucket(Bucket="keys")
        client.close()
        environment = {
            "FIELDVISIT_DATA_DIR": str(shutil.copytree(stage, tmp_path / "data")),
            "FIELDVISIT_OBJECT_STORE": f"s3://{address.bucket}",
            "FIELDVISIT_KEY_STORE": "s3://keys",
            "FIELDVISIT_S3_ENDPOINT": address.endpoint,
            "FIELDVISIT_S3_ACCESS_KEY": address.access_key,
            "FIELDVISIT_S3_SECRET_KEY": address.secret_key,
        }
        clock = FixedClock(NOON)
        installation = build(
            read_settings(environment), clock=clock, wake=lambda: None, passwords=Argon2Passwords(cheap=True)
        )
        yield Desk(create_app(installation).test_client(), installation, clock)
        installation.engine.dispose()


@pytest.mark.slow
def test_evidence_lives_in_a_bucket(bucket_desk: Desk) -> None:
    desk = bucket_desk
    house = desk.installation.house
    visit = files.make_visited(desk)
    id_ = files.fresh_id()
    first = desk.ok(files.send(desk, AGENT, visit, files.photo(), id=id_), 201)
    assert desk.ok(files.send(desk, AGENT, visit, files.photo(), id=id_), 201) == first
    sound = desk.ok(files.send(desk, AGENT, visit, files.recording(), "recording"), 201)["id"]
    desk.work()
    heard = desk.get(
        QA,
        f"/api/v1/evidence/{sound}/content",
        query_string={"purpose": "抽查"},
        headers={"Range": "bytes=10-19"},
    )
    assert (heard.status_code, heard.data) == (206, files.recording()[10:20])
    assert desk.get(AGENT, f"/api/v1/evidence/{id_}/thumbnail").status_code == 200

    with house.receiving.joinpath("orphan").open("w+b") as orphan:
        house.objects.write("evidence/v/e/orphan", orphan, limit=10)
    held = set(files.stored_keys(desk))
    # photo with its two sizes, recording with its copy and waveform, orphan
    assert len(held) == 7
    desk.clock.move_to(SystemClock().now() + timedelta(days=2))
    sweep_objects(house, {}, lambda *_: None)
    assert held - set(files.stored_keys(desk)) == {"evidence/v/e/orphan"}

    house.objects.delete(next(item.object_key for item in files.kept(desk) if item.id == sound))
    glance_at_evidence(house, {}, lambda *_: None)
    with house.units.read() as uow:
        (incident,) = uow.incidents.having(visit_id=visit.id)
    assert incident.note == f"{sound}: bytes_missing"


def test_a_store_that_does_not_answer_is_told_as_busy_and_nothing_is_kept(
    stage: Path, tmp_path: Path
) -> None:
    environment = {
        "FIELDVISIT_DATA_DIR": str(shutil.copytree(stage, tmp_path / "data")),
        "FIELDVISIT_OBJECT_STORE": "s3://evidence",
        "FIELDVISIT_S3_ENDPOINT": "http://127.0.0.1:9",
        "FIELDVISIT_S3_ACCESS_KEY": "invented",
        "FIELDVISIT_S3_SECRET_KEY": "invented",  # pragma: allowlist secret
    }
    installation = build(
        read_settings(environment), clock=FixedClock(NOON), passwords=Argon2Passwords(cheap=True)
    )
    desk = Desk(create_app(installation).test_client(), installation, FixedClock(NOON))
    visit = files.make_visited(desk)
    answer = files.send(desk, AGENT, visit, files.photo())
    desk.refused(answer, 503, "busy")
    assert answer.headers["Retry-After"] == "2"
    assert files.kept(desk) == []
    assert list(installation.house.receiving.iterdir()) == []
    installation.engine.dispose()
