"""Every store behind the port, made anew for each test; the S3 one is real and started once."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from server.services.ports.objects import ObjectStore
from storage.objects.local import LocalObjectStore
from storage.objects.memory import MemoryObjectStore
from storage.objects.s3 import S3Address, S3ObjectStore, connect
from tests.support.seaweed import seaweed

STORED_AT = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def s3_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Address]:
    with seaweed(tmp_path_factory.mktemp("seaweed")) as address:
        yield address


@pytest.fixture
def s3_store(s3_address: S3Address) -> Iterator[S3ObjectStore]:
    """The one bucket, emptied, so that each test finds nothing of another's."""
    client = connect(s3_address)
    store = S3ObjectStore(client, s3_address.bucket)
    for key in list(store.keys()):
        store.delete(key)
    yield store
    client.close()


@pytest.fixture(params=["memory", "local", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    makers: dict[str, Callable[[], ObjectStore]] = {
        "memory": lambda: MemoryObjectStore(lambda: STORED_AT),
        "local": lambda: LocalObjectStore(tmp_path / "evidence"),
        "s3": lambda: request.getfixturevalue("s3_store"),
    }
    return makers[request.param]()
