"""R12: when a visit may start: on a published plan, within its lease, with nothing standing against it."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

from server.domain.leases import expired, lease_findings
from server.domain.placements import Hold
from server.domain.visits import Visit, VisitState
from tests.domain.test_plan_rules import HOLD, VISIT

FROM = datetime(2026, 3, 11, 1, 0, tzinfo=UTC)
UNTIL = datetime(2026, 3, 11, 4, 0, tzinfo=UTC)
PUBLISHED = dataclasses.replace(
    VISIT,
    state=VisitState.PUBLISHED,
    lead_id="chenlei",
    partner_id="wangqiang",
    valid_from=FROM,
    valid_until=UNTIL,
)


def codes(visit: Visit, now: datetime, hold: Hold | None = None) -> list[str]:
    return [finding.kind.code for finding in lease_findings(visit, now, hold, case_number="AJ1")]


@pytest.mark.parametrize(
    "state", [state for state in VisitState if state is not VisitState.PUBLISHED], ids=str
)
def test_only_a_published_visit_starts(state: VisitState) -> None:
    assert codes(dataclasses.replace(PUBLISHED, state=state), FROM) == ["visit_not_planned"]


def test_a_follow_up_on_the_spot_needs_no_plan_but_no_hold_either() -> None:
    follow_up = dataclasses.replace(
        VISIT, plan_id=None, team_id=None, parent_id="parent", state=VisitState.ACCEPTED
    )
    assert codes(follow_up, FROM) == []
    assert codes(follow_up, FROM, HOLD) == ["visit_on_hold"]
    planned = dataclasses.replace(follow_up, plan_id="plan")
    assert codes(planned, FROM) == ["visit_not_planned"]


def test_a_hold_stops_a_start() -> None:
    assert codes(PUBLISHED, FROM, HOLD) == ["visit_on_hold"]


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (FROM - timedelta(seconds=1), ["lease_not_yet"]),
        (FROM, []),
        (UNTIL, []),
        (UNTIL + timedelta(seconds=1), ["lease_expired"]),
    ],
)
def test_the_lease_has_a_beginning_and_an_end(moment: datetime, expected: list[str]) -> None:
    assert codes(PUBLISHED, moment) == expected


def test_what_was_published_and_not_started_expires() -> None:
    assert not expired(PUBLISHED, UNTIL)
    assert expired(PUBLISHED, UNTIL + timedelta(seconds=1))
    assert not expired(
        dataclasses.replace(PUBLISHED, state=VisitState.COMPLETED), UNTIL + timedelta(seconds=1)
    )
