"""Runs due jobs: claims one by a lease, does it, marks it; failures come back later, up to the last attempt.

A handler gets the house, the payload and a way to tell its progress. It opens its own transactions and must bear being
run twice: a worker may die between doing the work and marking it done.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from server.domain.access import Post
from server.domain.problems import Problem
from server.jobs.daily import enqueue_daily
from server.services import notices
from server.services.house import House
from server.services.ports.jobs import Job
from server.services.ports.unit_of_work import UnitOfWork

LEASE = timedelta(minutes=10)
LAST_ATTEMPT = 8
_log = logging.getLogger("fieldvisit.jobs")

Progress = Callable[[int, int], None]
Handler = Callable[[House, Mapping[str, Any], Progress], None]
GivenUp = Callable[[UnitOfWork, Job, str], None]


class JobFailed(Exception):
    """A job that cannot succeed by being tried again; it is given up at once."""


class JobRunner:
    """Runs jobs by the handlers of their kinds (registered in bootstrap).

    `given_up` is done, by kind, in the transaction that gives a job up; of other kinds IT is told.
    """

    def __init__(
        self,
        house: House,
        handlers: Mapping[str, Handler],
        daily: Sequence[str] = (),
        given_up: Mapping[str, GivenUp] | None = None,
    ) -> None:
        self._house = house
        self._handlers = dict(handlers)
        self._daily = tuple(daily)
        self._given_up = dict(given_up or {})

    def work(self) -> int:
        """What a worker does when it wakes: have today's jobs enqueued, then run what is due."""
        enqueue_daily(self._house, self._daily)
        return self.run_due()

    def run_due(self, limit: int = 1000) -> int:
        """Run what is due, one after the other, until nothing is or `limit` is reached; returns how many ran."""
        for ran in range(limit):
            with self._house.units.write() as uow:
                job = uow.jobs.claim(uow.now, uow.now + LEASE)
                uow.commit()
            if job is None:
                return ran
            self._run(job)
        return limit

    def _run(self, job: Job) -> None:
        handler = self._handlers.get(job.kind)
        try:
            if handler is None:
                raise JobFailed(f"no handler for jobs of kind {job.kind}")
            handler(self._house, job.payload, lambda done, total: self._progress(job.id, done, total))
        except Exception as error:  # whatever a handler raises is kept with the job and told to IT
            self._failed(job, error)
            return
        with self._house.units.write() as uow:
            uow.jobs.finish(job.id, uow.now)
            uow.commit()

    def _progress(self, job_id: str, done: int, total: int) -> None:
        with self._house.units.write() as uow:
            uow.jobs.progress(job_id, done, total)
            uow.commit()

    def _failed(self, job: Job, error: Exception) -> None:
        words = f"{type(error).__name__}: {error}"[:2000]
        _log.warning("job %s (%s) failed at attempt %d: %s", job.id, job.kind, job.attempts, words)
        final = isinstance(error, (JobFailed, Problem)) or job.attempts >= LAST_ATTEMPT
        with self._house.units.write() as uow:
            if final:
                uow.jobs.give_up(job.id, words, uow.now)
                self._given_up.get(job.kind, _tell_it)(uow, job, words)
            else:
                uow.jobs.retry(job.id, words, uow.now + timedelta(seconds=5 * 3 ** min(job.attempts, 7)))
            uow.commit()


def _tell_it(uow: UnitOfWork, job: Job, _words: str) -> None:
    """The words of the error stay with the job: they may hold what an inbox must not."""
    it = [account.id for account in uow.accounts.with_post(Post.IT)]
    notices.tell(uow, it, "job_failed", {"job": job.kind}, f"/jobs/{job.id}")
