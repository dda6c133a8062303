"""An upload whose line was lost: what the old request brought counts, and who asks waits no longer than for that."""

from __future__ import annotations

import os
import socket
import sys
import threading
from collections.abc import Iterator
from functools import partial
from typing import BinaryIO

import pytest

from server.api import uploads as uploads_api
from server.domain.problems import Problem
from server.services import upload_receivers, upload_receiving, uploads
from server.services.ports.objects import StoredObject
from server.services.upload_receivers import ReceiverPool
from server.services.upload_receiving import receive
from server.services.uploads import Lease
from server.web import neighbours
from tests.api.test_uploads import lease_on, reader
from tests.conftest import Desk
from tests.support import evidence as files
from tests.support import tus
from tests.support.cast import AGENT
from tests.support.lines import Reads
from tests.support.tus import PDF


class Line:
    """A line on which bytes come when the test sends them, and nothing otherwise."""

    def __init__(self) -> None:
        self._sent: list[bytes] = []
        self._there = threading.Condition()
        self.read_began = threading.Event()

    def send(self, content: bytes) -> None:
        with self._there:
            self._sent.append(content)
            self._there.notify()

    def read(self, size: int) -> bytes:
        with self._there:
            if not self._sent:
                self.read_began.set()
                self._there.wait(20)
            return self._sent.pop(0)


class Silent:
    """A request that brought a hundred bytes, and whose line says nothing since; `ends` is what became of it."""

    def __init__(self, desk: Desk, pool: ReceiverPool, lease: Lease) -> None:
        self.line = Line()
        self.ends: list[object] = []
        self._asked = (desk.installation.house, pool, lease, Reads(self.line.read), len(PDF))
        self._request = threading.Thread(target=self._run)
        self.line.send(PDF[:100])
        self._request.start()
        assert self.line.read_began.wait(20)

    def goes_on(self, content: bytes = PDF[100:200]) -> None:
        self.line.send(content)
        self._request.join(20)

    def _run(self) -> None:
        try:
            self.ends.append(receive(*self._asked))
        except Problem as refused:
            self.ends.append(refused.kind.code)


def test_a_silent_request_is_taken_over_with_what_it_brought(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload_receiving, "_PREFIX_SECONDS", 0.0)
    pool = ReceiverPool(2)
    desk.client.application.extensions["fieldvisit.receivers"] = pool
    path = tus.begun(desk, tus.metadata(files.make_visited(desk)), len(PDF))
    silent = Silent(desk, pool, lease_on(desk, path, len(PDF)))
    # Heard a moment ago: it is left alone, and who asks without patience does not disturb it.
    monkeypatch.setattr(uploads_api, "SILENCE_SECONDS", 0.0)
    assert tus.offset_of(desk, path) == 0
    desk.refused(tus.patch(desk, path, 0, PDF), 423, "upload_locked")
    monkeypatch.setattr(upload_receivers, "SILENCE_SECONDS", 0.0)
    assert tus.offset_of(desk, path) == 100
    answer = tus.patch(desk, path, 100, PDF[100:])
    assert answer.headers["Fieldvisit-Sha256"] == files.sha256(PDF)
    silent.goes_on()
    assert silent.ends == ["upload_locked"]
    assert len(files.kept(desk)) == len(files.stored_keys(desk)) == 1


@pytest.fixture
def elsewhere(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[ReceiverPool]:
    """The receivers of another web process of this machine, which answers its neighbours; every lease is its own."""
    if sys.platform != "linux":
        pytest.skip("processes ask each other on Linux alone")
    pool, holder = ReceiverPool(2), f"another-machine {os.getpid()} 1"
    monkeypatch.setattr(uploads, "this_process", lambda: holder)
    monkeypatch.setattr(upload_receiving, "_PREFIX_SECONDS", 0.0)
    listener = neighbours.listen(holder, partial(pool.take_over, desk.installation.house))
    assert listener is not None
    yield pool
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()


def test_a_request_that_is_heard_in_another_process_is_left_alone(
    desk: Desk, elsewhere: ReceiverPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads_api, "SILENCE_SECONDS", 0.0)
    path = tus.begun(desk, tus.metadata(files.make_visited(desk)), len(PDF))
    silent = Silent(desk, elsewhere, lease_on(desk, path, len(PDF)))
    assert tus.offset_of(desk, path) == 0
    desk.refused(tus.patch(desk, path, 0, PDF), 423, "upload_locked")
    silent.goes_on(PDF[100:])
    assert [end[0].offset for end in silent.ends] == [len(PDF)]  # type: ignore[index]


def test_a_request_that_went_silent_in_another_process_is_taken_over_too(
    desk: Desk, elsewhere: ReceiverPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which of the processes a phone's next request comes to is chance."""
    monkeypatch.setattr(upload_receivers, "SILENCE_SECONDS", 0.0)
    visit = files.make_visited(desk)
    asked = tus.begun(desk, tus.metadata(visit), len(PDF))
    silent = Silent(desk, elsewhere, lease_on(desk, asked, len(PDF)))
    assert tus.offset_of(desk, asked) == 100
    sent = tus.begun(desk, tus.metadata(visit), len(PDF))
    other = Silent(desk, elsewhere, lease_on(desk, sent, len(PDF)))
    # A sender that does not ask first is told where the upload stands, and no longer that it is locked.
    desk.refused(tus.patch(desk, sent, 0, PDF), 409, "upload_offset_differs")
    assert tus.offset_of(desk, sent) == 100
    for request in (silent, other):
        request.goes_on()
        assert request.ends == ["upload_locked"]


def test_nobody_answers_for_a_process_that_is_gone(desk: Desk) -> None:
    assert not neighbours.ask("another-machine 1 1", "an-upload", AGENT.id, 0.0)


def test_who_asks_how_far_it_came_waits_for_the_request_that_was_cut(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client asks within milliseconds of losing its line; what it is not told of it sends again."""
    house, pool = desk.installation.house, ReceiverPool(2)
    desk.client.application.extensions["fieldvisit.receivers"] = pool
    path = tus.begun(desk, tus.metadata(files.make_visited(desk)), len(PDF))
    lease = lease_on(desk, path, len(PDF))
    storing, goes_on = threading.Event(), threading.Event()
    write = house.objects.write

    def slowly(key: str, source: BinaryIO, *, limit: int) -> StoredObject:
        storing.set()
        assert goes_on.wait(20)
        return write(key, source, limit=limit)

    monkeypatch.setattr(house.objects, "write", slowly)
    cut = threading.Thread(target=receive, args=(house, pool, lease, reader(PDF[:100]), len(PDF)))
    cut.start()
    assert storing.wait(20)
    threading.Timer(0.3, goes_on.set).start()
    assert tus.offset_of(desk, path) == 100
    cut.join(20)
