"""The database: SQLite (WAL, embedded) or PostgreSQL, opened so that both behave alike.

One writer at a time on both (docs/adr/0003): SQLite through BEGIN IMMEDIATE, PostgreSQL through one advisory lock held
to the end of the transaction. Readers never wait. Whoever wrote waits for the disk outside the turn.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from server.domain.json_text import to_json
from server.domain.problems import BUSY, STORAGE_FULL, ProblemKind, problem
from storage.rows.log_copying import COPIED_AT_LAST, LOG_BYTES, tend_log

_WRITER_LOCK = 0x46696C64  # any constant of our own
_WAIT_SECONDS = 30
_DISK_FULL = "53100"  # PostgreSQL's name for it
_named_logs: dict[str, int] = {}
_turns: dict[str, threading.Lock] = {}
_folders: dict[tuple[int, str], int] = {}


def open_engine(url: str) -> sa.Engine:
    """An engine for `sqlite:///PATH` or `postgresql://…` (psycopg 3)."""
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _open_sqlite(parsed)
    # What an error says of a statement goes into logs and stays with jobs: its values are debtors' data (S6).
    if parsed.get_backend_name() == "postgresql":
        return sa.create_engine(
            parsed.set(drivername="postgresql+psycopg"),
            pool_size=20,
            max_overflow=20,
            pool_pre_ping=True,
            json_serializer=to_json,
            hide_parameters=True,
        )
    raise ValueError(f"a database of this kind is not supported: {parsed.get_backend_name()}")


def _open_sqlite(url: sa.URL) -> sa.Engine:
    # The one used last is lent first: what it holds of the database is in memory once and not in each of them.
    engine = sa.create_engine(
        url,
        connect_args={"timeout": _WAIT_SECONDS},
        pool_size=20,
        max_overflow=20,
        pool_use_lifo=True,
        json_serializer=to_json,
        hide_parameters=True,
    )

    @sa.event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # `transaction` begins them, never the driver
        for pragma in (
            "journal_mode=WAL",
            "synchronous=NORMAL",  # a commit waits in wait_for_disk; the copying into the database waits by itself
            "foreign_keys=ON",
            f"busy_timeout={_WAIT_SECONDS * 1000}",
            f"wal_autocheckpoint={COPIED_AT_LAST}",
            f"journal_size_limit={LOG_BYTES}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    return engine


@contextmanager
def transaction(engine: sa.Engine, *, writes: bool, durable: bool = True) -> Iterator[sa.Connection]:
    """A connection in a transaction that is rolled back unless the caller commits it.

    One that is not `durable` does not wait for the disk; it never lies there without what was committed before it.
    On SQLite none waits: who needs it calls `wait_for_disk` after the commit, when others have their turn already.
    """
    turn = _Turn(engine) if writes and engine.dialect.name == "sqlite" else None
    with turn or nullcontext(), engine.connect() as connection:
        if turn is not None:
            connection.execution_options(turn=turn)
        try:
            connection.begin()
            _begin(connection, writes=writes, durable=durable)
            yield connection
        except (OperationalError, sqlite3.OperationalError) as error:
            passing = _passing(error)
            if passing is None:
                raise
            raise problem(passing) from error


def _begin(connection: sa.Connection, *, writes: bool, durable: bool) -> None:
    """SQLite is told straight: a listener for it would slow down every connection and each of its statements."""
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.driver_connection
        driver.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
    elif writes:
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_WAIT_SECONDS}s'")
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_WRITER_LOCK)))
        if not durable:
            connection.exec_driver_sql("SET LOCAL synchronous_commit = off")
    else:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")


def end_turn(connection: sa.Connection) -> None:
    """Let the next one in this process write, when the commit is done and the wait for the disk is still to come."""
    turn: _Turn | None = connection.get_execution_options().get("turn")
    if turn is not None:
        turn.end()
        tend_log(connection.engine)


class _Turn:
    """The writer's turn among the threads of this process, and then among the processes of this machine. SQLite keeps
    it too, but whoever waits there looks again after pauses of up to a tenth of a second, and all lies idle."""

    def __init__(self, engine: sa.Engine) -> None:
        self._lock = _turns.setdefault(str(engine.url), threading.Lock())
        self._among_processes = _folder_of(engine.url.database)
        self._mine = False

    def __enter__(self) -> None:
        if not self._lock.acquire(timeout=_WAIT_SECONDS):
            raise problem(BUSY)
        self._mine = True
        if self._among_processes is not None:
            fcntl.flock(self._among_processes, fcntl.LOCK_EX)

    def end(self) -> None:
        if self._mine:
            self._mine = False
            if self._among_processes is not None:
                fcntl.flock(self._among_processes, fcntl.LOCK_UN)
            self._lock.release()

    def __exit__(self, *_: object) -> None:
        self.end()


def wait_for_disk(engine: sa.Engine) -> None:
    """Return when everything that was committed lies on the disk; PostgreSQL has waited in the commit itself.

    SQLite would wait within the turn, and with it everybody whose turn is next; the disk takes as long for one as for
    all that wait at once. The log holds each commit whole or not at all, so a power cut leaves what was before it.
    """
    if engine.dialect.name != "sqlite" or not engine.url.database:
        return
    log = f"{engine.url.database}-wal"
    try:
        descriptor = os.open(log, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return  # the last connection has copied all of it into the database, and waited for that
    try:
        os.fsync(descriptor)
        _sync_name(log, os.fstat(descriptor).st_ino)
    finally:
        os.close(descriptor)


def _folder_of(database: str | None) -> int | None:
    """The database's folder, opened by this process itself: what was opened before a fork has one lock for both."""
    if not database:
        return None
    place = (os.getpid(), os.path.dirname(database) or ".")
    if place not in _folders:
        _folders[place] = os.open(place[1], os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    return _folders[place]


def _sync_name(log: str, inode: int) -> None:
    """A log that was made since we looked last is not yet named on the disk, however well its bytes lie there."""
    if _named_logs.get(log) == inode:
        return
    folder = os.open(os.path.dirname(log) or ".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    _named_logs[log] = inode


def _passing(error: OperationalError | sqlite3.OperationalError) -> ProblemKind | None:
    """What the database says that is nobody's mistake and goes by: another's turn, or a full disk."""
    raised = error.orig if isinstance(error, OperationalError) else error
    words = str(raised)
    if "database is locked" in words or "lock timeout" in words:
        return BUSY
    full = "disk is full" in words or getattr(raised, "sqlstate", None) == _DISK_FULL
    return STORAGE_FULL if full else None
