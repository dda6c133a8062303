"""What may stand on a plan (V1, V9, V11, V13, R6, R11, R12, R14, R15, R16): each rule at its boundary, pure."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from server.domain.calendar import SHANGHAI
from server.domain.people import Certificate
from server.domain.placements import (
    Address,
    AddressKind,
    AddressStanding,
    Hold,
    HoldReason,
    Placement,
    Source,
)
from server.domain.plan_rules import PlanFacts, PlannedVisit, plan_findings, plan_warnings
from server.domain.plans import TravelApproval, TravelKind, VisitTeam
from server.domain.policy.editions import HANDBOOK, Edition
from server.domain.visits import Visit, VisitState

DAY = date(2026, 3, 11)
NOW = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
CERTIFICATE = Certificate(
    "certificate", "chenlei", 92, "江涛", date(2026, 1, 5), date(2026, 1, 5), True, date(2099, 1, 1), 1
)


def at(hour: int, minute: int = 0, day: date = DAY) -> datetime:
    return datetime.combine(day, time(hour, minute), SHANGHAI)


def team(name: str = "first", lead: str = "chenlei", partner: str = "wangqiang", **changes: Any) -> VisitTeam:
    made = VisitTeam(name, "plan", lead, partner, None, at(9), at(12), 0, 1)
    return dataclasses.replace(made, **changes)


def address(county_code: str = "410105", city: str = "郑州市", **changes: Any) -> Address:
    made = Address(
        "address", "debtor", AddressKind.HOUSEHOLD, "text", "text", "河南省", city, "金水区", county_code, "",
        "经三路9号", False, AddressStanding.UNKNOWN, None, Source.IMPORT, None, None, NOW, None, 1,
    )  # fmt: skip
    return dataclasses.replace(made, **changes)


PLACEMENT = Placement(
    "placement", "AJ1", "client", "project", "branch", "2026-01", "debtor", "limin", 100, None,
    date(2026, 1, 5), date(2026, 6, 30), None, None, None, NOW, 1,
)  # fmt: skip
VISIT = Visit(
    "visit", "placement", "address", 1, None, "plan", "first", None, 0, VisitState.PLANNED, None, None, None,
    None, None, None, False, None, None, None, None, "", False, None, None, None, None, None, None, 1,
)  # fmt: skip
HOLD = Hold(
    "hold", "placement", HoldReason.COMPLAINT, "", NOW, None, None, None, None, None, None, 1
)  # fmt: skip


def planned(**changes: Any) -> PlannedVisit:
    made = PlannedVisit(VISIT, PLACEMENT, address(), AddressStanding.UNKNOWN, None, False, None, False)
    return dataclasses.replace(made, **changes)


def facts(**changes: Any) -> PlanFacts:
    agents = frozenset({"chenlei", "wangqiang", "hewei", "xutong"})
    certificates = dict.fromkeys(agents - {"xutong"}, CERTIFICATE)
    made = PlanFacts(DAY, "4101", [team()], [], agents, {}, certificates, [planned()], [])
    return dataclasses.replace(made, **changes)


def codes(stand: PlanFacts, *, now: datetime = NOW, edition: Edition = HANDBOOK) -> list[str]:
    return [finding.kind.code for finding in plan_findings(stand, now=now, edition=edition)]


def test_a_sound_plan_has_nothing_against_it() -> None:
    assert codes(facts()) == []
    assert plan_warnings(facts()) == []


def test_r12_a_plan_without_visits_is_not_published() -> None:
    assert codes(facts(visits=[])) == ["plan_empty"]


@pytest.mark.parametrize(("day", "expected"), [(9, ["plan_day_past", "team_over"]), (10, []), (11, [])])
def test_r15_the_day_is_not_past(day: int, expected: list[str]) -> None:
    on = date(2026, 3, day)
    stand = facts(day=on, teams=[team(starts_at=at(11, day=on), ends_at=at(13, day=on))])
    assert codes(stand) == expected


@pytest.mark.parametrize(("minute", "expected"), [(-1, []), (0, ["team_over"]), (1, ["team_over"])])
def test_r15_a_team_whose_hours_are_over_gets_nothing_more(minute: int, expected: list[str]) -> None:
    assert codes(facts(), now=at(12) + timedelta(minutes=minute)) == expected


@pytest.mark.parametrize(
    "members",
    [{"partner": "chenlei"}, {"trainee_id": "chenlei"}, {"trainee_id": "wangqiang"}],
    ids=["lead twice", "trainee is lead", "trainee is partner"],
)
def test_v1_nobody_stands_twice_in_a_team(members: dict[str, str]) -> None:
    assert codes(facts(teams=[team(**members)])) == ["team_not_two"]


def test_v1_who_is_on_leave_stands_in_no_team_not_even_as_trainee() -> None:
    assert codes(facts(on_leave=frozenset({"hewei"}))) == []
    for member, role in (("chenlei", "lead_id"), ("wangqiang", "partner_id"), ("xutong", "trainee_id")):
        stand = facts(teams=[team(trainee_id="xutong")], on_leave=frozenset({member}))
        (found,) = plan_findings(stand, now=NOW, edition=HANDBOOK)
        assert (found.kind.code, found.field) == ("agent_on_leave", role)


def test_v1_an_edition_that_asks_for_three_is_not_met_by_two() -> None:
    assert codes(facts(), edition=Edition(team_size=3)) == ["team_not_two"]


def test_v11_only_agents_of_the_branch_in_service() -> None:
    stand = facts(agents=frozenset({"chenlei"}))
    assert codes(stand) == ["not_an_agent"]


@pytest.mark.parametrize(
    ("until", "expected"),
    [(date(2026, 3, 10), ["certificate_missing"]), (DAY, []), (date(2026, 3, 12), [])],
    ids=["expired the day before", "last day", "a day more"],
)
def test_v11_the_certificate_is_in_force_on_the_day(until: date, expected: list[str]) -> None:
    held = dataclasses.replace(CERTIFICATE, valid_until=until)
    assert codes(facts(certificates={"chenlei": CERTIFICATE, "wangqiang": held})) == expected


@pytest.mark.parametrize(("score", "expected"), [(79, ["certificate_missing"]), (80, []), (81, [])])
def test_v11_the_score(score: int, expected: list[str]) -> None:
    held = dataclasses.replace(CERTIFICATE, score=score)
    assert codes(facts(certificates={"chenlei": held, "wangqiang": CERTIFICATE})) == expected


def test_v11_a_trainee_may_come_without_a_certificate() -> None:
    assert codes(facts(teams=[team(partner="xutong")])) == ["certificate_missing"]
    assert codes(facts(teams=[team(trainee_id="xutong")])) == []


@pytest.mark.parametrize(("start", "expected"), [(at(11, 59), 1), (at(12), 0), (at(12, 1), 0)])
def test_v1_intervals_may_touch_but_not_overlap(start: datetime, expected: int) -> None:
    other = team("second", "chenlei", "hewei", starts_at=start, ends_at=at(14))
    assert codes(facts(teams=[team(), other])) == ["agent_booked_twice"] * expected
    assert codes(facts(elsewhere=[dataclasses.replace(other, plan_id="other")])) == (
        ["agent_booked_twice"] * expected
    )


def test_v1_a_trainee_counts_as_booked_and_an_interval_within_another_overlaps() -> None:
    other = team("second", "hewei", "other", trainee_id="chenlei", starts_at=at(10), ends_at=at(10, 30))
    stand = facts(elsewhere=[other])
    (finding,) = plan_findings(stand, now=NOW, edition=HANDBOOK)
    assert finding.params["other_team_id"] == "second"
    assert (finding.params["from"], finding.params["until"]) == ("10:00", "10:30")


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (at(7, 59), at(12), ["team_outside_hours"]),
        (at(8), at(22), []),
        (at(8, 1), at(21, 59), []),
        (at(8), at(22, 1), ["team_outside_hours"]),
        (at(12), at(12), ["team_outside_hours"]),
        (at(12), at(11), ["team_outside_hours"]),
        (at(9, day=date(2026, 3, 12)), at(12, day=date(2026, 3, 12)), ["team_outside_hours"]),
        (at(9), at(12, day=date(2026, 3, 12)), ["team_outside_hours"]),
    ],
)
def test_v9_the_whole_interval_is_within_the_hours(
    start: datetime, end: datetime, expected: list[str]
) -> None:
    assert codes(facts(teams=[team(starts_at=start, ends_at=end)])) == expected


def test_v13_nothing_held_or_blocked_is_planned() -> None:
    assert codes(facts(visits=[planned(hold=HOLD)])) == ["visit_on_hold"]
    assert codes(facts(visits=[planned(person_blocked=True)])) == ["visit_person_blocked"]


@pytest.mark.parametrize(("end", "expected"), [(10, ["visit_after_end"]), (11, []), (12, [])])
def test_r14_no_visit_after_the_placement(end: int, expected: list[str]) -> None:
    placement = dataclasses.replace(PLACEMENT, recall_on=date(2026, 3, end))
    assert codes(facts(visits=[planned(placement=placement)])) == expected


def test_r6_no_visit_to_an_address_known_to_be_invalid() -> None:
    invalid = planned(standing=AddressStanding.INVALID)
    assert codes(facts(visits=[invalid])) == ["visit_address_invalid"]
    assert codes(facts(visits=[planned(standing=AddressStanding.VALID)])) == []


def approval(kind: TravelKind, granted: bool | None, cities: tuple[str, ...] = ("4107",)) -> TravelApproval:
    return TravelApproval("approval", "plan", kind, cities, "", "wangdan", NOW, granted, None, None, None, 1)


@pytest.mark.parametrize(
    ("approvals", "refused"),
    [
        ([], True),
        ([approval(TravelKind.APPROVAL, None)], True),
        ([approval(TravelKind.APPROVAL, False)], True),
        ([approval(TravelKind.PHONE_NOTICE, False)], True),
        ([approval(TravelKind.APPROVAL, True, ("4103",))], True),
        ([approval(TravelKind.APPROVAL, True)], False),
        ([approval(TravelKind.PHONE_NOTICE, None)], False),
        ([approval(TravelKind.PHONE_NOTICE, True)], False),
    ],
)
def test_r16_travel_outside_the_city(approvals: list[TravelApproval], refused: bool) -> None:
    away = address("410725", "新乡市")
    stand = facts(visits=[planned(), planned(address=away)], approvals=approvals)
    assert codes(stand) == (["travel_not_approved"] if refused else [])


def test_r16_a_county_right_under_a_province_stands_for_itself() -> None:
    stand = facts(
        visits=[planned(address=address("419001", "", county="济源市"))],
        approvals=[approval(TravelKind.APPROVAL, True, ("4190",))],
    )
    (finding,) = plan_findings(stand, now=NOW, edition=HANDBOOK)
    assert finding.params["cities"] == "济源市"
    assert finding.params["city_codes"] == ["419001"]


@pytest.mark.parametrize(("due", "warned"), [(10, False), (11, True), (12, True)])
def test_r11_a_promise_warns_that_the_visit_will_not_count(due: int, warned: bool) -> None:
    promised = planned(promise_due_on=date(2026, 3, due))
    assert codes(facts(visits=[promised])) == []
    warnings = [finding.kind.code for finding in plan_warnings(facts(visits=[promised]))]
    assert warnings == (["promise_pending_on_plan"] if warned else [])
    explained = dataclasses.replace(promised, promise_explained=True)
    assert plan_warnings(facts(visits=[explained])) == []
