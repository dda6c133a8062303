"""The teams of a plan over HTTP and the visits that they are given (V1, V9, V11, V13, R14)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from server.domain.placements import HoldReason
from server.domain.visits import VisitState
from server.services import holds
from tests.conftest import Desk
from tests.support.builders import make_address, make_placement, make_visit
from tests.support.cast import (
    AGENT,
    COLLECTOR,
    DISPATCHER,
    OTHER_AGENT,
    OUTSIDE_AGENT,
    OUTSIDE_COLLECTOR,
    PARTNER,
    TRAINEE,
)
from tests.support.planning import (
    TOMORROW,
    add_team,
    assign,
    hold,
    if_match,
    open_plan,
    shown,
    team_body,
    visit_now,
    waiting_visit,
)

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
