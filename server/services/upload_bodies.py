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

from server.services.kept_bytes import EDGE
from server.services.upload_receivers import Receiver

CHUNK = 1 << 18  # as much as a sealed piece of the store: less is copied together once more
_FIRST_CHUNK = 1 << 16
_LEAST_CHUNK = 1 << 10
# Reads are made smaller for a slow line, so that a running request can be told from a silent one.
_SLOW_READ, _FAST_READ = 1.0, 0.25


@dataclass(frozen=True, slots=True)
class Checksum:
    """What the sender says the body of this request digests to."""

    algorithm: str
    digest: bytes


class GivenUpError(Exception):
    """Somebody else took over while this request was waiting for bytes."""


class Body(io.RawIOBase):
    """The body of a request, cut into pieces: each ends by its bytes, by its time, or with the body."""

    def __init__(
        self,
        read: Callable[[int], bytes],
        announced: int | None,
        checksum: Checksum | None,
        receiver: Receiver,
    ) -> None:
        super().__init__()
        self._read = read
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
        wanted = min(self._chunk, self._piece_left, size if size >= 0 else self._chunk)
        if self._left is not None:
            wanted = min(wanted, self._left)
        if wanted <= 0 or self.ended or time.monotonic() >= self._deadline:
            return b""
        began = time.monotonic()
        chunk = self._some(wanted)
        self._adapt(time.monotonic() - began)
        self._piece_left -= len(chunk)
        if self._left is not None:
            self._left -= len(chunk)
        self.ended = len(chunk) == 0 or self._left == 0
        self.tail = chunk[-EDGE:] if len(chunk) >= EDGE else (self.tail + chunk)[-EDGE:]
        if self._digest is not None:
            self._digest.update(chunk)
        return chunk

    @property
    def piece_over(self) -> bool:
        """Whether the piece has all its bytes."""
        return self.ended or self._piece_left <= 0

    def more(self) -> bool:
        """Whether a body of unknown length has bytes behind those that fit."""
        return not self.ended and self._left is None and self._some(1) != b""

    def digest(self) -> bytes:
        return b"" if self._digest is None else self._digest.digest()

    def _some(self, wanted: int) -> bytes:
        receiver = self._receiver
        receiver.heard_at, receiver.waiting = time.monotonic(), True
        try:
            chunk = self._read(wanted)
        except OSError:
            chunk = b""  # the line broke: what came before is kept
        receiver.waiting = False
        if receiver.given_up:
            raise GivenUpError
        return chunk

    def _adapt(self, took: float) -> None:
        if took > _SLOW_READ:
            self._chunk = max(_LEAST_CHUNK, self._chunk // 2)
        elif took < _FAST_READ:
            self._chunk = min(CHUNK, self._chunk * 2)


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

    def _some(self, size: int) -> bytes:
        if not self._first:
            return self._rest.read(size)
        chunk = self._first.popleft()
        if 0 <= size < len(chunk):
            self._first.appendleft(chunk[size:])
        return chunk if size < 0 else chunk[:size]
