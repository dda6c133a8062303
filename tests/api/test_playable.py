"""Copies to hear and waveforms: made by a job, given out as the original is, and never in its stead (S8)."""

from __future__ import annotations

import io
from typing import Any

import pytest
from werkzeug.test import TestResponse

from server.domain.visits import Visit
from server.jobs.playable import make_copies
from server.jobs.runner import JobFailed
from server.services.ports.paging import PageRequest
from tests.conftest import Desk
from tests.support import evidence as files
from tests.support.cast import (
    AGENT,
    COLLECTOR,
    DISPATCHER,
    IT,
    OTHER_AGENT,
    OUTSIDE_DISPATCHER,
    PROJECT_LEAD,
    QA,
    Member,
)


@pytest.fixture
def recording(desk: Desk) -> str:
    """The id of a recording of two seconds, just received."""
    visit: Visit = files.make_visited(desk)
    return str(desk.ok(files.send(desk, AGENT, visit, files.recording(), "recording"), 201)["id"])


def play(desk: Desk, member: Member, id_: str, purpose: str | None = None, **headers: str) -> TestResponse:
    query = {} if purpose is None else {"purpose": purpose}
    return desk.get(member, f"/api/v1/evidence/{id_}/playable", query_string=query, headers=headers)


def peaks(desk: Desk, member: Member, id_: str) -> TestResponse:
    return desk.get(member, f"/api/v1/evidence/{id_}/peaks")


def trail(desk: Desk, id_: str) -> list[tuple[str, Any, str | None]]:
    with desk.installation.house.units.read() as uow:
        lines = uow.trail.page(PageRequest(), subject_id=id_, actor_id=None).items
    return [(line.action, line.detail, line.purpose) for line in reversed(lines)]


# who


@pytest.mark.parametrize(
    ("member", "status", "code"),
    [
        (COLLECTOR, 403, "forbidden"),
        (IT, 403, "forbidden"),
        (PROJECT_LEAD, 403, "forbidden"),
        (OTHER_AGENT, 404, "not_found"),
        (OUTSIDE_DISPATCHER, 404, "not_found"),
        (QA, 422, "purpose_needed"),
        (DISPATCHER, 422, "purpose_needed"),
    ],
    ids=lambda one: getattr(one, "username", None),
)
def test_a_copy_is_heard_by_who_may_hear_the_recording_and_for_a_purpose(
    desk: Desk, recording: str, member: Member, status: int, code: str
) -> None:
    desk.work()
    desk.refused(play(desk, member, recording), status, code)
    assert "evidence.listened" not in [action for action, _, _ in trail(desk, recording)]


@pytest.mark.parametrize(
    ("member", "status"),
    [(COLLECTOR, 403), (IT, 403), (OTHER_AGENT, 404), (OUTSIDE_DISPATCHER, 404), (PROJECT_LEAD, 200)],
    ids=lambda one: getattr(one, "username", None),
)
def test_a_waveform_is_seen_by_who_sees_the_evidence(
    desk: Desk, recording: str, member: Member, status: int
) -> None:
    desk.work()
    assert peaks(desk, member, recording).status_code == status


# what


def test_there_is_no_copy_before_the_job_has_run_and_none_of_a_photo(desk: Desk, recording: str) -> None:
    desk.refused(play(desk, AGENT, recording), 404, "playable_not_ready")
    desk.refused(peaks(desk, AGENT, recording), 404, "playable_not_ready")
    visit = files.make_visited(desk)
    photo = desk.ok(files.send(desk, AGENT, visit, files.photo()), 201)["id"]
    desk.work()
    desk.refused(play(desk, AGENT, photo), 404, "playable_not_ready")
    desk.refused(peaks(desk, AGENT, photo), 404, "playable_not_ready")


def test_the_copy_is_given_out_whole_and_by_ranges_and_logged_as_hearing(desk: Desk, recording: str) -> None:
    desk.work()
    whole = play(desk, QA, recording, "抽查")
    assert (whole.status_code, whole.content_type) == (200, "audio/webm")
    assert whole.headers["Accept-Ranges"] == "bytes"
    size = len(whole.data)
    part = play(desk, QA, recording, "抽查", Range="bytes=100-199")
    assert (part.status_code, part.data) == (206, whole.data[100:200])
    assert part.headers["Content-Range"] == f"bytes 100-199/{size}"
    assert part.headers["ETag"] == whole.headers["ETag"] != f'"{files.sha256(files.recording())}"'
    behind = play(desk, QA, recording, "抽查", Range=f"bytes={size}-")
    desk.refused(behind, 416, "range_not_satisfiable")
    heard = [(detail, purpose) for action, detail, purpose in trail(desk, recording) if "listened" in action]
    assert [(detail["bytes"], detail["copy"], purpose) for detail, purpose in heard] == [
        (f"0-{size - 1}/{size}", True, "抽查"),
        (f"100-199/{size}", True, "抽查"),
    ]
    assert heard[0][0]["seconds_about"] == "0.0-2.0"


def test_the_original_stays_what_was_received(desk: Desk, recording: str) -> None:
    desk.work()
    original = desk.get(AGENT, f"/api/v1/evidence/{recording}/content")
    assert original.data == files.recording() != play(desk, AGENT, recording).data
    (item,) = files.kept(desk)
    assert item.sha256 == files.sha256(files.recording())
    listed = desk.ok(desk.get(AGENT, f"/api/v1/visits/{item.visit_id}/evidence"))["items"]
    assert [one["has_playable"] for one in listed] == [True]


def test_the_waveform_is_ten_pairs_a_second(desk: Desk, recording: str) -> None:
    desk.work()
    drawn = peaks(desk, AGENT, recording)
    assert drawn.content_type == "application/octet-stream"
    assert len(drawn.data) / 2 == pytest.approx(20, abs=1)
    assert any(drawn.data)


# the job


def quiet(_done: int, _total: int) -> None:
    """Nobody follows the progress."""


def test_the_job_may_run_twice_and_leaves_nothing_behind(desk: Desk, recording: str) -> None:
    house = desk.installation.house
    (item,) = files.kept(desk)
    key = f"evidence/{item.visit_id}/{item.id}/playable"
    house.objects.write(key, io.BytesIO(b"of a worker that died"), limit=100)
    for _ in range(2):
        make_copies(house, {"evidence_id": recording}, quiet)
    (item,) = files.kept(desk)
    assert (item.playable_key, item.playable_type) == (key, "audio/webm")
    assert list(house.receiving.iterdir()) == []


def test_a_copy_of_bytes_that_are_gone_is_given_up(desk: Desk, recording: str) -> None:
    house = desk.installation.house
    house.objects.delete(files.kept(desk)[0].object_key)
    with pytest.raises(JobFailed):
        make_copies(house, {"evidence_id": recording}, quiet)
    assert list(house.receiving.iterdir()) == []


def test_copies_that_are_gone_are_told(desk: Desk, recording: str) -> None:
    desk.work()
    (item,) = files.kept(desk)
    for key in (item.playable_key, item.peaks_key):
        assert key is not None
        desk.installation.house.objects.delete(key)
    desk.refused(play(desk, AGENT, recording), 404, "evidence_bytes_missing")
    desk.refused(peaks(desk, AGENT, recording), 404, "evidence_bytes_missing")


def test_copies_have_a_row_and_are_not_swept(desk: Desk, recording: str) -> None:
    desk.work()
    (item,) = files.kept(desk)
    keys = {item.object_key, item.playable_key or "", item.peaks_key or "", "evidence/of/nobody"}
    with desk.installation.house.units.read() as uow:
        assert uow.evidence_items.known_keys(keys) == keys - {"evidence/of/nobody"}
    assert recording == item.id
