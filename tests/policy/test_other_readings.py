"""The readings that could have gone another way: each parameter of the scoring, the handbook's reading
beside it."""

import pytest

from tests.policy.world import (
    Facts,
    contact,
    letter,
    letter_visit,
    paid,
    phone,
    placement,
    referral,
    relay,
    told,
    visit,
)

OPENS = "letter_opens_month = true"


def _both(facts: Facts, policy: str) -> tuple[list[str], list[str]]:
    return told(facts), told(facts, policy)


@pytest.mark.parametrize(
    ("parameter", "facts", "handbook", "other"),
    [
        ("relay_days = 8", placement([visit(contacts=[relay("2026-03-18")])], [paid("2026-03-20")]),
         "relay_not_confirmed", "V1 C3 to 2026-04-09"),
        ("letter_days = 6", placement([letter_visit()], [paid("2026-03-16")]),
         "window_passed", "V1 C4 to 2026-03-16"),
        ('half_ratio = "0.05"', placement([visit()], [paid("2026-03-20")]),
         "V1 C1 to 2026-04-09", "V1 C1 extended to 2026-06-30"),
        ("police_referral_wait_days = 9",
         placement([visit()], [paid("2026-03-19")], police_referrals=[referral("2026-03-12")]),
         "after_police_referral", "V1 C1 to 2026-03-19"),
        ("team_size = 1", placement([visit(present=["Zhao"])], [paid("2026-03-12")]),
         "not_two_present", "V1 C1 to 2026-04-09"),
        ('month_end = "same_day"', placement([visit()], [paid("2026-04-10")]),
         "window_passed", "V1 C1 to 2026-04-10"),
        ("promise_excludes_visit = false",
         placement([visit(promise_due_on="2026-03-20")], [paid("2026-03-12")]),
         "promise_pending", "V1 C1 to 2026-04-09"),
        ("relay_must_be_confirmed = false", placement([visit(contacts=[relay(None)])], [paid("2026-03-12")]),
         "relay_not_confirmed", "V1 C3 to 2026-04-09"),
        ('evidence_required = "either"', placement([visit(photos=0)], [paid("2026-03-12")]),
         "no_photo_or_recording", "V1 C1 to 2026-04-09"),
        ('evidence_required = "either"', placement([visit(photos=0, recordings=0)], [paid("2026-03-12")]),
         "no_photo_or_recording", "no_photo_or_recording"),
        ("supersede_keeps_contact = true", placement([visit(superseded_by="V2")], [paid("2026-03-12")]),
         "superseded", "V1 C1 to 2026-04-09"),
        ("supersede_keeps_contact = true",
         placement([visit(superseded_by="V2", contacts=[relay("2026-03-12")])], [paid("2026-03-12")]),
         "superseded", "superseded"),
        ("window_stops_at_placement_end = false",
         placement([visit()], [paid("2026-04-05")], recall_on="2026-04-01"),
         "after_placement", "V1 C1 to 2026-04-09"),
        ("window_stops_at_placement_end = false",
         placement([visit()], [paid("2026-04-10")], recall_on="2026-04-01"),
         "after_placement", "window_passed"),
        ("window_stops_at_placement_end = false",
         placement([visit()], [paid("2026-04-05", "5000.00")], recall_on="2026-04-01"),
         "after_placement", "V1 C1 extended to 2026-04-09"),
        ('half_base = "outstanding_at_visit"',
         placement([visit()], [paid("2026-03-09", "9000.00", "P0"), paid("2026-03-10")]),
         "V1 C1 to 2026-04-09", "V1 C1 extended to 2026-06-30"),
        ('half_base = "outstanding_at_visit"',
         placement([visit()], [paid("2026-03-09", "10000.00", "P0"), paid("2026-06-01", "0.01")]),
         "window_passed", "V1 C1 extended to 2026-06-30"),
        ('half_base = "outstanding_at_visit"',
         placement(
             [visit()],
             [paid("2026-03-09", "9000.00", "P0"), paid("2026-03-10"),
              paid("2026-05-01", "-9000.00", "P2", reverses="P0")],
         ),
         "V1 C1 to 2026-04-09", "V1 C1 to 2026-04-09"),
    ],
)  # fmt: skip
def test_a_parameter_changes_the_reading(parameter: str, facts: Facts, handbook: str, other: str) -> None:
    said, said_otherwise = (
        [line for line in lines if line != "no_visit"] for lines in _both(facts, parameter)
    )
    assert (said[0], said_otherwise[0]) == (handbook, other)


@pytest.mark.parametrize(
    ("needs", "seen", "line"),
    [
        ("letter", letter_visit(phones=[phone(messaged=False)]), "V1 C4 to 2026-03-15"),
        ("letter", letter_visit(phones=[phone(called=False)]), "phones_not_called"),
        ("letter", letter_visit(letter=None), "no_effect"),
        ("either", letter_visit(letter=None), "V1 C4 to 2026-03-15"),
        ("either", letter_visit(letter=None, phones=[]), "no_effect"),
        ("either", letter_visit(letter=None, phones=[phone(owner="relative")]), "no_effect"),
        ("either", letter_visit(letter=None, debtor_gone=True), "debtor_gone"),
        ("either", letter_visit(letter=None, phones=[phone(called=False)]), "phones_not_called"),
        ("either", letter_visit(phones=[phone(messaged=False)]), "V1 C4 to 2026-03-15"),
        ("either", letter_visit(address={"kind": "work", "confirmed": False}), "V1 C4 to 2026-03-15"),
        (
            "either",
            letter_visit(address={"kind": "work", "confirmed": False}, phones=[phone(messaged=False)]),
            "letter_wrong_place",
        ),
        ("either", letter_visit(letter=letter(photographed=False)), "V1 C4 to 2026-03-15"),
        (
            "either",
            letter_visit(letter=letter(photographed=False), phones=[phone(messaged=False)]),
            "letter_not_proven",
        ),
    ],
)
def test_c4_needs(needs: str, seen: Facts, line: str) -> None:
    assert told(placement([seen], [paid("2026-03-12")]), f'c4_needs = "{needs}"') == [line]


class TestLetterOpensMonth:
    def test_a_repayment_within_the_five_days_opens_the_month(self) -> None:
        facts = placement([letter_visit()], [paid("2026-03-15"), paid("2026-04-09", number="P2")])
        handbook, other = _both(facts, OPENS)
        assert handbook == ["V1 C4 to 2026-03-15", "window_passed"]
        assert other == ["V1 C4 to 2026-04-09", "V1 C4 to 2026-04-09"]

    def test_a_repayment_on_the_sixth_day_opens_nothing(self) -> None:
        assert told(placement([letter_visit()], [paid("2026-03-16")]), OPENS) == ["window_passed"]

    def test_what_was_wholly_reversed_opens_nothing(self) -> None:
        repayments = [
            paid("2026-03-15"),
            paid("2026-03-20", number="P2"),
            paid("2026-04-01", "-500.00", "P3", reverses="P1"),
        ]
        said = told(placement([letter_visit()], repayments), OPENS)
        assert said == ["V1 C4 to 2026-03-15", "window_passed", "V1 C4 to 2026-03-15"]

    def test_the_opening_repayment_may_be_another_visits(self) -> None:
        seen = [letter_visit(), visit("V2", "2026-03-12", promise_due_on=None)]
        facts = placement(seen, [paid("2026-03-14"), paid("2026-04-09", number="P2")], recall_on="2026-06-30")
        facts["visits"][1]["contacts"] = []
        facts["visits"][1]["letter"] = letter()
        assert told(facts, OPENS) == ["V2 C4 to 2026-04-11", "V2 C4 to 2026-04-11"]

    def test_the_half_extends_it(self) -> None:
        facts = placement([letter_visit()], [paid("2026-03-15", "5000.00"), paid("2026-06-30", number="P2")])
        assert told(facts, OPENS) == ["V1 C4 extended to 2026-06-30", "V1 C4 extended to 2026-06-30"]

    def test_restored_contact_goes_on_applying_to_the_window_and_to_the_half(self) -> None:
        repayments = [paid("2026-03-12", "2500.00"), paid("2026-03-20", "2500.00", "P2")]
        facts = placement([letter_visit(contact_restored_on="2026-03-20")], repayments)
        assert told(facts, OPENS) == ["V1 C4 to 2026-04-09", "contact_restored_by_collector"]

    def test_restored_contact_before_the_repayment_opens_nothing(self) -> None:
        facts = placement([letter_visit(contact_restored_on="2026-03-11")], [paid("2026-03-12")])
        assert told(facts, OPENS) == ["contact_restored_by_collector"]


class TestNearestMustCover:
    ONLY = "nearest_must_cover = false"

    def test_a_nearer_letter_that_has_run_out_blocks_the_month(self) -> None:
        facts = placement([visit(), letter_visit("V2", "2026-03-12")], [paid("2026-03-20")])
        assert _both(facts, self.ONLY) == (["V1 C1 to 2026-04-09"], ["window_passed"])

    def test_a_nearer_visit_without_basis_or_excluded_is_not_the_one_asked(self) -> None:
        seen = [visit(), visit("V2", "2026-03-12", contacts=[]), visit("V3", "2026-03-13", voided=True)]
        facts = placement(seen, [paid("2026-03-20")])
        assert told(facts, self.ONLY) == ["V1 C1 to 2026-04-09"]

    def test_the_reason_is_still_that_of_the_nearest_of_all(self) -> None:
        seen = [visit(), letter_visit("V2", "2026-03-12"), visit("V3", "2026-03-13", voided=True)]
        assert told(placement(seen, [paid("2026-03-20")]), self.ONLY) == ["voided"]

    def test_a_visit_later_on_the_day_of_the_repayment_is_not_asked(self) -> None:
        seen = [visit(), letter_visit("V2", "2026-03-20")]
        facts = placement(seen, [paid("2026-03-20", paid_at="2026-03-20T08:00:00+08:00")])
        assert told(facts, self.ONLY) == ["V1 C1 to 2026-04-09"]

    def test_the_edition_of_the_nearest_decides(self) -> None:
        policy = (
            "[[edition]]\neffective_from = 2020-01-01\n[[edition]]\neffective_from = 2026-03-12\n" + self.ONLY
        )
        facts = placement([visit(), letter_visit("V2", "2026-03-12")], [paid("2026-03-20")])
        assert told(facts, policy) == ["window_passed"]
        turned = "[[edition]]\neffective_from = 2020-01-01\n" + self.ONLY
        turned += "\n[[edition]]\neffective_from = 2026-03-12\n"
        assert told(facts, turned) == ["V1 C1 to 2026-04-09"]


def test_each_visit_is_judged_under_the_edition_of_its_own_day() -> None:
    policy = """
    [[edition]]
    effective_from = 2026-03-11
    letter_days = 10

    [[edition]]
    effective_from = 2026-03-10
    letter_days = 2
    """
    seen = [letter_visit("V0", "2026-03-01"), letter_visit("V1"), letter_visit("V2", "2026-03-11")]
    repayments = [
        paid("2026-03-03", number="P1"),
        paid("2026-03-04", number="P2"),
        paid("2026-03-10", number="P3"),
        paid("2026-03-21", number="P4"),
        paid("2026-03-22", number="P5"),
    ]
    assert told(placement(seen, repayments), policy) == [
        "V0 C4 to 2026-03-03",
        "window_passed",
        "V1 C4 to 2026-03-12",
        "V2 C4 to 2026-03-21",
        "window_passed",
    ]


def test_a_contact_that_speaks_for_two_bases_takes_the_first() -> None:
    facts = placement(
        [visit(contacts=[relay("2026-03-12"), contact("debtor", "phone_on_site")])], [paid("2026-03-12")]
    )
    assert told(facts, "relay_must_be_confirmed = false") == ["V1 C2 to 2026-04-09"]
