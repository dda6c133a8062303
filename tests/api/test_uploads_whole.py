"""A whole file in one request has no lease in its row: whoever commits first had the right to bring it."""

from __future__ import annotations

import threading

import pytest

from server.domain.problems import Problem
from server.domain.uploads import PIECE_BYTES, UploadState
from server.services import upload_bodies, upload_receivers, upload_receiving, uploads
from server.services.holders import this_process
from server.services.login import actor_of
from server.services.upload_finishing import salvage
from server.services.upload_receivers import ReceiverPool
from server.services.upload_receiving import receive
from server.services.uploads import Lease
from server.web.auth import bearer
from tests.api.test_uploads import lease_on, reader
from tests.api.test_uploads_taken_over import Line
from tests.conftest import Desk
from tests.support import evidence as files
from tests.support import tus
from tests.support.cast import AGENT
from tests.support.tus import PDF


def right_on(desk: Desk, path: str, announced: int) -> Lease | None:
    """The right to bring the whole file, as a request of 陈磊 gets it."""
    house = desk.installation.house
    with desk.client.application.test_request_context(
        headers={"Authorization": f"Bearer {desk.token(AGENT)}"}
    ):
        account_id, session_id = bearer()
    with house.units.read() as uow:
        actor = actor_of(uow, account_id, session_id)
    return uploads.begin_whole(house, actor, path.rpartition("/")[2], announced)


def whole_right(desk: Desk, path: str) -> Lease:
    right = right_on(desk, path, len(PDF))
    assert right is not None
    assert not right.held
    return right


def begun(desk: Desk, length: int | None = len(PDF), kind: str = "attachment") -> str:
    return tus.begun(desk, tus.metadata(files.make_visited(desk), kind=kind), length)


class Request:
    """One that receives in a thread of its own; `end` is what came of it."""

    def __init__(self, desk: Desk, pool: ReceiverPool, right: Lease, line: Line) -> None:
        self.end: object = None
        self._asked = (desk.installation.house, pool, right, line.read, len(PDF))
        self._thread = threading.Thread(target=self._receive)
        self._thread.start()

    def _receive(self) -> None:
        try:
            _, item = receive(*self._asked)
            self.end = None if item is None else item.sha256
        except Problem as refused:
            self.end = refused.kind.code

    def ended(self) -> object:
        self._thread.join(20)
        assert not self._thread.is_alive()
        return self.end


@pytest.mark.parametrize("over", [-1, 0, 1])
def test_only_the_whole_file_in_one_piece_needs_no_lease(desk: Desk, over: int) -> None:
    assert (right_on(desk, begun(desk), len(PDF) + over) is None) == (over != 0)
    recording = begun(desk, PIECE_BYTES + over, "recording")
    assert (right_on(desk, recording, PIECE_BYTES + over) is None) == (over > 0)


def test_what_has_begun_or_is_held_needs_a_lease(desk: Desk) -> None:
    assert right_on(desk, begun(desk), 0) is None
    assert right_on(desk, begun(desk, None), len(PDF)) is None
    held = begun(desk)
    lease_on(desk, held, len(PDF))
    assert right_on(desk, held, len(PDF)) is None
    grown = begun(desk)
    tus.patch(desk, grown, 0, PDF[:10])
    assert right_on(desk, grown, len(PDF)) is None
    tus.patch(desk, grown, 10, PDF[10:])
    assert right_on(desk, grown, 0) is None


def test_the_row_is_written_once_with_the_receipt(desk: Desk) -> None:
    path = begun(desk)
    _, item = receive(
        desk.installation.house, ReceiverPool(1), whole_right(desk, path), reader(PDF), len(PDF)
    )
    row = tus.row_of(desk, path)
    assert item is not None
    assert (row.state, row.offset, row.lease_token) == (UploadState.KEPT, len(PDF), None)


@pytest.mark.parametrize("held_first", [False, True])
def test_a_second_request_of_the_process_is_refused_before_it_reads(desk: Desk, held_first: bool) -> None:
    house, pool, path, line = desk.installation.house, ReceiverPool(4), begun(desk), Line()
    right = whole_right(desk, path)
    first, second = (lease_on(desk, path, len(PDF)), right) if held_first else (right, right)
    request = Request(desk, pool, first, line)
    assert line.read_began.wait(20)

    def unread(size: int) -> bytes:
        raise AssertionError("it was read")

    with pytest.raises(Problem) as refused:
        receive(house, pool, second, unread, len(PDF))
    assert refused.value.kind.code == "upload_locked"
    line.send(PDF)
    assert request.ended() == files.sha256(PDF)


def test_a_lease_beside_a_whole_file_is_given_back_with_the_refusal(desk: Desk) -> None:
    house, pool, path, line = desk.installation.house, ReceiverPool(4), begun(desk), Line()
    request = Request(desk, pool, whole_right(desk, path), line)
    assert line.read_began.wait(20)
    with pytest.raises(Problem, match="upload_locked"):
        receive(house, pool, lease_on(desk, path, 10), reader(PDF[:10]), 10)
    assert tus.row_of(desk, path).lease_token is None
    line.send(PDF)
    assert request.ended() == files.sha256(PDF)


def test_of_two_processes_the_first_to_commit_brought_the_file(desk: Desk) -> None:
    path, lines = begun(desk), (Line(), Line())
    requests = [Request(desk, ReceiverPool(1), whole_right(desk, path), line) for line in lines]
    for line, request, end in zip(lines, requests, (files.sha256(PDF), "upload_locked"), strict=True):
        assert line.read_began.wait(20)
        line.send(PDF)
        assert request.ended() == end
    (kept,) = files.kept(desk)
    assert kept.object_key in files.stored_keys(desk), "the other's object has no row and is swept"
    assert tus.row_of(desk, path).state is UploadState.KEPT


def test_a_lease_of_another_process_goes_before(desk: Desk) -> None:
    path, line = begun(desk), Line()
    request = Request(desk, ReceiverPool(1), whole_right(desk, path), line)
    assert line.read_began.wait(20)
    lease = lease_on(desk, path, len(PDF))
    line.send(PDF)
    assert request.ended() == "upload_locked"
    _, item = receive(desk.installation.house, ReceiverPool(1), lease, reader(PDF), len(PDF))
    assert item is not None
    assert item.sha256 == files.sha256(PDF)


def test_what_was_closed_meanwhile_is_not_opened_again(desk: Desk) -> None:
    path, line = begun(desk), Line()
    request = Request(desk, ReceiverPool(1), whole_right(desk, path), line)
    assert line.read_began.wait(20)
    assert salvage(desk.installation.house, tus.row_of(desk, path)) == "empty"
    line.send(PDF)
    assert request.ended() == "upload_locked"
    assert tus.row_of(desk, path).state is UploadState.CLOSED
    assert files.kept(desk) == []


def test_a_slow_file_is_held_in_the_row(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload_receiving, "_PREFIX_SECONDS", 0.0)
    path, line = begun(desk), Line()
    line.send(PDF[:100])
    request = Request(desk, ReceiverPool(1), whole_right(desk, path), line)
    assert line.read_began.wait(20)
    assert tus.row_of(desk, path).lease_token is not None
    with pytest.raises(Problem, match="upload_locked"):
        lease_on(desk, path, len(PDF))
    line.send(PDF[100:])
    assert request.ended() == files.sha256(PDF)
    assert tus.row_of(desk, path).lease_token is None


def test_a_slow_file_that_another_holds_by_then_is_refused(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload_receiving, "_PREFIX_SECONDS", 0.0)
    path, line = begun(desk), Line()
    right = whole_right(desk, path)
    lease = lease_on(desk, path, len(PDF))
    line.send(PDF[:100])
    assert Request(desk, ReceiverPool(1), right, line).ended() == "upload_locked"
    assert tus.row_of(desk, path).lease_token == lease.token


def test_a_file_that_comes_for_long_is_held_in_the_row(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload_bodies, "LONG_SECONDS", 0.0)
    path, line = begun(desk), Line()
    line.send(PDF[:100])
    request = Request(desk, ReceiverPool(1), whole_right(desk, path), line)
    assert line.read_began.wait(20)
    assert tus.row_of(desk, path).lease_holder == this_process(), "another process knows whom to ask"
    line.send(PDF[100:])
    assert request.ended() == files.sha256(PDF)
    assert tus.row_of(desk, path).lease_token is None


def test_a_file_that_comes_for_long_ends_where_another_has_it_by_then(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload_bodies, "LONG_SECONDS", 0.0)
    path, line = begun(desk), Line()
    right = whole_right(desk, path)
    tus.patch(desk, path, 0, PDF)
    line.send(PDF[:100])
    assert Request(desk, ReceiverPool(1), right, line).ended() == "upload_locked"
    (kept,) = files.kept(desk)
    assert files.stored_keys(desk) == [kept.object_key]


def test_what_came_before_the_line_broke_is_kept_and_free(desk: Desk) -> None:
    path = begun(desk)
    upload, item = receive(
        desk.installation.house, ReceiverPool(1), whole_right(desk, path), reader(PDF[:100]), len(PDF)
    )
    assert (upload.offset, item) == (100, None)
    assert (tus.row_of(desk, path).offset, tus.row_of(desk, path).lease_token) == (100, None)


def test_a_silent_one_is_taken_over_with_what_it_brought(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload_receivers, "SILENCE_SECONDS", 0.0)
    pool, path, line = ReceiverPool(2), begun(desk), Line()
    desk.client.application.extensions["fieldvisit.receivers"] = pool
    line.send(PDF[:100])
    request = Request(desk, pool, whole_right(desk, path), line)
    assert line.read_began.wait(20)
    assert tus.offset_of(desk, path) == 100
    answer = tus.patch(desk, path, 100, PDF[100:])
    assert answer.headers["Fieldvisit-Sha256"] == files.sha256(PDF)
    line.send(PDF[100:])
    assert request.ended() == "upload_locked"
    assert len(files.kept(desk)) == len(files.stored_keys(desk)) == 1
