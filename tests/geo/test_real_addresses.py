"""The check on real addresses, which stay outside the repository."""

from __future__ import annotations

import pytest

from server.domain.addresses import Verdict, check_address
from server.geo.gazetteer import Gazetteer
from tests.bench.bench_addresses import read, real_is_right, tricky_is_right

pytestmark = pytest.mark.usefixtures("real_addresses")


def test_real_addresses(divisions: Gazetteer) -> None:
    rows = read("real.tsv")
    wrong = [
        row["address"] for row in rows if not real_is_right(row, check_address(row["address"], divisions))
    ]
    assert len(rows) == 550
    assert len(wrong) <= len(rows) * 0.005, wrong


def test_addresses_with_a_parent_exchanged(divisions: Gazetteer) -> None:
    rows = read("wrong_parent_swapped.tsv")
    answers = [check_address(row["address"], divisions) for row in rows]
    assert len(rows) == 232
    assert {answer.verdict for answer in answers} == {Verdict.WRONG_PARENT}
    named = [row["county"] == answer.county for row, answer in zip(rows, answers, strict=True)]
    assert named.count(True) >= len(rows) * 0.97


def test_special_cases_checked_by_hand(divisions: Gazetteer) -> None:
    rows = read("tricky.tsv")
    assert len(rows) == 67
    wrong = [
        row["address"] for row in rows if not tricky_is_right(row, check_address(row["address"], divisions))
    ]
    assert wrong == []
