"""The worked cases: why, the clauses that the case shows, the facts as a difference from one good visit,
the lines.

An officer reads a case as: "on these facts the policy says this". `test_clause_coverage.py` demands that
every clause of sections 3 to 6 and every reason has one.
"""

from typing import Any, NamedTuple

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


class Case(NamedTuple):
    """One worked case; `told` has a line a repayment, in short."""

    why: str
    clauses: str
    facts: Facts
    told: list[str]


def _one(why: str, clauses: str, seen: Facts, day: str, line: str, **changes: Any) -> Case:
    return Case(why, clauses, placement([seen], [paid(day)], **changes), [line])


REFUSED = [
    _one("voided evidence counts for nothing", "X1", visit(voided=True), "2026-03-11", "voided"),
    _one("one agent alone", "X2", visit(present=["Zhao"]), "2026-03-11", "not_two_present"),
    _one("photos without a recording", "X3", visit(recordings=0), "2026-03-11", "no_photo_or_recording"),
    _one("a recording without photos", "X3", visit(photos=0), "2026-03-11", "no_photo_or_recording"),
    _one("a follow-up took over", "X6", visit(superseded_by="V2"), "2026-03-11", "superseded"),
    _one("on the promised day", "X4", visit(promise_due_on="2026-03-10"), "2026-03-11", "promise_pending"),
    _one(
        "voided comes before all other exclusions",
        "X1 A6",
        visit(voided=True, present=[], photos=0, superseded_by="V2", promise_due_on="2026-04-01"),
        "2026-03-11",
        "voided",
    ),
    _one(
        "superseded comes before the promise",
        "X6 A6",
        visit(superseded_by="V2", promise_due_on="2026-04-01"),
        "2026-03-11",
        "superseded",
    ),
    _one("the debtor is gone", "X5", letter_visit(debtor_gone=True), "2026-03-11", "debtor_gone"),
    _one(
        "gone, even with a letter at the village committee",
        "X5",
        letter_visit(debtor_gone=True, letter=letter("village_committee")),
        "2026-03-11",
        "debtor_gone",
    ),
    _one(
        "a letter at an unconfirmed home",
        "X9",
        letter_visit(address={"kind": "home", "confirmed": False}),
        "2026-03-11",
        "letter_wrong_place",
    ),
    _one(
        "the wrong place comes before the calls",
        "X9 A6",
        letter_visit(address={"kind": "other", "confirmed": False}, phones=[phone(called=False)]),
        "2026-03-11",
        "letter_wrong_place",
    ),
    _one(
        "one reachable phone was not called, and no message sent",
        "X8 A6",
        letter_visit(phones=[phone(messaged=False), phone("T2", "other", called=False)]),
        "2026-03-11",
        "phones_not_called",
    ),
    _one(
        "a message to a relative is none",
        "X8",
        letter_visit(phones=[phone(messaged=False), phone("T2", "relative")]),
        "2026-03-11",
        "message_not_sent",
    ),
    _one(
        "the counterfoil never came back",
        "C4 A6",
        letter_visit(letter=letter(counterfoil_returned=False)),
        "2026-03-11",
        "letter_not_proven",
    ),
    _one(
        "a letter that is not proven is named before an unconfirmed relay",
        "C4 A6",
        letter_visit(letter=letter(photographed=False), contacts=[relay(None)]),
        "2026-03-11",
        "letter_not_proven",
    ),
    _one(
        "the relay came late",
        "C3",
        visit(contacts=[relay("2026-03-18")]),
        "2026-03-20",
        "relay_not_confirmed",
    ),
    _one(
        "the relay came too early",
        "C3",
        visit(contacts=[relay("2026-03-09")]),
        "2026-03-20",
        "relay_not_confirmed",
    ),
    _one(
        "willing but not able",
        "C3 A6",
        visit(contacts=[relay("2026-03-12", can_relay=False)]),
        "2026-03-20",
        "no_effect",
    ),
    _one(
        "the village committee relays for nobody",
        "C3",
        visit(contacts=[relay("2026-03-12", who="village_committee")]),
        "2026-03-20",
        "no_effect",
    ),
    _one("nobody spoke", "C1", visit(contacts=[contact(communicated=False)]), "2026-03-11", "no_effect"),
    _one("met a stranger", "C1", visit(contacts=[contact("stranger")]), "2026-03-11", "no_effect"),
    _one("paid the day before", "W5 A6", visit(), "2026-03-09", "no_visit"),
    _one("after the placement", "W4 A6", visit(), "2026-04-02", "after_placement", recall_on="2026-04-01"),
    _one(
        "after the placement, by bare dates, though the letter's five days were over long before",
        "W4 A6",
        letter_visit(),
        "2026-04-02",
        "after_placement",
        recall_on="2026-04-01",
    ),
    _one(
        "after the referral, by bare dates, though the month was over before",
        "W6 A6",
        visit(),
        "2026-05-02",
        "after_police_referral",
        police_referrals=[referral("2026-05-01")],
    ),
    _one(
        "restored contact is named before the passed window",
        "X7 A6",
        letter_visit(contact_restored_on="2026-03-12"),
        "2026-03-20",
        "contact_restored_by_collector",
    ),
    _one(
        "restored on the day of the visit itself",
        "X7",
        letter_visit(contact_restored_on="2026-03-10"),
        "2026-03-10",
        "contact_restored_by_collector",
    ),
    _one(
        "a placement that ended before the visit",
        "W4",
        visit(),
        "2026-03-10",
        "after_placement",
        recall_on="2026-03-09",
    ),
]

CREDITED = [
    _one("met the debtor", "C1 W1", visit(), "2026-03-10", "V1 C1 to 2026-04-09"),
    _one(
        "met a relative and telephoned the debtor: the first basis of the table",
        "C1",
        visit(contacts=[contact(channel="phone_on_site"), contact("direct_relative")]),
        "2026-03-10",
        "V1 C1 to 2026-04-09",
    ),
    _one(
        "telephoned a relative from the place",
        "C2",
        visit(contacts=[contact("direct_relative", "phone_on_site")]),
        "2026-03-10",
        "V1 C2 to 2026-04-09",
    ),
    _one(
        "relayed on the day itself, after the contact was telephoned",
        "C3",
        visit(contacts=[relay("2026-03-10", channel="phone_on_site")]),
        "2026-03-10",
        "V1 C3 to 2026-04-09",
    ),
    _one(
        "a relay dated after the repayment still opens the month for it",
        "C3",
        visit(contacts=[relay("2026-03-17")]),
        "2026-03-11",
        "V1 C3 to 2026-04-09",
    ),
    _one(
        "acknowledged on the last day of the month, at a wrong place and without calls",
        "C5",
        letter_visit(
            letter=letter(acknowledged_on="2026-04-09"),
            address={"kind": "work", "confirmed": False},
            phones=[phone(called=False, messaged=False)],
        ),
        "2026-04-01",
        "V1 C5 to 2026-04-09",
    ),
    _one(
        "acknowledged a day late: the letter's own five days remain",
        "C5 C4 W2",
        letter_visit(letter=letter(acknowledged_on="2026-04-10")),
        "2026-03-15",
        "V1 C4 to 2026-03-15",
    ),
    _one(
        "acknowledged after a referral: the month of C5 is not cut, the window is",
        "C5 W6",
        letter_visit(letter=letter(acknowledged_on="2026-04-08")),
        "2026-03-20",
        "V1 C5 to 2026-03-20",
        police_referrals=[referral("2026-03-20")],
    ),
    _one(
        "a letter at the household registration needs no confirmation",
        "C4",
        letter_visit(address={"kind": "household", "confirmed": False}),
        "2026-03-15",
        "V1 C4 to 2026-03-15",
    ),
    _one(
        "no phone on file: nobody to call or write to",
        "C4 X8",
        letter_visit(phones=[]),
        "2026-03-15",
        "V1 C4 to 2026-03-15",
    ),
    _one(
        "the message went to a phone of the debtor that cannot be reached",
        "C4 X8",
        letter_visit(phones=[phone(reachable=False, called=False)]),
        "2026-03-15",
        "V1 C4 to 2026-03-15",
    ),
    _one(
        "restored before the visit has no effect",
        "X7",
        letter_visit(contact_restored_on="2026-03-09"),
        "2026-03-12",
        "V1 C4 to 2026-03-15",
    ),
    _one(
        "who met the debtor is not concerned by restored contact",
        "X7",
        visit(contact_restored_on="2026-03-11"),
        "2026-03-12",
        "V1 C1 to 2026-04-09",
    ),
    _one(
        "an explained promise does not exclude",
        "X4",
        visit(promise_due_on="2026-03-20", promise_explained=True),
        "2026-03-12",
        "V1 C1 to 2026-04-09",
    ),
    _one(
        "the promised day is over",
        "X4",
        visit(promise_due_on="2026-03-09"),
        "2026-03-12",
        "V1 C1 to 2026-04-09",
    ),
    _one(
        "retained: the placement runs on",
        "W4",
        visit(),
        "2026-04-05",
        "V1 C1 to 2026-04-09",
        recall_on="2026-04-01",
        retained_until="2026-05-01",
    ),
    _one(
        "an earlier retention shortens nothing",
        "W4",
        visit(),
        "2026-04-01",
        "V1 C1 to 2026-04-01",
        recall_on="2026-04-01",
        retained_until="2026-02-01",
    ),
    _one(
        "an explained early referral cuts before the letter's five days end",
        "W6",
        letter_visit(),
        "2026-03-12",
        "V1 C4 to 2026-03-12",
        police_referrals=[referral("2026-03-12", explained=True)],
    ),
    _one(
        "the earliest cut holds, not that of the first referral",
        "W6",
        visit(),
        "2026-03-14",
        "V1 C1 to 2026-03-14",
        police_referrals=[referral("2026-03-12"), referral("2026-03-14", explained=True)],
    ),
    _one(
        "referred on the day of the visit: no cut, and the commission goes to the team",
        "A3 W6",
        visit(),
        "2026-03-12",
        "V1 C1 to 2026-04-09 (to_visit)",
        police_referrals=[referral("2026-03-10")],
    ),
    _one(
        "hopeful by phone comes before the police",
        "A4 A3",
        visit(),
        "2026-03-12",
        "V1 C1 to 2026-04-09 (none)",
        police_referrals=[referral("2026-03-01")],
        promising_from="2026-03-12",
    ),
    _one(
        "hopeful by phone marks what is not credited too",
        "A4 A6",
        visit(voided=True),
        "2026-03-12",
        "voided (none)",
        promising_from="2026-03-12",
    ),
    _one(
        "hopeful by phone only from the day of the request on",
        "A4",
        visit(),
        "2026-03-11",
        "V1 C1 to 2026-04-09",
        promising_from="2026-03-12",
    ),
]

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

CASES = [*REFUSED, *CREDITED, *SEVERAL]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.why)
def test_a_case_is_told_as_the_policy_says(case: Case) -> None:
    assert told(case.facts) == case.told
