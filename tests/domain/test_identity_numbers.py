"""Identity and card numbers: form, birthday, check digit. The examples are those of the standards or invented."""

from __future__ import annotations

import pytest

from server.domain.identity_numbers import (
    identity_check,
    luhn_check,
    normalize_card_number,
    normalize_identity_number,
)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("41072519800501", "18 digits"),
        ("4107251980050100100", "18 digits"),
        ("41072519800230001" + identity_check("41072519800230001"), "does not exist"),
        ("41072518790501001" + identity_check("41072518790501001"), "cannot be"),
        ("11010519491231002Y", "18 digits"),
        ("110105194912310021", "check digit"),
    ],
)
def test_a_wrong_identity_number_is_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        normalize_identity_number(text)


def test_the_example_of_the_standard_is_right_in_either_case_and_with_blanks() -> None:
    assert normalize_identity_number("11010519491231002x") == "11010519491231002X"
    assert normalize_identity_number(" 110105 19491231 002X ") == "11010519491231002X"


@pytest.mark.parametrize(
    ("text", "why"),
    [("62220200000", "12 to 19"), ("6222020000001234", "check digit"), ("62220200000012a3", "12 to 19")],
)
def test_a_wrong_card_number_is_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        normalize_card_number(text)


def test_a_right_card_number_passes_luhn() -> None:
    assert normalize_card_number("4532 0151 1283 0366") == "4532015112830366"
    assert luhn_check("7992739871") == "3"
