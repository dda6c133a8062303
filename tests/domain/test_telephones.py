"""Telephones: one text a number, whatever way it was written."""

from __future__ import annotations

import pytest

from server.domain.telephones import is_mobile, normalize_telephone


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abc",
        "1380000123",
        "138000012345",
        "12800001234",
        "++8613800001234",
        "0371",
        "9999",
        "#13800001234",
    ],
)
def test_what_cannot_be_dialled_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="telephone"):
        normalize_telephone(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("13800001234", "13800001234"),
        (" 138-0000 1234", "13800001234"),
        ("+86 138 0000 1234", "13800001234"),
        ("008613800001234", "13800001234"),
        ("１３８００００１２３４", "13800001234"),
        ("0371-66001234", "037166001234"),
        ("(0371)66001234", "037166001234"),
        ("+86 371 6600 1234", "037166001234"),
        ("010-66001234", "01066001234"),
        ("400-800-1234", "4008001234"),
        ("95588", "95588"),
        ("66001234", "66001234"),
        ("+1 212 555 0100", "+12125550100"),
    ],
)
def test_spellings_of_one_number_are_one_text(text: str, number: str) -> None:
    assert normalize_telephone(text) == number


def test_only_a_mobile_takes_messages() -> None:
    assert is_mobile("13800001234")
    assert not is_mobile("037166001234")
