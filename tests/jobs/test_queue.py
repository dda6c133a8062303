"""The queue wakes a worker, embedded in SQLite and through a server of Redis's protocol."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.jobs.queue import Waker, open_queue
from tests.support.valkey import valkey_server


@pytest.fixture(params=["sqlite", "redis"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'queue.db'}"
        return
    with valkey_server() as server:
        yield server


def test_a_wake_up_reaches_the_worker_through_the_queue(url: str) -> None:
    queue = open_queue(url)
    woken: list[str] = []
    waker = Waker(queue, pause=0.0)
    waker.wake()
    waker.wake()
    assert queue.pending_count() == 2
    waker.answer_with(lambda: woken.append("ran") or 0)
    while (task := queue.dequeue()) is not None:
        queue.execute(task)
    assert woken == ["ran", "ran"]


def test_one_wakes_at_the_end_of_the_pause_for_all_that_were_asked_for_in_it(tmp_path: Path) -> None:
    queue = open_queue(f"sqlite:///{tmp_path / 'queue.db'}")
    waker = Waker(queue, pause=600.0)
    for _ in range(3):
        waker.wake()
    assert queue.pending_count() == 1, "the first is not kept waiting"
    (timer,) = (one for one in threading.enumerate() if isinstance(one, threading.Timer))
    timer.cancel()
    timer.function()  # its end, without waiting for it
    assert queue.pending_count() == 2
    waker.wake()
    (timer,) = (one for one in threading.enumerate() if isinstance(one, threading.Timer) and one is not timer)
    timer.cancel()
    assert queue.pending_count() == 2, "what is asked for after it waits for the next"
    for one in threading.enumerate():
        if isinstance(one, threading.Timer):
            one.join(20)


def test_the_end_of_a_pause_comes_by_itself(tmp_path: Path) -> None:
    queue = open_queue(f"sqlite:///{tmp_path / 'queue.db'}")
    waker = Waker(queue, pause=0.01)
    waker.wake()
    waker.wake()
    for one in threading.enumerate():
        if isinstance(one, threading.Timer):
            one.join(20)
    assert queue.pending_count() == 2


def test_another_kind_of_queue_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="amqp"):
        open_queue("amqp://127.0.0.1")
