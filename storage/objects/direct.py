"""Writing a file past the page cache, where the file system lets us, and the buffers from which that is done.

Evidence is written once and read much later: in the cache it costs a copy of each byte, and pushes out what is read.
Owns the alignment that such writes need. Refuses to promise that anything is durable: whoever writes syncs.
"""

from __future__ import annotations

import errno
import fcntl
import mmap
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

PAGE = 4096
# Smaller pieces cost more past the cache, one request to the disk each, than the copy into it does.
_LEAST = 1 << 17
_DIRECT = getattr(os, "O_DIRECT", 0)
_REFUSED = (errno.EINVAL, errno.EOPNOTSUPP, errno.ENOTSUP)


class DirectFile:
    """Writes pieces one behind the other: their whole pages past the cache, until one ends within a page."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._direct = False
        self._aligned = _DIRECT != 0

    def write(self, piece: bytes | memoryview) -> None:
        whole = len(piece) - len(piece) % PAGE
        if self._aligned and whole >= _LEAST:
            self._turn(True)
            self._write(memoryview(piece)[:whole])
            piece = memoryview(piece)[whole:]
        if piece:
            self._turn(False)
            self._write(memoryview(piece))
            self._aligned = self._aligned and len(piece) % PAGE == 0

    def _write(self, rest: memoryview) -> None:
        while rest:
            try:
                rest = rest[os.write(self._descriptor, rest) :]
            except OSError as error:
                if not self._direct or error.errno not in _REFUSED:
                    raise
                self._give_up()  # the file system, or where the piece lies in memory

    def _turn(self, direct: bool) -> None:
        if direct == self._direct:
            return
        flags = fcntl.fcntl(self._descriptor, fcntl.F_GETFL) & ~_DIRECT
        try:
            fcntl.fcntl(self._descriptor, fcntl.F_SETFL, flags | (_DIRECT if direct else 0))
        except OSError as error:
            if not direct or error.errno not in _REFUSED:
                raise
            self._aligned = False
            return
        self._direct = direct

    def _give_up(self) -> None:
        self._turn(False)
        self._aligned = False


class PagedBuffers:
    """Buffers that begin with a page, lent again and again: so many large ones, and small ones beyond."""

    def __init__(self, large: int, small: int, count: int) -> None:
        self._large = _whole_pages(large)
        self._small = _whole_pages(small)
        self._to_make = count
        self._free: list[mmap.mmap] = []
        self._lock = threading.Lock()

    @contextmanager
    def lent(self) -> Iterator[memoryview]:
        """One for as long as the block runs; what lies in it is whatever was there before."""
        buffer = self._taken()
        if buffer is None:
            yield memoryview(_pages(self._small))
            return
        try:
            yield memoryview(buffer)
        finally:
            with self._lock:
                self._free.append(buffer)

    def _taken(self) -> mmap.mmap | None:
        with self._lock:
            if self._free:
                return self._free.pop()
            if self._to_make == 0:
                return None
            self._to_make -= 1
        return _pages(self._large)


def _pages(size: int) -> mmap.mmap:
    """Of this process alone: a child must not write into what is lent here."""
    return mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)


def _whole_pages(size: int) -> int:
    return -(-size // PAGE) * PAGE
