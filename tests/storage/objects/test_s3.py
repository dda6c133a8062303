"""What a store across a network alone can get wrong: lost answers, cut bodies, nobody there, parts left
behind."""

import io
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from botocore.awsrequest import AWSPreparedRequest

from server.services.ports.objects import ObjectExists, ObjectStoreUnavailable
from storage.objects.s3 import SPOOLED_IN_MEMORY, S3Address, S3ObjectStore, connect
from tests.support.seaweed import free_ports

ROOT = Path(__file__).parents[3]
GROWTH_OF_ONE_WRITE = """
import os, resource, sys
from storage.objects.s3 import S3Address, S3ObjectStore, connect
address = S3Address(sys.argv[1], sys.argv[2], os.environ["access"], os.environ["secret"])
store = S3ObjectStore(connect(address), address.bucket)
store.exists("warm-up")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
with open(sys.argv[3], "rb") as source:
    store.write("long", source, limit=1 << 40)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@contextmanager
def answering(answer: bytes) -> Iterator[str]:
    """A server on 127.0.0.1 that answers one request with the given bytes and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        thread.join()


def test_nobody_there(s3_address: S3Address) -> None:
    nowhere = replace(s3_address, endpoint=f"http://127.0.0.1:{free_ports(1)[0]}")
    store = S3ObjectStore(connect(nowhere), nowhere.bucket)
    for ask in (store.exists, store.stat, store.open, store.delete, lambda key: list(store.keys(key))):
        with pytest.raises(ObjectStoreUnavailable):
            ask("photo")


def test_bucket_that_does_not_exist_is_not_made(s3_address: S3Address) -> None:
    store = S3ObjectStore(connect(s3_address), "other-bucket")
    with pytest.raises(ObjectStoreUnavailable, match="NoSuchBucket"):
        store.write("photo", io.BytesIO(b"x"), limit=1)


def test_wrong_secret_is_unavailable_and_not_missing(s3_address: S3Address) -> None:
    stranger = replace(s3_address, secret_key="guessed")
    store = S3ObjectStore(connect(stranger), stranger.bucket)
    with pytest.raises(ObjectStoreUnavailable):
        store.exists("photo")


def test_secret_key_is_not_shown(s3_address: S3Address) -> None:
    assert s3_address.secret_key not in repr(s3_address)


def test_body_that_ends_early_is_an_error_and_not_the_end(s3_address: S3Address) -> None:
    cut = b"HTTP/1.1 206 Partial Content\r\nContent-Length: 100\r\nConnection: close\r\n\r\nonly this"
    with answering(cut) as endpoint:
        store = S3ObjectStore(connect(replace(s3_address, endpoint=endpoint)), s3_address.bucket)
        with store.open("photo") as reader, pytest.raises(ObjectStoreUnavailable):
            reader.read()


@pytest.mark.parametrize("size", [10, SPOOLED_IN_MEMORY + 1], ids=["small", "spooled"])
def test_lost_answer_to_our_own_write_is_not_taken_for_somebody_elses(
    s3_address: S3Address, s3_store: S3ObjectStore, size: int
) -> None:
    """The first try reached the store and its answer was lost: boto3 asks again and meets its own object."""
    first_try = connect(s3_address)
    client = connect(s3_address)

    def written_before(params: dict[str, dict[str, str]], **_: object) -> None:
        writer = params["headers"]["x-amz-meta-writer"]
        first_try.put_object(
            Bucket=s3_address.bucket, Key="photo", Body=bytes(size), Metadata={"writer": writer}
        )

    client.meta.events.register("before-call.s3.PutObject", written_before)
    store = S3ObjectStore(client, s3_address.bucket)
    assert store.write("photo", io.BytesIO(bytes(size)), limit=size).size == size
    with pytest.raises(ObjectExists):
        s3_store.write("photo", io.BytesIO(b"other"), limit=5)


def test_key_taken_between_the_look_and_the_write_is_refused_by_the_store(
    s3_address: S3Address, s3_store: S3ObjectStore
) -> None:
    class Meanwhile(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if not s3_store.exists("photo"):
                s3_store.write("photo", io.BytesIO(b"theirs"), limit=6)
            return super().read(size)

    with pytest.raises(ObjectExists):
        S3ObjectStore(connect(s3_address), s3_address.bucket).write("photo", Meanwhile(b"ours"), limit=4)
    with s3_store.open("photo") as reader:
        assert reader.read() == b"theirs"


def test_damage_on_the_way_is_refused_by_the_store(s3_address: S3Address, s3_store: S3ObjectStore) -> None:
    """The digest goes with the body: one bit that flips after signing is found."""
    client = connect(s3_address)

    def damaged(request: AWSPreparedRequest, **_: object) -> None:
        if request.method == "PUT":
            request.body = io.BytesIO(b"evidencE")

    client.meta.events.register("before-send.s3", damaged)
    with pytest.raises(ObjectStoreUnavailable):
        S3ObjectStore(client, s3_address.bucket).write("photo", io.BytesIO(b"evidence"), limit=8)
    assert not s3_store.exists("photo")


def test_memory_stays_bounded_while_a_long_recording_is_written(
    s3_address: S3Address, tmp_path: Path
) -> None:
    """Its own process, so that the peak is this write's and not that of an earlier test."""
    source = tmp_path / "long.bin"
    with source.open("wb") as file:
        file.truncate(100 << 20)
    command = [sys.executable, "-c", GROWTH_OF_ONE_WRITE, s3_address.endpoint, s3_address.bucket, str(source)]
    keys = os.environ | {"access": s3_address.access_key, "secret": s3_address.secret_key}
    answer = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, env=keys)
    assert int(answer.stdout) < 32 << 10
