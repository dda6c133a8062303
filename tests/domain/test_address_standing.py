"""The standing of an address by the newest evidence (R5, R6)."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from server.domain.address_standing import confirmed_themselves, standing_on_file
from server.domain.placements import AddressConfirmation, AddressStanding
from server.domain.visits import AddressOutcome, Visit
from tests.support import visit_values

NOON = datetime(2026, 3, 10, 4, tzinfo=UTC)
CASE = visit_values.placement(visit_values.debtor())
HOME = visit_values.address(CASE)
UNKNOWN, VALID, INVALID = AddressStanding.UNKNOWN, AddressStanding.VALID, AddressStanding.INVALID


def confirmation(by: str, minute: int = 0) -> AddressConfirmation:
    return AddressConfirmation("c", "a", by, date(2026, 3, 1), "电话", NOON + timedelta(minutes=minute), None)


def visit(outcome: AddressOutcome, minute: int, **changes: Any) -> Visit:
    ended_at = NOON + timedelta(minutes=minute)
    return visit_values.visit(CASE, HOME, outcome=outcome, ended_at=ended_at, **changes)


@pytest.mark.parametrize(
    "by", ["本人", "张晓明", "张晓明（本人）", "母亲 李某", "债务人母亲", "其妻子", "配偶", "Father"]
)
def test_the_debtor_and_direct_relatives_make_it_valid(by: str) -> None:
    assert confirmed_themselves(confirmation(by), "张晓明")


@pytest.mark.parametrize("by", ["物业", "邻居", "前妻", "李某", "本人同事", "舅舅"])
def test_others_only_confirm_it(by: str) -> None:
    assert not confirmed_themselves(confirmation(by), "张晓明")


@pytest.mark.parametrize(
    ("confirmations", "visits", "expected"),
    [
        ([], [], UNKNOWN),
        ([confirmation("本人")], [], VALID),
        ([confirmation("物业")], [], UNKNOWN),
        ([], [visit(AddressOutcome.FOUND, 1)], VALID),
        ([], [visit(AddressOutcome.NOBODY, 1)], UNKNOWN),
        ([confirmation("本人", 1)], [visit(AddressOutcome.MOVED, 2)], INVALID),
        ([confirmation("本人", 2)], [visit(AddressOutcome.MOVED, 1)], VALID),
        ([confirmation("物业", 2)], [visit(AddressOutcome.MOVED, 1)], UNKNOWN),
        ([confirmation("物业", 2)], [visit(AddressOutcome.FOUND, 1)], VALID),
        ([], [visit(AddressOutcome.FOUND, 1, voided_at=NOON)], UNKNOWN),
    ],
)
def test_the_newest_evidence_decides(
    confirmations: list[AddressConfirmation], visits: list[Visit], expected: AddressStanding
) -> None:
    assert standing_on_file(HOME, "张晓明", confirmations, visits) is expected


@pytest.mark.parametrize(("minute", "expected"), [(-1, INVALID), (1, UNKNOWN)])
def test_a_standing_recorded_by_hand_is_evidence_of_its_time(minute: int, expected: AddressStanding) -> None:
    wrong = dataclasses.replace(HOME, standing=INVALID, standing_since=NOON)
    assert standing_on_file(wrong, "张晓明", [confirmation("物业", minute)], []) is expected
