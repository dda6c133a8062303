"""Reading and judging a plan asks the database the same number of questions for any number of visits."""

from __future__ import annotations

from tests.conftest import Desk
from tests.support.cast import COLLECTOR, DISPATCHER, Member
from tests.support.planning import add_team, assign, open_plan, publish, waiting_visit
from tests.support.statements import statements_of


def questions(desk: Desk, path: str, by: Member = DISPATCHER) -> int:
    desk.token(by)
    with statements_of(desk) as said:
        desk.ok(desk.get(by, path))
    return len(said)


def test_many_visits_are_read_in_as_many_queries_as_one(desk: Desk) -> None:
    plan = open_plan(desk)
    path = f"/api/v1/visit-plans/{plan['id']}"
    visits = [waiting_visit(desk)]
    team = desk.ok(assign(desk, add_team(desk, plan), *visits))
    one = [questions(desk, path), questions(desk, f"{path}/conflicts")]
    visits += [waiting_visit(desk) for _ in range(9)]
    desk.ok(assign(desk, team, *visits))
    assert [questions(desk, path), questions(desk, f"{path}/conflicts")] == one
    desk.ok(publish(desk, plan))
    assert questions(desk, path, COLLECTOR) <= one[0] + 2
    assert questions(desk, "/api/v1/attendance?day=2026-03-11") < 20
