"""The simulator: over whose cases, over which facts, what it refuses, and that it writes no credit (docs/adr/0012)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.api.test_policy import edition, published
from tests.conftest import Desk
from tests.support.cast import (
    AGENT,
    DIRECTOR,
    DISPATCHER,
    IT,
    MANAGER,
    OUTSIDE_MANAGER,
    QA,
    Member,
)
from tests.support.paid import Paid

SIMULATIONS, SNAPSHOTS, NEWEST = (
    "/api/v1/simulations",
    "/api/v1/fact-snapshots",
    "/api/v1/fact-snapshots/newest",
)
MONTH_LATER = 'month_end = "same_day"\n'
# By the handbook the month of a visit on 10 March ends on 9 April; where the same day counts in, on the 10th.
ON_THE_LINE = date(2026, 4, 10)


def _asked(policy: str = MONTH_LATER, first: str = "2026-01-01", last: str = "2026-12-31") -> dict[str, Any]:
    return {"policy": policy, "from": first, "to": last}


def _snapshot(desk: Desk, by: Member = MANAGER) -> dict[str, Any]:
    desk.ok(desk.post(by, SNAPSHOTS), 202)
    desk.work()
    shown = desk.ok(desk.get(by, NEWEST))
    assert shown["done"] is None, shown
    return dict(shown["snapshot"])


@pytest.fixture
def paid(desk: Desk) -> Paid:
    """Met on 10 March; one repayment within the month, one on the day that only another reading counts in."""
    made = Paid(desk)
    made.pay(ON_THE_LINE, 70_003)
    return made


def _credit(desk: Desk) -> list[Any]:
    with desk.installation.house.units.read() as uow:
        runs = uow.credit_runs.having()
        lines = uow.credit_lines.having_any("run_id", [run.id for run in runs])
    return [*runs, *lines]


@pytest.mark.parametrize("member", [AGENT, DISPATCHER, IT])
def test_posts_that_decide_no_rule_are_refused(desk: Desk, member: Member) -> None:
    desk.refused(desk.post(member, SIMULATIONS, _asked()), 403, "forbidden")
    desk.refused(desk.post(member, SNAPSHOTS), 403, "forbidden")
    desk.refused(desk.get(member, NEWEST), 403, "forbidden")


def test_without_a_snapshot_the_next_step_is_told(desk: Desk) -> None:
    assert desk.ok(desk.get(MANAGER, NEWEST)) == {"snapshot": None, "done": None, "all": None}
    desk.refused(desk.post(MANAGER, SIMULATIONS, _asked()), 409, "no_fact_snapshot")


def test_under_the_policy_that_holds_nothing_moves_and_every_line_is_there(desk: Desk, paid: Paid) -> None:
    snapshot = _snapshot(desk)
    assert snapshot["placements"] == 1
    told = desk.ok(desk.post(MANAGER, SIMULATIONS, _asked("")))
    assert told["snapshot"] == snapshot
    assert (told["moved_lines"], told["moved"]) == (0, [])
    assert told["total"] == {
        "lines_before": 1, "amount_before": "500.01", "lines_after": 1, "amount_after": "500.01",
    }  # fmt: skip


def test_another_reading_moves_its_line_with_names_and_reasons(desk: Desk, paid: Paid) -> None:
    _snapshot(desk)
    before = _credit(desk)
    told = desk.ok(desk.post(MANAGER, SIMULATIONS, _asked()))
    assert told["total"]["amount_after"] == "1200.04"
    assert (told["moved_lines"], told["moved_amount"]) == (1, "700.03")
    (moved,) = told["moved"]
    assert (moved["case_number"], moved["paid_on"]) == (paid.placement.case_number, "2026-04-10")
    assert (moved["before"]["visit_id"], moved["before"]["reason"]) == (None, "window_passed")
    assert (moved["after"]["visit_id"], moved["after"]["clause"]) == (paid.met.id, "C1")
    assert moved["after"]["agents"] == ["陈磊", "王强"]
    assert moved["before"]["why"]["zh"] != moved["after"]["why"]["zh"]
    (clause,) = told["by_clause"]
    assert (clause["key"], clause["lines_before"], clause["lines_after"]) == ("C1", 1, 2)
    agents = {one["name"]: (one["amount_before"], one["amount_after"]) for one in told["by_agent"]}
    assert agents == {"陈磊": ("250.01", "600.03"), "王强": ("250.00", "600.01")}
    assert [(one["key"], one["lines_before"], one["lines_after"]) for one in told["by_day"]] == [
        ("2", 1, 1), ("31", 0, 1),
    ]  # fmt: skip
    assert [one["name"] for one in told["by_client"]] != [None]
    assert _credit(desk) == before, "a simulation wrote credit"


@pytest.mark.parametrize(("first", "last", "lines"), [
    ("2026-04-11", "2026-12-31", 0), ("2026-04-10", "2026-04-10", 1), ("2026-01-01", "2026-04-09", 0),
])  # fmt: skip
def test_both_days_of_the_period_are_counted_in(
    desk: Desk, paid: Paid, first: str, last: str, lines: int
) -> None:
    _snapshot(desk)
    assert desk.ok(desk.post(QA, SIMULATIONS, _asked(first=first, last=last)))["moved_lines"] == lines


def test_a_branch_sees_its_own_lines_and_a_director_all(desk: Desk, paid: Paid) -> None:
    _snapshot(desk)
    assert desk.ok(desk.post(OUTSIDE_MANAGER, SIMULATIONS, _asked()))["total"]["lines_after"] == 0
    assert desk.ok(desk.post(DIRECTOR, SIMULATIONS, _asked()))["total"]["lines_after"] == 2


def test_a_newer_snapshot_takes_the_place_of_the_former_and_its_objects(desk: Desk, paid: Paid) -> None:
    first = _snapshot(desk)
    assert desk.ok(desk.post(MANAGER, SIMULATIONS, _asked()))["moved_lines"] == 1
    paid.pay(ON_THE_LINE, 1)
    second = _snapshot(desk)
    told = desk.ok(desk.post(MANAGER, SIMULATIONS, _asked()))
    assert (told["snapshot"]["id"], told["moved_lines"]) == (second["id"], 2)
    house = desk.installation.house
    assert not [key for key in house.objects.keys("snapshots/") if first["id"] in key]
    third = _snapshot(desk)
    assert {folder.name for folder in (house.cache / "facts").iterdir()} == {second["id"], third["id"]}


def test_what_a_new_policy_makes_of_the_facts_is_ready_before_anybody_asks(desk: Desk, paid: Paid) -> None:
    first = _snapshot(desk)
    published(desk, edition("2026-04-01", "letter_days = 6"))
    desk.work()
    second = desk.ok(desk.get(MANAGER, NEWEST))["snapshot"]
    assert second["id"] != first["id"]
    answers = desk.installation.house.cache / "facts" / second["id"] / "answers"
    assert len(list(answers.iterdir())) == 1
    desk.ok(desk.post(MANAGER, SIMULATIONS, _asked()))
    assert len(list(answers.iterdir())) == 2, "only the policy that was asked for was scored then"


def test_a_new_policy_gathers_no_facts_where_none_were_gathered(desk: Desk) -> None:
    published(desk, edition("2026-04-01", "letter_days = 6"))
    desk.work()
    assert desk.ok(desk.get(MANAGER, NEWEST))["snapshot"] is None


def test_the_sweep_leaves_the_snapshot_alone(desk: Desk, paid: Paid) -> None:
    _snapshot(desk)
    held = sorted(desk.installation.house.objects.keys("snapshots/"))
    assert held
    with desk.installation.house.units.read() as uow:
        assert uow.fact_snapshots.known_keys([*held, "snapshots/other"]) == set(held)


@pytest.mark.parametrize(("policy", "code", "words"), [
    ("relay_dayz = 8\n", "policy_unusable", "relay_dayz"),
    ("relay_days = -1\n", "policy_unusable", "relay_days"),
    ("[[", "policy_unusable", "TOML"),
    ('half_ratio = "0.33333333333333333333333333333333"\n', "policy_unusable", "digits"),
    ("reachable_days = 31\n", "parameter_not_simulated", "reachable_days"),
    ("presence_metres = 100\n", "parameter_not_simulated", "presence_metres"),
])  # fmt: skip
def test_a_policy_that_cannot_be_compared_is_refused_by_its_parameter(
    desk: Desk, paid: Paid, policy: str, code: str, words: str
) -> None:
    _snapshot(desk)
    refused = desk.post(MANAGER, SIMULATIONS, _asked(policy))
    desk.refused(refused, 422, code)
    assert words in refused.text


@pytest.mark.parametrize(("first", "last", "good"), [
    ("2026-03-02", "2026-03-01", False), ("2026-03-01", "2026-03-01", True),
    ("2021-01-01", "2026-01-05", False), ("2021-01-01", "2026-01-04", True),
])  # fmt: skip
def test_a_period_ends_after_it_begins_and_is_no_longer_than_five_years(
    desk: Desk, paid: Paid, first: str, last: str, good: bool
) -> None:
    _snapshot(desk)
    answer = desk.post(MANAGER, SIMULATIONS, _asked(first=first, last=last))
    if good:
        desk.ok(answer)
    else:
        desk.refused(answer, 422, "period_unusable")


def test_the_trail_says_who_simulated_what(desk: Desk, paid: Paid) -> None:
    snapshot = _snapshot(desk)
    desk.ok(desk.post(MANAGER, SIMULATIONS, _asked()))
    with desk.installation.house.units.read() as uow:
        line = uow.trail.history(snapshot["id"])[-1]
    assert (line.action, line.actor_id) == ("policy.simulated", MANAGER.id)
    assert line.detail == {"from": "2026-01-01", "to": "2026-12-31", "moved": 1, "policy": MONTH_LATER}
