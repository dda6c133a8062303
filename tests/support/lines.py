"""Lines of a test's own, from which bodies are received."""

from __future__ import annotations

import io
from collections.abc import Callable


class Reads(io.RawIOBase):
    """A line that gives what the function gives."""

    def __init__(self, read: Callable[[int], bytes]) -> None:
        super().__init__()
        self._read = read

    def read(self, size: int = -1, /) -> bytes:
        return self._read(size)

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        chunk = self._read(len(buffer))
        buffer[: len(chunk)] = chunk
        return len(chunk)
