"""Evidence that comes late, and visits that still lack theirs (V2)."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest

from server.domain.visits import VisitState
from server.services.evidence import checked_out
from tests.conftest import Desk
from tests.support import evidence as files
from tests.support.cast import AGENT, DISPATCHER, OTHER_AGENT


@pytest.mark.parametrize(("seconds", "late"), [(-1, False), (0, False), (1, True)])
def test_evidence_is_late_a_day_after_check_out(
    desk: Desk, later: Callable[..., None], seconds: int, late: bool
) -> None:
    visit = files.make_visited(desk)
    later(hours=22, minutes=40, seconds=seconds)
    desk.ok(files.send(desk, AGENT, visit, files.photo()), 201)
    assert files.kept(desk)[0].late is late
    listed = desk.ok(desk.get(DISPATCHER, "/api/v1/evidence/late"))
    assert len(listed["items"]) == int(late)
    assert desk.ok(desk.get(OTHER_AGENT, "/api/v1/evidence/late"))["items"] == []


def test_a_check_out_that_becomes_known_later_makes_evidence_late(
    desk: Desk, later: Callable[..., None]
) -> None:
    visit = files.make_visited(desk, ended_at=None, state=VisitState.IN_PROGRESS)
    later(days=2)
    desk.ok(files.send(desk, AGENT, visit, files.photo()), 201)
    assert not files.kept(desk)[0].late
    with desk.installation.house.units.write() as uow:
        checked_out(uow, dataclasses.replace(visit, ended_at=files.ENDED))
        uow.commit()
    assert files.kept(desk)[0].late


def test_visits_that_still_lack_a_photo_or_a_recording_stand_on_a_list(
    desk: Desk, later: Callable[..., None]
) -> None:
    bare, half, whole = (files.make_visited(desk) for _ in range(3))
    for visit in (half, whole):
        desk.ok(files.send(desk, AGENT, visit, files.photo()), 201)
    desk.ok(files.send(desk, AGENT, whole, files.recording(), "recording"), 201)

    def lacking() -> set[str]:
        return {item["id"] for item in desk.ok(desk.get(DISPATCHER, "/api/v1/evidence/lacking"))["items"]}

    later(hours=22, minutes=40)
    assert lacking() == set()
    later(seconds=1)
    assert lacking() == {bare.id, half.id}
