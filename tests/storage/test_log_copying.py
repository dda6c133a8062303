"""SQLite's log is copied beside the commits, and begun anew; without the thread a commit does it in the end."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage.rows import log_copying
from storage.rows.database import end_turn, transaction
from storage.rows.log_copying import LOG_BYTES
from tests.support.sqlite_files import opened

_ROW = 64 << 10


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "long.db"


@pytest.fixture
def engine(database: Path) -> Iterator[sa.Engine]:
    with opened(database, "long (bytes BLOB)") as engine:
        yield engine


def write(engine: sa.Engine, rows: int) -> None:
    with transaction(engine, writes=True) as connection:
        for _ in range(rows):
            connection.exec_driver_sql("INSERT INTO long VALUES (randomblob(?))", (_ROW,))
        connection.commit()
        end_turn(connection)


def counted(engine: sa.Engine) -> int:
    with transaction(engine, writes=False) as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM long").scalar_one())


def wait_until(what: str, holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < until, what
        time.sleep(0.05)


def test_a_long_log_is_copied_and_begun_anew_and_the_thread_ends(
    engine: sa.Engine, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_copying, "_GATHERED", 0.05)
    log = Path(f"{database}-wal")
    write(engine, 100)
    assert database.stat().st_size < _ROW, "what is short waits"
    write(engine, 300)
    assert log.stat().st_size > LOG_BYTES
    wait_until("copied", lambda: database.stat().st_size > 400 * _ROW)

    def begun_anew() -> bool:
        write(engine, 1)
        return log.stat().st_size <= LOG_BYTES

    wait_until("begun anew", begun_anew)
    wait_until("ended", lambda: all(one.name != "copying of the log" for one in threading.enumerate()))
    written = counted(engine)
    write(engine, 400)
    wait_until("copied again", lambda: database.stat().st_size > (written + 400) * _ROW)
    assert counted(engine) == written + 400


def test_a_log_that_nobody_copies_is_copied_by_a_commit(
    engine: sa.Engine, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.rows.database.tend_log", lambda _engine: None)
    write(engine, 1500)
    assert database.stat().st_size < _ROW
    write(engine, 600)
    assert database.stat().st_size > 2000 * _ROW


_KILLED = """
import os, sys
from storage.rows import log_copying
from storage.rows.database import end_turn, open_engine, transaction
log_copying._GATHERED = 0.0
engine = open_engine(f"sqlite:///{sys.argv[1]}")
for turn in range(10_000):
    with transaction(engine, writes=True) as connection:
        for _ in range(20):
            connection.exec_driver_sql("INSERT INTO long VALUES (randomblob(65536))")
        connection.commit()
        end_turn(connection)
    print(turn, flush=True)
"""


def test_what_was_committed_is_there_after_a_kill_in_the_midst(engine: sa.Engine, database: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _KILLED, str(database)],
        stdout=subprocess.PIPE,
        text=True,
        env=dict(os.environ),
    ) as process:
        assert process.stdout is not None
        told = -1
        for line in process.stdout:
            told = int(line)
            if database.stat().st_size > 20 << 20:
                break
        process.kill()
        told = max([told, *(int(line) for line in process.stdout)])
    assert counted(engine) >= 20 * (told + 1)
    assert counted(engine) % 20 == 0
    with transaction(engine, writes=False) as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
