"""Leases: a job at work stays with its worker however long it takes; one whose worker died is soon another's."""

from __future__ import annotations

import dataclasses
import queue
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from typing import Any

import pytest

from server.domain.jobs import JobState
from server.domain.problems import BUSY, problem
from server.jobs.lease import BEAT, LEASE, LeaseLost
from server.jobs.runner import LAST_ATTEMPT, Handler, JobRunner, Progress
from server.services.house import House
from server.services.ports.jobs import Job
from server.services.ports.unit_of_work import UnitOfWork
from tests.conftest import Desk
from tests.support.cast import IT

KIND = "test.work"
MOMENT = timedelta(microseconds=1)
PATIENCE = 10  # seconds until a thread that hangs fails the test


class Heart:
    """Time for a heartbeat: it passes when the test says `beat`, and has passed when that returns."""

    def __init__(self) -> None:
        self.pauses: list[float] = []
        self._pausing = threading.Semaphore(0)
        self._ends: queue.Queue[bool] = queue.Queue()

    def wait(self, _ended: threading.Event, seconds: float) -> bool:
        self.pauses.append(seconds)
        self._pausing.release()
        return self._ends.get(timeout=PATIENCE)

    def beat(self) -> None:
        self.pass_pause()
        assert self._pausing.acquire(timeout=PATIENCE)
        self._pausing.release()

    def pass_pause(self) -> None:
        """As `beat`, for a heart that will not pause again."""
        assert self._pausing.acquire(timeout=PATIENCE)
        self._ends.put(False)

    def stop(self) -> None:
        self._ends.put(True)


def heartless(_ended: threading.Event, _seconds: float) -> bool:
    """The wait of a worker whose heart never beats: its thread ends at once."""
    return True


@pytest.fixture
def job_id(desk: Desk) -> str:
    with desk.installation.house.units.write() as uow:
        id_ = uow.enqueue(KIND, {})
        uow.commit()
    return id_


def worker(desk: Desk, handler: Handler, wait: Callable[..., bool] = heartless, **options: Any) -> JobRunner:
    return JobRunner(desk.installation.house, {KIND: handler}, wait=wait, **options)


def claim(desk: Desk) -> Job | None:
    """What another worker would get at this moment."""
    with desk.installation.house.units.write() as uow:
        claimed = uow.jobs.claim(uow.now, uow.now + LEASE)
        uow.commit()
    return claimed


def told(desk: Desk, job_id: str) -> Job:
    with desk.installation.house.units.read() as uow:
        return uow.jobs.need(job_id)


def quiet(_house: House, _payload: Mapping[str, Any], _progress: Progress) -> None:
    """Work that is done at once."""


@pytest.mark.parametrize(
    ("after", "taken"), [(LEASE - MOMENT, False), (LEASE, False), (LEASE + MOMENT, True)]
)
def test_a_job_whose_worker_died_is_free_when_its_lease_is_over(
    desk: Desk, job_id: str, after: timedelta, taken: bool
) -> None:
    assert claim(desk) is not None
    desk.clock.advance(after)
    assert (claim(desk) is not None) is taken
    assert told(desk, job_id).attempts == 1 + taken


def test_progress_renews_the_lease(desk: Desk, job_id: str) -> None:
    seen: list[Job | None] = []

    def work(_house: House, _payload: Mapping[str, Any], progress: Progress) -> None:
        for done in range(1, 4):
            desk.clock.advance(LEASE)
            progress(done, 3)
            seen.append(claim(desk))

    assert worker(desk, work).run_due() == 1
    job = told(desk, job_id)
    assert seen == [None] * 3
    assert (job.state, job.attempts, job.done_steps, job.all_steps) == (JobState.DONE, 1, 3, 3)


def test_a_heart_beats_for_a_handler_that_tells_no_progress(desk: Desk, job_id: str) -> None:
    heart = Heart()
    seen: list[Job | None] = []

    def work(_house: House, _payload: Mapping[str, Any], _progress: Progress) -> None:
        for _ in range(4):
            desk.clock.advance(BEAT)
            heart.beat()
            seen.append(claim(desk))
        heart.stop()

    assert worker(desk, work, heart.wait).run_due() == 1
    assert seen == [None] * 4
    assert heart.pauses == [BEAT.total_seconds()] * 5
    assert told(desk, job_id).state is JobState.DONE
    assert not [thread for thread in threading.enumerate() if job_id in thread.name]  # it ended with its job


class _BusyOnce:
    """Units of work of which the next writing one is refused as busy."""

    def __init__(self, house: House) -> None:
        self._units = house.units
        self.busy = False

    def read(self, actor_id: str | None = None) -> AbstractContextManager[UnitOfWork]:
        return self._units.read(actor_id)

    @contextmanager
    def write(self, actor_id: str | None = None, *, durable: bool = True) -> Iterator[UnitOfWork]:
        if self.busy:
            self.busy = False
            raise problem(BUSY)
        with self._units.write(actor_id, durable=durable) as uow:
            yield uow


def test_a_beat_that_the_busy_database_refused_is_soon_followed_by_another(desk: Desk, job_id: str) -> None:
    heart = Heart()
    units = _BusyOnce(desk.installation.house)
    seen: list[Job | None] = []

    def work(_house: House, _payload: Mapping[str, Any], _progress: Progress) -> None:
        desk.clock.advance(LEASE)
        units.busy = True
        heart.beat()
        heart.beat()
        desk.clock.advance(LEASE)
        seen.append(claim(desk))
        heart.stop()

    house = dataclasses.replace(desk.installation.house, units=units)
    assert JobRunner(house, {KIND: work}, wait=heart.wait).run_due() == 1
    assert seen == [None]
    assert heart.pauses == [BEAT.total_seconds(), 1.0, BEAT.total_seconds()]


def test_a_worker_that_lost_its_lease_stops_at_its_next_progress_and_marks_nothing(
    desk: Desk, job_id: str
) -> None:
    came_so_far: list[str] = []

    def slow(_house: House, _payload: Mapping[str, Any], progress: Progress) -> None:
        desk.clock.advance(LEASE + MOMENT)
        came_so_far.append("lost")
        assert claim(desk) is not None
        with pytest.raises(LeaseLost):
            progress(1, 2)
        progress(2, 2)
        came_so_far.append("went on")

    assert worker(desk, slow).run_due() == 1
    job = told(desk, job_id)
    assert came_so_far == ["lost"]
    assert (job.state, job.attempts, job.done_steps) == (JobState.RUNNING, 2, 0)


@pytest.mark.parametrize("ends", ["well", "badly"])
@pytest.mark.parametrize("attempts", [1, LAST_ATTEMPT])
def test_the_end_of_a_worker_that_lost_its_lease_is_not_the_end_of_the_job(
    desk: Desk, job_id: str, ends: str, attempts: int
) -> None:
    def slow(_house: House, _payload: Mapping[str, Any], _progress: Progress) -> None:
        desk.clock.advance(LEASE + MOMENT)
        assert claim(desk) is not None
        if ends == "badly":
            raise OSError("the disk is full")

    _die(desk, attempts - 1)
    assert worker(desk, slow).run_due() == 1
    job = told(desk, job_id)
    assert (job.state, job.attempts, job.last_error) == (JobState.RUNNING, attempts + 1, None)
    assert job.leased_until == desk.clock.now() + LEASE
    assert _inbox_of_it(desk) == []


def test_the_heart_of_a_worker_that_lost_its_lease_stops(desk: Desk, job_id: str) -> None:
    heart = Heart()

    def slow(_house: House, _payload: Mapping[str, Any], _progress: Progress) -> None:
        desk.clock.advance(LEASE + MOMENT)
        assert claim(desk) is not None
        desk.clock.advance(BEAT)
        heart.pass_pause()

    assert worker(desk, slow, heart.wait).run_due() == 1
    assert len(heart.pauses) == 1
    assert (
        told(desk, job_id).leased_until == desk.clock.now() - BEAT + LEASE
    )  # the other's, not renewed by this one


@pytest.mark.parametrize(("died", "begun"), [(LAST_ATTEMPT - 1, True), (LAST_ATTEMPT, False)])
def test_a_job_that_ended_every_worker_is_given_up(desk: Desk, job_id: str, died: int, begun: bool) -> None:
    ran: list[bool] = []

    def work(_house: House, _payload: Mapping[str, Any], _progress: Progress) -> None:
        ran.append(True)

    _die(desk, died)
    assert worker(desk, work).run_due() == 1
    assert ran == [True] * begun
    assert told(desk, job_id).state is (JobState.DONE if begun else JobState.FAILED)
    assert _inbox_of_it(desk) == ([] if begun else ["job_failed"])


def test_what_a_claim_may_do_ends_with_the_job(desk: Desk, job_id: str) -> None:
    claimed = claim(desk)
    assert claimed is not None
    with desk.installation.house.units.write() as uow:
        assert uow.jobs.finish(claimed, uow.now)
        assert not uow.jobs.renew(claimed, uow.now + LEASE)
        assert not uow.jobs.progress(claimed, 1, 1, uow.now + LEASE)
        assert not uow.jobs.retry(claimed, "again", uow.now)
        assert not uow.jobs.give_up(claimed, "never", uow.now)
        assert not uow.jobs.finish(claimed, uow.now)
        uow.commit()
    job = told(desk, job_id)
    assert (job.state, job.leased_until, job.last_error) == (JobState.DONE, None, None)
    assert worker(desk, quiet).run_due() == 0


def _die(desk: Desk, times: int) -> None:
    for _ in range(times):
        assert claim(desk) is not None
        desk.clock.advance(LEASE + MOMENT)


def _inbox_of_it(desk: Desk) -> list[str]:
    return [notice["kind"] for notice in desk.ok(desk.get(IT, "/api/v1/inbox"))["items"]]
