"""The unit of work over SQL: rolls back unless told to commit.

Audit lines and jobs are written just before the commit, so that their order is the order of the commits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from functools import partial

import sqlalchemy as sa

from server.domain.audit import AuditEntry
from server.domain.jobs import JobState
from server.services.ids import new_id, new_ids
from server.services.ports.clock import Clock
from server.services.ports.jobs import Job
from storage.rows.all_rows import AllRows
from storage.rows.column_cipher import ColumnCipher
from storage.rows.database import end_turn, transaction, wait_for_disk
from storage.rows.watching import SeenRows, watched


class SqlUnitOfWork(AllRows):
    """One transaction. Query modules are opened when first asked for and share its connection."""

    def __init__(
        self,
        connection: sa.Connection,
        cipher: ColumnCipher,
        now: datetime,
        actor_id: str | None,
        writes: bool,
        make_durable: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(connection, cipher)
        self.now = now
        self.actor_id = actor_id
        self._writes = writes
        self._make_durable = make_durable
        self.committed = False
        self._entries: list[AuditEntry] = []
        self._jobs: list[Job] = []
        self._acts: list[Callable[[], None]] = []

    def new_id(self) -> str:
        return new_id(self.now)

    def new_ids(self, count: int) -> list[str]:
        return new_ids(self.now, count)

    def audit(self, entry: AuditEntry) -> None:
        if not self._writes:
            raise RuntimeError(
                "a reading transaction cannot write audit lines: declare that it reads personal data"
            )
        self._entries.append(entry)

    def write_trail(self) -> None:
        if self._entries:
            self.trail.append(self._entries, at=self.now, actor_id=self.actor_id)
            self._entries = []

    def enqueue(
        self,
        kind: str,
        payload: Mapping[str, object],
        *,
        once_key: str | None = None,
        due_at: datetime | None = None,
        steps: int = 0,
    ) -> str:
        job = Job(
            id=self.new_id(),
            kind=kind,
            payload=payload,
            state=JobState.WAITING,
            once_key=once_key,
            due_at=due_at or self.now,
            leased_until=None,
            attempts=0,
            done_steps=0,
            all_steps=steps,
            last_error=None,
            account_id=self.actor_id,
            created_at=self.now,
            finished_at=None,
        )
        self._jobs.append(job)
        return job.id

    def watch(self) -> AbstractContextManager[SeenRows]:
        return watched(self._connection)

    def still(self, seen: SeenRows) -> bool:
        return seen.still(self._connection)

    def after_commit(self, act: Callable[[], None]) -> None:
        self._acts.append(act)

    def commit(self) -> None:
        """Write the audit lines and the jobs, commit, then run what waits for the commit."""
        self.write_trail()
        if self._jobs:
            self.jobs.add_all_once(self._jobs)
        self._connection.commit()
        end_turn(self._connection)
        self.committed = True
        self._make_durable()
        acts, self._jobs, self._acts = self._acts, [], []
        for act in acts:
            act()

    def rollback(self) -> None:
        self._connection.rollback()

    @property
    def enqueued(self) -> bool:
        return bool(self._jobs)


class SqlUnitsOfWork:
    """Begins units of work. `wake` is called after a commit that enqueued jobs."""

    def __init__(
        self, engine: sa.Engine, cipher: ColumnCipher, clock: Clock, wake: Callable[[], None] = lambda: None
    ) -> None:
        self.engine = engine
        self._cipher = cipher
        self._clock = clock
        self._wake = wake

    @contextmanager
    def write(self, actor_id: str | None = None, *, durable: bool = True) -> Iterator[SqlUnitOfWork]:
        wait: Callable[[], None] = partial(wait_for_disk, self.engine) if durable else lambda: None
        with transaction(self.engine, writes=True, durable=durable) as connection:
            uow = _WakingUnitOfWork(connection, self._cipher, self._clock.now(), actor_id, self._wake, wait)
            yield uow
        if not uow.committed:
            wait()  # a repeat that is answered with what somebody else has just committed

    @contextmanager
    def read(self, actor_id: str | None = None) -> Iterator[SqlUnitOfWork]:
        with transaction(self.engine, writes=False) as connection:
            yield SqlUnitOfWork(connection, self._cipher, self._clock.now(), actor_id, writes=False)


class _WakingUnitOfWork(SqlUnitOfWork):
    def __init__(
        self,
        connection: sa.Connection,
        cipher: ColumnCipher,
        now: datetime,
        actor_id: str | None,
        wake: Callable[[], None],
        make_durable: Callable[[], None],
    ) -> None:
        super().__init__(connection, cipher, now, actor_id, True, make_durable)
        self._wake = wake

    def commit(self) -> None:
        if self.enqueued:
            self.after_commit(self._wake)
        super().commit()
