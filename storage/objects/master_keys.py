"""The master keys, under which the keys of objects are wrapped: a file of lines `id:hex`, the first one current.

Owns that file: made once at first start, mode 0600, read anew when it changes, replaced whole. Refuses a file that
others on the machine can read. Older lines stay until every key is wrapped under the first one (`key_rotation`).

`using` and `changing` keep writers of keys apart from a change of the file, across processes of one machine and of
machines that share the folder.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from server.services.ports.objects import ObjectStoreUnavailable

_LINE = re.compile(r"([0-9a-z]{4,32}):([0-9a-f]{64})")


class MasterKeysRefused(ObjectStoreUnavailable):
    """The file is missing, open to others or not of the form; the words name it and the remedy."""


@dataclass(frozen=True, slots=True)
class MasterKey:
    """`id` stands in the names of the keys that it wraps; `key` has 32 bytes."""

    id: str
    key: bytes = field(repr=False)


class MasterKeys:
    """The keys of one file; `lock` is a file beside which nothing is written."""

    def __init__(self, path: Path, lock: Path) -> None:
        self._path = path
        self._lock = lock
        self._seen: tuple[int, ...] = ()
        self._held: tuple[MasterKey, ...] = ()

    def make(self) -> None:
        """A first key, where there is no file. Two processes that start at once agree on one."""
        fresh = self._written([fresh_key()])
        try:
            os.link(fresh, self._path)
        except FileExistsError:
            return
        finally:
            fresh.unlink()
        self._sync()

    def exists(self) -> bool:
        return self._path.exists()

    def all(self) -> tuple[MasterKey, ...]:
        """The current one first. Raises MasterKeysRefused."""
        try:
            found = self._path.stat()
            seen = (found.st_mtime_ns, found.st_ino, found.st_size, found.st_mode)
            if seen != self._seen:
                self._held = self._parsed(found.st_mode, self._path.read_text())
                self._seen = seen
        except (OSError, ValueError) as error:
            raise MasterKeysRefused(
                f"the master keys {self._path} cannot be read ({type(error).__name__}): restore them from their backup"
            ) from error
        return self._held

    def replace(self, keys: Sequence[MasterKey]) -> None:
        """The file as these keys, whole or not at all."""
        fresh = self._written(keys)
        fresh.replace(self._path)
        self._sync()

    @contextmanager
    def using(self) -> Iterator[tuple[MasterKey, ...]]:
        """The keys, which do not change while a key is being wrapped with them."""
        with self._locked(fcntl.LOCK_SH):
            yield self.all()

    @contextmanager
    def changing(self) -> Iterator[tuple[MasterKey, ...]]:
        """Alone: nobody wraps or destroys a key meanwhile."""
        with self._locked(fcntl.LOCK_EX):
            yield self.all()

    def _parsed(self, mode: int, text: str) -> tuple[MasterKey, ...]:
        if stat.S_IMODE(mode) & 0o077:
            raise MasterKeysRefused(
                f"others can read the master keys {self._path}: chmod 600 it, and rotate if they may have been read"
            )
        found = [_LINE.fullmatch(line) for line in text.splitlines() if line]
        keys = tuple(MasterKey(line[1], bytes.fromhex(line[2])) for line in found if line is not None)
        if None in found or not keys or len({key.id for key in keys}) < len(keys):
            raise MasterKeysRefused(
                f"the master keys {self._path} are not lines of id:64 hex digits: restore them from their backup"
            )
        return keys

    def _written(self, keys: Sequence[MasterKey]) -> Path:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = self._path.with_name(f".{self._path.name}.{secrets.token_hex(8)}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.writelines(f"{key.id}:{key.key.hex()}\n" for key in keys)
            file.flush()
            os.fsync(file.fileno())
        return fresh

    def _sync(self) -> None:
        descriptor = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    @contextmanager
    def _locked(self, how: int) -> Iterator[None]:
        descriptor = os.open(self._lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, how)
            yield
        finally:
            os.close(descriptor)


def fresh_key() -> MasterKey:
    return MasterKey(secrets.token_hex(4), secrets.token_bytes(32))
