"""The way back from editions to a document, and the line that a fault lies in."""

from __future__ import annotations

from random import Random

import pytest

from server.domain.policy.editions import HANDBOOK_BOOK
from server.domain.policy.policy_documents import PolicyError, parse_policy
from server.domain.policy.policy_texts import line_of, with_readings, written
from tests.policy.random_placements import random_anchors, random_policy

EVERYTHING = """
[[edition]]
effective_from = 2020-01-01
half_ratio = "0.4"
visit_hours = ["09:00", "21:00"]
commission_tiers = [["0", "0.02"], ["0.8", "0.05"]]
fine_catalogue = [["late", "10.00", "F4", "dispatcher"]]
collector_may_object = true
base_pay = "2800.00"
[[edition]]
effective_from = 2026-01-01
letter_days = 6
"""


def test_what_is_written_reads_as_the_same_editions() -> None:
    for seed in range(20):
        random = Random(seed)
        book = parse_policy(random_policy(random, random_anchors(random)))
        assert parse_policy(written(book)).editions == book.editions, seed
    for text in ("", EVERYTHING):
        assert parse_policy(written(parse_policy(text))).editions == parse_policy(text).editions


def test_readings_stand_in_every_edition() -> None:
    book = with_readings(parse_policy(EVERYTHING), {"letter_days": "4", "nearest_must_cover": "false"})
    assert {(one.letter_days, one.nearest_must_cover) for one in book.editions} == {(4, False)}
    assert [one.base_pay for one in book.editions] == [280_000, 300_000]


@pytest.mark.parametrize(("name", "text"), [
    ("letter_days", "-1"), ("letter_days", "٣"), ("letter_days", "x"), ("nearest_must_cover", "yes"),
    ("month_end", "never"), ("half_ratio", "half"), ("letter_dayz", "3"),
])  # fmt: skip
def test_a_reading_that_is_none_is_named(name: str, text: str) -> None:
    with pytest.raises(PolicyError) as told:
        with_readings(HANDBOOK_BOOK, {name: text})
    assert told.value.key == name


@pytest.mark.parametrize(("text", "line"), [
    ("relay_days = -1", 1),
    ("# a\nletter_days = 5\n  relay_dayz = 1\n", 3),
    ("[[edition]]\neffective_from = 2020-01-01\n[[edition]]\neffective_from = 2021-01-01\nrelay_days = true", 5),
    ("[[edition]]\nrelay_days = 3", 1),
    ("[[edition]]\neffective_from = 2020-01-01\n\nrelay_days = 'x'\n[[edition]]\neffective_from = 2021-01-01", 4),
    ("relay_days = 1\n[[edition]]\neffective_from = 2020-01-01", 1),
])  # fmt: skip
def test_the_line_of_a_fault_is_where_its_key_stands(text: str, line: int) -> None:
    with pytest.raises(PolicyError) as told:
        parse_policy(text)
    assert line_of(text, told.value.key) == line


def test_where_no_line_is_at_fault_none_is_named() -> None:
    assert line_of("a = 1", "") is None
    assert line_of("", "edition[0].relay_days") is None
