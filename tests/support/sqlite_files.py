"""A SQLite file of one table, for tests of how it is written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from storage.rows.database import open_engine, transaction


@contextmanager
def opened(path: Path, table: str) -> Iterator[sa.Engine]:
    """`table` as CREATE TABLE takes it."""
    engine = open_engine(f"sqlite:///{path}")
    with transaction(engine, writes=True) as connection:
        connection.exec_driver_sql(f"CREATE TABLE {table}")
        connection.commit()
    yield engine
    engine.dispose()
