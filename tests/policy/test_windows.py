"""Every window and count of days at its boundary: the day before, the day itself, the day after."""

from datetime import date, timedelta
from typing import Any

import pytest

from server.domain.policy.editions import HANDBOOK
from server.domain.policy.policy_documents import parse_policy
from server.domain.policy.windows import w1_month_end
from tests.policy.world import letter, letter_visit, paid, placement, referral, relay, told, visit

SAME_DAY = parse_policy('month_end = "same_day"').editions[0]


def _around(day: str, answers: list[Any]) -> list[tuple[str, Any]]:
    """The day before, the day and the day after, each with its answer."""
    middle = date.fromisoformat(day)
    days = [(middle + timedelta(days=step)).isoformat() for step in (-1, 0, 1)]
    return list(zip(days, answers, strict=True))


@pytest.mark.parametrize(
    ("day", "last", "same_day"),
    [
        ("2026-03-10", "2026-04-09", "2026-04-10"),
        ("2026-01-28", "2026-02-27", "2026-02-28"),
        ("2026-01-29", "2026-02-28", "2026-02-28"),
        ("2028-01-29", "2028-02-28", "2028-02-29"),
        ("2026-01-30", "2026-02-28", "2026-02-28"),
        ("2028-01-30", "2028-02-29", "2028-02-29"),
        ("2028-01-31", "2028-02-29", "2028-02-29"),
        ("2026-03-31", "2026-04-30", "2026-04-30"),
        ("2026-03-01", "2026-03-31", "2026-04-01"),
        ("2026-12-15", "2027-01-14", "2027-01-15"),
        ("9999-12-15", "9999-12-31", "9999-12-31"),
    ],
)
def test_w1_the_month_ends(day: str, last: str, same_day: str) -> None:
    assert w1_month_end(date.fromisoformat(day), HANDBOOK).isoformat() == last
    assert w1_month_end(date.fromisoformat(day), SAME_DAY).isoformat() == same_day


def _credited(line: str) -> bool:
    return line.startswith("V1 ")


@pytest.mark.parametrize(("day", "credited"), _around("2026-04-09", [True, True, False]))
def test_w1_the_last_day_of_the_month(day: str, credited: bool) -> None:
    assert _credited(told(placement([visit()], [paid(day)]))[0]) is credited


@pytest.mark.parametrize(("day", "credited"), _around("2026-03-10", [False, True, True]))
def test_w1_the_first_day(day: str, credited: bool) -> None:
    assert _credited(told(placement([visit()], [paid(day)]))[0]) is credited


@pytest.mark.parametrize(("day", "credited"), _around("2026-03-15", [True, True, False]))
def test_w2_the_fifth_day_after_a_letter(day: str, credited: bool) -> None:
    assert _credited(told(placement([letter_visit()], [paid(day)]))[0]) is credited


@pytest.mark.parametrize(("amount", "extended"), [("4999.99", False), ("5000.00", True), ("5000.01", True)])
def test_w3_the_half(amount: str, extended: bool) -> None:
    facts = placement([visit()], [paid("2026-04-09", amount), paid("2026-06-30", number="P2")])
    later = "V1 C1 extended to 2026-06-30" if extended else "window_passed"
    assert told(facts)[1] == later


def test_w3_the_half_of_an_odd_amount_is_not_rounded() -> None:
    facts = [paid("2026-04-09", "50.00"), paid("2026-06-30", "1.00", "P2")]
    assert told(placement([visit()], facts, placed_amount="100.01"))[1] == "window_passed"
    assert told(placement([visit()], facts, placed_amount="100.00"))[1] == "V1 C1 extended to 2026-06-30"


@pytest.mark.parametrize(("day", "credited"), _around("2026-04-01", [True, True, False]))
def test_w4_the_end_of_the_placement(day: str, credited: bool) -> None:
    assert _credited(told(placement([visit()], [paid(day)], recall_on="2026-04-01"))[0]) is credited


@pytest.mark.parametrize(
    ("time", "credited"),
    [("09:59:59.999999", False), ("10:00:00", True), ("10:00:00.000001", True)],
)
def test_w5_the_start_of_the_visit(time: str, credited: bool) -> None:
    repayment = paid("2026-03-10", paid_at=f"2026-03-10T{time}+08:00")
    assert _credited(told(placement([visit()], [repayment]))[0]) is credited


@pytest.mark.parametrize(("day", "credited"), _around("2026-03-25", [True, True, False]))
def test_w6_the_day_of_the_referral_still_counts(day: str, credited: bool) -> None:
    facts = placement([visit()], [paid(day)], police_referrals=[referral("2026-03-25")])
    assert _credited(told(facts)[0]) is credited


@pytest.mark.parametrize(
    ("referred", "last"),
    [
        ("2026-03-10", "2026-04-09"),
        ("2026-03-11", "2026-03-17"),
        ("2026-03-16", "2026-03-17"),
        ("2026-03-17", "2026-03-17"),
        ("2026-03-18", "2026-03-18"),
    ],
)
def test_w6_the_wait_before_a_referral(referred: str, last: str) -> None:
    facts = placement([visit()], [paid("2026-03-12")], police_referrals=[referral(referred)])
    assert told(facts)[0].removesuffix(" (to_visit)") == f"V1 C1 to {last}"


@pytest.mark.parametrize(("day", "credited"), _around("2026-03-17", [True, True, False]))
def test_c3_the_seventh_day_of_a_relay(day: str, credited: bool) -> None:
    assert _credited(told(placement([visit(contacts=[relay(day)])], [paid("2026-03-20")]))[0]) is credited


@pytest.mark.parametrize(("day", "basis"), _around("2026-04-09", ["C5", "C5", "C4"]))
def test_c5_the_last_day_of_an_acknowledgement(day: str, basis: str) -> None:
    facts = placement([letter_visit(letter=letter(acknowledged_on=day))], [paid("2026-03-12")])
    assert told(facts)[0].split()[1] == basis


@pytest.mark.parametrize(("day", "basis"), _around("2026-03-10", ["C4", "C5", "C5"]))
def test_c5_the_first_day_of_an_acknowledgement(day: str, basis: str) -> None:
    facts = placement([letter_visit(letter=letter(acknowledged_on=day))], [paid("2026-03-12")])
    assert told(facts)[0].split()[1] == basis


@pytest.mark.parametrize(("day", "credited"), _around("2026-03-10", [True, False, False]))
def test_x4_the_promised_day(day: str, credited: bool) -> None:
    assert _credited(told(placement([visit(promise_due_on=day)], [paid("2026-03-20")]))[0]) is credited


@pytest.mark.parametrize(("day", "credited"), _around("2026-03-13", [True, False, False]))
def test_x7_the_day_on_which_contact_was_restored(day: str, credited: bool) -> None:
    facts = placement([letter_visit(contact_restored_on="2026-03-13")], [paid(day)])
    assert _credited(told(facts)[0]) is credited


@pytest.mark.parametrize(("day", "to_visit"), _around("2026-03-10", [True, True, False]))
def test_a3_referred_on_or_before_the_visit(day: str, to_visit: bool) -> None:
    facts = placement([visit()], [paid("2026-03-12")], police_referrals=[referral(day)])
    assert told(facts)[0].endswith("(to_visit)") is to_visit


@pytest.mark.parametrize(("day", "none"), _around("2026-03-12", [True, True, False]))
def test_a4_from_the_day_of_the_marked_request(day: str, none: bool) -> None:
    facts = placement([visit()], [paid("2026-03-12")], promising_from=day)
    assert told(facts)[0].endswith("(none)") is none


def test_the_last_days_of_the_calendar_are_judged_and_do_not_crash() -> None:
    seen = [visit(day="9999-12-30"), letter_visit("V2", "9999-12-31", contacts=[relay("9999-12-31")])]
    facts = placement(
        seen, [paid("9999-12-31")], recall_on="9999-12-31", police_referrals=[referral("9999-12-31")]
    )
    assert told(facts) == ["V2 C3 to 9999-12-31 (to_visit)"]
