"""The port to evidence bytes: written once under a key, read in ranges, never changed.

It owns the promises that every store keeps (one contract suite tests all of them). It refuses to know what
the bytes mean: types, digests that somebody declared and retention are the use cases' business.

Order of things: bytes are stored before the row that names them, so a row without bytes cannot exist; bytes
without a row are found by `keys` and removed by the sweeper once `stored_at` is old enough that no
transaction still runs. A wrapper that seals bytes implements the same port around any store: nothing here
depends on the stored form.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Protocol


class ObjectStoreError(Exception):
    """What a store can answer instead of bytes."""


class ObjectKeyRefused(ObjectStoreError):
    """The key is not of the one form that means the same in every store."""


class ObjectExists(ObjectStoreError):
    """The key is taken; what stands under it stays as it is."""


class ObjectMissing(ObjectStoreError):
    """Nothing stands under the key."""


class ObjectTooLarge(ObjectStoreError):
    """The source has more bytes than the limit; nothing was stored."""


class ObjectDamaged(ObjectStoreError):
    """What is stored is not what was written; `part` says where: `header`, `frame 3`, `trailer`, `size`, `key`."""

    def __init__(self, key: str, part: str) -> None:
        super().__init__(f"{key}: the {part} is damaged")
        self.key = key
        self.part = part


class ObjectKeyDestroyed(ObjectStoreError):
    """The bytes are there, but no key opens them any more."""


class ObjectStoreUnavailable(ObjectStoreError):
    """The store did not answer, or answered something that it should not; trying again may help."""


@dataclass(frozen=True, slots=True)
class StoredObject:
    """What was written: `size` in bytes, `sha256` in lower-case hex, both measured while the bytes went
    by."""

    key: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class ObjectStat:
    """What stands under a key: `size` in bytes, `stored_at` aware, by the store's own clock."""

    key: str
    size: int
    stored_at: datetime


class ObjectStore(Protocol):
    """Keys are lower-case segments of `[a-z0-9._-]` joined by `/`, at most 200 characters."""

    def write(self, key: str, source: BinaryIO, *, limit: int) -> StoredObject:
        """Read the source to its end and store it, durably, before returning. Memory stays bounded.

        Nobody ever sees a part of it: the key appears with the whole object or not at all, also when the
        process is killed. Of several writers of one key exactly one succeeds. What the source raises passes
        through. Raises ObjectExists, ObjectTooLarge (more than `limit` bytes), ObjectKeyRefused,
        ObjectStoreUnavailable.
        """
        ...

    def open(self, key: str, start: int = 0, length: int | None = None) -> BinaryIO:
        """A stream to read forward and to close, of `length` bytes from `start` or as many as there are.

        Raises ObjectMissing and, where bytes are sealed, ObjectKeyDestroyed here; ObjectDamaged and
        ObjectStoreUnavailable here or while reading; ValueError for negative numbers.
        """
        ...

    def exists(self, key: str) -> bool:
        """Whether a whole object stands under the key."""
        ...

    def stat(self, key: str) -> ObjectStat:
        """Size and age. Raises ObjectMissing, and ObjectDamaged for a size that no writer leaves."""
        ...

    def delete(self, key: str) -> None:
        """For the sweeper of bytes without rows alone. A key that is gone already is no error: jobs may run
        twice."""
        ...

    def keys(self, prefix: str = "") -> Iterator[str]:
        """Every key that starts with the prefix, in no promised order, without holding them all."""
        ...

    def discard_unfinished(self, before: datetime) -> int:
        """Remove what writers left that were killed before the given instant (aware); how many there were."""
        ...
