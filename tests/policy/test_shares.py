"""A2 and A5: equal shares of the agents present, odd fen in the order of the team, reversals by the net
amount."""

from tests.policy.world import LIN, SUN, ZHAO, paid, placement, referral, shares, visit


def test_the_first_present_of_the_team_takes_the_odd_fen() -> None:
    seen = visit(agents=[SUN, LIN, ZHAO], present=[ZHAO, LIN])
    assert shares(placement([seen], [paid("2026-03-12", "100.01")])) == [{LIN: "50.01", ZHAO: "50.00"}]


def test_two_odd_fen_go_to_the_first_two() -> None:
    seen = visit(agents=[SUN, LIN, ZHAO], present=[SUN, LIN, ZHAO])
    assert shares(placement([seen], [paid("2026-03-12", "0.02")])) == [
        {SUN: "0.01", LIN: "0.01", ZHAO: "0.00"}
    ]


def test_nothing_credited_is_shared_with_nobody() -> None:
    assert shares(placement([visit()], [paid("2026-05-12")])) == [{}]


def test_partial_reversals_keep_the_shares_of_the_net_amount() -> None:
    repayments = [
        paid("2026-03-12", "100.01"),
        paid("2026-03-20", "-0.01", "P3", reverses="P1"),
        paid("2026-03-19", "-33.33", "P2", reverses="P1"),
    ]
    assert shares(placement([visit()], repayments)) == [
        {LIN: "50.01", ZHAO: "50.00"},
        {LIN: "-16.67", ZHAO: "-16.66"},
        {LIN: "0.00", ZHAO: "-0.01"},
    ]


def test_reversals_of_one_day_are_taken_without_a_time_first_then_by_time_then_by_id() -> None:
    repayments = [
        paid("2026-03-12", "0.03"),
        paid("2026-03-20", "-0.01", "B", reverses="P1", paid_at="2026-03-20T09:00:00+08:00"),
        paid("2026-03-20", "-0.01", "A", reverses="P1", paid_at="2026-03-20T01:00:00+00:00"),
        paid("2026-03-20", "-0.01", "C", reverses="P1"),
    ]
    assert shares(placement([visit()], repayments)) == [
        {LIN: "0.02", ZHAO: "0.01"},
        {LIN: "-0.01", ZHAO: "0.00"},
        {LIN: "0.00", ZHAO: "-0.01"},
        {LIN: "-0.01", ZHAO: "0.00"},
    ]


def test_a_reversal_dated_before_its_original_takes_from_the_whole_amount() -> None:
    repayments = [paid("2026-03-12", "0.03"), paid("2026-03-11", "-0.01", "P2", reverses="P1")]
    assert shares(placement([visit()], repayments)) == [
        {LIN: "-0.01", ZHAO: "0.00"},
        {LIN: "0.02", ZHAO: "0.01"},
    ]


def test_the_commission_that_goes_to_the_team_leaves_the_shares_alone() -> None:
    facts = placement([visit()], [paid("2026-03-12", "1.00")], police_referrals=[referral("2026-01-01")])
    assert shares(facts) == [{LIN: "0.50", ZHAO: "0.50"}]


def test_a_team_of_nobody_needed_and_nobody_present_shares_nothing() -> None:
    facts = placement([visit(present=[])], [paid("2026-03-12", "1.00")])
    assert shares(facts, "team_size = 0") == [{}]
