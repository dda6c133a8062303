"""Evidence comes in: who may send it, what a receipt says, what it makes of contradictions, what scoring sees."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from server.domain.access import Permission, Post, Scope
from server.domain.visits import VisitState
from server.services.evidence import evidence_counts
from server.services.ports.paging import PageRequest
from tests.conftest import NOON, Desk
from tests.support import evidence as files
from tests.support.cast import AGENT, COLLECTOR, DISPATCHER, IT, OTHER_AGENT, OUTSIDE_AGENT, PARTNER, TRAINEE
from tests.support.photos import make_jpeg

# who


@pytest.mark.parametrize("member", [COLLECTOR, DISPATCHER, IT], ids=lambda one: one.username)
def test_only_agents_send_evidence(desk: Desk, member: Any) -> None:
    visit = files.make_visited(desk)
    desk.refused(files.send(desk, member, visit, files.photo()), 403, "forbidden")
    assert files.nothing_stored(desk)


@pytest.mark.parametrize("member", [OTHER_AGENT, OUTSIDE_AGENT], ids=lambda one: one.username)
def test_evidence_of_somebody_elses_visit_is_refused(desk: Desk, member: Any) -> None:
    visit = files.make_visited(desk)
    desk.refused(files.send(desk, member, visit, files.photo()), 404, "not_found")
    desk.refused(files.send(desk, member, files.fresh_id(), files.photo()), 404, "not_found")
    assert files.nothing_stored(desk)


def test_whoever_reaches_a_visit_without_being_on_its_team_is_told_so(desk: Desk) -> None:
    with desk.installation.house.units.write() as uow:
        held = dict(uow.grants.table()[Post.DISPATCHER])
        uow.grants.replace(Post.DISPATCHER, held | {Permission.EVIDENCE_UPLOAD: Scope.BRANCH})
        uow.commit()
    visit = files.make_visited(desk)
    desk.refused(files.send(desk, DISPATCHER, visit, files.photo()), 403, "evidence_not_of_team")
    assert files.nothing_stored(desk)


def test_both_agents_and_the_trainee_send(desk: Desk) -> None:
    visit = files.make_visited(desk, trainee_id=TRAINEE.id)
    for seed, member in enumerate((AGENT, PARTNER, TRAINEE)):
        desk.ok(files.send(desk, member, visit, files.photo(seed)), 201)
    assert {item.account_id for item in files.kept(desk)} == {AGENT.id, PARTNER.id, TRAINEE.id}


# what is kept


def test_a_photo_is_kept_with_what_it_says_of_itself(desk: Desk) -> None:
    visit = files.make_visited(desk)
    content = files.photo()
    answer = files.send(
        desk, AGENT, visit, content, filename="门口 1.jpg", captured_at="2026-03-10T02:01:00Z",
        latitude=35.0533, longitude=113.9402, accuracy_m=8,
    )  # fmt: skip
    receipt = desk.ok(answer, 201)
    (item,) = files.kept(desk)
    assert receipt == {
        "id": item.id,
        "sha256": files.sha256(content),
        "size": len(content),
        "received_at": "2026-03-10T04:00:00Z",
    }
    assert (item.media_type, item.width, item.height) == ("image/jpeg", 160, 120)
    assert item.captured_at == files.STARTED
    assert (item.latitude, item.longitude) == pytest.approx(files.PLACE, abs=1e-4)
    assert (item.notes, item.late, item.filename) == ((), False, "门口 1.jpg")
    with desk.installation.house.objects.open(item.object_key) as stored:
        assert stored.read() == content
    assert list(desk.installation.house.receiving.iterdir()) == []


@pytest.mark.parametrize(
    ("container", "media_type"), [("webm", "audio/webm"), ("m4a", "audio/mp4"), ("amr", "audio/amr")]
)
def test_a_recording_is_measured_by_its_packets(desk: Desk, container: Any, media_type: str) -> None:
    visit = files.make_visited(desk)
    content = files.recording(container=container)
    desk.ok(files.send(desk, AGENT, visit, content, "recording", run=3), 201)
    (item,) = files.kept(desk)
    assert (item.media_type, item.run) == (media_type, 3)
    assert item.duration_ms == pytest.approx(2000, abs=70)


def test_an_attachment_may_be_a_pdf(desk: Desk) -> None:
    visit = files.make_visited(desk)
    content = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
    desk.ok(files.send(desk, AGENT, visit, content, "attachment"), 201)
    assert files.kept(desk)[0].media_type == "application/pdf"


def test_where_the_photo_is_silent_the_phone_is_believed(desk: Desk) -> None:
    visit = files.make_visited(desk)
    said = {"captured_at": "2026-03-10T02:05:00Z", "latitude": 35, "longitude": 113.5, "accuracy_m": 12.5}
    desk.ok(files.send(desk, AGENT, visit, make_jpeg(), **said), 201)
    (item,) = files.kept(desk)
    assert item.captured_at == files.STARTED + timedelta(minutes=5)
    assert (item.latitude, item.longitude, item.accuracy_m) == (35.0, 113.5, 12.5)


@pytest.mark.parametrize(
    ("said", "notes"),
    [
        ({"captured_at": "2026-03-10T02:10:00Z"}, ()),
        ({"captured_at": "2026-03-10T02:10:01Z"}, ("time_differs",)),
        ({"captured_at": "2026-03-10T01:49:59Z"}, ("time_differs",)),
        ({"latitude": 35.0545, "longitude": 113.9401}, ()),
        ({"latitude": 35.0700, "longitude": 113.9401}, ("place_differs",)),
        ({"latitude": 35.0700, "longitude": 113.9401, "accuracy_m": 2000}, ()),
    ],
    ids=str,
)
def test_contradictions_are_kept_and_noted(desk: Desk, said: dict[str, Any], notes: tuple[str, ...]) -> None:
    visit = files.make_visited(desk)
    desk.ok(files.send(desk, AGENT, visit, files.photo(), **said), 201)
    assert files.kept(desk)[0].notes == notes


def test_a_photo_of_tomorrow_is_noted(desk: Desk) -> None:
    visit = files.make_visited(desk)
    for minutes in (10, 11):
        taken_at = NOON + timedelta(minutes=minutes)
        desk.ok(files.send(desk, AGENT, visit, files.photo(minutes, taken_at)), 201)
    assert sorted(item.notes for item in files.kept(desk)) == [(), ("time_in_future",)]


def test_what_happened_to_the_visit_meanwhile_does_not_lose_its_evidence(desk: Desk) -> None:
    visit = files.make_visited(
        desk, state=VisitState.CANCELLED, started_at=None, ended_at=None, voided_at=NOON
    )
    desk.ok(files.send(desk, AGENT, visit, files.photo()), 201)
    assert files.kept(desk)[0].notes == ("visit_cancelled", "visit_voided", "visit_not_started")


def test_the_same_bytes_twice_are_noted(desk: Desk) -> None:
    visit, other = files.make_visited(desk), files.make_visited(desk)
    for where in (visit, visit, other):
        desk.ok(files.send(desk, AGENT, where, files.photo()), 201)
    assert {item.notes for item in files.kept(desk)} == {(), ("same_bytes_here",), ("same_bytes_elsewhere",)}


# repeats


def test_a_repeat_is_answered_with_the_first_receipt_unread(desk: Desk, later: Callable[..., None]) -> None:
    visit = files.make_visited(desk)
    content = files.photo()
    id_ = files.fresh_id()
    first = files.send(desk, AGENT, visit, content, id=id_)
    later(hours=1)
    again = files.send(desk, AGENT, visit, content, id=id_)
    assert desk.ok(again, 201) == desk.ok(first, 201)
    assert again.headers["X-Repeated"] == "true"
    assert "X-Repeated" not in first.headers
    assert len(files.kept(desk)) == len(files.stored_keys(desk)) == 1
    assert files.actions(desk).count("evidence.kept") == 1


def test_an_id_is_not_used_for_two_files(desk: Desk) -> None:
    visit, other = files.make_visited(desk), files.make_visited(desk)
    id_ = files.fresh_id()
    desk.ok(files.send(desk, AGENT, visit, files.photo(), id=id_), 201)
    for answer in (
        files.send(desk, AGENT, visit, files.photo(2), id=id_),
        files.send(desk, AGENT, visit, files.photo(), "photo_far", id=id_),
        files.send(desk, PARTNER, visit, files.photo(), id=id_),
        files.send(desk, AGENT, other, files.photo(), id=id_),
    ):
        desk.refused(answer, 409, "id_reused")
    assert len(files.kept(desk)) == len(files.stored_keys(desk)) == 1


def test_of_parallel_senders_of_one_file_one_is_kept(desk: Desk) -> None:
    visit = files.make_visited(desk)
    id_, content = files.fresh_id(), files.recording()
    desk.token(AGENT)

    def once(_: int) -> Any:
        return files.send(desk, AGENT, visit, content, "recording", id=id_)

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(once, range(6)))
    assert [answer.status_code for answer in answers] == [201] * 6
    assert len({answer.text for answer in answers}) == 1
    assert len(files.kept(desk)) == len(files.stored_keys(desk)) == 1
    assert list(desk.installation.house.receiving.iterdir()) == []


# what scoring sees


def test_counts_are_those_of_photos_recordings_and_both_photos_of_a_letter(desk: Desk) -> None:
    visit, bare = files.make_visited(desk), files.make_visited(desk)
    for seed, kind in enumerate(("photo_far", "letter_address", "attachment")):
        desk.ok(files.send(desk, AGENT, visit, files.photo(seed), kind), 201)
    desk.ok(files.send(desk, AGENT, visit, files.recording(), "recording"), 201)
    with desk.installation.house.units.read() as uow:
        assert evidence_counts(uow, [visit.id, bare.id]) == {visit.id: (2, 1, False), bare.id: (0, 0, False)}
    desk.ok(files.send(desk, AGENT, visit, files.photo(9), "letter_manner"), 201)
    with desk.installation.house.units.read() as uow:
        assert evidence_counts(uow, [visit.id])[visit.id] == (3, 1, True)


def test_photos_and_recordings_have_the_placement_scored_again_and_attachments_do_not(desk: Desk) -> None:
    visit = files.make_visited(desk)
    desk.ok(files.send(desk, AGENT, visit, files.photo(), "attachment"), 201)
    assert scoring_jobs(desk) == []
    desk.ok(files.send(desk, AGENT, visit, files.photo(2)), 201)
    assert scoring_jobs(desk) == [visit.placement_id]


def scoring_jobs(desk: Desk) -> list[object]:
    with desk.installation.house.units.read() as uow:
        jobs = uow.jobs.page(PageRequest()).items
    return [job.payload["placement_id"] for job in jobs if job.kind == "credit.placement"]
