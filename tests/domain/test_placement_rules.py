"""When a mandate begins, goes on and ends: the day before, the day, the day after."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime

import pytest

from server.domain.placement_rules import (
    SentAgain,
    open_findings,
    r14_over,
    recall_findings,
    repeat_findings,
    retention_findings,
    sent_again_findings,
)
from server.domain.placements import Placement
from server.domain.problems import Finding

BASE = Placement(
    "p", "AJ1", "bank", "cards", "branch", "2026-01", "d", "c", 100, None, date(2026, 1, 5), date(2026, 3, 31),
    None, None, None, datetime(2026, 1, 5, tzinfo=UTC), 1,
)  # fmt: skip


def placement(**changes: object) -> Placement:
    return dataclasses.replace(BASE, **changes)  # type: ignore[arg-type]


def codes(findings: list[Finding]) -> list[str]:
    return [finding.kind.code for finding in findings]


@pytest.mark.parametrize(
    ("held", "today", "over"),
    [
        (placement(), date(2026, 3, 30), False),
        (placement(), date(2026, 3, 31), False),
        (placement(), date(2026, 4, 1), True),
        (placement(retained_until=date(2026, 4, 15)), date(2026, 4, 15), False),
        (placement(retained_until=date(2026, 4, 15)), date(2026, 4, 16), True),
        (placement(ended_on=date(2026, 2, 1)), date(2026, 2, 1), True),
    ],
)
def test_the_last_day_belongs_to_the_mandate_unless_its_end_is_on_record(
    held: Placement, today: date, over: bool
) -> None:
    assert r14_over(held, today) is over
    assert codes(open_findings(held, today)) == (["placement_ended"] if over else [])


def test_a_case_sent_again_is_asked_what_it_is() -> None:
    assert codes(sent_again_findings("AJ1", placement(), None)) == ["placement_sent_again"]
    assert codes(sent_again_findings("AJ1", None, SentAgain.RETAINED)) == ["placement_nothing_to_retain"]
    assert sent_again_findings("AJ1", placement(), SentAgain.RETAINED) == []
    assert sent_again_findings("AJ1", placement(), SentAgain.REPEATED) == []
    assert sent_again_findings("AJ1", None, SentAgain.REPEATED) == []
    assert sent_again_findings("AJ1", None, None) == []


@pytest.mark.parametrize(
    ("until", "refused"), [(date(2026, 3, 30), True), (date(2026, 3, 31), True), (date(2026, 4, 1), False)]
)
def test_a_retention_makes_the_placement_longer(until: date, refused: bool) -> None:
    assert codes(retention_findings(placement(), until)) == (["placement_not_longer"] if refused else [])


@pytest.mark.parametrize(
    ("recall_on", "refused"),
    [(date(2026, 3, 9), True), (date(2026, 3, 10), False), (date(2026, 3, 11), False)],
)
def test_a_recall_is_not_for_yesterday(recall_on: date, refused: bool) -> None:
    found = codes(recall_findings(placement(), recall_on, date(2026, 3, 10)))
    assert found == (["placement_recall_past"] if refused else [])


@pytest.mark.parametrize(
    ("opened_on", "refused"),
    [(date(2026, 3, 30), True), (date(2026, 3, 31), True), (date(2026, 4, 1), False)],
)
def test_a_repeat_opens_after_the_former_placement(opened_on: date, refused: bool) -> None:
    assert codes(repeat_findings(placement(), opened_on)) == (["placement_still_open"] if refused else [])


def test_a_repeat_may_open_on_the_day_on_which_the_former_one_was_ended() -> None:
    ended = placement(ended_on=date(2026, 3, 10))
    assert repeat_findings(ended, date(2026, 3, 10)) == []
    assert codes(repeat_findings(ended, date(2026, 3, 9))) == ["placement_still_open"]
