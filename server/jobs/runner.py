"""Runs due jobs: claims one by a lease, does it, marks it; failures come back later, up to the last attempt.

A lease is kept while the handler works (`lease`); a worker that lost it marks nothing: the job is another's.

A handler gets the house, the payload and a way to tell its progress. It opens its own transactions and must bear being
run twice: a worker may die between doing the work and marking it done.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

from server.domain.access import Post
from server.domain.problems import Problem
from server.jobs.daily import enqueue_daily
from server.jobs.lease import LEASE, Lease, LeaseLost, Wait
from server.services import notices
from server.services.house import House
from server.services.ports.jobs import Job
from server.services.ports.unit_of_work import UnitOfWork

LAST_ATTEMPT = 8
_log = logging.getLogger("fieldvisit.jobs")

Progress = Callable[[int, int], None]
Handler = Callable[[House, Mapping[str, Any], Progress], None]
GivenUp = Callable[[UnitOfWork, Job, str], None]


class JobFailed(Exception):
    """A job that cannot succeed by being tried again; it is given up at once."""


class JobRunner:
    """Runs jobs by the handlers of their kinds (registered in bootstrap).

    `given_up` is done, by kind, in the transaction that gives a job up; of other kinds IT is told. `long` kinds take
    minutes and wait until nothing else is due: a credit or a notice must not stand behind a recording's copy.
    """

    def __init__(
        self,
        house: House,
        handlers: Mapping[str, Handler],
        daily: Sequence[str] = (),
        given_up: Mapping[str, GivenUp] | None = None,
        wait: Wait = threading.Event.wait,
        hourly: Sequence[str] = (),
        long: Sequence[str] = (),
    ) -> None:
        self._house = house
        self._handlers = dict(handlers)
        self._daily = tuple(daily)
        self._hourly = tuple(hourly)
        self._given_up = dict(given_up or {})
        self._wait = wait
        self._long = frozenset(long)

    def work(self) -> int:
        """What a worker does when it wakes: have the jobs of the day and the hour enqueued, then run what is due."""
        enqueue_daily(self._house, self._daily, self._hourly)
        return self.run_due()

    def run_due(self, limit: int = 1000, *, but: Collection[str] = ()) -> int:
        """Run what is due, one after the other, until nothing is or `limit` is reached; returns how many ran.

        The kinds in `but` are left to another worker. A job ends and the next one begins in one turn of the writer.
        """
        ran = 0
        # A claim that a power cut takes leaves the job waiting, as a worker that died would.
        with self._house.units.write(durable=False) as uow:
            job = self._claim(uow, but) if ran < limit else None
            uow.commit()
        while job is not None:
            done, ran = self._run(job), ran + 1
            with self._house.units.write(durable=done) as uow:
                held = uow.jobs.finish(job, uow.now) if done else True
                following = self._claim(uow, but) if ran < limit else None
                uow.commit()
            if not held:
                _tell_lost(job)
            job = following
        return ran

    def _claim(self, uow: UnitOfWork, but: Collection[str]) -> Job | None:
        until = uow.now + LEASE
        job = uow.jobs.claim(uow.now, until, {*but, *self._long})
        if job is None and not self._long <= set(but):
            job = uow.jobs.claim(uow.now, until, but)
        return job

    def _run(self, job: Job) -> bool:
        """Whether it was done; where it was not, that is on record."""
        handler = self._handlers.get(job.kind)
        try:
            if handler is None:
                raise JobFailed(f"no handler for jobs of kind {job.kind}")
            if job.attempts > LAST_ATTEMPT:
                raise JobFailed("every worker that began it ended before it did")
            with Lease(self._house, job, self._wait) as lease:
                handler(self._house, job.payload, lease.progress)
        except LeaseLost:
            _tell_lost(job)
            return False
        except Exception as error:  # whatever a handler raises is kept with the job and told to IT
            self._failed(job, error)
            return False
        return True

    def _failed(self, job: Job, error: Exception) -> None:
        words = f"{type(error).__name__}: {error}"[:2000]
        _log.warning("job %s (%s) failed at attempt %d: %s", job.id, job.kind, job.attempts, words)
        final = isinstance(error, (JobFailed, Problem)) or job.attempts >= LAST_ATTEMPT
        with self._house.units.write() as uow:
            if final:
                held = uow.jobs.give_up(job, words, uow.now)
                if held:
                    self._given_up.get(job.kind, _tell_it)(uow, job, words)
            else:
                wait = timedelta(seconds=5 * 3 ** min(job.attempts, 7))
                held = uow.jobs.retry(job, words, uow.now + wait)
            uow.commit()
        if not held:
            _tell_lost(job)


def _tell_lost(job: Job) -> None:
    _log.warning("job %s (%s) was taken by another worker after attempt %d", job.id, job.kind, job.attempts)


def _tell_it(uow: UnitOfWork, job: Job, _words: str) -> None:
    """The words of the error stay with the job: they may hold what an inbox must not."""
    it = [account.id for account in uow.accounts.with_post(Post.IT)]
    notices.tell(uow, it, "job_failed", {"job": job.kind}, f"/jobs/{job.id}")
