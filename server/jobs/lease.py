"""Keeps the lease of a claimed job while its handler works, so that no other worker takes it for abandoned.

Owns how long a lease runs and who renews it: every progress does, and a heartbeat, for handlers that tell none. Refuses
to speak for a claim that another worker has taken over meanwhile.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from types import TracebackType
from typing import Self

from server.services.house import House
from server.services.ports.jobs import Job

LEASE = timedelta(minutes=1)  # as long does a job wait whose worker was killed
BEAT = LEASE / 3  # one that fails leaves time for another
_AGAIN = timedelta(seconds=1)
_log = logging.getLogger("fieldvisit.jobs")

Wait = Callable[[threading.Event, float], bool]


class LeaseLost(Exception):
    """Another worker has the job: what this one goes on doing would be done twice."""


class Lease:
    """A context around a handler. `wait` stands in for the passing of time in tests."""

    def __init__(self, house: House, job: Job, wait: Wait = threading.Event.wait) -> None:
        self._house = house
        self._job = job
        self._wait = wait
        self._ended = threading.Event()
        self._heart = threading.Thread(target=self._keep, name=f"lease {job.id}", daemon=True)

    def __enter__(self) -> Self:
        self._heart.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._heart.join()

    def progress(self, done: int, total: int) -> None:
        """Tell how far the job has come; LeaseLost where it is no longer ours to tell."""
        with self._house.units.write() as uow:
            if not uow.jobs.progress(self._job, done, total, uow.now + LEASE):
                raise LeaseLost(self._job.id)
            uow.commit()

    def _keep(self) -> None:
        pause = BEAT
        while not self._wait(self._ended, pause.total_seconds()):
            try:
                if not self._beat():
                    return
                pause = BEAT
            except (
                Exception
            ) as error:  # a database that is busy or away may be there again before the lease ends
                _log.warning("job %s: its lease was not renewed: %s", self._job.id, error)
                pause = _AGAIN

    def _beat(self) -> bool:
        with self._house.units.write() as uow:
            held = uow.jobs.renew(self._job, uow.now + LEASE)
            uow.commit()
        return held
