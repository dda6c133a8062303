"""Policy documents: what is left out keeps the handbook's value, what is not known is an error that names
its key."""

import json
import re
from datetime import date, time
from decimal import Decimal
from pathlib import Path

import pytest

from server.domain.policy.editions import HANDBOOK, Edition, PolicyBook
from server.domain.policy.policy_documents import (
    PARAMETERS,
    PolicyError,
    edition_from_json,
    edition_to_json,
    parse_policy,
)

POLICY = Path(__file__).parents[2] / "docs" / "policy" / "POLICY.md"


def test_an_empty_document_is_the_handbook() -> None:
    assert parse_policy("").editions == (HANDBOOK,)
    assert date(2019, 12, 20) == HANDBOOK.effective_from


def test_parameters_at_the_top_are_for_every_visit() -> None:
    (edition,) = parse_policy(
        'letter_days = 6\nhalf_ratio = "0.6"\nvisit_hours = ["09:00", "21:30"]'
    ).editions
    assert (edition.letter_days, edition.half_ratio, edition.relay_days) == (6, Decimal("0.6"), 7)
    assert edition.visit_hours == (time(9), time(21, 30))


def test_the_edition_in_force_changes_on_its_day() -> None:
    later = "[[edition]]\neffective_from = 2026-03-10\nletter_days = 6\n"
    book = parse_policy(later + "[[edition]]\neffective_from = 2026-01-01\n")
    days = [date(2025, 1, 1), date(2026, 1, 1), date(2026, 3, 9), date(2026, 3, 10), date(2026, 3, 11)]
    assert [book.in_force_on(day).letter_days for day in days] == [5, 5, 5, 6, 6]


@pytest.mark.parametrize(
    ("document", "key"),
    [
        ("letter_days =", ""),
        ("unknown = 1", "unknown"),
        ("letter_days = true", "letter_days"),
        ('letter_days = "5"', "letter_days"),
        ("letter_days = 5.0", "letter_days"),
        ("letter_days = -1", "letter_days"),
        ("half_ratio = 0.5", "half_ratio"),
        ('half_ratio = "half"', "half_ratio"),
        ('half_ratio = "-0.5"', "half_ratio"),
        ("nearest_must_cover = 1", "nearest_must_cover"),
        ('month_end = "never"', "month_end"),
        ("month_end = true", "month_end"),
        ('visit_hours = ["8:00", "22:00"]', "visit_hours"),
        ('visit_hours = ["22:00", "08:00"]', "visit_hours"),
        ('visit_hours = "08:00"', "visit_hours"),
        ('address_error_fine = "-20.00"', "address_error_fine"),
        ("address_error_fine = 20", "address_error_fine"),
        ("commission_tiers = []", "commission_tiers"),
        ('commission_tiers = [["0", 0.01]]', "commission_tiers"),
        ('commission_tiers = [["0.5", "0.01"]]', "commission_tiers"),
        ('commission_tiers = [["0", "0.01"], ["0", "0.02"]]', "commission_tiers"),
        ("effective_from = 2026-01-01", "effective_from"),
        ("edition = []", "edition"),
        ("edition = 1", "edition"),
        ("[edition]\neffective_from = 2026-01-01", "edition"),
        ("letter_days = 5\n[[edition]]\neffective_from = 2026-01-01", "letter_days"),
        ("[[edition]]\nletter_days = 5", "edition[0].effective_from"),
        ('[[edition]]\neffective_from = "2026-01-01"', "edition[0].effective_from"),
        ("[[edition]]\neffective_from = 2026-01-01T00:00:00", "edition[0].effective_from"),
        ("[[edition]]\neffective_from = 2026-01-01\nletter_day = 5", "edition[0].letter_day"),
        (
            "[[edition]]\neffective_from = 2026-01-01\n[[edition]]\neffective_from = 2026-01-01",
            "edition[1].effective_from",
        ),
    ],
)
def test_a_document_that_cannot_be_used_names_its_key(document: str, key: str) -> None:
    with pytest.raises(PolicyError) as refused:
        parse_policy(document)
    assert refused.value.key == key
    assert refused.value.words


def test_a_book_is_never_empty_and_never_has_two_editions_on_a_day() -> None:
    with pytest.raises(ValueError, match="at least one"):
        PolicyBook([])
    with pytest.raises(ValueError, match="one day"):
        PolicyBook([HANDBOOK, Edition(letter_days=6)])


def test_a_stored_edition_comes_back_whole() -> None:
    edition = Edition(effective_from=date(2026, 1, 1), half_ratio=Decimal("0.333"), letter_opens_month=True)
    assert edition_from_json(json.loads(json.dumps(edition_to_json(edition)))) == edition


def test_a_stored_edition_without_its_day_is_refused() -> None:
    with pytest.raises(PolicyError):
        edition_from_json({"letter_days": 5})


def test_the_parameters_and_their_values_are_those_of_section_9() -> None:
    section = POLICY.read_text(encoding="utf-8").split("## 9.")[1].split("## 10.")[0]
    written = dict(re.findall(r"`([a-z0-9_]+) ([^`]+)`", section))
    assert {name: json.loads(value) for name, value in written.items()} == {
        name: value for name, value in edition_to_json(HANDBOOK).items() if name in PARAMETERS
    }
