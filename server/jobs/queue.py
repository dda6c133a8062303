"""The queue only wakes workers: what is to be done stands in the rows of jobs (Huey on SQLite, or on Redis)."""

from __future__ import annotations

import importlib
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from huey import Huey

_PAUSE = 0.25


def open_queue(url: str) -> Huey:
    """`sqlite:///PATH` or `redis://…`."""
    if url.startswith("sqlite:///"):
        with _left_out("redis", "psycopg"):
            from huey import SqliteHuey

        return SqliteHuey("fieldvisit", filename=url.removeprefix("sqlite:///"), results=False)
    if url.startswith(("redis://", "rediss://")):
        from huey import RedisHuey, storage

        if storage.Redis is None:  # a queue on SQLite was opened in this process before
            importlib.reload(storage)
        return RedisHuey("fieldvisit", url=url, results=False)
    raise ValueError(f"a queue of this kind is not supported: {url.split(':', 1)[0]}")


@contextmanager
def _left_out(*packages: str) -> Iterator[None]:
    """Have an import that tries these packages do without: Huey tries those of each kind of queue, and every process
    would hold 15 MiB of what it never uses."""
    absent = [package for package in packages if package not in sys.modules]
    sys.modules.update(dict.fromkeys(absent))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for package in absent:
            sys.modules.pop(package, None)


class Waker:
    """Puts a wake-up into the queue after a commit that enqueued jobs; a worker also looks by itself every minute.

    One wakes for all that were asked for within the pause after the last: with many files a second there would be more
    of waking than of work. What is asked for in a pause is done at its end.
    """

    def __init__(self, queue: Huey, pause: float = _PAUSE) -> None:
        from huey import crontab

        self._queue = queue
        self._pause = pause
        self._lock = threading.Lock()
        self._woke_at = float("-inf")
        self._later: threading.Timer | None = None
        self._run_due: Callable[[], int] = lambda: 0
        self._task = queue.task(name="run_due")(self._run)
        queue.periodic_task(crontab(minute="*"), name="run_due_every_minute")(self._run)

    def _run(self) -> None:
        self._run_due()

    def wake(self) -> None:
        with self._lock:
            if self._later is not None:
                return
            left = self._woke_at + self._pause - time.monotonic()
            if left > 0:
                self._later = threading.Timer(left, self._wake_late)
                self._later.start()
                return
            self._woke_at = time.monotonic()
        self._task()

    def _wake_late(self) -> None:
        with self._lock:
            self._later = None
            self._woke_at = time.monotonic()
        self._task()

    def answer_with(self, run_due: Callable[[], int]) -> None:
        """What a wake-up sets going."""
        self._run_due = run_due

    def serve(self, run_due: Callable[[], int]) -> None:
        """Work until told to stop by a signal."""
        from huey.consumer import Consumer

        self.answer_with(run_due)
        Consumer(self._queue, workers=1, periodic=True, initial_delay=0.2, max_delay=1.0, backoff=1.2).run()
