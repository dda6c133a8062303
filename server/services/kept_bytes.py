"""The bytes of an object as a file that is read at places: what was stored is looked at where it lies.

Owns the way from places to the store, which reads forward alone. Refuses to hold more than a piece in memory, and
writes nothing to the local disk, where it would lie unsealed (S6).
"""

from __future__ import annotations

import errno
import io
import os
from dataclasses import dataclass
from typing import BinaryIO, Literal

from server.services.ports.objects import ObjectStore, ObjectStoreUnavailable, StoredObject

_PIECE = 1 << 16
# Nearer bytes are read and passed over: to ask the store anew costs more.
_NEAR = 1 << 18


# As much of a file's beginning and end as tells what a document is.
EDGE = 4096


@dataclass(frozen=True, slots=True)
class KeptBytes:
    """An object of the store, for whoever opens files; its first and last bytes, where somebody has seen them go by."""

    objects: ObjectStore
    stored: StoredObject
    head: bytes = b""
    tail: bytes = b""

    def open(self, mode: Literal["rb"]) -> BinaryIO:
        return io.BufferedReader(_Seeking(self), _PIECE)


class _Seeking(io.RawIOBase):
    """Reads on from wherever it is told to; the store is asked when a byte is wanted, and not before."""

    def __init__(self, kept: KeptBytes) -> None:
        super().__init__()
        self._objects = kept.objects
        self._stored = kept.stored
        self._head = kept.head
        self._tail = kept.tail
        self._tail_at = kept.stored.size - len(kept.tail)
        self._stream: BinaryIO | None = None
        self._streamed = 0
        self._place = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        place = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._place, os.SEEK_END: self._stored.size}[whence]
        if place < 0:
            raise OSError(errno.EINVAL, "before the beginning")
        self._place = place
        return place

    def tell(self) -> int:
        return self._place

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        found = self._found(len(buffer))
        buffer[: len(found)] = found
        self._place += len(found)
        return len(found)

    def _found(self, length: int) -> bytes:
        """Some of the bytes from the place on; none at the end."""
        if self._place >= self._stored.size:
            return b""
        if self._place < len(self._head) and self._stream is None:
            return self._head[self._place : self._place + length]
        if self._place >= self._tail_at:
            return self._tail[self._place - self._tail_at :][:length]
        try:
            found = self._streaming().read(length)
        except OSError as error:  # readers of media take one for a file that ends early
            raise ObjectStoreUnavailable(f"{self._stored.key}: {error}") from error
        self._streamed = self._place + len(found)
        return found

    def close(self) -> None:
        if self._stream is not None:
            self._stream.close()
        super().close()

    def _streaming(self) -> BinaryIO:
        """The stream of the store, at the place that is asked for."""
        gap = self._place - self._streamed
        if self._stream is not None and 0 <= gap <= _NEAR:
            self._stream.read(gap)
        else:
            if self._stream is not None:
                self._stream.close()
            self._stream = self._objects.open(self._stored.key, self._place)
        self._streamed = self._place
        return self._stream
