"""Taking in the body of a request as pieces of an upload: bounded in bytes and time, durable piece by piece.

Owns what happens between two offsets. A fast body streams into the object store; a slow one waits in a file on the
local disk, so that five hundred slow phones cost no memory. Whatever came before a line broke is kept. It refuses to
wait for a sender that went silent: the next request of the same upload takes over, with what had come.
"""

from __future__ import annotations

import hashlib
import io
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO

from server.domain.evidence import EvidenceItem
from server.domain.problems import Problem, problem
from server.domain.upload_problems import UPLOAD_CHECKSUM_DIFFERS, UPLOAD_LOCKED, UPLOAD_TOO_LONG
from server.domain.uploads import (
    FINISH_LEASE,
    PIECE_BYTES,
    PIECE_SECONDS,
    REQUEST_SECONDS,
    SILENCE_SECONDS,
    SMALL_BYTES,
    Upload,
    UploadState,
)
from server.services.house import House
from server.services.local_copies import local_copy
from server.services.ports.objects import ObjectTooLarge, StoredObject
from server.services.upload_finishing import Teed, finish, keep
from server.services.uploads import Lease, extend, moved, piece_key, release

CHUNK = 1 << 18  # as much as a sealed piece of the store: less is copied together once more
_FIRST_CHUNK = 1 << 16
_LEAST_CHUNK = 1 << 10
_PREFIX_BYTES = CHUNK
_PREFIX_SECONDS = 1.0
_SETTLED_SECONDS = 0.5
# Reads are made smaller for a slow line, so that a running request can be told from a silent one.
_SLOW_READ, _FAST_READ = 1.0, 0.25


@dataclass(frozen=True, slots=True)
class Checksum:
    """What the sender says the body of this request digests to."""

    algorithm: str
    digest: bytes


@dataclass(slots=True)
class Receiver:
    """One request at work, as others of the same process see it."""

    lease: Lease
    keeps_parts: bool
    waiting: bool = False
    heard_at: float = field(default_factory=time.monotonic)
    came: bytearray = field(default_factory=bytearray)
    spool: Path | None = None
    spooled: int = 0
    given_up: bool = False
    ended: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def idle(self, seconds: float) -> bool:
        """Whether it waits for bytes that have not come for so long; work of its own is no silence."""
        return self.waiting and time.monotonic() - self.heard_at >= seconds

    def open_what_came(self) -> BinaryIO:
        """The bytes of the running piece that lie in memory or in the local file; the caller holds the lock."""
        if self.spool is not None:
            return self.spool.open("rb")
        return io.BytesIO(bytes(self.came))


class ReceiverPool:
    """How many requests may receive bodies at once, and who they are. Small bodies keep a share of the places."""

    def __init__(self, places: int) -> None:
        self.places = places
        self._big_places = max(1, places - places // 8)
        self._lock = threading.Lock()
        self._taken = 0
        self._big = 0
        self._refused_at = float("-inf")
        self._at_work: dict[str, Receiver] = {}

    def enter(self, announced: int | None) -> bool:
        """Take a place; False when there is none."""
        big = announced is None or announced > SMALL_BYTES
        with self._lock:
            if self._taken >= self.places or (big and self._big >= self._big_places):
                self._refused_at = time.monotonic()
                return False
            self._taken += 1
            self._big += big
            return True

    def leave(self, announced: int | None) -> None:
        with self._lock:
            self._taken -= 1
            self._big -= announced is None or announced > SMALL_BYTES

    @property
    def crowded(self) -> bool:
        """Whether somebody found no place lately: who has been served for long then makes room."""
        return time.monotonic() - self._refused_at < PIECE_SECONDS

    def add(self, receiver: Receiver) -> None:
        with self._lock:
            self._at_work[receiver.lease.upload.id] = receiver

    def remove(self, receiver: Receiver) -> None:
        receiver.ended.set()
        with self._lock:
            if self._at_work.get(receiver.lease.upload.id) is receiver:
                del self._at_work[receiver.lease.upload.id]

    def take_over(self, house: House, upload_id: str, account_id: str, patience: float = 0.0) -> None:
        """Keep what a request that went silent has received, and give its lease back. A running one is left alone; one
        whose line was cut may store what it has for so many seconds of patience, or it would be sent again."""
        with self._lock:
            receiver = self._at_work.get(upload_id)
        if receiver is None or receiver.lease.upload.account_id != account_id:
            return
        until = time.monotonic() + patience
        while time.monotonic() < until and not receiver.idle(_SETTLED_SECONDS):
            if receiver.ended.wait(0.05):
                return
        with receiver.lock, ExitStack() as stack:
            if receiver.given_up or not receiver.idle(SILENCE_SECONDS):
                return
            receiver.given_up = True
            lease = receiver.lease
            try:
                came = stack.enter_context(receiver.open_what_came())
                if receiver.keeps_parts and (size := len(receiver.came) + receiver.spooled):
                    lease = moved(house, lease, _write(house, lease, came, size))
            finally:
                release(house, lease)
                self.remove(receiver)


class _GivenUpError(Exception):
    """Somebody else took over while this request was waiting for bytes."""


class _Body(io.RawIOBase):
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
        if self._digest is not None:
            self._digest.update(chunk)
        return chunk

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
            raise _GivenUpError
        return chunk

    def _adapt(self, took: float) -> None:
        if took > _SLOW_READ:
            self._chunk = max(_LEAST_CHUNK, self._chunk // 2)
        elif took < _FAST_READ:
            self._chunk = min(CHUNK, self._chunk * 2)


class _After(io.RawIOBase):
    """Bytes that were read already, and then the rest of the piece."""

    def __init__(self, first: bytes, rest: _Body) -> None:
        super().__init__()
        self._first = first
        self._rest = rest

    def read(self, size: int = -1, /) -> bytes:
        if self._first:
            first, self._first = (self._first, b"") if size < 0 else (self._first[:size], self._first[size:])
            return first
        return self._rest.read(size)


def receive(
    house: House,
    pool: ReceiverPool,
    lease: Lease,
    read: Callable[[int], bytes],
    announced: int | None,
    checksum: Checksum | None = None,
) -> tuple[Upload, EvidenceItem | None]:
    """Add a body to the upload; where it stands then, and the evidence that it became with its last byte.

    The lease is given back before this returns or raises.
    """
    receiver = Receiver(lease, keeps_parts=checksum is None)
    pool.add(receiver)
    try:
        return _Receiving(house, pool, receiver, _Body(read, announced, checksum, receiver), checksum).run()
    except _GivenUpError:
        raise problem(UPLOAD_LOCKED, id=lease.upload.id) from None
    except Exception:
        release(house, receiver.lease)
        raise
    finally:
        pool.remove(receiver)


class _Receiving:
    """The pieces of one request, one after the other."""

    def __init__(
        self, house: House, pool: ReceiverPool, receiver: Receiver, body: _Body, checksum: Checksum | None
    ) -> None:
        self._house = house
        self._pool = pool
        self._receiver = receiver
        self._body = body
        self._checksum = checksum
        self._began = time.monotonic()

    def run(self) -> tuple[Upload, EvidenceItem | None]:
        if self._checksum is not None:  # such a body is one piece, however long it takes
            extend(self._house, self._receiver.lease, FINISH_LEASE)
        while True:
            lease = self._receiver.lease
            if lease.upload.whole:
                return self._finished(finish(self._house, lease))
            if self._over(lease):
                release(self._house, lease)
                return lease.upload, None
            item = self._piece(lease)
            if item is not None:
                return self._finished(item)

    def _finished(self, item: EvidenceItem) -> tuple[Upload, EvidenceItem]:
        kept = {"state": UploadState.KEPT, "offset": item.size, "length": item.size, "evidence_id": item.id}
        return replace(self._receiver.lease.upload, **kept), item  # type: ignore[arg-type]

    def _over(self, lease: Lease) -> bool:
        """The body has ended, nothing more fits, or others wait and this one has had its time."""
        served = time.monotonic() - self._began
        makes_room = served > 2 * PIECE_SECONDS and self._pool.crowded
        return self._body.ended or lease.room <= 0 or served > REQUEST_SECONDS or makes_room

    def _piece(self, lease: Lease) -> EvidenceItem | None:
        """One piece, durable and committed; the evidence, when it was the whole file."""
        size, seconds = (lease.room, REQUEST_SECONDS) if self._checksum else (PIECE_BYTES, PIECE_SECONDS)
        self._body.next_piece(min(size, lease.room), seconds)
        with ExitStack() as stack:
            copy = stack.enter_context(local_copy(self._house))
            stored = self._stored(lease, copy, stack)
            if stored is None:
                return None
            try:
                self._check(lease, stored)
            except Problem:
                self._house.objects.delete(stored.key)
                raise
            if lease.upload.offset == 0 and stored.size == lease.upload.length:
                return self._whole(lease, stored, copy)
            try:
                self._receiver.lease = moved(self._house, lease, stored)
            except Problem:
                self._house.objects.delete(stored.key)
                raise
        return None

    def _whole(self, lease: Lease, stored: StoredObject, copy: Path) -> EvidenceItem:
        """One piece is the file: row, offset and receipt in one transaction, and no byte is written twice."""
        try:
            return keep(self._house, lease, stored, copy)
        except Problem:
            raise
        # A disk that is full, a database that went away: the bytes are durable, so they stay.
        except Exception:
            self._receiver.lease = moved(self._house, lease, stored)
            raise

    def _check(self, lease: Lease, stored: StoredObject) -> None:
        if stored.size == lease.room and self._body.more():
            raise problem(UPLOAD_TOO_LONG, asked=stored.size + 1, room=lease.room)
        if self._checksum is not None and self._body.digest() != self._checksum.digest:
            raise problem(UPLOAD_CHECKSUM_DIFFERS, "Upload-Checksum", algorithm=self._checksum.algorithm)

    def _stored(self, lease: Lease, copy: Path, stack: ExitStack) -> StoredObject | None:
        prefix = self._prefix()
        if not prefix:
            return None
        source: BinaryIO = _After(prefix, self._body)  # type: ignore[assignment]
        if self._slow(prefix):
            return self._spooled(lease, source, copy)
        if lease.upload.offset == 0 and (lease.upload.length or PIECE_BYTES + 1) <= PIECE_BYTES:
            local = stack.enter_context(copy.open("wb"))
            stored = _write(self._house, lease, Teed(source, local), lease.room)  # type: ignore[arg-type]
            local.flush()
            return stored
        return _write(self._house, lease, source, lease.room)

    def _prefix(self) -> bytes:
        """The beginning of a piece, which shows how fast the line is. A successor finds it in the receiver."""
        came, until = self._receiver.came, time.monotonic() + _PREFIX_SECONDS
        while chunk := self._body.read(CHUNK):
            with self._receiver.lock:
                if self._receiver.given_up:
                    raise _GivenUpError
                came += chunk
            if len(came) >= _PREFIX_BYTES or time.monotonic() >= until:
                break
        prefix = bytes(came)
        if not self._slow(prefix):
            came.clear()
        return prefix

    def _slow(self, prefix: bytes) -> bool:
        return len(prefix) < _PREFIX_BYTES and not self._body.ended

    def _spooled(self, lease: Lease, source: BinaryIO, copy: Path) -> StoredObject:
        """Wait for a slow piece on the local disk, where a successor finds it, then store it at once."""
        receiver = self._receiver
        try:
            with copy.open("wb", buffering=0) as spool:
                with receiver.lock:
                    spool.write(source.read(len(receiver.came)))
                    receiver.spool, receiver.spooled = copy, len(receiver.came)
                    receiver.came.clear()
                while chunk := source.read(CHUNK):
                    with receiver.lock:
                        if receiver.given_up:
                            raise _GivenUpError
                        spool.write(chunk)
                        receiver.spooled += len(chunk)
        finally:
            with receiver.lock:
                receiver.spool = None
                given_up = receiver.given_up
        if given_up:
            raise _GivenUpError
        with copy.open("rb") as came:
            return _write(self._house, lease, came, lease.room)


def _write(house: House, lease: Lease, source: BinaryIO, limit: int) -> StoredObject:
    try:
        return house.objects.write(piece_key(house, lease), source, limit=limit)
    except ObjectTooLarge as error:
        raise problem(UPLOAD_TOO_LONG, asked=limit + 1, room=limit) from error
