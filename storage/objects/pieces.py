"""Bytes on their way: measured, limited, in pieces of one size. It knows no store."""

import hashlib
import io
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO, Protocol

from server.services.ports.objects import ObjectStore, ObjectTooLarge, StoredObject


class PieceStore(ObjectStore, Protocol):
    """A store that also takes bytes which somebody else measures: a wrapper need not have them digested again."""

    def put(
        self, key: str, pieces: Iterable[bytes | memoryview], ready: Callable[[], None] = lambda: None
    ) -> None:
        """Store the pieces as one object, with the promises of `write`. A piece holds until the next is asked for.

        `ready` is called when all pieces were taken and before the object appears. What it or the iteration raises
        passes through, and nothing appears.
        """
        ...


class Measured:
    """Reads a source in full pieces while it counts and digests them; one piece is in memory at a time."""

    def __init__(self, source: BinaryIO, *, limit: int, piece: int) -> None:
        self._source = source
        self._limit = limit
        self._piece = piece
        self._digest = hashlib.sha256()
        self.size = 0

    def __iter__(self) -> Iterator[bytes]:
        """Pieces of exactly the piece size, the last one shorter. Raises ObjectTooLarge before yielding what
        is over."""
        full = True
        while full and (piece := self._full_piece()):
            self.size += len(piece)
            if self.size > self._limit:
                raise ObjectTooLarge(f"more than {self._limit} bytes")
            self._digest.update(piece)
            full = len(piece) == self._piece
            yield piece
            del piece  # or two would be in memory while the next is read

    def into(self, room: memoryview) -> Iterator[memoryview]:
        """The rest of the source in pieces that fill the room, the last one shorter; each is gone when the next is
        asked for."""
        full = True
        while full and (taken := self._fill(room)):
            piece = room[:taken]
            self.size += taken
            if self.size > self._limit:
                raise ObjectTooLarge(f"more than {self._limit} bytes")
            self._digest.update(piece)
            full = taken == len(room)
            yield piece

    def _fill(self, room: memoryview) -> int:
        taken = 0
        while taken < len(room) and (more := self._source.readinto(room[taken:])):  # type: ignore[attr-defined]
            taken += more
        return taken

    def _full_piece(self) -> bytes:
        """A socket gives what it has; stores that demand full parts would refuse such short ones."""
        first = self._source.read(self._piece)
        if not first or len(first) == self._piece:
            return first
        gathered = bytearray(first)
        while len(gathered) < self._piece and (more := self._source.read(self._piece - len(gathered))):
            gathered += more
        return bytes(gathered)

    def stored(self, key: str) -> StoredObject:
        """What went by, under the key it was stored with."""
        return StoredObject(key=key, size=self.size, sha256=self._digest.hexdigest())


class Slice(io.RawIOBase):
    """A part of an open file, read forward; closing it closes the file."""

    def __init__(self, file: BinaryIO, start: int, length: int | None) -> None:
        super().__init__()
        self._file = file
        self._left = length
        file.seek(start)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        wanted = len(buffer) if self._left is None else min(len(buffer), self._left)
        given: int = self._file.readinto(memoryview(buffer)[:wanted])  # type: ignore[attr-defined]
        if self._left is not None:
            self._left -= given
        return given

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()


def buffered(raw: io.RawIOBase) -> BinaryIO:
    """A raw stream as what callers expect to read from."""
    return io.BufferedReader(raw, 1 << 16)
