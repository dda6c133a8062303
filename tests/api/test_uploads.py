"""Resumable uploads as evidence: refusals of what came, leases and takeovers, what a break leaves."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest

from server.domain.problems import Problem
from server.domain.uploads import LEASE, PIECE_BYTES, UploadState
from server.services import uploads
from server.services.holders import alive, this_process
from server.services.login import actor_of
from server.services.ports.objects import ObjectStoreUnavailable
from server.services.upload_bodies import Checksum
from server.services.upload_receivers import ReceiverPool
from server.services.upload_receiving import receive
from server.services.uploads import Lease
from server.web.auth import bearer
from tests.conftest import Desk
from tests.support import builders, case_builders, tus
from tests.support import evidence as files
from tests.support.cast import AGENT, DISPATCHER, OTHER_AGENT, PARTNER
from tests.support.lines import Reads
from tests.support.tus import PDF, UPLOADS


def lease_on(desk: Desk, path: str, announced: int | None, length: int | None = None) -> Lease:
    """The right to add, as a request of 陈磊 gets it."""
    house = desk.installation.house
    with desk.client.application.test_request_context(
        headers={"Authorization": f"Bearer {desk.token(AGENT)}"}
    ):
        account_id, session_id = bearer()
    with house.units.read() as uow:
        actor = actor_of(uow, account_id, session_id)
    at = tus.row_of(desk, path).offset
    return uploads.begin(house, actor, path.rpartition("/")[2], at, length, announced)


def reader(content: bytes, *, breaks: bool = False) -> Reads:
    """Reads as a server's stream does; `breaks` ends with an error instead of nothing."""
    left = bytearray(content)

    def read(size: int) -> bytes:
        if not left and breaks:
            raise ConnectionResetError("the line broke")
        taken = bytes(left[:size])
        del left[:size]
        return taken

    return Reads(read)


# what came is refused


def test_a_file_that_is_not_what_it_was_said_to_be_is_refused_and_may_be_sent_anew(desk: Desk) -> None:
    values = tus.metadata(files.make_visited(desk), sha256=files.sha256(PDF))
    path = tus.begun(desk, values, len(PDF))
    other = PDF.replace(b"x", b"y")
    tus.patch(desk, path, 0, other[:100])
    body = desk.refused(tus.patch(desk, path, 100, other[100:]), 422, "digest_differs")
    assert body["clause"] == "S10"
    assert (files.kept(desk), files.stored_keys(desk)) == ([], [])
    assert tus.row_of(desk, path).problem_code == "digest_differs"
    assert tus.ask(desk, "HEAD", path).status_code == 410
    desk.refused(tus.patch(desk, path, 0, PDF), 410, "upload_closed")
    assert tus.begun(desk, values, len(PDF)) == path
    assert tus.patch(desk, path, 0, PDF).headers["Fieldvisit-Sha256"] == files.sha256(PDF)
    assert "upload.refused" in files.actions(desk)


@pytest.mark.parametrize(
    ("content", "kind", "code"),
    [
        (b"", "attachment", "media_empty"),
        (b"MZ" * 100, "attachment", "media_type_not_accepted"),
        (PDF[:-7], "attachment", "media_truncated"),
        (PDF, "photo_door", "media_type_not_accepted"),
    ],
)
def test_a_file_that_may_not_be_kept_is_refused_at_its_last_byte(
    desk: Desk, content: bytes, kind: str, code: str
) -> None:
    values = tus.metadata(files.make_visited(desk), kind=kind)
    answer = tus.create(desk, values, len(content), data=content, content_type=tus.OFFSET_TYPE)
    desk.refused(answer, 422, code)
    assert files.nothing_stored(desk)


# what is kept


def test_photos_and_recordings_come_by_it_as_by_the_other_road(desk: Desk) -> None:
    visit = files.make_visited(desk)
    sound = files.recording(seconds=3)
    for content, kind, filename in (
        (files.photo(), "photo_door", "a.jpg"),
        (sound, "recording", "run-1.webm"),
    ):
        path = tus.begun(desk, tus.metadata(visit, kind=kind, filename=filename, run=1), len(content))
        middle = len(content) // 2
        assert tus.patch(desk, path, 0, content[:middle]).status_code == 204
        assert tus.patch(desk, path, middle, content[middle:]).status_code == 204
    photo, recording = sorted(files.kept(desk), key=lambda item: item.media_type, reverse=True)
    assert (photo.width, photo.captured_at, photo.latitude) == (
        160,
        files.STARTED,
        pytest.approx(35.0532, abs=1e-4),
    )
    assert (recording.duration_ms, recording.run) == (3000, 1)
    assert desk.work() > 0
    assert any(item.thumbnail_key for item in files.kept(desk))


def test_one_piece_is_not_written_twice_and_several_become_one(desk: Desk) -> None:
    visit = files.make_visited(desk)
    whole = tus.begun(desk, tus.metadata(visit), len(PDF))
    tus.patch(desk, whole, 0, PDF)
    other = PDF.replace(b"x", b"z")
    cut = tus.begun(desk, tus.metadata(visit), len(other))
    tus.patch(desk, cut, 0, other[:10])
    assert [piece.size for piece in tus.pieces_of(desk, cut)] == [10]
    tus.patch(desk, cut, 10, other[10:])
    keys = {item.sha256: item.object_key for item in files.kept(desk)}
    assert keys[files.sha256(PDF)].startswith("uploads/")
    assert keys[files.sha256(other)].startswith("evidence/")
    assert sorted(keys.values()) == files.stored_keys(desk)


def test_what_came_whole_before_needs_not_be_sent(desk: Desk) -> None:
    visit = files.make_visited(desk)
    item = files.fresh_id()
    desk.ok(files.send(desk, AGENT, visit, PDF, "attachment", id=item, filename="a.pdf"), 201)
    desk.refused(tus.create(desk, tus.metadata(visit, item=item), len(PDF) - 1), 409, "id_reused")
    desk.refused(
        tus.create(desk, tus.metadata(visit, item=item, kind="recording"), len(PDF)), 409, "id_reused"
    )
    desk.refused(
        tus.create(desk, tus.metadata(visit, item=item, sha256="0" * 64), len(PDF)), 409, "id_reused"
    )
    answer = tus.create(desk, tus.metadata(visit, item=item), len(PDF))
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, str(len(PDF)))
    assert answer.headers["Fieldvisit-Sha256"] == files.sha256(PDF)


def test_neither_a_hold_nor_another_team_drops_what_is_on_its_way(desk: Desk) -> None:
    visit = files.make_visited(desk)
    path = tus.begun(desk, tus.metadata(visit), len(PDF))
    with desk.installation.house.units.read() as uow:
        placement = uow.placements.need(visit.placement_id)
    hold = case_builders.make_hold(desk, placement)
    builders.change(desk, "visits", visit.id, hold_id=hold.id, lead_id=OTHER_AGENT.id)
    assert tus.patch(desk, path, 0, PDF).headers["Fieldvisit-Sha256"] == files.sha256(PDF)
    (item,) = files.kept(desk)
    assert "visit_on_hold" in item.notes
    desk.refused(tus.create(desk, tus.metadata(visit), 10), 404, "not_found")


# leases


def test_one_request_adds_at_a_time(desk: Desk) -> None:
    path = tus.begun(desk, tus.metadata(files.make_visited(desk)), len(PDF))
    lease = lease_on(desk, path, 10)
    answer = tus.patch(desk, path, 0, PDF)
    desk.refused(answer, 423, "upload_locked")
    uploads.release(desk.installation.house, lease)
    assert tus.patch(desk, path, 0, PDF).status_code == 204


@pytest.mark.parametrize(("seconds", "status"), [(-1, 423), (0, 204), (1, 204)])
def test_a_lease_runs_out(desk: Desk, seconds: int, status: int) -> None:
    path = tus.begun(desk, tus.metadata(files.make_visited(desk)), len(PDF))
    lease = lease_on(desk, path, 10)
    desk.clock.advance(LEASE + timedelta(seconds=seconds))
    assert tus.patch(desk, path, 0, PDF[:10]).status_code == status
    if status == 204:
        with pytest.raises(Problem, match="upload_locked"):
            receive(desk.installation.house, ReceiverPool(1), lease, reader(PDF[:20]), 20)
        assert tus.offset_of(desk, path) == 10
        assert len(files.stored_keys(desk)) == 1


def test_what_a_killed_process_held_is_free_at_once(desk: Desk) -> None:
    path = tus.begun(desk, tus.metadata(files.make_visited(desk)), len(PDF))
    lease_on(desk, path, 10)
    host, _pid, started = this_process().split(" ")
    assert alive(this_process())
    assert alive(f"elsewhere {_pid} {started}")
    for gone in (f"{host} {_pid} 1", f"{host} 999999999 {started}"):
        assert not alive(gone)
        builders.change(desk, "uploads", path.rpartition("/")[2], lease_holder=gone)
        assert tus.patch(desk, path, tus.row_of(desk, path).offset, PDF[:5]).status_code == 204
        lease_on(desk, path, 10)


def test_the_lease_is_given_back_whatever_happens(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tus.begun(desk, tus.metadata(files.make_visited(desk)), len(PDF))

    def broken(*_: Any, **__: Any) -> None:
        raise ObjectStoreUnavailable("no answer")

    with monkeypatch.context() as patched:
        patched.setattr(type(desk.installation.house.objects), "write", broken)
        desk.refused(tus.patch(desk, path, 0, PDF), 503, "busy")
    assert tus.row_of(desk, path).lease_token is None
    assert tus.patch(desk, path, 0, PDF).status_code == 204


# breaks


@pytest.mark.parametrize("breaks", [True, False], ids=["with an error", "with an end"])
@pytest.mark.parametrize("came", [1, 1000, len(PDF) - 1])
def test_what_came_before_the_line_broke_is_kept(desk: Desk, came: int, breaks: bool) -> None:
    house = desk.installation.house
    path = tus.begun(desk, tus.metadata(files.make_visited(desk)), len(PDF))
    line = reader(PDF[:came], breaks=breaks)
    upload, item = receive(house, ReceiverPool(1), lease_on(desk, path, len(PDF)), line, len(PDF))
    assert (upload.offset, item) == (came, None)
    assert tus.offset_of(desk, path) == came
    assert tus.patch(desk, path, came, PDF[came:]).headers["Fieldvisit-Sha256"] == files.sha256(PDF)


def test_a_checked_piece_that_broke_off_is_discarded(desk: Desk) -> None:
    house = desk.installation.house
    path = tus.begun(desk, tus.metadata(files.make_visited(desk)), len(PDF))
    lease = lease_on(desk, path, len(PDF))
    with pytest.raises(Problem, match="upload_checksum_differs"):
        receive(house, ReceiverPool(1), lease, reader(PDF[:99]), len(PDF), Checksum("sha1", b"\0" * 20))
    assert (tus.offset_of(desk, path), files.stored_keys(desk)) == (0, [])


@pytest.mark.parametrize("over", [0, 1])
def test_a_body_of_unknown_length_is_held_to_the_room_there_is(desk: Desk, over: int) -> None:
    house = desk.installation.house
    path = tus.begun(desk, tus.metadata(files.make_visited(desk)), len(PDF))
    lease = lease_on(desk, path, None)
    if over == 0:
        _, item = receive(house, ReceiverPool(1), lease, reader(PDF), None)
        assert item is not None
        return
    with pytest.raises(Problem, match="upload_too_long"):
        receive(house, ReceiverPool(1), lease, reader(PDF + b"x"), None)
    assert (tus.offset_of(desk, path), files.stored_keys(desk)) == (0, [])


def test_a_long_body_is_durable_piece_by_piece(desk: Desk) -> None:
    content = PDF[:-6] + b"x" * (2 * PIECE_BYTES + 5) + PDF[-6:]
    path = tus.begun(desk, tus.metadata(files.make_visited(desk), kind="recording"), None)
    came = 2 * PIECE_BYTES + 1
    upload, _ = receive(
        desk.installation.house,
        ReceiverPool(1),
        lease_on(desk, path, len(content)),
        reader(content[:came]),
        len(content),
    )
    assert upload.offset == came
    assert [piece.size for piece in tus.pieces_of(desk, path)] == [PIECE_BYTES, PIECE_BYTES, 1]


def test_a_file_that_was_whole_when_the_process_died_is_finished_at_the_next_look(desk: Desk) -> None:
    house = desk.installation.house
    path = tus.begun(desk, tus.metadata(files.make_visited(desk)), len(PDF))
    tus.patch(desk, path, 0, PDF[:50])
    lease = lease_on(desk, path, len(PDF) - 50)
    piece = uploads.store_piece(house, lease, io.BytesIO(PDF[50:]), len(PDF))
    uploads.release(house, uploads.moved(house, lease, piece))
    assert files.kept(desk) == []
    head = tus.ask(desk, "HEAD", path)
    assert (head.headers["Upload-Offset"], head.headers["Fieldvisit-Sha256"]) == (
        str(len(PDF)),
        files.sha256(PDF),
    )
    assert tus.row_of(desk, path).state is UploadState.KEPT


# places and limits


def test_more_requests_than_places_are_told_to_come_back(desk: Desk) -> None:
    pool = ReceiverPool(8)
    desk.client.application.extensions["fieldvisit.receivers"] = pool
    big = 2 << 20
    assert [pool.enter(big) for _ in range(8)] == [True] * 7 + [False]
    path = tus.begun(desk, tus.metadata(files.make_visited(desk)), len(PDF))
    assert tus.patch(desk, path, 0, PDF[:10]).status_code == 204, "small bodies keep a place of their own"
    assert pool.enter(10)
    answer = tus.patch(desk, path, 10, PDF[10:])
    desk.refused(answer, 503, "uploads_busy")
    assert answer.headers["Retry-After"]
    pool.leave(big)
    assert tus.patch(desk, path, 10, PDF[10:]).status_code == 204


# lists


def test_the_uploads_of_a_visit_are_listed(desk: Desk) -> None:
    visit = files.make_visited(desk)
    path = tus.begun(desk, tus.metadata(visit, kind="recording", run=2), None)
    tus.patch(desk, path, 0, b"12345")
    for member in (AGENT, PARTNER, DISPATCHER):
        (shown,) = desk.ok(desk.get(member, f"/api/v1/visits/{visit.id}/uploads"))["items"]
        assert (shown["id"], shown["state"], shown["offset"], shown["length"]) == (
            path[-36:],
            "open",
            5,
            None,
        )
        assert (shown["run"], shown["moved_at"], shown["evidence_id"]) == (2, "2026-03-10T04:00:00Z", None)
    desk.refused(desk.get(OTHER_AGENT, f"/api/v1/visits/{visit.id}/uploads"), 404, "not_found")


def test_a_receipt_is_given_again_to_its_team_alone(desk: Desk) -> None:
    values = tus.metadata(files.make_visited(desk))
    path = f"/api/v1/evidence/{values['item']}/receipt"
    tus.create(desk, values, len(PDF), data=PDF[:9], content_type=tus.OFFSET_TYPE)
    desk.refused(desk.get(AGENT, path), 404, "not_found")
    tus.patch(desk, f"{UPLOADS}/{values['item']}", 9, PDF[9:])
    assert desk.ok(desk.get(AGENT, path))["sha256"] == files.sha256(PDF)
    desk.refused(desk.get(OTHER_AGENT, path), 404, "not_found")
    desk.refused(desk.get(DISPATCHER, path), 403, "forbidden")
