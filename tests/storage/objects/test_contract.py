"""What every object store promises, asked of the folder, the dictionary and a real S3-compatible store."""

import hashlib
import io
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from server.services.ports.objects import (
    ObjectExists,
    ObjectKeyRefused,
    ObjectMissing,
    ObjectStore,
    ObjectTooLarge,
    StoredObject,
)

MIB = 1 << 20
# Around the piece size of the stores, and 8 MiB, over which the S3 one spools to a file.
SIZES = [0, 1, MIB - 1, MIB, MIB + 1, 8 * MIB - 1, 8 * MIB, 8 * MIB + 1, 17 * MIB]


def some_bytes(size: int, seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(size)


class Dribble(io.RawIOBase):
    """A source like a socket: it gives less than was asked for."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self._source = io.BytesIO(content)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:
        return self._source.readinto(memoryview(buffer)[:70_001])


class Broken(io.RawIOBase):
    """A source that gives some megabytes and then fails."""

    def __init__(self, good: int) -> None:
        super().__init__()
        self._left = good

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:
        if self._left == 0:
            raise ConnectionResetError("the phone went away")
        given = min(len(buffer), self._left)
        buffer[:given] = b"x" * given
        self._left -= given
        return given


@pytest.mark.parametrize(
    "key",
    [
        "",
        "/",
        "/a",
        "a/",
        "a//b",
        ".",
        "..",
        "../a",
        "a/../b",
        "a/..",
        "a/./b",
        ".a",
        "a.",
        "a\\b",
        "A",
        "a b",
        "a\n",
        "a\0b",
        "a!b",
        "ä",
        "a" * 201,
    ],
)
def test_keys_that_could_leave_the_store_or_collide_are_refused(store: ObjectStore, key: str) -> None:
    with pytest.raises(ObjectKeyRefused):
        store.write(key, io.BytesIO(b"x"), limit=1)
    for ask in (store.open, store.exists, store.stat, store.delete):
        with pytest.raises(ObjectKeyRefused):
            ask(key)
    assert list(store.keys()) == []


def test_longest_key_is_kept_whole(store: ObjectStore) -> None:
    key = "a/" * 99 + "bc"
    assert len(key) == 200
    store.write(key, io.BytesIO(b"x"), limit=1)
    assert list(store.keys()) == [key]


def test_what_is_missing_is_said_to_be(store: ObjectStore) -> None:
    assert not store.exists("nothing")
    with pytest.raises(ObjectMissing):
        store.open("nothing")
    with pytest.raises(ObjectMissing):
        store.open("nothing", 0, 0)
    with pytest.raises(ObjectMissing):
        store.stat("nothing")


def test_key_is_taken_once_and_its_bytes_stay(store: ObjectStore) -> None:
    store.write("photo", io.BytesIO(b"first"), limit=100)
    with pytest.raises(ObjectExists):
        store.write("photo", io.BytesIO(b"second"), limit=100)
    with store.open("photo") as reader:
        assert reader.read() == b"first"


@pytest.mark.parametrize("size", [10, 9 * MIB], ids=["small", "large"])
def test_of_many_writers_of_one_key_one_wins_whole(store: ObjectStore, size: int) -> None:
    def write(seed: int) -> StoredObject | None:
        try:
            return store.write("contested", io.BytesIO(some_bytes(size, seed)), limit=size)
        except ObjectExists:
            return None

    with ThreadPoolExecutor(8) as pool:
        winners = [result for result in pool.map(write, range(8)) if result is not None]
    assert len(winners) == 1
    with store.open("contested") as reader:
        assert hashlib.sha256(reader.read()).hexdigest() == winners[0].sha256


@pytest.mark.parametrize("limit", [0, 1, MIB, 8 * MIB, 9 * MIB])
def test_one_byte_over_the_limit_is_refused_and_nothing_stays(store: ObjectStore, limit: int) -> None:
    with pytest.raises(ObjectTooLarge):
        store.write("big", io.BytesIO(bytes(limit + 1)), limit=limit)
    assert not store.exists("big")
    assert store.write("big", io.BytesIO(bytes(limit)), limit=limit).size == limit


@pytest.mark.parametrize("good", [0, 1000, 9 * MIB])
def test_source_that_fails_leaves_nothing_and_its_error_is_seen(store: ObjectStore, good: int) -> None:
    with pytest.raises(ConnectionResetError):
        store.write("cut", io.BufferedReader(Broken(good)), limit=100 * MIB)
    assert not store.exists("cut")
    assert list(store.keys()) == []
    assert store.discard_unfinished(datetime.max.replace(tzinfo=UTC)) == 0
    assert store.write("cut", io.BytesIO(b"again"), limit=5).size == 5


@pytest.mark.parametrize("size", SIZES)
def test_bytes_come_back_as_they_were(store: ObjectStore, size: int) -> None:
    content = some_bytes(size)
    stored = store.write("visits/v1/recording-0", io.BytesIO(content), limit=size)
    assert stored == StoredObject("visits/v1/recording-0", size, hashlib.sha256(content).hexdigest())
    assert store.exists(stored.key)
    assert store.stat(stored.key).size == size
    with store.open(stored.key) as reader:
        assert reader.read() == content


def test_source_may_give_less_than_asked(store: ObjectStore) -> None:
    content = some_bytes(9 * MIB)
    stored = store.write("dribble", Dribble(content), limit=len(content))  # type: ignore[arg-type]
    assert stored.sha256 == hashlib.sha256(content).hexdigest()
    with store.open("dribble") as reader:
        assert reader.read() == content


@pytest.mark.parametrize(
    ("start", "length", "expected"),
    [
        (0, None, b"0123456789"),
        (0, 0, b""),
        (0, 1, b"0"),
        (3, None, b"3456789"),
        (3, 4, b"3456"),
        (9, 1, b"9"),
        (9, 5, b"9"),
        (10, None, b""),
        (10, 1, b""),
        (11, None, b""),
        (0, 10, b"0123456789"),
        (0, 11, b"0123456789"),
    ],
)
def test_ranges(store: ObjectStore, start: int, length: int | None, expected: bytes) -> None:
    store.write("digits", io.BytesIO(b"0123456789"), limit=10)
    with store.open("digits", start, length) as reader:
        assert reader.read() == expected


@pytest.mark.parametrize(("start", "length"), [(-1, None), (0, -1)])
def test_ranges_below_nothing_are_a_mistake_of_the_caller(
    store: ObjectStore, start: int, length: int | None
) -> None:
    store.write("digits", io.BytesIO(b"0123456789"), limit=10)
    with pytest.raises(ValueError, match="range"):
        store.open("digits", start, length)


def test_reader_gives_pieces_forward(store: ObjectStore) -> None:
    content = some_bytes(3 * MIB)
    store.write("pieces", io.BytesIO(content), limit=len(content))
    with store.open("pieces", 5) as reader:
        assert reader.read(7) == content[5:12]
        assert b"".join(iter(lambda: reader.read(100_000), b"")) == content[12:]


def test_keys_by_prefix(store: ObjectStore) -> None:
    for key in ("visits/a/1", "visits/a/2", "visits/ab/1", "letters/1", "v"):
        store.write(key, io.BytesIO(b"x"), limit=1)
    assert sorted(store.keys()) == ["letters/1", "v", "visits/a/1", "visits/a/2", "visits/ab/1"]
    assert sorted(store.keys("visits/a/")) == ["visits/a/1", "visits/a/2"]
    assert sorted(store.keys("visits/a")) == ["visits/a/1", "visits/a/2", "visits/ab/1"]
    assert list(store.keys("nothing")) == []


def test_deleting_twice_is_no_error_and_frees_the_key(store: ObjectStore) -> None:
    store.write("swept", io.BytesIO(b"x"), limit=1)
    store.delete("swept")
    store.delete("swept")
    assert not store.exists("swept")
    assert store.write("swept", io.BytesIO(b"y"), limit=1).size == 1


def test_age_is_an_aware_instant_that_the_sweeper_can_compare(store: ObjectStore) -> None:
    store.write("aged", io.BytesIO(b"x"), limit=1)
    stored_at = store.stat("aged").stored_at
    assert stored_at.utcoffset() == timedelta(0)
    assert stored_at > datetime(2026, 1, 1, tzinfo=UTC)
