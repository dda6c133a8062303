"""Worked cases of several visits or several repayments."""

from tests.policy.worked_case import Case
from tests.policy.world import letter_visit, paid, placement, referral, visit

SEVERAL = [
    Case(
        "the nearer of two visits gets it all",
        "A1",
        placement([visit(), visit("V2", "2026-03-20")], [paid("2026-03-25")]),
        ["V2 C1 to 2026-04-19"],
    ),
    Case(
        "two visits at one instant: the greater id by code point",
        "A1",
        placement([visit("v"), visit("V")], [paid("2026-03-25")]),
        ["v C1 to 2026-04-09"],
    ),
    Case(
        "an instant is an instant whatever its offset",
        "A1",
        placement(
            [
                visit("V1", started_at="2026-03-10T10:30:00+08:00"),
                visit("V2", started_at="2026-03-10T03:00:00Z"),
            ],
            [paid("2026-03-25")],
        ),
        ["V2 C1 to 2026-04-09"],
    ),
    Case(
        "the evening in London is tomorrow in Shanghai",
        "W1",
        placement(
            [visit(started_at="2026-03-10T18:00:00+00:00")],
            [paid("2026-03-10"), paid("2026-04-10", number="P2")],
        ),
        ["no_visit", "V1 C1 to 2026-04-10"],
    ),
    Case(
        "a nearer visit without effect does not block",
        "A1",
        placement([visit(), visit("V2", "2026-03-20", contacts=[])], [paid("2026-03-25")]),
        ["V1 C1 to 2026-04-09"],
    ),
    Case(
        "the reason is the nearest visit's, not that of the one that came closest to covering",
        "A6",
        placement([visit(), visit("V2", "2026-03-20", voided=True)], [paid("2026-04-10")]),
        ["voided"],
    ),
    Case(
        "a time before the visit: the reason is that of the visit before",
        "W5 A6",
        placement(
            [visit(voided=True), visit("V2", "2026-03-20")],
            [paid("2026-03-20", paid_at="2026-03-20T09:59:59+08:00")],
        ),
        ["voided"],
    ),
    Case(
        "the half: what another visit is credited with counts too",
        "W3",
        placement(
            [visit(), visit("V2", "2026-04-01")],
            [paid("2026-04-05", "5000.00"), paid("2026-06-30", number="P2")],
        ),
        ["V2 C1 extended to 2026-06-30", "V2 C1 extended to 2026-06-30"],
    ),
    Case(
        "a reversal takes the half away again",
        "W3 A5",
        placement(
            [visit()],
            [
                paid("2026-03-12", "5000.00"),
                paid("2026-05-01", number="P2"),
                paid("2026-05-20", "-0.01", "P3", reverses="P1"),
            ],
        ),
        ["V1 C1 to 2026-04-09", "window_passed", "V1 C1 to 2026-04-09"],
    ),
    Case(
        "a referral cuts the month before the half is counted",
        "W3 W6",
        placement(
            [visit()],
            [paid("2026-03-21", "5000.00"), paid("2026-03-20", "4999.99", "P2")],
            police_referrals=[referral("2026-03-20")],
        ),
        ["V1 C1 to 2026-03-20", "after_police_referral"],
    ),
    Case(
        "reached: extended to the cut, not to the end of the placement",
        "W3 W6",
        placement(
            [visit()],
            [paid("2026-03-20", "5000.00"), paid("2026-05-10", number="P2"), paid("2026-05-11", number="P3")],
            police_referrals=[referral("2026-05-10")],
        ),
        ["V1 C1 extended to 2026-05-10", "V1 C1 extended to 2026-05-10", "after_police_referral"],
    ),
    Case(
        "reached in a placement that ends within the month: extended all the same",
        "W3 W4",
        placement([visit()], [paid("2026-03-20", "5000.00")], recall_on="2026-04-01"),
        ["V1 C1 extended to 2026-04-01"],
    ),
    Case(
        "what was paid an hour before the visit is no part of the half",
        "W3 W5",
        placement(
            [visit()],
            [
                paid("2026-03-10", "1.00", paid_at="2026-03-10T09:00:00+08:00"),
                paid("2026-03-20", "4999.99", "P2"),
            ],
        ),
        ["no_visit", "V1 C1 to 2026-04-09"],
    ),
    Case(
        "a letter's five days have no half",
        "W3 C4",
        placement([letter_visit()], [paid("2026-03-12", "9000.00"), paid("2026-03-16", number="P2")]),
        ["V1 C4 to 2026-03-15", "window_passed"],
    ),
    Case(
        "a reversal has the line of its original, whatever its own date",
        "A5 A4",
        placement(
            [visit()],
            [paid("2026-03-12"), paid("2026-07-20", "-100.00", "P2", reverses="P1")],
            promising_from="2026-05-01",
        ),
        ["V1 C1 to 2026-04-09", "V1 C1 to 2026-04-09"],
    ),
    Case(
        "a reversal of what is not credited has its reason",
        "A5 A6",
        placement([visit()], [paid("2026-05-12"), paid("2026-05-13", "-100.00", "P2", reverses="P1")]),
        ["window_passed", "window_passed"],
    ),
    Case("nobody has been there", "A6", placement([], [paid("2026-03-12")]), ["no_visit"]),
    Case(
        "agents present share, whoever else was planned",
        "A2",
        placement(
            [visit(agents=["Lin", "Zhao", "Sun"], present=["Sun", "Lin"])], [paid("2026-03-12", "0.01")]
        ),
        ["V1 C1 to 2026-04-09"],
    ),
]
