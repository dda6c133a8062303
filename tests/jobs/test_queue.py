"""The queue wakes a worker, embedded in SQLite and through a server of Redis's protocol."""

from __future__ import annotations

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
    waker = Waker(queue)
    waker.wake()
    waker.wake()
    assert queue.pending_count() == 2
    waker.answer_with(lambda: woken.append("ran") or 0)
    while (task := queue.dequeue()) is not None:
        queue.execute(task)
    assert woken == ["ran", "ran"]


def test_another_kind_of_queue_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="amqp"):
        open_queue("amqp://127.0.0.1")
