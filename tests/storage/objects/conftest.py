"""Every store behind the port, bare and sealed, made anew for each test; the S3 one is real and started once."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from server.services.ports.objects import ObjectStore
from storage.objects.key_store import KeyStore
from storage.objects.local import LocalObjectStore
from storage.objects.master_keys import MasterKeys
from storage.objects.memory import MemoryObjectStore
from storage.objects.pieces import PieceStore
from storage.objects.s3 import S3Address, S3ObjectStore, connect
from storage.objects.sealed import SealedObjectStore
from tests.support.seaweed import seaweed

STORED_AT = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def s3_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Address]:
    with seaweed(tmp_path_factory.mktemp("seaweed")) as address:
        yield address


@pytest.fixture
def s3_store(s3_address: S3Address) -> Iterator[S3ObjectStore]:
    yield from emptied(s3_address, s3_address.bucket)


@pytest.fixture
def s3_keys(s3_address: S3Address) -> Iterator[S3ObjectStore]:
    """A bucket of its own for the keys."""
    client = connect(s3_address)
    if "keys" not in [bucket["Name"] for bucket in client.list_buckets()["Buckets"]]:
        client.create_bucket(Bucket="keys")
    client.close()
    yield from emptied(s3_address, "keys")


def emptied(address: S3Address, bucket: str) -> Iterator[S3ObjectStore]:
    """The one bucket, emptied, so that each test finds nothing of another's."""
    client = connect(address)
    store = S3ObjectStore(client, bucket)
    for key in list(store.keys()):
        store.delete(key)
    yield store
    client.close()


def masters_in(folder: Path) -> MasterKeys:
    """A master key file with one key."""
    masters = MasterKeys(folder / "master", folder / "master.lock")
    if not masters.exists():
        masters.make()
    return masters


def local_keys(folder: Path) -> KeyStore:
    """What a process finds that starts on the folder."""
    return KeyStore(LocalObjectStore(folder / "keys", shard_digits=1), masters_in(folder))


@dataclass(frozen=True)
class Sealed:
    """A sealed store with what lies under it."""

    store: SealedObjectStore
    inner: PieceStore
    keys: KeyStore


@pytest.fixture(params=["memory", "local", "s3"])
def sealed(request: pytest.FixtureRequest, tmp_path: Path) -> Sealed:
    masters = masters_in(tmp_path)
    inner = bare_store(request.param, request, tmp_path / "evidence")
    if request.param == "s3":
        keys = KeyStore(request.getfixturevalue("s3_keys"), masters)
    else:
        keys = KeyStore(LocalObjectStore(tmp_path / "keys", shard_digits=1), masters)
    return Sealed(SealedObjectStore(inner, keys), inner, keys)


def bare_store(kind: str, request: pytest.FixtureRequest, folder: Path) -> PieceStore:
    makers: dict[str, Callable[[], PieceStore]] = {
        "memory": lambda: MemoryObjectStore(lambda: STORED_AT),
        "local": lambda: LocalObjectStore(folder),
        "s3": lambda: request.getfixturevalue("s3_store"),
    }
    return makers[kind]()


@pytest.fixture(params=["memory", "local", "s3", "sealed memory", "sealed local", "sealed s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    sealed, _, kind = request.param.rpartition(" ")
    inner = bare_store(kind, request, tmp_path / "evidence")
    if not sealed:
        return inner
    under: ObjectStore = LocalObjectStore(tmp_path / "keys", shard_digits=1)
    if kind == "s3":
        under = request.getfixturevalue("s3_keys")
    return SealedObjectStore(inner, KeyStore(under, masters_in(tmp_path)))
