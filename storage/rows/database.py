"""The database: SQLite (WAL, embedded) or PostgreSQL, opened so that both behave alike.

One writer at a time on both (docs/adr/0003): SQLite through BEGIN IMMEDIATE, PostgreSQL through one advisory lock held
to the end of the transaction. Readers never wait.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from server.domain.problems import BUSY, problem

_WRITER_LOCK = 0x46696C64  # any constant of our own
_WAIT_SECONDS = 30


def open_engine(url: str) -> sa.Engine:
    """An engine for `sqlite:///PATH` or `postgresql://…` (psycopg 3)."""
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _open_sqlite(parsed)
    if parsed.get_backend_name() == "postgresql":
        return sa.create_engine(
            parsed.set(drivername="postgresql+psycopg"),
            pool_size=20,
            max_overflow=20,
            pool_pre_ping=True,
        )
    raise ValueError(f"a database of this kind is not supported: {parsed.get_backend_name()}")


def _open_sqlite(url: sa.URL) -> sa.Engine:
    engine = sa.create_engine(url, connect_args={"timeout": _WAIT_SECONDS}, pool_size=20, max_overflow=20)

    @sa.event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # transactions are begun by the listener below, never by the driver
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={_WAIT_SECONDS * 1000}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


@contextmanager
def transaction(engine: sa.Engine, *, writes: bool, durable: bool = True) -> Iterator[sa.Connection]:
    """A connection in a transaction that is rolled back unless the caller commits it.

    One that is not `durable` does not wait for the disk; it never lies there without what was committed before it.
    """
    with engine.connect().execution_options(writes=writes) as connection, _disk(connection, durable):
        try:
            connection.begin()
            if writes and engine.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_WAIT_SECONDS}s'")
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_WRITER_LOCK)))
                if not durable:
                    connection.exec_driver_sql("SET LOCAL synchronous_commit = off")
            elif engine.dialect.name == "postgresql":
                connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        except OperationalError as error:
            if _is_wait(error):
                raise problem(BUSY) from error
            raise
        yield connection


@contextmanager
def _disk(connection: sa.Connection, durable: bool) -> Iterator[None]:
    """SQLite is told by the connection, outside any transaction; the pool gets it back as it was."""
    raw: Any = connection.connection.dbapi_connection
    if durable or connection.dialect.name != "sqlite":
        yield
        return
    raw.execute("PRAGMA synchronous=NORMAL")
    try:
        yield
    finally:
        if connection.in_transaction():
            connection.rollback()
        raw.execute("PRAGMA synchronous=FULL")


def _is_wait(error: OperationalError) -> bool:
    words = str(error.orig)
    return "database is locked" in words or "lock timeout" in words
