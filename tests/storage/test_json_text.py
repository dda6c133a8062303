"""The text of JSON columns: what the standard library would write, without blanks, and refused where that refuses."""

from __future__ import annotations

import json
import math
import random
from datetime import UTC, datetime
from enum import StrEnum

import pytest

from server.domain.json_text import to_ascii_json, to_json
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


def test_a_digest_s_bytes_are_the_standard_library_s() -> None:
    seed = random.SystemRandom().randrange(2**32)
    print("seed", seed)
    chance = random.Random(seed)
    for _ in range(2_000):
        value = _any_value(chance, 4)
        assert to_ascii_json(value) == json.dumps(value, separators=(",", ":")).encode(), seed


@pytest.mark.parametrize("value", [datetime(2026, 3, 1, tzinfo=UTC), {"at": b"1"}, math.nan, values.debtor()])
def test_a_digest_is_made_of_nothing_else(value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        to_ascii_json({"value": value, "beyond": 2**64})


def _any_value(chance: random.Random, deep: int) -> object:
    kinds = 6 if deep == 0 else 9
    match chance.randrange(kinds):
        case 0:
            return None
        case 1:
            return chance.choice([True, False])
        case 2:
            return chance.choice(
                [0, -1, 2**63 - 1, 2**63, 2**64 - 1, 2**64, chance.randrange(-(2**70), 2**70)]
            )
        case 3 | 4:
            return _any_text(chance)
        case 5:
            return Word.MET
        case 6:
            return tuple(_any_value(chance, deep - 1) for _ in range(chance.randrange(4)))
        case 7:
            return [_any_value(chance, deep - 1) for _ in range(chance.randrange(4))]
    return {_any_text(chance): _any_value(chance, deep - 1) for _ in range(chance.randrange(4))}


def _any_text(chance: random.Random) -> str:
    """Plain text for the most part; each character that either library might escape, half a surrogate pair among
    them."""
    letters = [*map(chr, range(0x21)), *'"\\/<>&\x7f\x80\xff\u2028\u2029\ud800案🏠', "\ufeff"]
    if chance.random() < 0.5:
        letters = list("abc019-:+T._")
    return "".join(chance.choices(letters, k=chance.randrange(12)))
