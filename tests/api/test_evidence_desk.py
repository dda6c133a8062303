"""The desk import: a dispatcher takes files in for an agent without a phone, IT countersigns (V3, S16)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from server.domain.access import Permission, Post, Scope
from server.domain.evidence import EvidenceSource
from server.domain.visits import Visit, VisitState
from tests.conftest import NOON, Desk
from tests.support import evidence as files
from tests.support.cast import (
    AGENT,
    DISPATCHER,
    IT,
    MANAGER,
    OTHER_AGENT,
    OUTSIDE_DISPATCHER,
    PARTNER,
    Member,
)


@pytest.fixture
def visit(desk: Desk) -> Visit:
    return files.make_visited(desk)


def bring(
    desk: Desk, member: Member, visit: Visit, brought_by: Member | None = PARTNER, **changes: Any
) -> Any:
    brought = {"brought_by": brought_by.id if brought_by else None, "reason": "手机送修"} | changes
    return files.send(desk, member, visit, files.photo(), desk_import=True, **brought)


@pytest.mark.parametrize("member", [AGENT, MANAGER, IT], ids=lambda one: one.username)
def test_only_a_dispatcher_takes_files_in(desk: Desk, visit: Visit, member: Member) -> None:
    desk.refused(bring(desk, member, visit), 403, "forbidden")


def test_another_branchs_visit_is_not_found(desk: Desk, visit: Visit) -> None:
    desk.refused(bring(desk, OUTSIDE_DISPATCHER, visit), 404, "not_found")
    assert files.nothing_stored(desk)


def test_who_brought_it_must_be_of_the_team_and_say_why(desk: Desk, visit: Visit) -> None:
    refused = desk.refused(bring(desk, DISPATCHER, visit, OTHER_AGENT), 422, "bringer_not_of_team")
    assert refused["clause"] == "V3"
    desk.refused(bring(desk, DISPATCHER, visit, None), 422, "invalid_input")
    desk.refused(bring(desk, DISPATCHER, visit, reason=""), 422, "invalid_input")
    assert files.nothing_stored(desk)


def test_what_is_brought_in_is_marked_with_both_names_and_the_reason(desk: Desk, visit: Visit) -> None:
    id_ = files.fresh_id()
    first = desk.ok(bring(desk, DISPATCHER, visit, id=id_), 201)
    assert desk.ok(bring(desk, DISPATCHER, visit, id=id_), 201) == first
    (item,) = files.kept(desk)
    assert (item.source, item.account_id, item.brought_by, item.bring_reason) == (
        EvidenceSource.DESK,
        DISPATCHER.id,
        PARTNER.id,
        "手机送修",
    )


def test_it_countersigns_what_the_desk_took_in(desk: Desk, visit: Visit) -> None:
    sent = desk.ok(files.send(desk, AGENT, visit, files.photo(2)), 201)["id"]
    brought = desk.ok(bring(desk, DISPATCHER, visit), 201)["id"]
    waiting = desk.ok(desk.get(IT, "/api/v1/desk-import/uncountersigned"))["items"]
    assert [item["id"] for item in waiting] == [brought]
    assert "filename" not in waiting[0]
    desk.refused(desk.get(DISPATCHER, "/api/v1/desk-import/uncountersigned"), 403, "forbidden")
    path = f"/api/v1/desk-import/{brought}/countersign"
    desk.refused(desk.post(DISPATCHER, path), 403, "forbidden")
    desk.refused(desk.post(IT, f"/api/v1/desk-import/{sent}/countersign"), 404, "not_found")
    signed = desk.ok(desk.post(IT, path))
    assert (signed["countersigned_by"], signed["countersigned_at"]) == (IT.id, "2026-03-10T04:00:00Z")
    desk.refused(desk.post(IT, path), 409, "wrong_state")
    assert desk.ok(desk.get(IT, "/api/v1/desk-import/uncountersigned"))["items"] == []


def test_nobody_countersigns_an_own_import(desk: Desk, visit: Visit) -> None:
    with desk.installation.house.units.write() as uow:
        held = dict(uow.grants.table()[Post.DISPATCHER])
        uow.grants.replace(Post.DISPATCHER, held | {Permission.EVIDENCE_COUNTERSIGN: Scope.BRANCH})
        uow.commit()
    brought = desk.ok(bring(desk, DISPATCHER, visit), 201)["id"]
    path = f"/api/v1/desk-import/{brought}/countersign"
    assert desk.refused(desk.post(DISPATCHER, path), 422, "countersigned_by_importer")["clause"] == "S16"
    desk.refused(desk.post(OUTSIDE_DISPATCHER, path), 404, "not_found")


def test_the_import_page_shows_number_team_and_time_and_no_case_data(desk: Desk, visit: Visit) -> None:
    (shown,) = desk.ok(desk.get(DISPATCHER, "/api/v1/desk-import/visits"))["items"]
    assert shown == {
        "id": visit.id,
        "team": [
            {"id": AGENT.id, "display_name": AGENT.name},
            {"id": PARTNER.id, "display_name": PARTNER.name},
        ],
        "state": "completed",
        "starts_at": "2026-03-10T02:00:00Z",
        "ends_at": "2026-03-10T02:40:00Z",
    }
    assert desk.ok(desk.get(OUTSIDE_DISPATCHER, "/api/v1/desk-import/visits"))["items"] == []
    desk.refused(desk.get(AGENT, "/api/v1/desk-import/visits"), 403, "forbidden")


@pytest.mark.parametrize(
    ("started_at", "day"),
    [
        (NOON.replace(hour=16) - timedelta(days=1, seconds=1), "2026-03-09"),
        (NOON.replace(hour=16) - timedelta(days=1), "2026-03-10"),
        (NOON.replace(hour=15, minute=59, second=59), "2026-03-10"),
        (NOON.replace(hour=16), "2026-03-11"),
    ],
    ids=str,
)
def test_the_import_page_goes_by_the_local_day(desk: Desk, started_at: Any, day: str) -> None:
    visit = files.make_visited(desk, started_at=started_at)
    for asked in ("2026-03-09", "2026-03-10", "2026-03-11"):
        answer = desk.get(DISPATCHER, "/api/v1/desk-import/visits", query_string={"day": asked})
        assert [item["id"] for item in desk.ok(answer)["items"]] == ([visit.id] if asked == day else [])


def test_a_planned_visit_stands_on_the_page_of_its_day(desk: Desk, later: Callable[..., None]) -> None:
    files.make_visited(
        desk, state=VisitState.ACCEPTED, started_at=None, ended_at=None, lead=None, partner=None
    )
    assert desk.ok(desk.get(DISPATCHER, "/api/v1/desk-import/visits"))["items"] == []
    later(days=1)
    assert desk.ok(desk.get(DISPATCHER, "/api/v1/desk-import/visits"))["items"] == []
