"""The requests of this process that receive bodies: how many there may be, and who was silent for too long.

Owns the places, the turns, and the taking over of what a silent request had received. It refuses to take from one that
runs, and to let one that waits for its line keep others from their turn.
"""

from __future__ import annotations

import io
import os
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from server.domain.uploads import PIECE_SECONDS, SILENCE_SECONDS, SMALL_BYTES
from server.services.house import House
from server.services.uploads import Lease, moved, release, store_piece

# More at work than the processors and the disk can serve at once only hold memory, and each other up.
_TURNS = min(12, 2 * (os.cpu_count() or 2) + 2)
_QUIET_SECONDS = 0.05  # who waits for bytes as long as that needs no turn
_LONGEST_WAIT = 10.0  # for a turn: an unread line must not look dead to its sender


@dataclass(slots=True)
class Receiver:
    """One request at work, as others of the same process see it."""

    lease: Lease
    keeps_parts: bool
    waiting: bool = False
    heard_at: float = field(default_factory=time.monotonic)
    came: list[bytes] = field(default_factory=list)
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
        return io.BytesIO(b"".join(self.came))


class Turn:
    """Waits when it is entered, and ends with its block or before: what is left then is to wait for the disk."""

    def __init__(self, pool: ReceiverPool, receiver: Receiver) -> None:
        self._pool = pool
        self._receiver = receiver

    def __enter__(self) -> Turn:
        self._pool.wait_for_turn(self._receiver)
        return self

    def end(self) -> None:
        self._pool.end_turn(self._receiver)

    def __exit__(self, *_: object) -> None:
        self.end()


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
        self._next = threading.Lock()  # whose holder looks for a turn; the others wait behind it
        self._turn_ended = threading.Condition()
        self._having_turn: dict[int, Receiver] = {}

    def turn(self, receiver: Receiver) -> Turn:
        """A turn at reading, sealing and writing a piece: of sixty-four fast lines a few are served at a time, and the
        others are not read yet, so that what is in memory depends on the machine and not on them."""
        return Turn(self, receiver)

    def wait_for_turn(self, receiver: Receiver) -> None:
        until = time.monotonic() + _LONGEST_WAIT
        first = self._next.acquire(timeout=_LONGEST_WAIT)
        try:
            with self._turn_ended:
                while self._crowd() >= _TURNS and time.monotonic() < until:
                    self._turn_ended.wait(_QUIET_SECONDS)
                self._having_turn[id(receiver)] = receiver
        finally:
            if first:
                self._next.release()

    def end_turn(self, receiver: Receiver) -> None:
        with self._turn_ended:
            if self._having_turn.pop(id(receiver), None) is not None:
                self._turn_ended.notify()

    def _crowd(self) -> int:
        return sum(not receiver.idle(_QUIET_SECONDS) for receiver in self._having_turn.values())

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
        """Keep what a request that went silent has received, and give its lease back. A running one is left alone; for
        so many seconds of patience one whose line was cut may notice it and store what it has, or fall silent for long
        enough: an answer before that would have it sent again, to a lease that is held."""
        with self._lock:
            receiver = self._at_work.get(upload_id)
        if receiver is None or receiver.lease.upload.account_id != account_id:
            return
        until = time.monotonic() + patience
        while time.monotonic() < until and not receiver.idle(SILENCE_SECONDS):
            if receiver.ended.wait(0.05):
                return
        with receiver.lock, ExitStack() as stack:
            if receiver.given_up or not receiver.idle(SILENCE_SECONDS):
                return
            receiver.given_up = True
            lease = receiver.lease
            try:
                came = stack.enter_context(receiver.open_what_came())
                if receiver.keeps_parts and (size := sum(map(len, receiver.came)) + receiver.spooled):
                    lease = moved(house, lease, store_piece(house, lease, came, size))
            finally:
                release(house, lease)
                self.remove(receiver)
