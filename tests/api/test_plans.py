"""Visit plans over HTTP: days, teams, assignment, conflicts, publication (V1, V9, V11, V13, R12, R14, R15)."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from server.domain.placements import HoldReason
from server.domain.visits import Visit, VisitState
from server.services import holds
from server.services.ids import new_id
from server.services.ports.paging import PageRequest
from tests.conftest import NOON, Desk
from tests.support.builders import make_address, make_placement, make_promise, make_request, make_visit
from tests.support.cast import (
    AGENT,
    COLLEAGUE,
    COLLECTOR,
    DISPATCHER,
    MANAGER,
    OTHER_AGENT,
    OTHER_COLLECTOR,
    OUTSIDE_AGENT,
    OUTSIDE_COLLECTOR,
    OUTSIDE_DISPATCHER,
    PARTNER,
    TRAINEE,
    Member,
)

TODAY = "2026-03-10"
TOMORROW = "2026-03-11"
ZHENGZHOU = "河南省郑州市金水区"


def if_match(version: int) -> dict[str, str]:
    return {"If-Match": f'"{version}"'}


def open_plan(desk: Desk, day: str = TOMORROW, by: Member = DISPATCHER) -> dict[str, Any]:
    return desk.ok(desk.post(by, "/api/v1/visit-plans", {"id": new_id(NOON), "day": day}), 201)


def team_body(
    lead: Member = AGENT,
    partner: Member = PARTNER,
    trainee: Member | None = None,
    start: str = f"{TOMORROW}T09:00:00+08:00",
    end: str = f"{TOMORROW}T12:00:00+08:00",
) -> dict[str, Any]:
    return {
        "id": new_id(NOON),
        "lead_id": lead.id,
        "partner_id": partner.id,
        "trainee_id": trainee.id if trainee else None,
        "starts_at": start,
        "ends_at": end,
    }


def add_team(desk: Desk, plan: dict[str, Any], **changes: Any) -> dict[str, Any]:
    path = f"/api/v1/visit-plans/{plan['id']}/teams"
    return desk.ok(desk.post(DISPATCHER, path, team_body(**changes)), 201)


def waiting_visit(desk: Desk, collector: Member = COLLECTOR, county: str = ZHENGZHOU) -> Visit:
    placement = make_placement(desk, collector)
    return make_visit(desk, placement, make_address(desk, placement, county=county))


def assign(desk: Desk, team: dict[str, Any], *visits: Visit, version: int | None = None) -> Any:
    return desk.request(
        "PUT",
        DISPATCHER,
        f"/api/v1/visit-teams/{team['id']}/visits",
        json={"visit_ids": [visit.id for visit in visits]},
        headers=if_match(team["version"] if version is None else version),
    )


def shown(desk: Desk, plan: dict[str, Any], by: Member = DISPATCHER) -> dict[str, Any]:
    return desk.ok(desk.get(by, f"/api/v1/visit-plans/{plan['id']}"))


def publish(desk: Desk, plan: dict[str, Any], version: int | None = None) -> Any:
    read = shown(desk, plan)["version"] if version is None else version
    return desk.post(DISPATCHER, f"/api/v1/visit-plans/{plan['id']}/publish", headers=if_match(read))


def conflicts(desk: Desk, plan: dict[str, Any]) -> list[str]:
    found = desk.ok(desk.get(DISPATCHER, f"/api/v1/visit-plans/{plan['id']}/conflicts"))
    return [conflict["code"] for conflict in found["forbidding"]]


def visit_now(desk: Desk, visit: Visit) -> Visit:
    with desk.installation.house.units.read() as uow:
        return uow.visits.need(visit.id)


def hold(desk: Desk, visit: Visit) -> str:
    with desk.installation.house.units.write() as uow:
        placement = uow.placements.need(visit.placement_id)
        placed = holds.place_hold(uow, placement, HoldReason.COMPLAINT, "来电投诉", by=None)
        uow.commit()
    return placed.id


def release(desk: Desk, visit: Visit, hold_id: str) -> None:
    with desk.installation.house.units.write() as uow:
        placement = uow.placements.need(visit.placement_id)
        actor: Any = dataclasses.make_dataclass("Actor", ["account_id"])(MANAGER.id)
        holds.release_hold(uow, placement, uow.holds.need(hold_id), "已处理", by=actor)
        uow.commit()


def published_plan(desk: Desk, *visits: Visit) -> tuple[dict[str, Any], dict[str, Any]]:
    plan = open_plan(desk)
    team = desk.ok(assign(desk, add_team(desk, plan), *visits))
    return desk.ok(publish(desk, plan)), team


# the day


def test_r15_a_plan_is_for_today_or_later(desk: Desk) -> None:
    body = {"id": new_id(NOON), "day": "2026-03-09"}
    refused = desk.refused(desk.post(DISPATCHER, "/api/v1/visit-plans", body), 422, "plan_day_past")
    assert refused["clause"] == "R15"
    assert open_plan(desk, TODAY)["state"] == "draft"


def test_there_is_one_plan_a_branch_and_day(desk: Desk) -> None:
    plan = open_plan(desk)
    body = {"id": new_id(NOON), "day": TOMORROW}
    refused = desk.refused(desk.post(DISPATCHER, "/api/v1/visit-plans", body), 409, "plan_exists")
    assert refused["errors"][0]["facts"]["plan_id"] == plan["id"]
    open_plan(desk, by=OUTSIDE_DISPATCHER)


def test_s13_only_dispatchers_of_the_branch_plan(desk: Desk) -> None:
    body = {"id": new_id(NOON), "day": TOMORROW}
    for member in (COLLECTOR, AGENT, MANAGER):
        desk.refused(desk.post(member, "/api/v1/visit-plans", body), 403, "forbidden")
    foreign = body | {"branch_id": OUTSIDE_DISPATCHER.branch.id}
    desk.refused(desk.post(DISPATCHER, "/api/v1/visit-plans", foreign), 404, "not_found")


def test_a_repeat_is_answered_with_the_first_answer(desk: Desk) -> None:
    body = {"id": new_id(NOON), "day": TOMORROW}
    first = desk.ok(desk.post(DISPATCHER, "/api/v1/visit-plans", body), 201)
    assert desk.ok(desk.post(DISPATCHER, "/api/v1/visit-plans", body), 201) == first


# teams


@pytest.mark.parametrize(
    ("changes", "code", "clause"),
    [
        ({"partner": AGENT}, "team_not_two", "V1"),
        ({"trainee": PARTNER}, "team_not_two", "V1"),
        ({"partner": COLLECTOR}, "not_an_agent", "V11"),
        ({"partner": OUTSIDE_AGENT}, "not_an_agent", "V11"),
        ({"start": f"{TOMORROW}T07:59:00+08:00"}, "team_outside_hours", "V9"),
        ({"end": f"{TOMORROW}T22:01:00+08:00"}, "team_outside_hours", "V9"),
        ({"end": f"{TOMORROW}T09:00:00+08:00"}, "team_outside_hours", "V9"),
    ],
    ids=["same twice", "trainee twice", "a collector", "another branch", "07:59", "22:01", "empty"],
)
def test_a_team_is_two_agents_of_the_branch_within_the_hours(
    desk: Desk, changes: dict[str, Any], code: str, clause: str
) -> None:
    path = f"/api/v1/visit-plans/{open_plan(desk)['id']}/teams"
    refused = desk.refused(desk.post(DISPATCHER, path, team_body(**changes)), 422, code)
    assert refused["clause"] == clause


def test_a_team_with_a_trainee_over_the_whole_hours(desk: Desk) -> None:
    team = add_team(
        desk,
        open_plan(desk),
        trainee=TRAINEE,
        start=f"{TOMORROW}T08:00:00+08:00",
        end=f"{TOMORROW}T22:00:00+08:00",
    )
    assert [team["lead"]["name"], team["partner"]["name"], team["trainee"]["name"]] == [
        "陈磊",
        "王强",
        "徐彤",
    ]


def test_two_dispatchers_who_edit_one_team_do_not_overwrite_each_other(desk: Desk) -> None:
    team = add_team(desk, open_plan(desk))
    path = f"/api/v1/visit-teams/{team['id']}"
    unread = desk.request("PATCH", DISPATCHER, path, json={"partner_id": OTHER_AGENT.id})
    desk.refused(unread, 428, "if_match_needed")
    headers = if_match(team["version"])
    edited = desk.request("PATCH", DISPATCHER, path, json={"partner_id": OTHER_AGENT.id}, headers=headers)
    assert desk.ok(edited)["partner"]["name"] == "何伟"
    late = desk.request("PATCH", DISPATCHER, path, json={"position": 3}, headers=headers)
    desk.refused(late, 412, "stale")


def test_an_edit_is_asked_the_same_as_a_new_team(desk: Desk) -> None:
    team = add_team(desk, open_plan(desk))
    path = f"/api/v1/visit-teams/{team['id']}"
    edited = desk.request(
        "PATCH", DISPATCHER, path, json={"partner_id": AGENT.id}, headers=if_match(team["version"])
    )
    desk.refused(edited, 422, "team_not_two")


def test_a_removed_team_leaves_its_visits_waiting(desk: Desk) -> None:
    visit, plan = waiting_visit(desk), open_plan(desk)
    team = desk.ok(assign(desk, add_team(desk, plan), visit))
    path = f"/api/v1/visit-teams/{team['id']}"
    gone = desk.request("DELETE", DISPATCHER, path, headers=if_match(team["version"]))
    assert gone.status_code == 204
    assert shown(desk, plan)["teams"] == []
    waits = visit_now(desk, visit)
    assert (waits.state, waits.plan_id, waits.team_id) == (VisitState.ACCEPTED, None, None)


# visits


def test_visits_are_assigned_in_order_and_those_left_out_wait_again(desk: Desk) -> None:
    first, second, plan = waiting_visit(desk), waiting_visit(desk), open_plan(desk)
    team = desk.ok(assign(desk, add_team(desk, plan), second, first))
    assert [visit["id"] for visit in team["visits"]] == [second.id, first.id]
    assert {visit["state"] for visit in team["visits"]} == {"planned"}
    team = desk.ok(assign(desk, team, first))
    assert [visit["id"] for visit in team["visits"]] == [first.id]
    assert visit_now(desk, second).state is VisitState.ACCEPTED


def test_two_dispatchers_who_assign_at_once(desk: Desk) -> None:
    first, second, plan = waiting_visit(desk), waiting_visit(desk), open_plan(desk)
    team = add_team(desk, plan)
    desk.ok(assign(desk, team, first))
    desk.refused(assign(desk, team, second, version=team["version"]), 412, "stale")


def test_a_visit_may_move_to_another_team_of_the_plan_but_not_to_another_plan(desk: Desk) -> None:
    visit, plan = waiting_visit(desk), open_plan(desk)
    team = desk.ok(assign(desk, add_team(desk, plan), visit))
    other = add_team(desk, plan, lead=OTHER_AGENT, partner=TRAINEE)
    desk.ok(assign(desk, other, visit))
    desk.refused(assign(desk, team, version=team["version"]), 412, "stale")
    later = open_plan(desk, "2026-03-12")
    there = add_team(desk, later, start="2026-03-12T09:00:00+08:00", end="2026-03-12T10:00:00+08:00")
    desk.refused(assign(desk, there, visit), 409, "wrong_state")


def test_s13_a_visit_of_another_branch_is_not_found(desk: Desk) -> None:
    foreign, plan = waiting_visit(desk, OUTSIDE_COLLECTOR), open_plan(desk)
    desk.refused(assign(desk, add_team(desk, plan), foreign), 404, "not_found")


def test_a_visit_is_named_once(desk: Desk) -> None:
    visit, plan = waiting_visit(desk), open_plan(desk)
    desk.refused(assign(desk, add_team(desk, plan), visit, visit), 422, "invalid_input")


@pytest.mark.parametrize(
    "state", [VisitState.PUBLISHED, VisitState.COMPLETED, VisitState.FAILED, VisitState.CANCELLED], ids=str
)
def test_only_what_waits_is_assigned(desk: Desk, state: VisitState) -> None:
    placement = make_placement(desk)
    visit = make_visit(desk, placement, make_address(desk, placement), state=state)
    desk.refused(assign(desk, add_team(desk, open_plan(desk)), visit), 409, "wrong_state")


def test_v13_and_r14_what_is_held_or_over_is_not_assigned(desk: Desk) -> None:
    held, plan = waiting_visit(desk), open_plan(desk)
    hold(desk, held)
    team = add_team(desk, plan)
    desk.refused(assign(desk, team, held), 422, "visit_on_hold")
    placement = make_placement(desk, recall_on=date(2026, 3, 10))
    over = make_visit(desk, placement, make_address(desk, placement))
    desk.refused(assign(desk, team, over), 422, "visit_after_end")


def test_v13_a_hold_that_was_placed_before_the_visit_was_accepted_counts_too(desk: Desk) -> None:
    placement = make_placement(desk)
    with desk.installation.house.units.write() as uow:
        holds.place_hold(uow, placement, HoldReason.DO_NOT_CONTACT, "", by=None)
        uow.commit()
    visit = make_visit(desk, placement, make_address(desk, placement))
    assert visit.hold_id is None
    desk.refused(assign(desk, add_team(desk, open_plan(desk)), visit), 422, "visit_on_hold")


# conflicts and publication


def test_r12_an_empty_plan_is_not_published(desk: Desk) -> None:
    plan = open_plan(desk)
    add_team(desk, plan)
    assert desk.refused(publish(desk, plan), 422, "plan_empty")["clause"] == "R12"


def test_v1_an_agent_twice_in_the_same_hours_is_a_conflict(desk: Desk) -> None:
    plan = open_plan(desk)
    desk.ok(assign(desk, add_team(desk, plan), waiting_visit(desk)))
    minute = f"{TOMORROW}T11:59:00+08:00"
    other = add_team(desk, plan, partner=OTHER_AGENT, start=minute, end=f"{TOMORROW}T15:00:00+08:00")
    assert conflicts(desk, plan) == ["agent_booked_twice"]
    desk.refused(publish(desk, plan), 422, "agent_booked_twice")
    touching = {"starts_at": f"{TOMORROW}T12:00:00+08:00"}
    path = f"/api/v1/visit-teams/{other['id']}"
    desk.ok(desk.request("PATCH", DISPATCHER, path, json=touching, headers=if_match(other["version"])))
    assert conflicts(desk, plan) == []
    desk.ok(publish(desk, plan))


def test_v11_only_agents_with_a_certificate_are_published(desk: Desk) -> None:
    plan = open_plan(desk)
    team = desk.ok(assign(desk, add_team(desk, plan, partner=TRAINEE), waiting_visit(desk)))
    assert conflicts(desk, plan) == ["certificate_missing"]
    refused = desk.refused(publish(desk, plan), 422, "certificate_missing")
    assert refused["errors"][0]["facts"]["name"] == "徐彤"
    right = {"partner_id": PARTNER.id, "trainee_id": TRAINEE.id}
    path = f"/api/v1/visit-teams/{team['id']}"
    desk.ok(desk.request("PATCH", DISPATCHER, path, json=right, headers=if_match(team["version"])))
    desk.ok(publish(desk, plan))


def test_the_agents_of_the_day_with_certificates_and_bookings(desk: Desk) -> None:
    plan = open_plan(desk)
    team = add_team(desk, plan)
    items = desk.ok(desk.get(DISPATCHER, f"/api/v1/visit-plans/{plan['id']}/agents"))["items"]
    of = {item["name"]: item for item in items}
    assert set(of) == {"陈磊", "王强", "何伟", "徐彤"}
    assert [booked["team_id"] for booked in of["陈磊"]["booked"]] == [team["id"]]
    assert (of["何伟"]["certified"], of["何伟"]["booked"]) == (True, [])
    assert (of["徐彤"]["certified"], of["徐彤"]["certificate_until"]) == (False, None)


def test_v13_a_hold_after_assignment_stops_publication_until_it_is_released(desk: Desk) -> None:
    visit, plan = waiting_visit(desk), open_plan(desk)
    desk.ok(assign(desk, add_team(desk, plan), visit))
    placed = hold(desk, visit)
    assert shown(desk, plan)["teams"][0]["visits"][0]["hold_reason"] == "complaint"
    desk.refused(publish(desk, plan), 422, "visit_on_hold")
    release(desk, visit, placed)
    desk.ok(publish(desk, plan))


def test_publication_freezes_team_hours_address_and_promise(desk: Desk) -> None:
    placement = make_placement(desk)
    address = make_address(desk, placement, county=ZHENGZHOU, version=4)
    request = make_request(desk, placement, [address])
    visit = make_visit(desk, placement, address, request_id=request.id, address_version=1)
    make_promise(desk, placement, date(2026, 3, 20))
    make_promise(desk, placement, date(2026, 3, 15))
    make_promise(desk, placement, date(2026, 4, 1), by_phone=False)
    make_promise(desk, placement, date(2026, 4, 2), judged_able=False)
    plan = open_plan(desk)
    desk.ok(assign(desk, add_team(desk, plan, trainee=TRAINEE), visit))
    answer = desk.ok(desk.get(DISPATCHER, f"/api/v1/visit-plans/{plan['id']}/conflicts"))
    assert answer["forbidding"] == []
    assert [(w["code"], w["clause"]) for w in answer["warnings"]] == [("promise_pending_on_plan", "R11")]
    desk.ok(publish(desk, plan))
    frozen = visit_now(desk, visit)
    assert frozen.state is VisitState.PUBLISHED
    assert (frozen.lead_id, frozen.partner_id, frozen.trainee_id) == (AGENT.id, PARTNER.id, TRAINEE.id)
    assert frozen.valid_from == datetime(2026, 3, 11, 1, 0, tzinfo=UTC)
    assert frozen.valid_until == datetime(2026, 3, 11, 4, 0, tzinfo=UTC)
    assert frozen.address_version == 4
    assert (frozen.promise_due_on, frozen.promise_explained) == (date(2026, 3, 20), False)
    make_promise(desk, placement, date(2026, 3, 30))
    assert visit_now(desk, visit).promise_due_on == date(2026, 3, 20)


def test_publishing_twice_or_what_was_not_looked_at_is_refused(desk: Desk) -> None:
    visit, plan = waiting_visit(desk), open_plan(desk)
    team = add_team(desk, plan)
    looked_at = shown(desk, plan)["version"]
    desk.ok(assign(desk, team, visit))
    desk.refused(publish(desk, plan, looked_at), 412, "stale")
    desk.ok(publish(desk, plan))
    desk.refused(publish(desk, plan), 409, "wrong_state")


def test_what_is_added_to_a_published_plan_is_published_by_itself(desk: Desk) -> None:
    first = waiting_visit(desk)
    plan, team = published_plan(desk, first)
    second = waiting_visit(desk)
    team = desk.ok(assign(desk, {**team, "version": team["version"]}, second, first))
    assert [visit["state"] for visit in team["visits"]] == ["planned", "published"]
    frozen = visit_now(desk, first)
    desk.ok(publish(desk, plan))
    assert visit_now(desk, second).state is VisitState.PUBLISHED
    assert dataclasses.replace(visit_now(desk, first), version=frozen.version) == frozen


def test_a_published_team_and_visit_stay_on_record(desk: Desk) -> None:
    visit = waiting_visit(desk)
    _, team = published_plan(desk, visit)
    desk.refused(assign(desk, team), 409, "published_stays")
    path = f"/api/v1/visit-teams/{team['id']}"
    headers = if_match(team["version"])
    desk.refused(
        desk.request("PATCH", DISPATCHER, path, json={"position": 2}, headers=headers), 409, "team_published"
    )
    desk.refused(desk.request("DELETE", DISPATCHER, path, headers=headers), 409, "team_published")


# reading


def test_s13_who_reads_which_plan(desk: Desk) -> None:
    own, others = waiting_visit(desk), waiting_visit(desk, OTHER_COLLECTOR)
    plan = open_plan(desk)
    desk.ok(assign(desk, add_team(desk, plan), own, others))
    path = f"/api/v1/visit-plans/{plan['id']}"
    for member in (COLLECTOR, AGENT, OUTSIDE_DISPATCHER):
        desk.refused(desk.get(member, path), 404, "not_found")
    desk.ok(publish(desk, plan))
    seen = shown(desk, plan, COLLECTOR)["teams"][0]["visits"]
    assert [visit["id"] for visit in seen] == [own.id]
    assert len(shown(desk, plan, AGENT)["teams"][0]["visits"]) == 2
    assert len(shown(desk, plan, MANAGER)["teams"][0]["visits"]) == 2
    for member in (COLLEAGUE, OTHER_AGENT, OUTSIDE_DISPATCHER, OUTSIDE_COLLECTOR):
        desk.refused(desk.get(member, path), 404, "not_found")
    for member, count in ((COLLECTOR, 1), (AGENT, 1), (MANAGER, 1), (COLLEAGUE, 0), (OUTSIDE_DISPATCHER, 0)):
        assert len(desk.ok(desk.get(member, "/api/v1/visit-plans"))["items"]) == count


def test_s13_another_branch_changes_nothing(desk: Desk) -> None:
    visit, plan = waiting_visit(desk), open_plan(desk)
    team = desk.ok(assign(desk, add_team(desk, plan), visit))
    headers = if_match(1)
    for method, path, body in (
        ("POST", f"/api/v1/visit-plans/{plan['id']}/teams", team_body()),
        ("POST", f"/api/v1/visit-plans/{plan['id']}/publish", None),
        ("GET", f"/api/v1/visit-plans/{plan['id']}/conflicts", None),
        ("GET", f"/api/v1/visit-plans/{plan['id']}/agents", None),
        ("PATCH", f"/api/v1/visit-teams/{team['id']}", {"position": 1}),
        ("DELETE", f"/api/v1/visit-teams/{team['id']}", None),
        ("PUT", f"/api/v1/visit-teams/{team['id']}/visits", {"visit_ids": []}),
        ("POST", f"/api/v1/visits/{visit.id}/withdraw", {"reason": "无"}),
        ("POST", f"/api/v1/visits/{visit.id}/plan-again", None),
    ):
        answer = desk.request(method, OUTSIDE_DISPATCHER, path, json=body, headers=headers)
        desk.refused(answer, 404, "not_found")


def test_plans_are_listed_by_day_and_page(desk: Desk) -> None:
    for day in (TODAY, TOMORROW, "2026-03-12"):
        open_plan(desk, day)
    first = desk.ok(desk.get(DISPATCHER, "/api/v1/visit-plans?limit=2"))
    assert [plan["day"] for plan in first["items"]] == ["2026-03-12", TOMORROW]
    rest = desk.ok(desk.get(DISPATCHER, f"/api/v1/visit-plans?limit=2&after={first['next']}"))
    assert ([plan["day"] for plan in rest["items"]], rest["next"]) == ([TODAY], None)
    query = f"first_day={TOMORROW}&last_day={TOMORROW}&state=draft"
    assert len(desk.ok(desk.get(DISPATCHER, f"/api/v1/visit-plans?{query}"))["items"]) == 1


def test_the_trail_says_who_published_what(desk: Desk, later: Callable[..., None]) -> None:
    later(minutes=5)
    plan, _ = published_plan(desk, waiting_visit(desk))
    with desk.installation.house.units.read() as uow:
        lines = uow.trail.page(PageRequest(), subject_id=plan["id"], actor_id=None).items
    assert {line.action for line in lines} == {
        "plan.opened",
        "plan.team_added",
        "plan.visits_assigned",
        "plan.published",
    }
    assert {line.actor_id for line in lines} == {DISPATCHER.id}
