"""Evidence bytes in a dictionary, for tests and for trying things out. It forgets everything with the
process."""

import io
import threading
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import BinaryIO

from server.services.ports.objects import ObjectExists, ObjectMissing, ObjectStat, StoredObject
from storage.objects.keys import checked_key, checked_range
from storage.objects.pieces import Measured

PIECE = 1 << 16


class MemoryObjectStore:
    """Keeps the port's promises but for durability; `now` gives the aware instant of storing."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._objects: dict[str, tuple[bytes, datetime]] = {}
        self._lock = threading.Lock()

    def write(self, key: str, source: BinaryIO, *, limit: int) -> StoredObject:
        measured = Measured(source, limit=limit, piece=PIECE)
        self.put(key, measured)
        return measured.stored(key)

    def put(
        self, key: str, pieces: Iterable[bytes | memoryview], ready: Callable[[], None] = lambda: None
    ) -> None:
        self._refuse_taken(checked_key(key))
        content = b"".join(bytes(piece) for piece in pieces)
        ready()
        with self._lock:
            self._refuse_taken(key)
            self._objects[key] = (content, self._now())

    def open(self, key: str, start: int = 0, length: int | None = None) -> BinaryIO:
        checked_range(start, length)
        content, _ = self._found(key)
        return io.BytesIO(content[start:] if length is None else content[start : start + length])

    def exists(self, key: str) -> bool:
        return checked_key(key) in self._objects

    def stat(self, key: str) -> ObjectStat:
        content, stored_at = self._found(key)
        return ObjectStat(key=key, size=len(content), stored_at=stored_at)

    def delete(self, key: str) -> None:
        with self._lock:
            self._objects.pop(checked_key(key), None)

    def keys(self, prefix: str = "") -> Iterator[str]:
        with self._lock:
            known = list(self._objects)
        return (key for key in known if key.startswith(prefix))

    def discard_unfinished(self, before: datetime) -> int:
        """A killed writer leaves nothing behind here."""
        return 0

    def _refuse_taken(self, key: str) -> None:
        if key in self._objects:
            raise ObjectExists(key)

    def _found(self, key: str) -> tuple[bytes, datetime]:
        found = self._objects.get(checked_key(key))
        if found is None:
            raise ObjectMissing(key)
        return found
