"""Papers taken along over HTTP: issued per visit and purpose, released, left or returned, shredded (V6, V21, S13)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from server.domain.visits import VisitState
from server.services.ids import new_id
from tests.conftest import NOON, Desk
from tests.support.builders import make_address, make_placement, make_visit
from tests.support.cast import (
    ADMINISTRATION,
    AGENT,
    COLLECTOR,
    DISPATCHER,
    MANAGER,
    OTHER_AGENT,
    OUTSIDE_DISPATCHER,
    OUTSIDE_MANAGER,
    Member,
)


def published_visit(desk: Desk, state: VisitState = VisitState.PUBLISHED) -> str:
    placement = make_placement(desk)
    return make_visit(desk, placement, make_address(desk, placement), state).id


def issue(desk: Desk, visit_id: str, kind: str = "letter", by: Member = DISPATCHER) -> Any:
    body = {"id": new_id(NOON), "kind": kind, "purpose": "送达催收函"}
    return desk.post(by, f"/api/v1/visits/{visit_id}/papers", body)


def act(desk: Desk, paper: dict[str, Any], verb: str, by: Member = DISPATCHER) -> Any:
    return desk.post(by, f"/api/v1/papers/{paper['id']}/{verb}")


def release(desk: Desk, *papers: dict[str, Any], by: Member = MANAGER) -> Any:
    return desk.post(by, "/api/v1/papers/release", {"paper_ids": [paper["id"] for paper in papers]})


def listed(desk: Desk, which: str, by: Member = DISPATCHER) -> list[str]:
    return [item["id"] for item in desk.ok(desk.get(by, f"/api/v1/papers?listed={which}"))["items"]]


def test_papers_are_issued_for_a_visit_to_come_and_a_purpose(desk: Desk) -> None:
    visit_id = published_visit(desk)
    desk.refused(issue(desk, visit_id, by=COLLECTOR), 403, "forbidden")
    desk.refused(issue(desk, visit_id, by=OUTSIDE_DISPATCHER), 404, "not_found")
    without = {"id": new_id(NOON), "kind": "authorisation", "purpose": " "}
    path = f"/api/v1/visits/{visit_id}/papers"
    desk.refused(desk.post(DISPATCHER, path, without), 422, "invalid_input")
    paper = desk.ok(issue(desk, visit_id, "authorisation"), 201)
    assert (paper["state"], paper["due_on"], paper["purpose"]) == ("issued", "2026-03-10", "送达催收函")
    assert [item["id"] for item in desk.ok(desk.get(AGENT, path))["items"]] == [paper["id"]]
    desk.refused(desk.get(OTHER_AGENT, path), 404, "not_found")


@pytest.mark.parametrize("state", [VisitState.COMPLETED, VisitState.FAILED, VisitState.CANCELLED], ids=str)
def test_nothing_is_issued_for_a_visit_that_is_over(desk: Desk, state: VisitState) -> None:
    desk.refused(issue(desk, published_visit(desk, state)), 409, "wrong_state")


def test_v21_papers_are_released_by_the_manager_all_or_none(desk: Desk) -> None:
    visit_id = published_visit(desk)
    first, second = (desk.ok(issue(desk, visit_id), 201) for _ in range(2))
    assert sorted(listed(desk, "unreleased", MANAGER)) == sorted([first["id"], second["id"]])
    desk.refused(release(desk, first, by=DISPATCHER), 403, "forbidden")
    desk.refused(release(desk, first, by=OUTSIDE_MANAGER), 404, "not_found")
    desk.refused(release(desk, first, first), 422, "invalid_input")
    desk.ok(release(desk, first))
    refused = desk.refused(release(desk, second, first), 409, "paper_state")
    assert refused["clause"] == "V21"
    assert listed(desk, "unreleased", MANAGER) == [second["id"]]


def test_v21_the_road_of_a_paper_ends_in_the_shredder(desk: Desk) -> None:
    paper = desk.ok(issue(desk, published_visit(desk), "case_sheet"), 201)
    desk.ok(release(desk, paper))
    desk.refused(act(desk, paper, "shred", ADMINISTRATION), 409, "paper_state")
    desk.refused(act(desk, paper, "leave"), 422, "paper_not_leavable")
    desk.refused(act(desk, paper, "return", OUTSIDE_DISPATCHER), 404, "not_found")
    assert desk.ok(act(desk, paper, "return"))["received_by"] == DISPATCHER.id
    desk.refused(act(desk, paper, "return"), 409, "paper_state")
    assert listed(desk, "to_shred", ADMINISTRATION) == [paper["id"]]
    desk.refused(act(desk, paper, "shred", DISPATCHER), 403, "forbidden")
    assert desk.ok(act(desk, paper, "shred", ADMINISTRATION))["state"] == "shredded"
    assert (listed(desk, "to_shred"), listed(desk, "shredded")) == ([], [paper["id"]])


def test_s13_who_only_shreds_is_shown_what_was_handed_over(desk: Desk) -> None:
    path = "/api/v1/papers"
    paper = desk.ok(issue(desk, published_visit(desk), "case_sheet"), 201)
    for which in ("unreleased", "out", "overdue", "left"):
        assert listed(desk, which, ADMINISTRATION) == []
    assert desk.ok(desk.get(ADMINISTRATION, path))["items"] == []
    desk.ok(release(desk, paper))
    assert desk.ok(desk.get(ADMINISTRATION, path))["items"] == []
    for member in (DISPATCHER, MANAGER):
        assert [item["id"] for item in desk.ok(desk.get(member, path))["items"]] == [paper["id"]]
    desk.ok(act(desk, paper, "return"))
    assert [item["id"] for item in desk.ok(desk.get(ADMINISTRATION, path))["items"]] == [paper["id"]]


def test_v6_a_letter_may_stay_at_the_place(desk: Desk) -> None:
    paper = desk.ok(issue(desk, published_visit(desk)), 201)
    desk.ok(release(desk, paper))
    assert listed(desk, "out") == [paper["id"]]
    assert desk.ok(act(desk, paper, "leave"))["state"] == "left"
    assert (listed(desk, "out"), listed(desk, "left")) == ([], [paper["id"]])
    desk.refused(act(desk, paper, "return"), 409, "paper_state")


def test_v21_what_is_not_back_the_day_after_is_overdue(desk: Desk, later: Callable[..., None]) -> None:
    paper = desk.ok(issue(desk, published_visit(desk)), 201)
    back = desk.ok(issue(desk, published_visit(desk)), 201)
    desk.ok(act(desk, back, "return"))
    later(hours=11, minutes=59, seconds=59)
    assert listed(desk, "overdue") == []
    later(seconds=1)
    assert listed(desk, "overdue") == [paper["id"]]
    assert listed(desk, "overdue", OUTSIDE_DISPATCHER) == []
    (shown,) = desk.ok(desk.get(DISPATCHER, "/api/v1/papers?listed=overdue"))["items"]
    assert shown["overdue"] is True
