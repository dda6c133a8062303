"""Jobs: work after the answer. A job is a row in the transaction of its cause and may run twice without harm."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from server.domain.jobs import JobState
from server.services.ports.paging import Page, PageRequest

DAILY_KEY = "daily:"  # once-keys of this form stay after the job is done


@dataclass(frozen=True, slots=True)
class Job:
    """`attempts` counts starts; `done_steps` of `all_steps` is the progress; `account_id` is whose act caused it.

    `started_at`: when the attempt that was last begun began.
    """

    id: str
    kind: str
    payload: Mapping[str, object]
    state: JobState
    once_key: str | None
    due_at: datetime
    leased_until: datetime | None
    attempts: int
    done_steps: int
    all_steps: int
    last_error: str | None
    account_id: str | None
    created_at: datetime
    finished_at: datetime | None
    started_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class JobCount:
    """How many jobs of a kind stand in a state, and since when the one due longest is due."""

    kind: str
    state: JobState
    count: int
    oldest_due_at: datetime


class JobRows(Protocol):
    def get(self, id: str) -> Job | None: ...
    def need(self, id: str) -> Job: ...
    def claim(self, now: datetime, lease_until: datetime, but: Collection[str] = ()) -> Job | None:
        """The longest-due job that nobody holds, but for those kinds, now running under the lease; None when nothing
        is due."""

    def take(self, kind: str, now: datetime, limit: int) -> list[Job]:
        """Due jobs of a kind that were never begun, marked done: their work belongs into the same transaction."""

    def renew(self, claimed: Job, lease_until: datetime) -> bool:
        """This and what follows change a job as it was claimed; False, and no change, once another claim holds it."""

    def progress(self, claimed: Job, done: int, total: int, lease_until: datetime) -> bool: ...
    def finish(self, claimed: Job, now: datetime) -> bool: ...
    def retry(self, claimed: Job, error: str, due_at: datetime) -> bool: ...
    def give_up(self, claimed: Job, error: str, now: datetime) -> bool: ...
    def known_keys(self, keys: Iterable[str]) -> set[str]:
        """Those of the once-keys that a job holds."""

    def unfinished(self, kind: str) -> Job | None:
        """The oldest job of a kind that waits or runs."""

    def unfinished_of(self, kinds: Collection[str], most: int) -> list[Job]:
        """Jobs of these kinds that wait or run, at most so many."""

    def page(
        self, request: PageRequest, *, state: JobState | None = None, kind: str | None = None
    ) -> Page[Job]: ...
    def counts(self) -> list[JobCount]:
        """What is not done, by kind and state."""

    def running(self, limit: int) -> list[Job]:
        """Those that work, the one that began first before the others."""

    def again(self, failed: Job, now: datetime) -> bool:
        """Due at once with its attempts before it; False where it is not failed any more."""
