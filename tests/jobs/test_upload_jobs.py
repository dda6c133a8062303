"""Abandoned uploads: closed after their day, salvaged with what there was, and never in the way of the whole file."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta

import pytest

from server.clock import SystemClock
from server.domain.uploads import UploadState
from server.jobs.evidence import sweep_objects
from server.jobs.runner import JobFailed
from server.jobs.uploads import close_abandoned
from server.services import uploads
from server.services.evidence_upkeep import FEW_ORPHANS, without_row
from tests.api.test_uploads import lease_on
from tests.conftest import Desk
from tests.support import evidence as files
from tests.support import tus
from tests.support.tus import PDF


def close(desk: Desk) -> None:
    close_abandoned(desk.installation.house, {}, lambda _done, _total: None)


@pytest.mark.parametrize(("seconds", "state"), [(-1, "open"), (0, "open"), (1, "closed")])
def test_an_upload_is_closed_after_a_day_without_a_byte(desk: Desk, seconds: int, state: str) -> None:
    path = tus.begun(desk, tus.metadata(files.make_visited(desk)), len(PDF))
    tus.patch(desk, path, 0, PDF[:10])
    desk.clock.advance(timedelta(hours=24, seconds=seconds))
    close(desk)
    assert tus.row_of(desk, path).state == state


def test_what_there_was_is_evidence_noted_as_cut_off(desk: Desk, later: Callable[..., None]) -> None:
    visit = files.make_visited(desk)
    sound = files.recording(seconds=4)
    path = tus.begun(desk, tus.metadata(visit, kind="recording", filename="run.webm", run=2), None)
    cut = sound[: len(sound) // 2]
    tus.patch(desk, path, 0, cut[:1000])
    tus.patch(desk, path, 1000, cut[1000:])
    later(days=2)
    close(desk)
    (item,) = files.kept(desk)
    assert (item.kind, item.run, item.size, item.sha256) == ("recording", 2, len(cut), files.sha256(cut))
    assert "cut_off" in item.notes
    assert item.media_type == "audio/webm"
    row = tus.row_of(desk, path)
    assert (row.state, row.evidence_id) == (UploadState.CLOSED, item.id)
    assert row.id != item.id
    assert files.stored_keys(desk) == [item.object_key]
    assert "upload.closed" in files.actions(desk)
    assert tus.ask(desk, "HEAD", path).status_code == 410


def test_the_whole_file_may_still_come_under_its_own_id(desk: Desk, later: Callable[..., None]) -> None:
    values = tus.metadata(files.make_visited(desk))
    path = tus.begun(desk, values, len(PDF))
    tus.patch(desk, path, 0, PDF[:100])
    later(days=2)
    close(desk)
    desk.__dict__["_tokens"].clear()
    assert tus.begun(desk, values, len(PDF)) == path
    assert tus.patch(desk, path, 0, PDF).headers["Fieldvisit-Sha256"] == files.sha256(PDF)
    notes = {item.id: item.notes for item in files.kept(desk)}
    assert len(notes) == 2
    assert "cut_off" not in notes[values["item"]]


def test_an_upload_without_a_byte_leaves_nothing(desk: Desk, later: Callable[..., None]) -> None:
    path = tus.begun(desk, tus.metadata(files.make_visited(desk)), len(PDF))
    later(days=2)
    close(desk)
    row = tus.row_of(desk, path)
    assert (row.state, row.evidence_id, files.kept(desk)) == (UploadState.CLOSED, None, [])


def test_one_that_was_left_whole_is_finished_within_the_hour(desk: Desk, later: Callable[..., None]) -> None:
    house = desk.installation.house
    path = tus.begun(desk, tus.metadata(files.make_visited(desk)), len(PDF))
    lease = lease_on(desk, path, len(PDF))
    piece = uploads.store_piece(house, lease, io.BytesIO(PDF), len(PDF))
    uploads.release(house, uploads.moved(house, lease, piece))
    close(desk)
    assert files.kept(desk) == []
    later(hours=1)
    close(desk)
    (item,) = files.kept(desk)
    assert (item.id, item.sha256, item.notes) == (path[-36:], files.sha256(PDF), ())


def test_one_that_cannot_be_read_keeps_no_other_from_being_salvaged(
    desk: Desk, later: Callable[..., None]
) -> None:
    visit = files.make_visited(desk)
    first, second = (tus.begun(desk, tus.metadata(visit), len(PDF)) for _ in range(2))
    tus.patch(desk, first, 0, PDF[:10])
    tus.patch(desk, second, 0, PDF[:20])
    (piece,) = tus.pieces_of(desk, first)
    desk.installation.house.objects.delete(piece.object_key)
    later(days=2)
    close(desk)
    assert tus.row_of(desk, second).state is UploadState.CLOSED
    assert tus.row_of(desk, first).state is UploadState.REFUSED


def test_pieces_are_not_swept_and_what_lost_its_lease_is(desk: Desk) -> None:
    house = desk.installation.house
    path = tus.begun(desk, tus.metadata(files.make_visited(desk)), len(PDF))
    tus.patch(desk, path, 0, PDF[:10])
    lease = lease_on(desk, path, 10)
    lost = uploads.store_piece(house, lease, io.BytesIO(b"lost"), 10)
    with house.units.read() as uow:
        assert without_row(uow, files.stored_keys(desk)) == [lost.key]


@pytest.mark.parametrize("whole", [True, False])
def test_many_leftovers_are_swept_once_their_upload_is_evidence(desk: Desk, whole: bool) -> None:
    """A server that is killed again and again leaves many; of an upload that is not whole they may be all there is."""
    house = desk.installation.house
    path = tus.begun(desk, tus.metadata(files.make_visited(desk)), len(PDF))
    left = [f"uploads/{path[-36:]}/0-{number}" for number in range(FEW_ORPHANS + 1)]
    for key in left:
        house.objects.write(key, io.BytesIO(b"left"), limit=4)
    assert tus.patch(desk, path, 0, PDF if whole else PDF[:100]).status_code == 204
    held = set(files.stored_keys(desk))
    desk.clock.move_to(SystemClock().now() + timedelta(days=2))
    if not whole:
        with pytest.raises(JobFailed, match="not swept"):
            sweep_objects(house, {}, lambda *_: None)
        assert set(files.stored_keys(desk)) == held
        return
    sweep_objects(house, {}, lambda *_: None)
    (item,) = files.kept(desk)
    assert files.stored_keys(desk) == [item.object_key]
    assert "objects.not_swept" not in files.actions(desk)
