"""Evidence goes out: lists, bytes in ranges, who hears a recording and what the trail says of it."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image
from werkzeug.test import TestResponse

from server.domain.visits import Visit
from server.services.ports.paging import PageRequest
from storage.media.invented_photos import draw_photo
from tests.conftest import Desk
from tests.support import evidence as files
from tests.support.cast import (
    AGENT,
    COLLECTOR,
    DISPATCHER,
    IT,
    MANAGER,
    OTHER_AGENT,
    OUTSIDE_DISPATCHER,
    PARTNER,
    PROJECT_LEAD,
    QA,
    Member,
)


@pytest.fixture
def visit(desk: Desk) -> Visit:
    return files.make_visited(desk)


def kept_id(desk: Desk, visit: Visit, content: bytes, kind: str = "photo_door", **changes: Any) -> str:
    return str(desk.ok(files.send(desk, AGENT, visit, content, kind, **changes), 201)["id"])


def content_of(
    desk: Desk, member: Member | None, id_: str, purpose: str | None = None, **headers: str
) -> TestResponse:
    query = {} if purpose is None else {"purpose": purpose}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return desk.get(member, f"/api/v1/evidence/{id_}/content", query_string=query, headers=named)


def heard(desk: Desk, id_: str) -> list[tuple[str | None, object]]:
    """Purpose and bytes of each listening on the trail, oldest first."""
    with desk.installation.house.units.read() as uow:
        lines = uow.trail.page(PageRequest(), subject_id=id_, actor_id=None).items
    return [(line.purpose, line.detail["bytes"]) for line in reversed(lines) if "listened" in line.action]


# who (S4, S13, S8)


@pytest.mark.parametrize(
    ("member", "status", "code"),
    [
        (COLLECTOR, 403, "forbidden"),
        (IT, 403, "forbidden"),
        (OTHER_AGENT, 404, "not_found"),
        (OUTSIDE_DISPATCHER, 404, "not_found"),
    ],
    ids=lambda one: getattr(one, "username", None),
)
def test_evidence_stays_within_reach(
    desk: Desk, visit: Visit, member: Member, status: int, code: str
) -> None:
    id_ = kept_id(desk, visit, files.photo())
    desk.work()
    of_item = [f"evidence/{id_}/{what}" for what in ("content", "thumbnail", "screen")]
    for path in (f"visits/{visit.id}/evidence", *of_item):
        desk.refused(desk.get(member, f"/api/v1/{path}", query_string={}), status, code)


def test_a_recording_is_heard_for_a_purpose(desk: Desk, visit: Visit) -> None:
    content = files.recording()
    id_ = kept_id(desk, visit, content, "recording")
    for member in (QA, MANAGER, DISPATCHER):
        assert desk.refused(content_of(desk, member, id_), 422, "purpose_needed")["clause"] == "S8"
        assert content_of(desk, member, id_, "抽查").data == content
    assert heard(desk, id_) == [("抽查", f"0-{len(content) - 1}/{len(content)}")] * 3


def test_who_may_look_may_not_listen(desk: Desk, visit: Visit) -> None:
    id_ = kept_id(desk, visit, files.recording(), "recording")
    desk.refused(content_of(desk, PROJECT_LEAD, id_, "好奇"), 403, "forbidden")
    assert heard(desk, id_) == []
    photo = kept_id(desk, visit, files.photo())
    assert content_of(desk, PROJECT_LEAD, photo).data == files.photo()


def test_agents_play_their_own(desk: Desk, visit: Visit) -> None:
    id_ = kept_id(desk, visit, files.recording(), "recording")
    for member in (AGENT, PARTNER):
        assert content_of(desk, member, id_).data == files.recording()
    desk.refused(content_of(desk, OTHER_AGENT, id_, "抽查"), 404, "not_found")
    assert [purpose for purpose, _ in heard(desk, id_)] == ["own", "own"]


def test_each_range_that_is_heard_is_on_the_trail(desk: Desk, visit: Visit) -> None:
    content = files.recording()
    id_ = kept_id(desk, visit, content, "recording")
    assert content_of(desk, QA, id_, "抽查", Range="bytes=0-99").status_code == 206
    assert content_of(desk, QA, id_, "抽查", Range="bytes=100-").status_code == 206
    size = len(content)
    assert heard(desk, id_) == [("抽查", f"0-99/{size}"), ("抽查", f"100-{size - 1}/{size}")]


# ranges


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-99", 0, 100),
        ("bytes=100-", 100, None),
        ("bytes=-1", -1, None),
        ("bytes=-1000000", 0, None),
        ("bytes=10-1000000", 10, None),
    ],
)
def test_a_range_is_answered_with_its_bytes(
    desk: Desk, visit: Visit, asked: str, start: int, stop: int | None
) -> None:
    content = files.photo()
    id_ = kept_id(desk, visit, content)
    answer = content_of(desk, AGENT, id_, Range=asked)
    part = content[start:stop]
    first = len(content) + start if start < 0 else start
    assert (answer.status_code, answer.data) == (206, part)
    assert answer.headers["Content-Range"] == f"bytes {first}-{first + len(part) - 1}/{len(content)}"
    assert answer.headers["Content-Length"] == str(len(part))


def test_a_range_behind_the_end_is_refused(desk: Desk, visit: Visit) -> None:
    size = len(files.photo())
    id_ = kept_id(desk, visit, files.photo())
    assert content_of(desk, AGENT, id_, Range=f"bytes={size - 1}-").status_code == 206
    for asked in (f"bytes={size}-", f"bytes={size + 1}-{size + 2}", "bytes=-0"):
        answer = content_of(desk, AGENT, id_, Range=asked)
        desk.refused(answer, 416, "range_not_satisfiable")
        assert answer.headers["Content-Range"] == f"bytes */{size}"


@pytest.mark.parametrize("asked", ["bytes=5-2", "lines=0-1", "bytes", "bytes=0-1,5-6", "bytes=a-b"])
def test_what_is_no_single_range_is_answered_whole(desk: Desk, visit: Visit, asked: str) -> None:
    id_ = kept_id(desk, visit, files.photo())
    answer = content_of(desk, AGENT, id_, Range=asked)
    assert (answer.status_code, answer.data) == (200, files.photo())


def test_a_range_of_another_version_is_answered_whole(desk: Desk, visit: Visit) -> None:
    id_ = kept_id(desk, visit, files.photo())
    etag = content_of(desk, AGENT, id_).headers["ETag"]
    assert etag == f'"{files.sha256(files.photo())}"'
    assert content_of(desk, AGENT, id_, Range="bytes=0-9", If_Range=etag).status_code == 206
    assert content_of(desk, AGENT, id_, Range="bytes=0-9", If_Range='"other"').status_code == 200


# nothing that runs


def test_only_pictures_and_sound_are_shown_and_all_else_is_saved(desk: Desk, visit: Visit) -> None:
    pdf = b"%PDF-1.7\n%%EOF\n"
    for content, kind, shown in (
        (files.photo(), "photo_door", "inline"),
        (files.recording(), "recording", "inline"),
        (pdf, "attachment", "attachment"),
    ):
        id_ = kept_id(desk, visit, content, kind, filename='门"口;\u202e.exe')
        answer = content_of(desk, AGENT, id_)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        disposition = answer.headers["Content-Disposition"]
        assert disposition == f"{shown}; filename*=UTF-8''%E9%97%A8%22%E5%8F%A3%3B%E2%80%AE.exe"
        answer.close()


# lists and thumbnails


def test_the_list_of_a_visit_is_paged_and_on_the_trail(desk: Desk, visit: Visit) -> None:
    ids = sorted(kept_id(desk, visit, files.photo(seed)) for seed in range(3))
    path = f"/api/v1/visits/{visit.id}/evidence"
    first = desk.ok(desk.get(AGENT, path, query_string={"limit": 2}))
    second = desk.ok(desk.get(AGENT, path, query_string={"limit": 2, "after": first["next"]}))
    assert [item["id"] for item in first["items"] + second["items"]] == ids
    assert second["next"] is None
    assert "object_key" not in first["items"][0]
    assert files.actions(desk)[-2:] == ["evidence.listed", "evidence.listed"]


def test_a_thumbnail_is_made_after_the_photo_was_kept(desk: Desk, visit: Visit) -> None:
    id_ = kept_id(desk, visit, files.photo())
    sound = kept_id(desk, visit, files.recording(), "recording")
    path = f"/api/v1/evidence/{id_}/thumbnail"
    desk.refused(desk.get(DISPATCHER, path), 404, "thumbnail_not_ready")
    desk.work()
    answer = desk.get(DISPATCHER, path)
    assert (answer.status_code, answer.content_type) == (200, "image/jpeg")
    assert answer.data.startswith(b"\xff\xd8")
    assert b"Exif" not in answer.data
    desk.refused(desk.get(DISPATCHER, f"/api/v1/evidence/{sound}/thumbnail"), 404, "thumbnail_not_ready")
    listed = desk.ok(desk.get(AGENT, f"/api/v1/visits/{visit.id}/evidence"))["items"]
    assert {item["id"]: item["has_thumbnail"] for item in listed} == {id_: True, sound: False}


def test_a_picture_for_a_screen_is_made_with_the_thumbnail_and_its_reading_is_told(
    desk: Desk, visit: Visit
) -> None:
    id_ = kept_id(desk, visit, draw_photo(3, "photo_door", files.STARTED, *files.PLACE, size=(1400, 1050)))
    sound = kept_id(desk, visit, files.recording(), "recording")
    path = f"/api/v1/evidence/{id_}/screen"
    desk.refused(desk.get(DISPATCHER, path), 404, "screen_not_ready")
    desk.work()
    answer = desk.get(DISPATCHER, path)
    assert (answer.status_code, answer.content_type) == (200, "image/jpeg")
    with Image.open(io.BytesIO(answer.data)) as picture:
        assert picture.size == (1280, 960)
    assert b"Exif" not in answer.data
    assert answer.headers["ETag"] != desk.get(DISPATCHER, f"/api/v1/evidence/{id_}/thumbnail").headers["ETag"]
    with desk.installation.house.units.read() as uow:
        (line, _) = uow.trail.done_to(["evidence.read"], "evidence", [id_])
    assert (line.actor_id, line.detail) == (DISPATCHER.id, {"visit_id": visit.id, "screen": True})
    desk.refused(desk.get(DISPATCHER, f"/api/v1/evidence/{sound}/screen"), 404, "screen_not_ready")
    listed = desk.ok(desk.get(AGENT, f"/api/v1/visits/{visit.id}/evidence"))["items"]
    assert {item["id"]: item["has_screen"] for item in listed} == {id_: True, sound: False}


def test_bytes_that_are_gone_are_told_and_not_a_crash(desk: Desk, visit: Visit) -> None:
    id_ = kept_id(desk, visit, files.photo())
    desk.installation.house.objects.delete(files.kept(desk)[0].object_key)
    desk.refused(content_of(desk, AGENT, id_), 404, "evidence_bytes_missing")
    assert "evidence.read" not in files.actions(desk)


def test_what_was_recorded_of_a_visit_is_shown_with_its_gaps(desk: Desk, visit: Visit) -> None:
    for second in ("02:00:00", "02:00:01", "02:39:58"):
        content = files.recording(seed=int(second[-2:]))
        kept_id(desk, visit, content, "recording", captured_at=f"2026-03-10T{second}Z")
    path = f"/api/v1/visits/{visit.id}/evidence/coverage"
    desk.refused(desk.get(OTHER_AGENT, path), 404, "not_found")
    seen = desk.ok(desk.get(DISPATCHER, path))
    assert seen["visit_ms"] == 40 * 60 * 1000
    assert seen["recorded_ms"] == pytest.approx(5000, abs=100)
    (gap,) = seen["gaps"]
    assert gap["begins_at"].startswith("2026-03-10T02:00:03")
    assert gap["ends_at"] == "2026-03-10T02:39:58Z"
