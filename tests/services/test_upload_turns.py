"""Turns at receiving: a few at a time, none kept by a line that is waited for, none waited for for ever."""

from __future__ import annotations

import io
import threading
from typing import cast

import pytest

from server.services import upload_receivers
from server.services.upload_bodies import After, Body
from server.services.upload_receivers import Receiver, ReceiverPool
from server.services.uploads import Lease


@pytest.fixture(autouse=True)
def two_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload_receivers, "_TURNS", 2)


class Request(threading.Thread):
    """Takes a turn and keeps it until it is told to end."""

    def __init__(self, pool: ReceiverPool) -> None:
        super().__init__()
        self.pool = pool
        self.receiver = Receiver(cast(Lease, None), keeps_parts=True)
        self.began, self.done = threading.Event(), threading.Event()
        self.start()

    def run(self) -> None:
        with self.pool.turn(self.receiver):
            self.began.set()
            self.done.wait(20)

    def end(self) -> None:
        self.done.set()
        self.join(20)


def test_a_third_waits_until_one_of_two_has_ended() -> None:
    pool = ReceiverPool(8)
    first, second = Request(pool), Request(pool)
    assert first.began.wait(20)
    assert second.began.wait(20)
    third = Request(pool)
    assert not third.began.wait(0.2)
    first.end()
    assert third.began.wait(20)
    for each in (second, third):
        each.end()


def test_who_waits_for_bytes_keeps_nobody_from_a_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload_receivers, "_QUIET_SECONDS", 0.01)
    pool = ReceiverPool(8)
    first, second = Request(pool), Request(pool)
    assert first.began.wait(20)
    assert second.began.wait(20)
    third = Request(pool)
    assert not third.began.wait(0.2)
    second.receiver.waiting = True
    assert third.began.wait(20)
    for each in (first, second, third):
        each.end()


def test_nobody_waits_for_a_turn_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload_receivers, "_LONGEST_WAIT", 0.05)
    pool = ReceiverPool(8)
    requests = [Request(pool) for _ in range(4)]
    assert all(each.began.wait(20) for each in requests)
    for each in requests:
        each.end()


def test_a_turn_is_given_back_by_who_fails() -> None:
    pool = ReceiverPool(8)
    for _ in range(3):
        with pytest.raises(OSError, match="full"), pool.turn(Receiver(cast(Lease, None), keeps_parts=True)):
            raise OSError("the disk is full")
    last = Request(pool)
    assert last.began.wait(20)
    last.end()


@pytest.mark.parametrize("into", [True, False])
@pytest.mark.parametrize("size", [3, 4, 8, 9, 20])
def test_a_turn_ends_with_the_last_bytes_of_a_piece_and_not_before(size: int, *, into: bool) -> None:
    line = io.BytesIO(b"x" * 20)
    body = Body(line, 20, None, Receiver(cast(Lease, None), keeps_parts=True))
    body.next_piece(size, 60)
    ended: list[bool] = []
    source = After([body.read(2), body.read(2)], body, lambda: ended.append(True))
    came: list[int] = []
    room = bytearray(4)
    while taken := source.readinto(memoryview(room)) if into else len(source.read(4)):
        came.append(taken)
        assert bool(ended) == (sum(came) == size)
    assert sum(came) == size


def test_a_turn_is_over_when_the_line_is() -> None:
    body = Body(io.BytesIO(b"abc"), None, None, Receiver(cast(Lease, None), keeps_parts=True))
    body.next_piece(100, 60)
    ended: list[bool] = []
    source = After([], body, lambda: ended.append(True))
    assert source.read(3) == b"abc"
    assert not ended
    assert source.read(3) == b""
    assert ended
