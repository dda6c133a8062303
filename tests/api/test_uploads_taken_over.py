"""An upload whose line was lost: what the old request brought counts, and who asks waits no longer than for that."""

from __future__ import annotations

import threading
from typing import BinaryIO

import pytest

from server.api import uploads as uploads_api
from server.domain.problems import Problem
from server.services import upload_receivers, upload_receiving
from server.services.ports.objects import StoredObject
from server.services.upload_receivers import ReceiverPool
from server.services.upload_receiving import receive
from tests.api.test_uploads import lease_on, reader
from tests.conftest import Desk
from tests.support import evidence as files
from tests.support import tus
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


def test_a_silent_request_is_taken_over_with_what_it_brought(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload_receiving, "_PREFIX_SECONDS", 0.0)
    house, pool, line = desk.installation.house, ReceiverPool(2), Line()
    desk.client.application.extensions["fieldvisit.receivers"] = pool
    path = tus.begun(desk, tus.metadata(files.make_visited(desk)), len(PDF))
    lease = lease_on(desk, path, len(PDF))
    ends: list[object] = []

    def silent() -> None:
        try:
            ends.append(receive(house, pool, lease, line.read, len(PDF)))
        except Problem as refused:
            ends.append(refused.kind.code)

    line.send(PDF[:100])
    request = threading.Thread(target=silent)
    request.start()
    assert line.read_began.wait(20)
    # Heard a moment ago: it is left alone, and who asks without patience does not disturb it.
    monkeypatch.setattr(uploads_api, "SILENCE_SECONDS", 0.0)
    assert tus.offset_of(desk, path) == 0
    desk.refused(tus.patch(desk, path, 0, PDF), 423, "upload_locked")
    monkeypatch.setattr(upload_receivers, "SILENCE_SECONDS", 0.0)
    assert tus.offset_of(desk, path) == 100
    answer = tus.patch(desk, path, 100, PDF[100:])
    assert answer.headers["Fieldvisit-Sha256"] == files.sha256(PDF)
    line.send(PDF[100:200])
    request.join(20)
    assert ends == ["upload_locked"]
    assert len(files.kept(desk)) == len(files.stored_keys(desk)) == 1


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
