"""Evidence bytes in a local folder: one file an object, safe against kills, power cuts and crafted keys.

It owns the folder alone: `objects/xx/` holds whole objects, in shards by a digest of the key so that no
folder grows without bound; `incoming/` holds what is being written. It refuses file systems without hard
links, for these are how a key is taken by exactly one writer.
"""

import hashlib
import os
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from server.services.ports.objects import ObjectExists, ObjectMissing, ObjectStat, StoredObject
from storage.objects.direct import DirectFile
from storage.objects.keys import checked_key, checked_range
from storage.objects.pieces import Measured, Slice, buffered

PIECE = 1 << 20
# No key can hold it, so a file name says which key it stands for.
_SLASH = "!"


class LocalObjectStore:
    """The embedded default; several processes may share the folder."""

    def __init__(self, folder: Path, *, shard_digits: int = 2) -> None:
        """Make the folder, private to this user; of 16 to the power of `shard_digits` shards each is made with the
        first object in it, so that writing one later has a single directory entry to make durable."""
        self._digits = shard_digits
        self._objects = folder / "objects"
        self._incoming = folder / "incoming"
        for made in (folder, self._objects, self._incoming):
            made.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._durable_shards = {str(shard) for shard in self._objects.iterdir()}
        for changed in (self._objects, folder, folder.parent):
            _sync_folder(changed)

    def write(self, key: str, source: BinaryIO, *, limit: int) -> StoredObject:
        measured = Measured(source, limit=limit, piece=PIECE)
        self.put(key, measured)
        return measured.stored(key)

    def put(
        self, key: str, pieces: Iterable[bytes | memoryview], ready: Callable[[], None] = lambda: None
    ) -> None:
        shard, final = self._place(key)
        if os.path.exists(final):
            raise ObjectExists(key)
        self._make_durable(shard)
        unfinished = f"{self._incoming}/{uuid.uuid4().hex}.part"
        try:
            _write_new(unfinished, pieces)
            ready()
            _take_key(unfinished, final, key)
            _sync_folder(shard)
        finally:
            with suppress(FileNotFoundError):
                os.unlink(unfinished)

    def open(self, key: str, start: int = 0, length: int | None = None) -> BinaryIO:
        checked_range(start, length)
        try:
            file = _existing_file(self._path(key))
        except FileNotFoundError as error:
            raise ObjectMissing(key) from error
        return buffered(Slice(file, start, length))

    def exists(self, key: str) -> bool:
        return self._path(key).exists()

    def stat(self, key: str) -> ObjectStat:
        try:
            found = self._path(key).stat()
        except FileNotFoundError as error:
            raise ObjectMissing(key) from error
        return ObjectStat(key=key, size=found.st_size, stored_at=datetime.fromtimestamp(found.st_mtime, UTC))

    def delete(self, key: str) -> None:
        path = self._path(key)
        path.unlink(missing_ok=True)
        # Of what somebody deleted already too: a cut may have come between that and its being durable.
        with suppress(FileNotFoundError):
            _sync_folder(path.parent)

    def keys(self, prefix: str = "") -> Iterator[str]:
        for shard in sorted(self._objects.iterdir()):
            with os.scandir(shard) as entries:
                for entry in entries:
                    key = entry.name.replace(_SLASH, "/")
                    if key.startswith(prefix):
                        yield key

    def discard_unfinished(self, before: datetime) -> int:
        discarded = 0
        for path in self._incoming.glob("*.part"):
            try:
                if path.stat().st_mtime >= before.timestamp():
                    continue
                path.unlink()
            except FileNotFoundError:
                continue  # its writer finished between our two looks
            discarded += 1
        return discarded

    def _make_durable(self, shard: str) -> None:
        """Whoever made it may have been killed before its name was on disk, so each process makes sure once."""
        if shard in self._durable_shards:
            return
        with suppress(FileExistsError):
            os.mkdir(shard, 0o700)
        _sync_folder(self._objects)
        self._durable_shards.add(shard)

    def _path(self, key: str) -> Path:
        return Path(self._place(key)[1])

    def _place(self, key: str) -> tuple[str, str]:
        """Its shard and its file, as texts: two objects are written for every file of evidence, and to put paths
        together took longer than to open them."""
        shard = hashlib.sha256(checked_key(key).encode()).hexdigest()[: self._digits]
        folder = f"{self._objects}/{shard}"
        return folder, f"{folder}/{key.replace('/', _SLASH)}"


def _take_key(unfinished: str, final: str, key: str) -> None:
    """A rename would replace what stands there; a link is made once or refused by the kernel."""
    try:
        os.link(unfinished, final)
    except FileExistsError as error:
        raise ObjectExists(key) from error


def _write_new(path: str, pieces: Iterable[bytes | memoryview]) -> None:
    """Durable when it returns, but for its name."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        file = DirectFile(descriptor)
        for piece in pieces:
            file.write(piece)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _existing_file(path: Path) -> BinaryIO:
    """A symbolic link in the folder was put there by somebody else; it is not followed."""
    return os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb")


def _sync_folder(folder: str | Path) -> None:
    """Without it a file that was synced can be nameless after a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
