"""Evidence sealed at rest (S6): any store, with what lies in it encrypted under one key an object.

Owns the way of bytes into frames (`frames`) and back, in bounded memory, and the order of things: the key of an object
is durable before the object appears, so no object stands that cannot be opened. Refuses to give out a byte that was
not authenticated, and to say that an object ends before its trailer said so.

Two writers of one key may meet: whoever makes its key durable first may go on, the other is told that the key is taken.
A key that a killed writer left is taken over by the next writer of the same object; one without a next is swept.
"""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import chain
from typing import BinaryIO

from server.services.ports.objects import (
    ObjectDamaged,
    ObjectKeyDestroyed,
    ObjectMissing,
    ObjectStat,
    StoredObject,
)
from storage.objects.direct import PAGE, PagedBuffers
from storage.objects.frames import (
    FRAME,
    MAGIC,
    OVERHEAD,
    STORED_FRAME,
    TRAILER,
    Seal,
    frames_in,
    offset_of,
    place_of,
    plain_size,
)
from storage.objects.key_store import KeyStore
from storage.objects.keys import checked_key, checked_range
from storage.objects.pieces import Measured, PieceStore

PIECE = FRAME  # read before it is known whether there is more
# What is larger is read and written so many frames at a time: more cost less, and more memory. Beyond so many writers,
# one.
_LARGE = 4
_LARGE_BUFFERS = 12


class SealedObjectStore:
    """The port over `inner`, whose bytes nobody reads without `keys`."""

    def __init__(self, inner: PieceStore, keys: KeyStore) -> None:
        self._inner = inner
        self._keys = keys
        self._buffers = PagedBuffers(_room_for(_LARGE), _room_for(1), _LARGE_BUFFERS)

    def write(self, key: str, source: BinaryIO, *, limit: int) -> StoredObject:
        measured = Measured(source, limit=limit, piece=PIECE)
        writing = _Writing(checked_key(key), measured, self._keys, self._buffers)
        self._inner.put(key, writing.pieces(), writing.ready)
        if writing.taken_over is not None:
            # The sweeper may have removed the left key while we sealed with it.
            self._keys.keep_again(key, writing.taken_over)
        return measured.stored(key)

    def open(self, key: str, start: int = 0, length: int | None = None) -> BinaryIO:
        checked_range(start, length)
        size = self.stat(key).size
        data_key = self._key(key)
        if length == 0:
            return io.BytesIO()
        try:
            return self._reading(key, data_key, size, start, length)
        except ObjectDamaged:
            # Another process may have deleted the object and written it anew since we remembered its key.
            self._keys.forget(key)
            if self._key(key) == data_key:
                raise
            return self.open(key, start, length)

    def _key(self, key: str) -> bytes:
        data_key = self._keys.find(key)
        if data_key is None:
            # It may have been deleted, with its key, since it was found.
            raise ObjectKeyDestroyed(key) if self._inner.exists(key) else ObjectMissing(key)
        return data_key

    def _reading(self, key: str, data_key: bytes, size: int, start: int, length: int | None) -> BinaryIO:
        stop = size if length is None else min(size, start + length)
        begins = offset_of(place_of(start, size), size)
        needed = offset_of(frames_in(stop), size) - begins
        if frames_in(stop) == frames_in(size):
            needed += TRAILER + (len(MAGIC) if size == 0 else 0)
        stream = self._inner.open(key, begins, needed)
        reading = _Reading(key, stream, Seal(key, data_key), size, start=start, stop=stop)
        try:
            reading.begin()
        except BaseException:
            reading.close()
            raise
        return io.BufferedReader(reading, FRAME)

    def exists(self, key: str) -> bool:
        return self._inner.exists(key)

    def stat(self, key: str) -> ObjectStat:
        found = self._inner.stat(key)
        size = plain_size(found.size)
        if size is None:
            raise ObjectDamaged(key, "size")
        return replace(found, size=size)

    def delete(self, key: str) -> None:
        """The bytes first: killed in between, a key without an object is left and no object without its key."""
        self._inner.delete(key)
        self._keys.destroy(key)

    def keys(self, prefix: str = "") -> Iterator[str]:
        return self._inner.keys(prefix)

    def discard_unfinished(self, before: datetime) -> int:
        """Also the keys of objects that never appeared."""
        discarded = self._inner.discard_unfinished(before)
        standing = {hashlib.sha256(key.encode()).digest() for key in self._inner.keys("")}
        return discarded + self._keys.sweep(before, standing, self._inner.exists)


class _Writing:
    """One object on its way in; `taken_over` is the key that an earlier writer of it had left.

    Its key is kept when its last bytes lie on the disk, so that a source which fails leaves none; and by the same
    thread, for to have another do it meanwhile cost more than the wait.
    """

    def __init__(self, object_key: str, measured: Measured, keys: KeyStore, buffers: PagedBuffers) -> None:
        self._buffers = buffers
        self._object_key = object_key
        self._measured = measured
        self._keys = keys
        self._data_key = b""
        self.taken_over: bytes | None = None

    def pieces(self) -> Iterator[memoryview]:
        """The sealed form, header to trailer; all but the last are whole pages."""
        first = next(iter(self._measured), b"")
        self.taken_over = self._keys.find(self._object_key)
        self._data_key = self.taken_over or os.urandom(32)
        seal = Seal(self._object_key, self._data_key)
        if len(first) < PIECE:
            room = memoryview(bytearray(PAGE + frames_in(len(first)) * STORED_FRAME + TRAILER))
            yield from self._sealed(seal, [first] if first else [], room)
            return
        with self._buffers.lent() as lent:
            frames = (len(lent) - PAGE - TRAILER) // (FRAME + STORED_FRAME)
            room, out = lent[-frames * FRAME :], lent[: -frames * FRAME]
            yield from self._sealed(seal, chain([first], self._measured.into(room)), out)

    def _sealed(
        self, seal: Seal, pieces: Iterable[bytes | memoryview], out: memoryview
    ) -> Iterator[memoryview]:
        out[: len(MAGIC)] = MAGIC
        used, frames = len(MAGIC), 0
        for piece in pieces:
            plain = memoryview(piece)
            for start in range(0, len(plain), FRAME):
                if used + STORED_FRAME + TRAILER > len(out):
                    whole = used - used % PAGE
                    yield out[:whole]
                    out[: used - whole] = out[whole:used]
                    used -= whole
                used += seal.frame(frames, plain[start : start + FRAME], out[used:])
                frames += 1
        used += seal.trailer(self._measured.size, frames, out[used:])
        yield out[:used]

    def ready(self) -> None:
        """Raises what keeping the key raised, ObjectExists above all."""
        if self.taken_over is None:
            self._keys.keep(self._object_key, self._data_key)


def _room_for(frames: int) -> int:
    """For so many frames as they come, and sealed, with what was left of a page before them, or the header."""
    return PAGE + frames * (STORED_FRAME + FRAME) + TRAILER


class _Reading(io.RawIOBase):
    """The bytes `start` to `stop` of an object of `size` bytes, opened frame by frame as they are asked for.

    `stream` begins with the header when `start` is in the first frame, else with the frame of `start`; it goes on to
    the trailer when the range reaches the end.
    """

    def __init__(self, key: str, stream: BinaryIO, seal: Seal, size: int, *, start: int, stop: int) -> None:
        super().__init__()
        self._key = key
        self._stream = stream
        self._seal = seal
        self._size = size
        self._place = place_of(start, size)
        self._skip = start - self._place * FRAME
        self._left = max(stop - start, 0)
        self._to_end = stop == size
        self._opened = memoryview(b"")

    def begin(self) -> None:
        """What is found at once is told at once: the header and the first frame, or the trailer of nothing."""
        if self._place == 0 and self._stream.read(len(MAGIC)) != MAGIC:
            raise ObjectDamaged(self._key, "header")
        if self._left:
            room = memoryview(bytearray(FRAME))
            self._opened = room[: self._next_frame(room)][self._skip :]
        elif self._to_end:
            # A claim that there is nothing more is as good as the trailer that makes it.
            self._seal.check_trailer(self._stream.read(TRAILER), self._size)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        out = memoryview(buffer).cast("B")
        given = 0
        while self._left and given < len(out):
            if not self._opened and len(out) - given >= FRAME <= self._left:
                taken = self._next_frame(out[given:])
            else:
                taken = self._from_opened(out[given:])
            given += taken
            self._left -= taken
        return given

    def readall(self) -> bytes:
        whole = bytearray(self._left)
        self.readinto(memoryview(whole))
        return bytes(whole)

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
        super().close()

    def _from_opened(self, out: memoryview) -> int:
        if not self._opened:
            room = memoryview(bytearray(FRAME))
            self._opened = room[: self._next_frame(room)]
        taken = min(len(out), len(self._opened), self._left)
        out[:taken] = self._opened[:taken]
        self._opened = self._opened[taken:]
        return taken

    def _next_frame(self, out: memoryview) -> int:
        """The last frame is given only once the trailer agrees that it is the last."""
        place, self._place = self._place, self._place + 1
        sealed = self._stream.read(min(FRAME, self._size - place * FRAME) + OVERHEAD)
        opened = self._seal.open_frame(place, sealed, out)
        if self._place == frames_in(self._size):
            self._seal.check_trailer(self._stream.read(TRAILER), self._size)
        return opened
