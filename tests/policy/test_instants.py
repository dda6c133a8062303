"""Instants however fine: a repayment a nanosecond before a visit is before it, and is written down whole."""

import pytest

from server.domain.calendar import local_day, parse_instant
from server.domain.policy.wire import placement_to_json, read_placement
from tests.policy.world import paid, placement, told, visit

# Each later than the one before.
RISING = [
    "2026-03-10T09:59:59.5+08:00",
    "2026-03-10T09:59:59.9999999999+08:00",
    "2026-03-10T10:00:00+08:00",
    "2026-03-10T10:00:00.0000000001+08:00",
    "2026-03-10T02:00:00.00000000015z",
    "2026-03-10T10:00:00.0000002+08:00",
    "2026-03-10T02:00:00.000001Z",
    "2026-03-09T22:00:00.0000010009-04:00",
]


def test_instants_are_ordered_to_their_last_digit() -> None:
    instants = [parse_instant(text) for text in RISING]
    for place, earlier in enumerate(instants):
        assert earlier == parse_instant(RISING[place])
        for later in instants[place + 1 :]:
            assert earlier < later
            assert earlier <= later
            assert later > earlier
            assert later >= earlier
            assert earlier != later
    assert sorted([instants[-1], *instants[:-1]]) == instants


@pytest.mark.parametrize("text", ["2026-03-10T10:00:00.1000000000+08:00", "2026-03-10T02:00:00.1Z"])
def test_zeros_at_the_end_are_nothing(text: str) -> None:
    assert parse_instant(text) == parse_instant("2026-03-10T10:00:00.10+08:00")
    assert hash(parse_instant(text)) == hash(parse_instant("2026-03-10T10:00:00.10+08:00"))


@pytest.mark.parametrize("text", RISING)
def test_the_day_of_a_fine_instant_and_its_text(text: str) -> None:
    instant = parse_instant(text)
    assert local_day(instant).isoformat() == "2026-03-10"
    assert parse_instant(instant.isoformat()) == instant


@pytest.mark.parametrize(
    ("time", "line"), [("10:00:00.00000009", "no_visit"), ("10:00:00.0000001", "V1 C1 to 2026-04-09")]
)
def test_w5_to_the_last_digit(time: str, line: str) -> None:
    repayment = paid("2026-03-10", paid_at=f"2026-03-10T{time}+08:00")
    facts = placement([visit(time="10:00:00.0000001")], [repayment])
    assert told(facts) == [line]
    assert told(placement_to_json(read_placement(facts))) == [line]
