"""Visit plans over HTTP: days, conflicts, what publishing asks and freezes, who reads a plan (V1, V11, V13, R12)."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import UTC, date, datetime

from server.domain.visits import VisitState
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
    OUTSIDE_COLLECTOR,
    OUTSIDE_DISPATCHER,
    PARTNER,
    TRAINEE,
)
from tests.support.planning import (
    TODAY,
    TOMORROW,
    ZHENGZHOU,
    add_team,
    assign,
    conflicts,
    hold,
    if_match,
    open_plan,
    publish,
    published_plan,
    release,
    shown,
    team_body,
    visit_now,
    waiting_visit,
)

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
