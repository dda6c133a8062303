"""The body of a request on its way into pieces.

Owns how much is read at a time, and when a piece ends: by its bytes, by its time, or with the body. It refuses to read
on for a request from which another has taken over.
"""

from __future__ import annotations

import hashlib
import io
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Protocol, TypeVar

from server.services.kept_bytes import EDGE
from server.services.upload_receivers import Receiver

CHUNK = 1 << 18  # as much as a sealed piece of the store: less is copied together once more
_T = TypeVar("_T")
_FIRST_CHUNK = 1 << 16
_LEAST_CHUNK = 1 << 10
_LARGEST_CHUNK = 1 << 20
# Reads are made smaller for a slow line, so that a running request can be told from a silent one.
_SLOW_READ, _FAST_READ = 1.0, 0.25


@dataclass(frozen=True, slots=True)
class Checksum:
    """What the sender says the body of this request digests to."""

    algorithm: str
    digest: bytes


class Line(Protocol):
    """Where a body comes from: some of its bytes as they come, none at its end; what broke raises OSError."""

    def read(self, size: int, /) -> bytes: ...
    def readinto(self, buffer: memoryview, /) -> int: ...


class GivenUpError(Exception):
    """Somebody else took over while this request was waiting for bytes."""


class Body(io.RawIOBase):
    """The body of a request, cut into pieces: each ends by its bytes, by its time, or with the body."""

    def __init__(
        self,
        line: Line,
        announced: int | None,
        checksum: Checksum | None,
        receiver: Receiver,
    ) -> None:
        super().__init__()
        self._line = line
        self._left = announced
        self._receiver = receiver
        self._chunk = _FIRST_CHUNK
        self._digest = None if checksum is None else hashlib.new(checksum.algorithm, usedforsecurity=False)
        self._piece_left = 0
        self._deadline = 0.0
        self.ended = announced == 0
        self.tail = b""

    def next_piece(self, size: int, seconds: float) -> None:
        self._piece_left = size
        self._deadline = time.monotonic() + seconds

    def read(self, size: int = -1, /) -> bytes:
        wanted = self._wanted(size if 0 <= size < CHUNK else CHUNK)
        chunk = self._waited(partial(self._line.read, wanted)) or b"" if wanted else b""
        if wanted:
            self._count(chunk, len(chunk))
        return chunk

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        wanted = self._wanted(len(buffer))
        if not wanted:
            return 0
        room = buffer[:wanted]
        taken = self._waited(partial(self._line.readinto, room)) or 0
        self._count(room[:taken], taken)
        return taken

    def _wanted(self, size: int) -> int:
        wanted = min(self._chunk, self._piece_left, size)
        if self._left is not None:
            wanted = min(wanted, self._left)
        return 0 if self.ended or time.monotonic() >= self._deadline else max(wanted, 0)

    def _count(self, chunk: bytes | memoryview, taken: int) -> None:
        self._piece_left -= taken
        if self._left is not None:
            self._left -= taken
        self.ended = taken == 0 or self._left == 0
        self.tail = bytes(chunk[-EDGE:]) if taken >= EDGE else (self.tail + chunk)[-EDGE:]
        if self._digest is not None:
            self._digest.update(chunk)

    @property
    def piece_over(self) -> bool:
        """Whether the piece has all its bytes."""
        return self.ended or self._piece_left <= 0

    def more(self) -> bool:
        """Whether a body of unknown length has bytes behind those that fit."""
        return not self.ended and self._left is None and bool(self._waited(partial(self._line.read, 1)))

    def digest(self) -> bytes:
        return b"" if self._digest is None else self._digest.digest()

    def _waited(self, take: Callable[[], _T]) -> _T | None:
        """What is taken from the line; None where it broke: what came before is kept."""
        receiver = self._receiver
        began = receiver.heard_at = time.monotonic()
        receiver.waiting = True
        try:
            taken = take()
        except OSError:
            taken = None
        receiver.waiting = False
        if receiver.given_up:
            raise GivenUpError
        self._adapt(time.monotonic() - began)
        return taken

    def _adapt(self, took: float) -> None:
        if took > _SLOW_READ:
            self._chunk = max(_LEAST_CHUNK, self._chunk // 2)
        elif took < _FAST_READ:
            self._chunk = min(_LARGEST_CHUNK, self._chunk * 2)


class After(io.RawIOBase):
    """Bytes that were read already, and then the rest of the piece."""

    def __init__(self, first: Iterable[bytes], rest: Body, over: Callable[[], None] = lambda: None) -> None:
        """`over` is called with the last bytes of the piece."""
        super().__init__()
        self._first = deque(first)
        self._rest = rest
        self._over = over

    @property
    def left(self) -> int:
        """Of the bytes that were read already."""
        return sum(map(len, self._first))

    def head(self, size: int) -> bytes:
        """So many of the first bytes, or fewer."""
        return self._first[0][:size] if self._first else b""

    def read(self, size: int = -1, /) -> bytes:
        chunk = self._some(size)
        if not self._first and (self._rest.piece_over or not chunk):
            self._over()
        return chunk

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if self._first:
            chunk = self._some(len(buffer))
            buffer[: len(chunk)] = chunk
            taken = len(chunk)
        else:
            taken = self._rest.readinto(buffer)
        if not self._first and (self._rest.piece_over or not taken):
            self._over()
        return taken

    def _some(self, size: int) -> bytes:
        if not self._first:
            return self._rest.read(size)
        chunk = self._first.popleft()
        if 0 <= size < len(chunk):
            self._first.appendleft(chunk[size:])
        return chunk if size < 0 else chunk[:size]
