"""A full disk: refused by name, tried again later, and what was begun goes on where it stood."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
import sqlalchemy as sa

from server.domain.problems import Problem
from storage.objects import direct
from storage.rows.database import transaction
from tests.conftest import Desk
from tests.support import evidence as files
from tests.support import tus
from tests.support.cast import AGENT
from tests.support.tus import PDF

# Statements with which each database says of itself that the disk is full; SQLite's pages are counted from one.
FULL = {
    "sqlite": ["PRAGMA max_page_count = 1", "CREATE TABLE more (line TEXT)"],
    "postgresql": ["DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'disk_full'; END $$"],
}
Fill = Callable[[int], AbstractContextManager[None]]


@pytest.fixture
def fill(monkeypatch: pytest.MonkeyPatch) -> Fill:
    """Writing into objects fails with that error."""

    @contextmanager
    def full(code: int) -> Iterator[None]:
        def write(_number: int, _content: memoryview) -> int:
            raise OSError(code, os.strerror(code))

        with monkeypatch.context() as patched:
            patched.setattr(direct.os, "write", write)
            yield

    return full


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_an_upload_onto_a_full_disk_is_refused_by_name_and_goes_on_when_there_is_room(
    desk: Desk, fill: Fill, code: int
) -> None:
    path = tus.begun(desk, tus.metadata(files.make_visited(desk)), len(PDF))
    with fill(code):
        answer = tus.patch(desk, path, 0, PDF)
    told = answer.get_json()
    assert (answer.status_code, told["title"]) == (503, "storage_full")
    assert answer.headers["Retry-After"] == "60"
    assert "IT" in told["remedy"]
    assert tus.offset_of(desk, path) == 0
    assert files.nothing_stored(desk)
    assert tus.patch(desk, path, 0, PDF).status_code == 204
    assert [item.sha256 for item in files.kept(desk)] == [files.sha256(PDF)]


def test_another_error_of_the_disk_is_ours_and_not_called_full(desk: Desk, fill: Fill) -> None:
    path = tus.begun(desk, tus.metadata(files.make_visited(desk)), len(PDF))
    with fill(errno.EIO):
        answer = tus.patch(desk, path, 0, PDF)
    assert (answer.status_code, answer.get_json()["title"]) == (500, "internal")


def fill_database(engine: sa.Engine) -> None:
    with transaction(engine, writes=True) as connection:
        for statement in FULL[engine.dialect.name]:
            connection.exec_driver_sql(statement)


def test_a_full_database_refuses_and_has_nothing_of_it(desk: Desk) -> None:
    engine = desk.installation.engine
    with pytest.raises(Problem, match="storage_full"):
        fill_database(engine)
    assert "more" not in sa.inspect(engine).get_table_names()
    engine.dispose()  # SQLite's limit is the connection's own
    assert desk.get(AGENT, "/api/v1/visits").status_code == 200
