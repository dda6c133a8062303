"""Taking in the body of a request as pieces of an upload: bounded in bytes and time, durable piece by piece.

Owns what happens between two offsets. A fast body streams into the object store; a slow one waits in a file on the
local disk, so that five hundred slow phones cost no memory. Whatever came before a line broke is kept. It refuses to
wait for a sender that went silent: the next request of the same upload takes over, with what had come.
"""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from server.domain.evidence import EvidenceItem
from server.domain.problems import Problem, problem
from server.domain.upload_problems import UPLOAD_CHECKSUM_DIFFERS, UPLOAD_LOCKED, UPLOAD_TOO_LONG
from server.domain.uploads import (
    FINISH_LEASE,
    PIECE_BYTES,
    PIECE_SECONDS,
    REQUEST_SECONDS,
    Upload,
    UploadState,
)
from server.services.house import House
from server.services.kept_bytes import EDGE, KeptBytes
from server.services.local_copies import local_copy
from server.services.ports.objects import StoredObject
from server.services.upload_bodies import CHUNK, After, Body, Checksum, GivenUpError, Line
from server.services.upload_finishing import finish, keep
from server.services.upload_receivers import Receiver, ReceiverPool
from server.services.uploads import Lease, extend, moved, release, store_piece

# A line that brings less than this in that time waits on the disk. Of one that dies after less, all is kept.
_PREFIX_BYTES = 3 << 17
_PREFIX_SECONDS = 1.5


def receive(
    house: House,
    pool: ReceiverPool,
    lease: Lease,
    line: Line,
    announced: int | None,
    checksum: Checksum | None = None,
) -> tuple[Upload, EvidenceItem | None]:
    """Add a body to the upload; where it stands then, and the evidence that it became with its last byte.

    The lease is given back before this returns or raises.
    """
    receiver = Receiver(lease, keeps_parts=checksum is None)
    pool.add(receiver)
    try:
        return _Receiving(house, pool, receiver, Body(line, announced, checksum, receiver), checksum).run()
    except GivenUpError:
        raise problem(UPLOAD_LOCKED, id=lease.upload.id) from None
    except Exception:
        release(house, receiver.lease)
        raise
    finally:
        pool.remove(receiver)


class _Receiving:
    """The pieces of one request, one after the other."""

    def __init__(
        self, house: House, pool: ReceiverPool, receiver: Receiver, body: Body, checksum: Checksum | None
    ) -> None:
        self._house = house
        self._pool = pool
        self._receiver = receiver
        self._body = body
        self._checksum = checksum
        self._began = time.monotonic()
        self._head = b""

    def run(self) -> tuple[Upload, EvidenceItem | None]:
        if self._checksum is not None:  # such a body is one piece, however long it takes
            extend(self._house, self._receiver.lease, FINISH_LEASE)
        while True:
            lease = self._receiver.lease
            if lease.upload.whole:
                with self._pool.turn(self._receiver):  # several pieces are written once more
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
        stored = self._stored(lease)
        if stored is None:
            return None
        whole = lease.upload.offset == 0 and stored.size == lease.upload.length
        try:
            self._check(lease, stored)
            if not whole:
                self._receiver.lease = moved(self._house, lease, stored)
        except Problem:
            self._house.objects.delete(stored.key)
            raise
        return self._whole(lease, stored) if whole else None

    def _whole(self, lease: Lease, stored: StoredObject) -> EvidenceItem:
        """One piece is the file: row, offset and receipt in one transaction, and no byte is written twice."""
        try:
            return keep(
                self._house, lease, KeptBytes(self._house.objects, stored, self._head, self._body.tail)
            )
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

    def _stored(self, lease: Lease) -> StoredObject | None:
        with self._pool.turn(self._receiver) as turn:
            source = After(self._prefix(), self._body, turn.end)
            if not source.left:
                return None
            self._head = self._head or source.head(EDGE)
            if not self._slow(source.left):
                return store_piece(self._house, lease, source, lease.room)  # type: ignore[arg-type]
        with local_copy(self._house) as spool:
            return self._spooled(lease, source, spool)

    def _prefix(self) -> list[bytes]:
        """The beginning of a piece, which shows how fast the line is. A successor finds it in the receiver."""
        came, until = self._receiver.came, time.monotonic() + _PREFIX_SECONDS
        left = _PREFIX_BYTES
        while chunk := self._body.read(left):
            with self._receiver.lock:
                if self._receiver.given_up:
                    raise GivenUpError
                came.append(chunk)
            left -= len(chunk)
            if left <= 0 or time.monotonic() >= until:
                break
        prefix = list(came)
        if not self._slow(_PREFIX_BYTES - left):
            came.clear()
        return prefix

    def _slow(self, came: int) -> bool:
        return came < _PREFIX_BYTES and not self._body.ended

    def _spooled(self, lease: Lease, source: After, copy: Path) -> StoredObject:
        """Wait for a slow piece on the local disk, where a successor finds it, then store it at once."""
        receiver = self._receiver
        try:
            with copy.open("wb", buffering=0) as spool:
                with receiver.lock:
                    waiting = source.left
                    while source.left:
                        spool.write(source.read())
                    receiver.spool, receiver.spooled = copy, waiting
                    receiver.came.clear()
                while chunk := source.read(CHUNK):
                    with receiver.lock:
                        if receiver.given_up:
                            raise GivenUpError
                        spool.write(chunk)
                        receiver.spooled += len(chunk)
        finally:
            with receiver.lock:
                receiver.spool = None
                given_up = receiver.given_up
        if given_up:
            raise GivenUpError
        with copy.open("rb") as came, self._pool.turn(receiver):
            return store_piece(self._house, lease, came, lease.room)
