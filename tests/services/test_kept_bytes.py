"""What lies in the store is read at places as from a file, and what the store cannot give is no fault of the file."""

from __future__ import annotations

import errno
import io
import os
import random
from pathlib import Path

import pytest

from server.domain.evidence import Capture, EvidenceKind
from server.services.evidence import Particulars, examined_file
from server.services.kept_bytes import EDGE, KeptBytes
from server.services.ports.objects import ObjectDamaged, ObjectStoreUnavailable, StoredObject
from storage.media.reader import FileMediaReader
from storage.objects.key_store import KeyStore
from storage.objects.local import LocalObjectStore
from storage.objects.master_keys import MasterKeys
from storage.objects.sealed import SealedObjectStore
from tests.support import evidence as files
from tests.support import tus

NEAR = 1 << 18
KEY = "uploads/one/0-1"
SIZES = [0, 1, 4096, NEAR - 1, NEAR, NEAR + 1, (1 << 20) + 5]


@pytest.fixture
def store(tmp_path: Path) -> SealedObjectStore:
    masters = MasterKeys(tmp_path / "master", tmp_path / "master.lock")
    masters.make()
    keys = KeyStore(LocalObjectStore(tmp_path / "keys", shard_digits=1), masters)
    return SealedObjectStore(LocalObjectStore(tmp_path / "evidence"), keys)


def kept(store: SealedObjectStore, content: bytes) -> StoredObject:
    return store.write(KEY, io.BytesIO(content), limit=len(content))


@pytest.mark.parametrize("edge", [0, 100, EDGE])
@pytest.mark.parametrize("size", SIZES)
def test_it_reads_as_a_file_does_wherever_it_is_told_to(
    store: SealedObjectStore, size: int, edge: int
) -> None:
    dice = random.Random(20261126)
    content = dice.randbytes(size)
    plain = io.BytesIO(content)
    edges = (content[:edge], content[-edge:] if edge else b"")
    with KeptBytes(store, kept(store, content), *edges).open("rb") as file:
        for _ in range(60):
            place = dice.choice(
                (0, 1, size // 2, size - 1, size, size + 1, size - NEAR, dice.randrange(size + 1))
            )
            length = dice.choice((0, 1, 100, 1 << 16, NEAR, NEAR + 1, -1))
            if place < 0:
                with pytest.raises(OSError, match="before the beginning"):
                    file.seek(place)
                continue
            assert file.seek(place) == plain.seek(place) == file.tell()
            assert file.read(length) == plain.read(length)
        assert file.seek(-1 if size else 0, os.SEEK_END) == max(0, size - 1)
        assert file.read() == content[-1:]


def test_bytes_that_are_near_are_passed_over_and_for_others_the_store_is_asked(
    store: SealedObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    real = store.open

    def counted(key: str, start: int = 0, length: int | None = None) -> io.BufferedIOBase:
        asked.append(start)
        return real(key, start, length)  # type: ignore[return-value]

    monkeypatch.setattr(store, "open", counted)
    with KeptBytes(store, kept(store, bytes(1 << 20))).open("rb") as file:
        assert asked == []
        for place in (0, 1 << 17, 1 << 18):
            file.seek(place)
            file.read(1)
        assert asked == [0]
        file.seek(1 << 19 | 1 << 18)
        file.read(1)
        file.seek(0)
        file.read(1)
        assert asked == [0, 1 << 19 | 1 << 18, 0]


CONTENTS = {
    EvidenceKind.PHOTO_DOOR: files.photo(),
    EvidenceKind.RECORDING: files.recording(),
    EvidenceKind.ATTACHMENT: tus.PDF,
}


def told(kind: EvidenceKind) -> Particulars:
    return Particulars("one", "visit", kind, "a.bin", "", None, Capture())


@pytest.mark.parametrize("kind", list(CONTENTS))
def test_media_tell_the_same_from_the_store_as_from_the_disk(
    store: SealedObjectStore, kind: EvidenceKind, tmp_path: Path
) -> None:
    path = tmp_path / "file"
    path.write_bytes(CONTENTS[kind])
    source = KeptBytes(store, kept(store, CONTENTS[kind]))
    media = FileMediaReader()
    assert examined_file(media, source, told(kind)) == examined_file(media, path, told(kind))


def test_a_document_is_told_by_its_edges_alone(
    store: SealedObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = tus.PDF[:-10] + bytes(NEAR) + tus.PDF[-10:]
    source = KeptBytes(store, kept(store, content), content[:EDGE], content[-EDGE:])
    monkeypatch.setattr(store, "open", lambda *_: pytest.fail("the store was asked"))
    examined = examined_file(FileMediaReader(), source, told(EvidenceKind.ATTACHMENT))
    assert examined.media_type == "application/pdf"


@pytest.mark.parametrize("kind", list(CONTENTS))
@pytest.mark.parametrize("fails", [OSError(errno.EIO, "bad sector"), OSError(errno.EINVAL, "odd")])
def test_a_disk_that_fails_is_not_taken_for_a_file_that_ends_early(
    store: SealedObjectStore, kind: EvidenceKind, fails: OSError, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = KeptBytes(store, kept(store, CONTENTS[kind]))

    def failing(*_: object) -> io.BytesIO:
        raise fails

    monkeypatch.setattr(store, "open", failing)
    with pytest.raises(ObjectStoreUnavailable):
        examined_file(FileMediaReader(), source, told(kind))


@pytest.mark.parametrize("kind", list(CONTENTS))
def test_bytes_that_were_altered_are_not_taken_for_a_file_that_is_unfit(
    store: SealedObjectStore, kind: EvidenceKind, tmp_path: Path
) -> None:
    source = KeptBytes(store, kept(store, CONTENTS[kind]))
    (path,) = (tmp_path / "evidence" / "objects").glob("*/uploads*")
    sealed = bytearray(path.read_bytes())
    sealed[100] ^= 1
    path.write_bytes(sealed)
    with pytest.raises(ObjectDamaged):
        examined_file(FileMediaReader(), source, told(kind))
