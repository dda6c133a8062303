"""The text of JSON columns: what the standard library would write, without blanks, and refused where that refuses."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from enum import StrEnum

import pytest

from storage.rows.json_text import to_json
from tests.support import visit_values as values


class Word(StrEnum):
    """A text that is more than text."""

    MET = "met"


@pytest.mark.parametrize("value", [datetime(2026, 3, 1, tzinfo=UTC), {"at": b"1"}, {1, 2}, values.debtor()])
def test_what_has_no_place_in_json_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        to_json({"value": value})


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {"b": 1, "a": [True, None, 1.5, '案件 " \\ \n \u2028 \x7f']},
        {"beyond": [2**63 - 1, 2**63, 2**64 - 1, 2**64, -(2**63) - 1]},
        {1: "a key that is a number", None: "none"},
        {"word": Word.MET, Word.MET: "word"},
        (1, (2, "3")),
        math.pi,
    ],
)
def test_it_is_what_the_standard_library_writes(value: object) -> None:
    assert to_json(value) == json.dumps(value, ensure_ascii=False, separators=(",", ":"))
