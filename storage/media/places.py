"""A file read at places, and never past its size: what the structure checks stand on.

It refuses to hold more than what is asked for, so that a file of any length costs the same.
"""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from server.services.ports.media import MediaRefusal, MediaRefused, MediaSource


class Places:
    """`size` in bytes; reading past it is the sign of a cut file."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.size = file.seek(0, os.SEEK_END)

    def at(self, place: int, length: int) -> bytes:
        """Exactly so many bytes. Raises MediaRefused(truncated) when the file ends before."""
        found = self.upto(place, length)
        if len(found) < length:
            raise truncated()
        return found

    def upto(self, place: int, length: int) -> bytes:
        """As many of the bytes as there are."""
        if length < 0:
            raise OSError(errno.EINVAL, "fewer bytes than none")
        self._file.seek(place)
        return self._file.read(length)

    def pieces(self, start: int, piece: int = 1 << 20, overlap: int = 16) -> Iterator[tuple[int, bytes]]:
        """The rest of the file in pieces with their places; a mark cut by a border is whole in the next
        piece."""
        place = start
        while place < self.size:
            found = self.upto(place, piece + overlap)
            if not found:
                return
            yield place, found
            place += piece


@contextmanager
def opened_places(source: MediaSource) -> Iterator[Places]:
    """The file, closed on leaving."""
    with source.open("rb") as file:
        yield Places(file)


def truncated(words: str = "the file ends before its content does") -> MediaRefused:
    """The refusal of a cut file."""
    return MediaRefused(MediaRefusal.TRUNCATED, words)


def unreadable(words: str) -> MediaRefused:
    """The refusal of a file that has the right beginning and nothing sound behind it."""
    return MediaRefused(MediaRefusal.UNREADABLE, words)
