"""Marks in recordings: refused to whoever may not hear, within the recording, one's own alone taken back (S8)."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import TestResponse

from server.domain.recording_marks import MOST_MARKS, RecordingMark, marking_findings
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
    PARTNER,
    PROJECT_LEAD,
    QA,
    Member,
)


@pytest.fixture
def recording(desk: Desk) -> str:
    visit = files.make_visited(desk)
    return str(desk.ok(files.send(desk, AGENT, visit, files.recording(), "recording"), 201)["id"])


def mark(desk: Desk, member: Member, recording: str, **fields: Any) -> TestResponse:
    body = {"id": files.fresh_id(), "at_ms": 1000, "words": "提到还款", "purpose": "抽查"} | fields
    given = {name: value for name, value in body.items() if value is not None}
    return desk.post(member, f"/api/v1/evidence/{recording}/marks", json=given)


def marks(desk: Desk, member: Member, recording: str, **query: Any) -> TestResponse:
    return desk.get(member, f"/api/v1/evidence/{recording}/marks", query_string=query)


def remove(desk: Desk, member: Member, recording: str, mark_id: str, purpose: str = "抽查") -> TestResponse:
    path = f"/api/v1/evidence/{recording}/marks/{mark_id}"
    return desk.request("DELETE", member, path, query_string={"purpose": purpose})


def trail(desk: Desk, recording: str) -> list[tuple[str, str | None]]:
    with desk.installation.house.units.read() as uow:
        lines = uow.trail.page(PageRequest(), subject_id=recording, actor_id=None).items
    return [(line.action, line.purpose) for line in reversed(lines) if "mark" in line.action]


REFUSED = [
    (COLLECTOR, 403, "forbidden"),
    (IT, 403, "forbidden"),
    (PROJECT_LEAD, 403, "forbidden"),
    (OTHER_AGENT, 404, "not_found"),
    (OUTSIDE_DISPATCHER, 404, "not_found"),
    (QA, 422, "purpose_needed"),
    (DISPATCHER, 422, "purpose_needed"),
]


def test_marks_are_for_those_who_may_hear_and_for_a_purpose(desk: Desk, recording: str) -> None:
    """One world for all: what is refused changes nothing."""
    for member, status, code in REFUSED:
        desk.refused(mark(desk, member, recording, purpose=None), status, code)
        desk.refused(marks(desk, member, recording), status, code)
    assert trail(desk, recording) == []


@pytest.mark.parametrize("at_ms", [-1, 2**40, 1.5, "1000", True])
def test_a_moment_is_a_whole_number_of_milliseconds(desk: Desk, recording: str, at_ms: Any) -> None:
    desk.refused(mark(desk, QA, recording, at_ms=at_ms), 422, "invalid_input")


def test_a_moment_lies_within_the_recording(desk: Desk, recording: str) -> None:
    (item,) = files.kept(desk)
    end = item.duration_ms or 0
    desk.refused(mark(desk, QA, recording, at_ms=end + 1), 422, "mark_after_end")
    for at_ms in (end, end - 1, 0):
        desk.ok(mark(desk, QA, recording, at_ms=at_ms), 201)
    listed = desk.ok(marks(desk, QA, recording, purpose="抽查"))["items"]
    assert [one["at_ms"] for one in listed] == [0, end - 1, end]


@pytest.mark.parametrize(
    ("length", "at_ms", "standing", "codes"),
    [
        (1000, 1001, 0, ["mark_after_end"]),
        (1000, 1000, 0, []),
        (None, 1, 0, ["mark_after_end"]),
        (None, 0, 0, []),
        (1000, 0, MOST_MARKS, ["marks_too_many"]),
        (1000, 0, MOST_MARKS - 1, []),
        (0, 1, MOST_MARKS + 1, ["mark_after_end", "marks_too_many"]),
    ],
)
def test_what_stands_against_a_mark(length: int | None, at_ms: int, standing: int, codes: list[str]) -> None:
    assert [finding.kind.code for finding in marking_findings(length, at_ms, standing)] == codes


def test_a_photo_takes_no_marks(desk: Desk) -> None:
    photo = desk.ok(files.send(desk, AGENT, files.make_visited(desk), files.photo()), 201)["id"]
    desk.refused(mark(desk, QA, photo), 422, "mark_no_recording")
    desk.refused(marks(desk, QA, photo, purpose="抽查"), 422, "mark_no_recording")


def test_a_repeat_is_the_first_mark_and_anothers_id_is_refused(desk: Desk, recording: str) -> None:
    first = desk.ok(mark(desk, QA, recording), 201)
    again = desk.ok(mark(desk, QA, recording, id=first["id"], words="别的"), 201)
    assert again == first
    desk.refused(mark(desk, DISPATCHER, recording, id=first["id"]), 409, "id_reused")


def test_only_ones_own_mark_is_taken_back_and_it_is_kept(desk: Desk, recording: str) -> None:
    own = desk.ok(mark(desk, QA, recording), 201)["id"]
    desk.refused(remove(desk, DISPATCHER, recording, own), 403, "mark_not_own")
    desk.refused(remove(desk, QA, recording, files.fresh_id()), 404, "not_found")
    for _ in range(2):
        assert remove(desk, QA, recording, own).status_code == 204
    assert desk.ok(marks(desk, QA, recording, purpose="抽查"))["items"] == []
    with desk.installation.house.units.read() as uow:
        (kept,) = uow.recording_marks.having(evidence_id=recording)
        assert uow.recording_marks.count(recording) == 0
    assert kept.removed_at == desk.clock.now()
    acts = [action for action, _ in trail(desk, recording)]
    assert acts == ["evidence.marked", "evidence.mark_removed", "evidence.marks_read"]


def test_agents_mark_their_own_recording_and_each_look_is_logged(desk: Desk, recording: str) -> None:
    desk.ok(mark(desk, PARTNER, recording, purpose=None), 201)
    (one,) = desk.ok(marks(desk, QA, recording, purpose="核对"))["items"]
    assert (one["account_id"], one["words"], one["at_ms"]) == (PARTNER.id, "提到还款", 1000)
    assert trail(desk, recording) == [("evidence.marked", "own"), ("evidence.marks_read", "核对")]


def test_pages_go_on_by_moment_and_id(desk: Desk, recording: str) -> None:
    """Several at one moment: the id tells them apart, and none is shown twice or left out."""
    with desk.installation.house.units.write() as uow:
        at = [5, 7, 7, 7, 9]
        made = [RecordingMark(uow.new_id(), recording, QA.id, ms, "词", uow.now, None, 1) for ms in at]
        uow.recording_marks.add_all(made)
        uow.commit()
    seen: list[str] = []
    after: dict[str, str] = {}
    while True:
        page = desk.ok(marks(desk, QA, recording, purpose="抽查", limit=2, **after))
        seen += [one["id"] for one in page["items"]]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert seen == [one.id for one in sorted(made, key=lambda one: (one.at_ms, one.id))]
