"""Leave: days in their order, no day twice, withdrawn once (R15)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from server.domain.leave import LONGEST_DAYS, Leave, LeaveKind, entry_findings, withdrawal_findings

TENTH = date(2026, 3, 10)
DAY = timedelta(days=1)
NOW = datetime(2026, 3, 10, tzinfo=UTC)
LEAVE = Leave(
    "l", "chen", TENTH, TENTH + 2 * DAY, LeaveKind.ANNUAL, "", "qiao", NOW, None, None, None, 1
)  # fmt: skip
WITHDRAWN = replace(LEAVE, withdrawn_at=NOW, withdrawn_by="qiao", withdrawn_reason="x")


def refused(first: date, last: date, *standing: Leave) -> list[str]:
    return [finding.kind.code for finding in entry_findings(first, last, standing, "陈磊")]


def test_leave_does_not_end_before_it_begins_nor_last_beyond_a_year() -> None:
    assert refused(TENTH, TENTH - DAY) == ["leave_backwards"]
    assert refused(TENTH, TENTH) == refused(TENTH, TENTH + DAY) == []
    for days, expected in ((-1, []), (0, []), (1, ["leave_backwards"])):
        assert refused(TENTH, TENTH + (LONGEST_DAYS - 1 + days) * DAY) == expected, days


def test_no_day_is_entered_twice() -> None:
    for first, last, twice in (
        (-2, -1, False), (-2, 0, True), (-2, 5, True), (1, 1, True), (2, 3, True), (3, 4, False),
    ):  # fmt: skip
        given = TENTH + first * DAY, TENTH + last * DAY
        assert (refused(*given, LEAVE) == ["leave_overlaps"]) is twice, (first, last)
        assert refused(*given, WITHDRAWN) == []


def test_leave_is_withdrawn_once_and_then_covers_nothing() -> None:
    assert withdrawal_findings(LEAVE) == []
    assert [finding.kind.code for finding in withdrawal_findings(WITHDRAWN)] == ["leave_withdrawn"]
    assert [LEAVE.covers(TENTH + days * DAY) for days in (-1, 0, 2, 3)] == [False, True, True, False]
    assert not WITHDRAWN.covers(TENTH)
