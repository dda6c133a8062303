"""The writer's turn on SQLite: kept among the threads of a process, given on with the commit, never lost."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from server.domain.problems import BUSY, Problem
from storage.rows import database
from storage.rows.database import end_turn, transaction
from tests.support.sqlite_files import opened


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[sa.Engine]:
    with opened(tmp_path / "turns.db", "marks (mark TEXT)") as engine:
        yield engine


def mark(connection: sa.Connection, text: str) -> None:
    connection.exec_driver_sql("INSERT INTO marks VALUES (?)", (text,))


def marks(engine: sa.Engine) -> list[str]:
    with transaction(engine, writes=False) as connection:
        return list(connection.exec_driver_sql("SELECT mark FROM marks ORDER BY rowid").scalars())


def test_the_next_writer_goes_on_with_the_commit_and_not_with_the_end_of_the_work(engine: sa.Engine) -> None:
    wrote = threading.Event()

    def write() -> None:
        with transaction(engine, writes=True) as connection:
            mark(connection, "second")
            connection.commit()
        wrote.set()

    other = threading.Thread(target=write)
    with transaction(engine, writes=True) as connection:
        mark(connection, "first")
        other.start()
        assert not wrote.wait(0.2), "one writes at a time"
        connection.commit()
        end_turn(connection)
        assert wrote.wait(10), "the turn is free although the first still waits for its disk"
    other.join()
    assert marks(engine) == ["first", "second"]


def test_whoever_fails_gives_the_turn_back_and_leaves_nothing(engine: sa.Engine) -> None:
    def fail() -> None:
        with transaction(engine, writes=True) as connection:
            mark(connection, "lost")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with transaction(engine, writes=True) as connection:
        mark(connection, "kept")
        connection.commit()
    assert marks(engine) == ["kept"]


def test_a_turn_that_does_not_come_is_refused_as_busy(
    engine: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_WAIT_SECONDS", 0.01)
    refused: list[Problem] = []

    def write() -> None:
        with pytest.raises(Problem) as caught, transaction(engine, writes=True):
            pass
        refused.append(caught.value)

    with transaction(engine, writes=True):
        other = threading.Thread(target=write)
        other.start()
        other.join(10)
    assert [one.kind for one in refused] == [BUSY]
    with transaction(engine, writes=True) as connection:
        mark(connection, "later")
        connection.commit()
    assert marks(engine) == ["later"]


ELSEWHERE = """
import sys
from storage.rows.database import open_engine, transaction
print("waits", flush=True)
with transaction(open_engine(sys.argv[1]), writes=True) as connection:
    connection.exec_driver_sql("INSERT INTO marks VALUES ('elsewhere')")
    connection.commit()
"""


def test_processes_wait_for_each_other_before_sqlite_is_asked(engine: sa.Engine, tmp_path: Path) -> None:
    folder = os.open(tmp_path, os.O_RDONLY | os.O_DIRECTORY)
    with transaction(engine, writes=True) as connection:
        asking = [sys.executable, "-c", ELSEWHERE, str(engine.url)]
        with subprocess.Popen(asking, stdout=subprocess.PIPE, text=True) as other:
            assert other.stdout is not None
            assert other.stdout.readline() == "waits\n"
            with pytest.raises(BlockingIOError):
                fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
            mark(connection, "here")
            connection.commit()
            end_turn(connection)
            assert other.wait(20) == 0
    fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.close(folder)
    assert marks(engine) == ["here", "elsewhere"]
