"""Writing past the page cache: what lies there is what was given, wherever a piece ends and whatever is refused."""

from __future__ import annotations

import errno
import fcntl
import io
import mmap
import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from storage.objects import direct
from storage.objects.direct import PAGE, DirectFile, PagedBuffers
from storage.objects.key_store import KeyStore
from storage.objects.local import LocalObjectStore
from storage.objects.sealed import SealedObjectStore
from tests.storage.objects.conftest import masters_in

LEAST = 1 << 17
SIZES = [0, 1, PAGE - 1, PAGE, PAGE + 1, LEAST - 1, LEAST, LEAST + 1, LEAST + PAGE - 1, LEAST + PAGE]


@pytest.fixture
def descriptor(tmp_path: Path) -> Iterator[int]:
    opened = os.open(tmp_path / "file", os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    yield opened
    os.close(opened)


def flags_of(descriptor: int) -> int:
    return fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_DIRECT


def paged(content: bytes) -> memoryview:
    """In memory from the beginning of a page on, as a disk wants it."""
    room = memoryview(mmap.mmap(-1, max(len(content), 1)))[: len(content)]
    room[:] = content
    return room


def lying(descriptor: int) -> bytes:
    return Path(f"/proc/self/fd/{descriptor}").read_bytes()


def written(descriptor: int, pieces: list[bytes]) -> bytes:
    file = DirectFile(descriptor)
    for piece in pieces:
        file.write(paged(piece))
    return lying(descriptor)


@pytest.mark.parametrize("first", SIZES)
@pytest.mark.parametrize("second", SIZES)
def test_pieces_of_any_size_follow_each_other(descriptor: int, first: int, second: int) -> None:
    pieces = [os.urandom(first), os.urandom(second), os.urandom(LEAST)]
    assert written(descriptor, pieces) == b"".join(pieces)


@pytest.mark.parametrize("offset", [1, 8, 16, 512])
def test_a_piece_that_lies_anywhere_in_memory_is_written(descriptor: int, offset: int) -> None:
    content = os.urandom(2 * LEAST)
    DirectFile(descriptor).write(paged(bytes(offset) + content)[offset:])
    assert lying(descriptor) == content


def test_a_file_system_that_knows_no_such_writes_is_written_through_the_cache(
    descriptor: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    real = fcntl.fcntl

    def refusing(number: int, command: int, flags: int = 0) -> int:
        if command == fcntl.F_SETFL and flags & os.O_DIRECT:
            asked.append(flags)
            raise OSError(errno.EINVAL, "no direct writes here")
        return real(number, command, flags)

    monkeypatch.setattr(direct.fcntl, "fcntl", refusing)
    pieces = [os.urandom(LEAST)] * 3
    assert written(descriptor, pieces) == b"".join(pieces)
    assert len(asked) == 1, "asked again after it was refused"


@pytest.mark.parametrize("refused", [errno.EINVAL, errno.EOPNOTSUPP])
@pytest.mark.parametrize("good", [0, 1])
def test_a_write_that_is_refused_goes_through_the_cache_and_so_do_those_after_it(
    descriptor: int, refusing: Callable[[int, int], list[int]], refused: int, good: int
) -> None:
    refusals = refusing(refused, good)
    pieces = [os.urandom(LEAST) for _ in range(4)]
    assert written(descriptor, pieces) == b"".join(pieces)
    assert (len(refusals), flags_of(descriptor)) == (1, 0)


def test_what_a_disk_says_besides_is_heard(
    descriptor: int, refusing: Callable[[int, int], list[int]]
) -> None:
    refusing(errno.ENOSPC, 0)
    with pytest.raises(OSError, match="refused"):
        written(descriptor, [os.urandom(LEAST)])


@pytest.fixture
def refusing(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, int], list[int]]:
    """Direct writes are refused with that error, after so many that were not."""

    def arm(error: int, good: int) -> list[int]:
        refusals: list[int] = []
        done: list[int] = []
        real = os.write

        def write(number: int, content: memoryview) -> int:
            if not flags_of(number) or len(done) < good:
                done.append(real(number, content))
                return done[-1]
            refusals.append(number)
            raise OSError(error, "refused")

        monkeypatch.setattr(direct.os, "write", write)
        return refusals

    return arm


def test_a_sealed_recording_is_written_past_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the disk below lets us, else through it; the last pages too, for they do not end with a page."""
    passed = {True: 0, False: 0}
    real = os.write

    def counting(number: int, piece: memoryview) -> int:
        past = flags_of(number) != 0
        done = real(number, piece)
        passed[past] += done
        return done

    store = SealedObjectStore(
        LocalObjectStore(tmp_path / "evidence"),
        KeyStore(LocalObjectStore(tmp_path / "keys", shard_digits=1), masters_in(tmp_path)),
    )
    content = random.Random(20261126).randbytes(3 << 20)
    taken = takes_direct_writes(tmp_path / "probe")
    monkeypatch.setattr(direct.os, "write", counting)
    store.write("long", io.BytesIO(content), limit=len(content))
    monkeypatch.undo()
    assert sum(passed.values()) > len(content)
    assert passed[True] > (2 << 20) if taken else passed[True] == 0, passed
    with store.open("long") as reader:
        assert reader.read() == content


def takes_direct_writes(path: Path) -> bool:
    opened = os.open(path, os.O_WRONLY | os.O_CREAT)
    try:
        fcntl.fcntl(opened, fcntl.F_SETFL, os.O_DIRECT)
        return os.write(opened, paged(bytes(PAGE))) == PAGE
    except OSError:
        return False
    finally:
        os.close(opened)


def test_buffers_are_lent_again_and_small_ones_beyond_their_number() -> None:
    buffers = PagedBuffers(3 * PAGE - 1, PAGE, 2)
    with buffers.lent() as first, buffers.lent() as second, buffers.lent() as third:
        assert [len(one) for one in (first, second, third)] == [3 * PAGE, 3 * PAGE, PAGE]
        first[:2], second[:2] = b"ab", b"cd"
    with buffers.lent() as again, buffers.lent() as other, buffers.lent() as beyond:
        assert {bytes(again[:2]), bytes(other[:2])} == {b"ab", b"cd"}
        assert len(beyond) == PAGE


def test_a_buffer_comes_back_from_a_block_that_fails() -> None:
    buffers = PagedBuffers(2 * PAGE, PAGE, 1)
    for _ in range(2):
        with pytest.raises(IndexError), buffers.lent() as buffer:
            buffer[2 * PAGE]
    with buffers.lent() as buffer:
        assert len(buffer) == 2 * PAGE
