"""Queries on jobs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from server.domain.jobs import JobState
from server.services.ports.jobs import DAILY_KEY, Job, JobCount
from server.services.ports.paging import Page, PageRequest
from storage.rows.column_cipher import ColumnCipher
from storage.rows.mapping import Rows
from storage.rows.paging import keyset_page
from storage.rows.prepared import Prepared
from storage.rows.tables.jobs import jobs

# A finished job frees its key for the next cause; a day's key stays, or the next minute would do the day again.
_KEPT_KEY = sa.case((jobs.c.once_key.startswith(DAILY_KEY, autoescape=True), jobs.c.once_key), else_=None)

_ADD_ONCE = Prepared(sqlite.insert(jobs).on_conflict_do_nothing(index_elements=["once_key"]))


class JobQueries(Rows[Job]):
    def __init__(self, connection: sa.Connection, cipher: ColumnCipher) -> None:
        super().__init__(connection, jobs, Job, cipher)

    def add_all_once(self, added: Sequence[Job]) -> None:
        """Add what is not waiting under its once-key already; an import brings tens of thousands at a time."""
        if len(added) == 1 and self.connection.dialect.name == "sqlite":
            _ADD_ONCE.write(self.connection, self.dump(added[0]))
            return
        dialect = postgresql if self.connection.dialect.name == "postgresql" else sqlite
        insert = dialect.insert(jobs).on_conflict_do_nothing(index_elements=["once_key"])
        for start in range(0, len(added), 1000):
            self.connection.execute(insert, [self.dump(job) for job in added[start : start + 1000]])

    def claim(self, now: datetime, lease_until: datetime, but: Collection[str] = ()) -> Job | None:
        """The job due longest, but for those kinds. One whose lease has run out is due again: its worker died.

        A job that is claimed gives its once-key free: what happens from now on it may no longer see.
        """
        free = sa.or_(
            sa.and_(jobs.c.state == JobState.WAITING, jobs.c.due_at <= now),
            sa.and_(jobs.c.state == JobState.RUNNING, jobs.c.leased_until < now),
        )
        asked = sa.and_(free, jobs.c.kind.not_in(sorted(but)))
        found = self.fetch(sa.select(jobs).where(asked).order_by(jobs.c.due_at, jobs.c.id).limit(1))
        if not found:
            return None
        claimed = {
            "state": JobState.RUNNING,
            "leased_until": lease_until,
            "attempts": found[0].attempts + 1,
            "started_at": now,
        }
        self.connection.execute(
            sa.update(jobs).where(jobs.c.id == found[0].id).values(**claimed, once_key=_KEPT_KEY)
        )
        return self.need(found[0].id)

    def take(self, kind: str, now: datetime, limit: int) -> list[Job]:
        fresh = (
            jobs.c.kind == kind,
            jobs.c.state == JobState.WAITING,
            jobs.c.due_at <= now,
            jobs.c.attempts == 0,
        )
        taken = self.fetch(sa.select(jobs).where(*fresh).order_by(jobs.c.due_at, jobs.c.id).limit(limit))
        done = {"state": JobState.DONE, "finished_at": now, "once_key": _KEPT_KEY}
        for start in range(0, len(taken), 1000):
            ids = [job.id for job in taken[start : start + 1000]]
            self.connection.execute(sa.update(jobs).where(jobs.c.id.in_(ids)).values(**done))
        return taken

    def renew(self, claimed: Job, lease_until: datetime) -> bool:
        return self._set_held(claimed, leased_until=lease_until)

    def progress(self, claimed: Job, done: int, total: int, lease_until: datetime) -> bool:
        return self._set_held(claimed, done_steps=done, all_steps=total, leased_until=lease_until)

    def finish(self, claimed: Job, now: datetime) -> bool:
        ended = {"state": JobState.DONE, "finished_at": now, "last_error": None, "once_key": _KEPT_KEY}
        return self._set_held(claimed, leased_until=None, **ended)

    def retry(self, claimed: Job, error: str, due_at: datetime) -> bool:
        waiting = {"state": JobState.WAITING, "due_at": due_at, "last_error": error}
        return self._set_held(claimed, leased_until=None, **waiting)

    def give_up(self, claimed: Job, error: str, now: datetime) -> bool:
        ended = {"state": JobState.FAILED, "finished_at": now, "last_error": error, "once_key": _KEPT_KEY}
        return self._set_held(claimed, leased_until=None, **ended)

    def known_keys(self, keys: Iterable[str]) -> set[str]:
        statement = sa.select(jobs.c.once_key).where(jobs.c.once_key.in_(list(keys)))
        return set(self.connection.execute(statement).scalars())

    def unfinished(self, kind: str) -> Job | None:
        """Each state by itself, for then the index that has the kinds finds the first."""
        found: list[Job] = []
        for state in (JobState.WAITING, JobState.RUNNING):
            statement = sa.select(jobs).where(jobs.c.kind == kind, jobs.c.state == state)
            found += self.fetch(statement.order_by(jobs.c.id).limit(1))
        return min(found, key=lambda job: job.id, default=None)

    def unfinished_of(self, kinds: Collection[str], most: int) -> list[Job]:
        """Each state by itself, so that the index of what is due finds the few there are."""
        found = list[Job]()
        for state in (JobState.WAITING, JobState.RUNNING):
            of_state = sa.select(jobs).where(jobs.c.state == state, jobs.c.kind.in_(sorted(kinds)))
            found += self.fetch(of_state.limit(most - len(found))) if len(found) < most else []
        return found

    def page(
        self, request: PageRequest, *, state: JobState | None = None, kind: str | None = None
    ) -> Page[Job]:
        """Newest first."""
        statement = sa.select(jobs)
        if state is not None:
            statement = statement.where(jobs.c.state == state)
        if kind is not None:
            statement = statement.where(jobs.c.kind == kind)
        return keyset_page(self, statement, [jobs.c.id], request, descending=True)

    def counts(self) -> list[JobCount]:
        kind, state = jobs.c.kind, jobs.c.state
        open_ = state.in_([JobState.WAITING, JobState.RUNNING, JobState.FAILED])
        statement = sa.select(kind, state, sa.func.count(), sa.func.min(jobs.c.due_at)).where(open_)
        found = self.connection.execute(statement.group_by(kind, state).order_by(kind, state))
        return [JobCount(*row) for row in found]

    def running(self, limit: int) -> list[Job]:
        statement = sa.select(jobs).where(jobs.c.state == JobState.RUNNING)
        return self.fetch(statement.order_by(jobs.c.started_at, jobs.c.id).limit(limit))

    def again(self, failed: Job, now: datetime) -> bool:
        still = (jobs.c.id == failed.id, jobs.c.state == JobState.FAILED)
        due = {"state": JobState.WAITING, "due_at": now, "attempts": 0, "finished_at": None}
        return self.connection.execute(sa.update(jobs).where(*still).values(**due)).rowcount == 1

    def _set_held(self, claimed: Job, **values: object) -> bool:
        """Each claim counts the attempts on, so their number tells one claim of a job from the next."""
        held = (
            jobs.c.id == claimed.id,
            jobs.c.state == JobState.RUNNING,
            jobs.c.attempts == claimed.attempts,
        )
        return self.connection.execute(sa.update(jobs).where(*held).values(**values)).rowcount == 1
