"""Tags that stand before the sound of an MP3 (ID3), passed over unread.

It owns this because FFmpeg reads them: frames of a tag may be compressed, and 2 MB of them took it eleven
seconds and 320 MB (measured). Nothing in a tag is a fact that we keep. It refuses to look into one.
"""

import io
from typing import BinaryIO

from storage.media.places import truncated

_HEADER = 10
_MOST_TAGS = 8
_HAS_FOOTER = 0x10


def past_tags(file: BinaryIO) -> BinaryIO:
    """The file as if it began behind its tags; closing it is the caller's business still.

    Raises MediaRefused when there is nothing behind them.
    """
    start, end = 0, file.seek(0, io.SEEK_END)
    for _ in range(_MOST_TAGS):
        file.seek(start)
        header = file.read(_HEADER)
        if len(header) < _HEADER or not header.startswith(b"ID3"):
            break
        size = sum((byte & 0x7F) << shift for byte, shift in zip(header[6:], (21, 14, 7, 0), strict=True))
        start += _HEADER + size + (_HEADER if header[5] & _HAS_FOOTER else 0)
    if start >= end:
        raise truncated("the file ends within its tag")
    return io.BufferedReader(_From(file, start))


class _From(io.RawIOBase):
    """A file whose beginning lies somewhere in another."""

    def __init__(self, file: BinaryIO, start: int) -> None:
        super().__init__()
        self._file = file
        self._start = start
        file.seek(start)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, place: int, whence: int = io.SEEK_SET) -> int:
        if whence == io.SEEK_SET:
            place = max(0, place) + self._start
        found = self._file.seek(place, whence)
        if found < self._start:
            found = self._file.seek(self._start)
        return found - self._start

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        piece = self._file.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)
