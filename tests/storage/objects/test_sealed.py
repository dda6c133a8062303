"""What a sealed store adds to the contract: nothing readable lies there, and nothing that was changed is given out."""

from __future__ import annotations

import io
import os
import random
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from server.services.ports.objects import ObjectDamaged, ObjectExists, ObjectKeyDestroyed, ObjectMissing
from storage.objects.frames import FRAME, MAGIC, OVERHEAD, STORED_FRAME, TRAILER, plain_size
from storage.objects.key_store import KeyStore, name_of
from storage.objects.local import LocalObjectStore
from storage.objects.sealed import PIECE, SealedObjectStore
from tests.storage.objects.conftest import Sealed, masters_in

ROOT = Path(__file__).parents[3]
FAR = datetime.max.replace(tzinfo=UTC)
KEY = "evidence/v/e/recording"
SIZES = [0, 1, FRAME - 1, FRAME, FRAME + 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE + 12_345]


def content_of(size: int, seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(size)


def stored_bytes(sealed: Sealed, key: str = KEY) -> bytes:
    with sealed.inner.open(key) as stream:
        return stream.read()


def put_stored(sealed: Sealed, content: bytes, key: str = KEY) -> None:
    """Other bytes under the key, as somebody with the disk in his hands would put them there."""
    sealed.inner.delete(key)
    sealed.inner.write(key, io.BytesIO(content), limit=len(content))


def read(sealed: Sealed, key: str = KEY, start: int = 0, length: int | None = None) -> bytes:
    with sealed.store.open(key, start, length) as stream:
        return stream.read()


def keep(sealed: Sealed, content: bytes, key: str = KEY) -> None:
    sealed.store.write(key, io.BytesIO(content), limit=len(content))


def frame_at(place: int) -> slice:
    begins = len(MAGIC) + place * STORED_FRAME
    return slice(begins, begins + STORED_FRAME)


# the form


@pytest.mark.parametrize("size", SIZES)
def test_size_is_known_without_reading(sealed: Sealed, size: int) -> None:
    keep(sealed, content_of(size))
    frames = -(-size // FRAME)
    assert sealed.inner.stat(KEY).size == len(MAGIC) + size + frames * OVERHEAD + TRAILER
    assert sealed.store.stat(KEY).size == size


@pytest.mark.parametrize("over", range(-1, OVERHEAD + 2))
def test_sizes_that_no_writer_leaves_are_told(over: int) -> None:
    whole = len(MAGIC) + TRAILER + 2 * STORED_FRAME
    expected = 2 * FRAME if over == 0 else over - OVERHEAD + 2 * FRAME if over > OVERHEAD else None
    if over == -1:
        expected = 2 * FRAME - 1
    assert plain_size(whole + over) == expected
    assert plain_size(len(MAGIC) + TRAILER - 1) is None
    assert plain_size(0) is None


def test_what_lies_there_is_neither_the_content_nor_the_same_twice(sealed: Sealed) -> None:
    content = b"a telephone number " * 9000
    keep(sealed, content)
    keep(sealed, content, "evidence/v/e/copy")
    stored = stored_bytes(sealed)
    assert b"telephone" not in stored
    assert stored[len(MAGIC) :] != stored_bytes(sealed, "evidence/v/e/copy")[len(MAGIC) :]
    for name in sealed.keys.store.keys(""):
        assert b"telephone" not in sealed.keys.store.open(name).read()


@pytest.mark.parametrize("start", [0, 1, FRAME - 1, FRAME, FRAME + 1, 3 * FRAME, PIECE, PIECE + 5])
@pytest.mark.parametrize("length", [0, 1, FRAME, FRAME + 1, 2 * FRAME, 10 * PIECE, None])
def test_ranges_around_frames(sealed: Sealed, start: int, length: int | None) -> None:
    content = content_of(PIECE + 5)
    keep(sealed, content)
    expected = content[start:] if length is None else content[start : start + length]
    assert read(sealed, KEY, start, length) == expected
    with sealed.store.open(KEY, start, length) as stream:
        assert b"".join(iter(lambda: stream.read(50_001), b"")) == expected


def test_a_range_asks_for_its_frames_and_no_more(tmp_path: Path) -> None:
    asked: list[tuple[int, int | None]] = []

    class Asked(LocalObjectStore):
        def open(self, key: str, start: int = 0, length: int | None = None):  # type: ignore[no-untyped-def]
            asked.append((start, length))
            return super().open(key, start, length)

    keys = KeyStore(LocalObjectStore(tmp_path / "keys", shard_digits=1), masters_in(tmp_path))
    store = SealedObjectStore(Asked(tmp_path / "evidence"), keys)
    store.write(KEY, io.BytesIO(content_of(9 * FRAME)), limit=9 * FRAME)
    store.open(KEY, 3 * FRAME + 1, 10).close()
    store.open(KEY, 3 * FRAME + 1, FRAME).close()
    store.open(KEY, 9 * FRAME - 1).close()
    store.open(KEY, 9 * FRAME, 1).close()
    frame = len(MAGIC) + 3 * STORED_FRAME
    assert asked == [
        (frame, STORED_FRAME),
        (frame, 2 * STORED_FRAME),
        (len(MAGIC) + 8 * STORED_FRAME, STORED_FRAME + TRAILER),
        (len(MAGIC) + 9 * STORED_FRAME, TRAILER),
    ]


# damage


def flip(at: int) -> Callable[[bytes], bytes]:
    def flipped(stored: bytes) -> bytes:
        place = at % len(stored)
        return stored[:place] + bytes([stored[place] ^ 1]) + stored[place + 1 :]

    return flipped


def without_frame(place: int) -> Callable[[bytes], bytes]:
    return lambda stored: stored[: frame_at(place).start] + stored[frame_at(place).stop :]


def swapped(stored: bytes) -> bytes:
    one, other = frame_at(0), frame_at(1)
    return stored[: one.start] + stored[other] + stored[one] + stored[other.stop :]


def repeated(stored: bytes) -> bytes:
    return stored[: frame_at(0).stop] + stored[frame_at(0).start :]


DAMAGE: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "the magic": (flip(0), "header"),
    "the version": (flip(7), "header"),
    "a nonce": (flip(len(MAGIC)), "frame 0"),
    "a byte": (flip(len(MAGIC) + STORED_FRAME + 500), "frame 1"),
    "a tag": (flip(len(MAGIC) + STORED_FRAME - 1), "frame 0"),
    "the last frame": (flip(-TRAILER - 1), "frame 2"),
    "the trailer": (flip(-1), "trailer"),
    "the trailer's nonce": (flip(-TRAILER), "trailer"),
    "a byte lost": (lambda stored: stored[:-1], "frame 2"),
    "a byte more": (lambda stored: stored + b"\0", "frame 2"),
    "the trailer lost": (lambda stored: stored[:-TRAILER], "frame 2"),
    "the first frame lost": (without_frame(0), "frame 0"),
    "a frame in the middle lost": (without_frame(1), "frame 1"),
    "the last frame lost": (lambda stored: stored[: frame_at(1).stop] + stored[-TRAILER:], "trailer"),
    "frames swapped": (swapped, "frame 0"),
    "a frame twice": (repeated, "frame 1"),
    "the trailer alone": (lambda stored: MAGIC + stored[-TRAILER:], "trailer"),
    "nothing": (lambda _: b"", "size"),
    "a size of none": (lambda stored: stored[: frame_at(1).stop + TRAILER + 1], "size"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_is_found_and_named(sealed: Sealed, damage: str) -> None:
    act, part = DAMAGE[damage]
    keep(sealed, content_of(2 * FRAME + 300))
    put_stored(sealed, act(stored_bytes(sealed)))
    with pytest.raises(ObjectDamaged) as raised:
        read(sealed)
    assert (raised.value.key, raised.value.part) == (KEY, part)


def test_damage_is_found_before_a_byte_of_its_frame_is_given_and_elsewhere_reading_goes_on(
    sealed: Sealed,
) -> None:
    content = content_of(3 * FRAME)
    keep(sealed, content)
    put_stored(sealed, flip(len(MAGIC) + STORED_FRAME + 500)(stored_bytes(sealed)))
    with sealed.store.open(KEY) as stream:
        assert stream.read(FRAME) == content[:FRAME]
        with pytest.raises(ObjectDamaged, match="frame 1"):
            stream.read(1)
    with pytest.raises(ObjectDamaged, match="frame 1"):
        sealed.store.open(KEY, FRAME, 1)
    assert read(sealed, KEY, 2 * FRAME) == content[2 * FRAME :]


def test_an_end_that_the_trailer_does_not_confirm_is_no_end(sealed: Sealed) -> None:
    """Cut by whole frames, with the trailer put behind: what is there opens, but not as the last."""
    content = content_of(3 * FRAME)
    keep(sealed, content)
    stored = stored_bytes(sealed)
    put_stored(sealed, stored[: frame_at(1).stop] + stored[-TRAILER:])
    assert read(sealed, KEY, 0, FRAME) == content[:FRAME]
    for start, length in ((FRAME, 1), (0, None), (2 * FRAME, None), (5 * FRAME, 1)):
        with pytest.raises(ObjectDamaged, match="trailer"):
            read(sealed, KEY, start, length)


def test_objects_are_not_exchanged(sealed: Sealed) -> None:
    keep(sealed, content_of(FRAME + 9, 1))
    keep(sealed, content_of(FRAME + 9, 2), "other")
    mine, others = stored_bytes(sealed), stored_bytes(sealed, "other")
    put_stored(sealed, others)
    with pytest.raises(ObjectDamaged, match="frame 0"):
        read(sealed)
    put_stored(sealed, mine[: frame_at(0).stop] + others[frame_at(1).start :])
    with pytest.raises(ObjectDamaged, match="frame 1"):
        read(sealed)
    put_stored(sealed, mine)
    assert read(sealed) == content_of(FRAME + 9, 1)


# keys


def test_without_its_key_an_object_is_there_and_unreadable(sealed: Sealed) -> None:
    keep(sealed, b"evidence")
    keep(sealed, b"other", "other")
    assert len(list(sealed.keys.store.keys(""))) == 2
    sealed.keys.destroy(KEY)
    sealed.keys.destroy(KEY)
    with pytest.raises(ObjectKeyDestroyed):
        sealed.store.open(KEY)
    assert (sealed.store.exists(KEY), sealed.store.stat(KEY).size) == (True, 8)
    assert read(sealed, "other") == b"other"


def test_deleting_an_object_destroys_its_key(sealed: Sealed) -> None:
    keep(sealed, b"import file")
    sealed.store.delete(KEY)
    assert list(sealed.keys.store.keys("")) == []
    with pytest.raises(ObjectMissing):
        sealed.store.open(KEY)
    keep(sealed, b"another")
    assert read(sealed) == b"another"


def test_the_key_is_there_before_the_object_appears(sealed: Sealed) -> None:
    seen: list[bool] = []
    found = sealed.inner.put

    def watched(key: str, pieces: Iterable[bytes | memoryview], ready: Callable[[], None]) -> None:
        def looked() -> None:
            ready()
            (master,) = sealed.keys.masters.all()
            seen.append(sealed.keys.store.exists(name_of(key, master)) and not sealed.inner.exists(key))

        found(key, pieces, looked)

    sealed.inner.put = watched  # type: ignore[method-assign,assignment]
    keep(sealed, content_of(2 * PIECE))
    assert seen == [True]


def test_a_source_that_fails_leaves_no_key(sealed: Sealed) -> None:
    class Broken(io.BytesIO):
        def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
            return super().readinto(buffer) or self._gone()

        def _gone(self) -> int:
            raise ConnectionResetError("the phone went away")

    with pytest.raises(ConnectionResetError):
        sealed.store.write(KEY, Broken(bytes(3 * PIECE)), limit=4 * PIECE)
    assert list(sealed.keys.store.keys("")) == []


def test_a_key_that_a_killed_writer_left_is_taken_over(sealed: Sealed) -> None:
    left = os.urandom(32)
    sealed.keys.keep(KEY, left)
    keep(sealed, b"evidence")
    assert read(sealed) == b"evidence"
    assert len(list(sealed.keys.store.keys(""))) == 1
    assert sealed.keys.find(KEY) == left


def test_a_left_key_that_is_swept_while_it_is_taken_over_is_kept_again(sealed: Sealed) -> None:
    sealed.keys.keep(KEY, os.urandom(32))

    class Slow(io.BytesIO):
        def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
            if self.tell() == PIECE:  # the first piece is sealed with the left key by now
                assert sealed.keys.sweep(FAR, set(), sealed.inner.exists) == 1
            return super().readinto(buffer)

    sealed.store.write(KEY, Slow(bytes(2 * PIECE + 1)), limit=3 * PIECE)
    assert read(sealed) == bytes(2 * PIECE + 1)


def test_a_key_made_meanwhile_by_another_writer_means_the_object_is_theirs(sealed: Sealed) -> None:
    class Meanwhile(io.BytesIO):
        def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
            if self.tell() == PIECE:
                sealed.keys.keep(KEY, os.urandom(32))
            return super().readinto(buffer)

    with pytest.raises(ObjectExists):
        sealed.store.write(KEY, Meanwhile(bytes(PIECE + 1)), limit=2 * PIECE)
    assert not sealed.store.exists(KEY)
    keep(sealed, b"again")
    assert read(sealed) == b"again"


def test_an_object_that_another_process_wrote_anew_is_read_with_its_new_key(tmp_path: Path) -> None:
    def process() -> SealedObjectStore:
        keys = KeyStore(LocalObjectStore(tmp_path / "keys", shard_digits=1), masters_in(tmp_path))
        return SealedObjectStore(LocalObjectStore(tmp_path / "evidence"), keys)

    one, other = process(), process()
    one.write(KEY, io.BytesIO(b"first"), limit=9)
    other.delete(KEY)
    other.write(KEY, io.BytesIO(b"second"), limit=9)
    with one.open(KEY) as stream:
        assert stream.read() == b"second"


def test_keys_without_objects_are_swept_once_they_are_old(tmp_path: Path) -> None:
    keys = KeyStore(LocalObjectStore(tmp_path / "keys", shard_digits=1), masters_in(tmp_path))
    store = SealedObjectStore(LocalObjectStore(tmp_path / "evidence"), keys)
    store.write("standing", io.BytesIO(b"x"), limit=1)
    for left in ("old", "young"):
        keys.keep(left, os.urandom(32))
    kept_at = datetime(2026, 11, 24, tzinfo=UTC)
    (master,) = keys.masters.all()
    for left, at in (("standing", kept_at), ("old", kept_at), ("young", kept_at + timedelta(seconds=1))):
        name = name_of(left, master).replace("/", "!")
        (path,) = (tmp_path / "keys" / "objects").glob(f"*/{name}")
        os.utime(path, (at.timestamp(), at.timestamp()))
    assert store.discard_unfinished(kept_at) == 0
    assert store.discard_unfinished(kept_at + timedelta(seconds=1)) == 1
    assert (keys.find("old"), keys.find("young") is None, keys.find("standing") is None) == (
        None,
        False,
        False,
    )


def test_many_writers_and_readers_at_a_time(sealed: Sealed) -> None:
    failed: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for each in range(4):
                content = content_of(FRAME + number, number)
                keep(sealed, content, f"many/{number}/{each}")
                assert read(sealed, f"many/{number}/{each}") == content
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(list(sealed.keys.store.keys(""))) == 48


def test_memory_stays_bounded_while_a_long_recording_is_sealed_and_read(tmp_path: Path) -> None:
    """Its own process, so that the peak is its own and not that of an earlier test."""
    program = (
        "import sys, resource; from pathlib import Path\n"
        "from tests.bench.bench_sealing import stores, read_all, write_all\n"
        "store, source = stores(Path(sys.argv[1]))['sealed'], Path(sys.argv[2])\n"
        "small = source.with_name('small'); small.write_bytes(bytes(1 << 20))\n"
        "write_all(store, small, ['small']); read_all(store, ['small'])\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "write_all(store, source, ['long']); read_all(store, ['long'])\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    source = tmp_path / "long.bin"
    with source.open("wb") as file:
        file.truncate(150 << 20)
    (tmp_path / "stores").mkdir()
    command = [sys.executable, "-c", program, str(tmp_path / "stores"), str(source)]
    grown_kib = int(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)
    assert grown_kib < 8 << 10
