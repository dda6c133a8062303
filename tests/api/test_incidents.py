"""Incidents: reported by anybody, read by supervisors within reach, closed once with a note."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.conftest import Desk
from tests.support.cast import (
    AGENT,
    COLLECTOR,
    DISPATCHER,
    IT,
    MANAGER,
    OTHER_AGENT,
    OUTSIDE_DISPATCHER,
    OUTSIDE_MANAGER,
    QA,
    Member,
)
from tests.support.on_site import new_id, on_site


def report(desk: Desk, member: Member, **changes: Any) -> Any:
    body = {"id": new_id(), "kind": "cash_taken_elsewhere", "clause": "V4", "note": "债务人来电反映"}
    return desk.post(member, "/api/v1/incidents", body | changes)


def listed(desk: Desk, member: Member, query: str = "") -> list[str]:
    return [i["id"] for i in desk.ok(desk.get(member, f"/api/v1/incidents{query}"))["items"]]


def test_a_visit_out_of_reach_and_a_person_who_is_none_are_not_found(desk: Desk) -> None:
    site = on_site(desk)
    desk.refused(report(desk, OTHER_AGENT, visit_id=site.visit.id), 404, "not_found")
    desk.refused(report(desk, AGENT, about_account_id=new_id()), 404, "not_found")
    desk.refused(report(desk, IT, visit_id=site.visit.id), 403, "forbidden")


def test_supervisors_read_what_is_within_reach(desk: Desk) -> None:
    site = on_site(desk)
    of_case = desk.ok(report(desk, AGENT, visit_id=site.visit.id), 201)
    desk.clock.advance(timedelta(seconds=1))
    bare = desk.ok(report(desk, COLLECTOR), 201)
    assert of_case["placement_id"] == site.placement.id
    assert (
        listed(desk, MANAGER) == listed(desk, QA) == listed(desk, DISPATCHER) == [bare["id"], of_case["id"]]
    )
    assert listed(desk, OUTSIDE_DISPATCHER) == []
    desk.refused(desk.get(AGENT, "/api/v1/incidents"), 403, "forbidden")


def test_about_oneself_is_an_honest_self_report(desk: Desk) -> None:
    assert desk.ok(report(desk, AGENT, about_account_id=AGENT.id), 201)["self_reported"] is True
    assert desk.ok(report(desk, AGENT, about_account_id=OTHER_AGENT.id), 201)["self_reported"] is False


def test_an_incident_is_closed_once_with_a_note(desk: Desk) -> None:
    incident = desk.ok(report(desk, COLLECTOR), 201)
    path = f"/api/v1/incidents/{incident['id']}/close"
    body = {"id": new_id(), "note": "已核实，无此事"}
    desk.refused(desk.post(DISPATCHER, path, body), 403, "forbidden")
    desk.refused(desk.post(OUTSIDE_MANAGER, path, body), 404, "not_found")
    assert desk.ok(desk.post(MANAGER, path, body))["closing_note"] == "已核实，无此事"
    desk.refused(desk.post(QA, path, {"id": new_id(), "note": "再次"}), 409, "wrong_state")
    assert listed(desk, QA, "?open=true") == []
    assert listed(desk, QA, "?open=false") == [incident["id"]]


@pytest.mark.parametrize(
    ("kind", "words"),
    [("asked_to_leave", "被请离开"), ("unsafe", "现场不安全"), ("recording_refused", "拒绝录音")],
)
def test_what_is_told_from_the_door_reaches_the_dispatcher_at_once(desk: Desk, kind: str, words: str) -> None:
    site = on_site(desk)
    told = {"visit_id": site.visit.id, "kind": kind, "clause": "V17"}
    site.begin()
    desk.ok(report(desk, AGENT, **told), 201)
    (message,) = desk.ok(desk.get(DISPATCHER, "/api/v1/inbox"))["items"]
    assert words in message["message"]["zh"]
    assert site.placement.case_number in message["message"]["zh"]
    assert desk.ok(desk.get(OUTSIDE_DISPATCHER, "/api/v1/inbox"))["items"] == []
    site.end()
    desk.ok(report(desk, AGENT, **told), 201)
    desk.ok(report(desk, AGENT, visit_id=site.visit.id), 201)
    assert len(desk.ok(desk.get(DISPATCHER, "/api/v1/inbox"))["items"]) == 1, "what is over is no alarm"
