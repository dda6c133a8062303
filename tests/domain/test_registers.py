"""The registers' rules at their boundaries: maintenance (V20), where a paper may go next (V21)."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, timedelta

import pytest

from server.domain.registers import (
    handout_findings,
    handout_overdue,
    maintenance_before,
    paper_due_on,
    paper_findings,
    paper_state,
)
from server.domain.visits import Device, DeviceHandout, Paper, PaperKind
from tests.domain.test_plan_rules import VISIT

NOW = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
DEVICE = Device("device", "branch", "手机1", "SN1", "phone", None, None, date(2026, 1, 1), 1)
HANDOUT = DeviceHandout("handout", "device", "chenlei", NOW, "wangdan", "完好", NOW, None, None, None, 1)
PAPER = Paper(
    "paper", "visit", PaperKind.LETTER, "送达", NOW, "wangdan", None, None, None, None, None, None, None, None, 1
)  # fmt: skip
RELEASED = dataclasses.replace(PAPER, released_at=NOW)
LEFT = dataclasses.replace(RELEASED, left_at=NOW)
RETURNED = dataclasses.replace(RELEASED, returned_at=NOW)
SHREDDED = dataclasses.replace(RETURNED, shredded_at=NOW)


@pytest.mark.parametrize(
    ("today", "limit"),
    [
        (date(2026, 3, 10), date(2025, 12, 10)),
        (date(2026, 5, 31), date(2026, 2, 28)),
        (date(2028, 5, 31), date(2028, 2, 29)),
        (date(2026, 12, 31), date(2026, 9, 30)),
        (date(2026, 4, 1), date(2026, 1, 1)),
    ],
)
def test_v20_three_months_ago(today: date, limit: date) -> None:
    assert maintenance_before(today) == limit


@pytest.mark.parametrize(("seconds", "overdue"), [(-1, False), (0, False), (1, True)])
def test_v20_a_handout_is_overdue_after_its_time(seconds: int, overdue: bool) -> None:
    assert handout_overdue(HANDOUT, NOW + timedelta(seconds=seconds)) is overdue
    back = dataclasses.replace(HANDOUT, returned_at=NOW)
    assert not handout_overdue(back, NOW + timedelta(days=1))


def test_v20_everything_that_stands_against_a_handout_is_told_at_once() -> None:
    retired = dataclasses.replace(DEVICE, retired_at=NOW)
    found = handout_findings(retired, [HANDOUT], in_branch=False, name="李敏", due_at=NOW, now=NOW)
    assert [finding.kind.code for finding in found] == [
        "device_retired",
        "device_out",
        "handout_person",
        "handout_due",
    ]
    later = NOW + timedelta(seconds=1)
    assert handout_findings(DEVICE, [], in_branch=True, name="陈磊", due_at=later, now=NOW) == []


@pytest.mark.parametrize(
    ("paper", "state", "allowed"),
    [
        (PAPER, "issued", {"release", "leave", "return"}),
        (RELEASED, "released", {"leave", "return"}),
        (LEFT, "left", set()),
        (RETURNED, "returned", {"shred"}),
        (SHREDDED, "shredded", set()),
    ],
    ids=["issued", "released", "left", "returned", "shredded"],
)
def test_v21_where_a_paper_may_go_next(paper: Paper, state: str, allowed: set[str]) -> None:
    assert paper_state(paper) == state
    for act in ("release", "leave", "return", "shred"):
        codes = [finding.kind.code for finding in paper_findings(paper, act)]
        assert codes == ([] if act in allowed else ["paper_state"])


@pytest.mark.parametrize("kind", [kind for kind in PaperKind if kind is not PaperKind.LETTER], ids=str)
def test_v21_only_a_letter_is_left(kind: PaperKind) -> None:
    paper = dataclasses.replace(RELEASED, kind=kind)
    assert [f.kind.code for f in paper_findings(paper, "leave")] == ["paper_not_leavable"]
    assert paper_findings(paper, "return") == []


def test_v21_papers_are_due_the_day_of_the_outing() -> None:
    late = datetime(2026, 3, 12, 16, 0, tzinfo=UTC)  # midnight of the 13th in Shanghai
    assert paper_due_on(PAPER, VISIT) == date(2026, 3, 10)
    assert paper_due_on(PAPER, dataclasses.replace(VISIT, valid_until=late)) == date(2026, 3, 13)
    ended = dataclasses.replace(VISIT, valid_until=late, ended_at=NOW)
    assert paper_due_on(PAPER, ended) == date(2026, 3, 10)
