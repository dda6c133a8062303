"""Owns the clauses of the independent scoring: what counts (section 3), what never counts (4), the windows
(5).

Every function is the sentence that it quotes, asked anew each time; nothing is remembered between two
questions. Refuses to credit: who gets a repayment is the matter of `independent`.
"""

from typing import Any

from tests.policy.independent_days import Day, add_days, month_end
from tests.policy.independent_editions import Edition

Facts = dict[str, Any]

# Section 3: what counts.


def spoke_with_own_people(visit: Facts, channel: str) -> bool:
    return any(
        contact["channel"] == channel
        and contact["communicated"]
        and contact["who"] in ("debtor", "direct_relative")
        for contact in visit["contacts"]
    )


def willing_contacts(visit: Facts) -> list[Facts]:
    return [
        contact
        for contact in visit["contacts"]
        if contact["who"] == "other_contact"
        and contact["communicated"]
        and contact["will_relay"]
        and contact["can_relay"]
    ]


def relay_holds(visit: Facts, edition: Edition) -> bool:
    """C3: "`relayed_on` in `[D, D+7]`, `D` itself included", or "without looking at" it."""
    last = add_days(visit["day"], edition["relay_days"])
    return any(
        not edition["relay_must_be_confirmed"]
        or (contact["relayed_on"] is not None and visit["day"] <= contact["relayed_on"] <= last)
        for contact in willing_contacts(visit)
    )


def letter_counts_as_left(visit: Facts) -> bool:
    letter = visit["letter"]
    return letter is not None and letter["photographed"] and letter["counterfoil_returned"]


def letter_place_is_right(visit: Facts) -> bool:
    address = visit["address"]
    if visit["letter"]["left_at"] == "village_committee":
        return True
    return bool(address["kind"] == "household" or address["confirmed"])


def letter_acknowledged(visit: Facts, edition: Edition) -> bool:
    """C5: "`acknowledged_on` in `[D, E]` of W1, not cut by W4 or W6". `E` is the edition's month end."""
    if not letter_counts_as_left(visit) or visit["letter"]["acknowledged_on"] is None:
        return False
    return bool(
        visit["day"] <= visit["letter"]["acknowledged_on"] <= month_end(visit["day"], edition["month_end"])
    )


def message_to_debtor(visit: Facts) -> bool:
    return any(phone["owner"] == "debtor" and phone["messaged"] for phone in visit["phones"])


def message_test_holds(visit: Facts) -> bool:
    return message_to_debtor(visit) or not any(phone["owner"] == "debtor" for phone in visit["phones"])


def failed_test_of_c4(visit: Facts, edition: Edition) -> str | None:
    """The first failed test of C4, "nothing_left" where it has nothing to test, None where C4 holds.

    Under `c4_needs "either"` "a message: to a phone of the debtor on file": a message that nobody could be
    sent is none there, so it stands for no letter.
    """
    letter, either = letter_counts_as_left(visit), edition["c4_needs"] == "either"
    if not letter and not (either and message_to_debtor(visit)):
        return "nothing_left"
    if visit["debtor_gone"]:
        return "debtor_gone"
    if letter and not letter_place_is_right(visit) and not (either and message_to_debtor(visit)):
        return "letter_wrong_place"
    if any(phone["reachable"] and not phone["called"] for phone in visit["phones"]):
        return "phones_not_called"
    if edition["c4_needs"] == "letter_and_message" and not message_test_holds(visit):
        return "message_not_sent"
    return None


def basis_of(visit: Facts, edition: Edition) -> str | None:
    """ "A visit has at most one basis: the first of this table that holds." """
    if spoke_with_own_people(visit, "in_person"):
        return "met"
    if spoke_with_own_people(visit, "phone_on_site"):
        return "phoned_on_site"
    if relay_holds(visit, edition):
        return "relayed"
    if letter_acknowledged(visit, edition):
        return "letter_acknowledged"
    if failed_test_of_c4(visit, edition) is None:
        return "letter_five_days"
    return None


# Section 4: what never counts.


def exclusion_of(visit: Facts, edition: Edition) -> str | None:
    """The first of X1, X2, X3, X6, X4 that holds. X7 is a matter of each repayment and stands in `covers`."""
    if visit["voided"]:
        return "voided"
    if len(visit["present"]) < edition["team_size"]:
        return "not_two_present"
    lacks = [visit["photos"] == 0, visit["recordings"] == 0]
    if all(lacks) if edition["evidence_required"] == "either" else any(lacks):
        return "no_photo_or_recording"
    kept = edition["supersede_keeps_contact"] and basis_of(visit, edition) in ("met", "phoned_on_site")
    if visit["superseded_by"] is not None and not kept:
        return "superseded"
    due_on = visit["promise_due_on"]
    pending = due_on is not None and visit["day"] <= due_on and not visit["promise_explained"]
    return "promise_pending" if edition["promise_excludes_visit"] and pending else None


# Section 5: windows.


def placement_end(placement: Facts) -> Day:
    recall_on: Day = placement["recall_on"]
    retained_until: Day | None = placement["retained_until"]
    return recall_on if retained_until is None else max(recall_on, retained_until)


def police_cut(placement: Facts, visit: Facts, edition: Edition) -> Day | None:
    """W6: "a referral … dated after `D`"; "of several referrals the earliest of their cuts holds"."""
    cuts = []
    for referral in placement["police_referrals"]:
        if referral["referred_on"] > visit["day"]:
            protected = add_days(visit["day"], edition["police_referral_wait_days"])
            early = referral["referred_on"] <= protected and not referral["early_explained"]
            cuts.append(protected if early else referral["referred_on"])
    return min(cuts) if cuts else None


def cut_by_police(placement: Facts, visit: Facts, edition: Edition, end: Day) -> Day:
    cut = police_cut(placement, visit, edition)
    return end if cut is None else min(end, cut)


def shortened(placement: Facts, visit: Facts, edition: Edition, end: Day) -> Day:
    """ "cut by W4 and W6"; `window_stops_at_placement_end false`: "W1 and W2 are not cut by W4"."""
    if edition["window_stops_at_placement_end"]:
        end = min(end, placement_end(placement))
    return cut_by_police(placement, visit, edition, end)


def restored_by(visit: Facts, edition: Edition, day: Day) -> bool:
    """X7, "for C4 alone": "repayments from that day on"; "a day before `D` has no effect"."""
    restored_on = visit["contact_restored_on"]
    return (
        basis_of(visit, edition) == "letter_five_days"
        and restored_on is not None
        and visit["day"] <= restored_on <= day
    )


def covers_until(visit: Facts, edition: Edition, repayment: Facts, end: Day) -> bool:
    """Whether the window that ends on `end` covers the repayment (an original), with W5 and X7."""
    if not visit["day"] <= repayment["paid_on"] <= end:
        return False
    # W5: "a repayment on day `D` with a time earlier than the visit's start is not covered".
    if repayment["paid_at"] is not None and repayment["paid_at"][0] < visit["started_at"][0]:
        return False
    return not restored_by(visit, edition, repayment["paid_on"])


def originals(placement: Facts) -> list[Facts]:
    return [repayment for repayment in placement["repayments"] if repayment["reverses"] is None]


def net_amount(placement: Facts, original: Facts) -> int:
    """A5: a reversal "lowers it in W3", whatever the reversal's own date."""
    reversals = [other for other in placement["repayments"] if other["reverses"] == original["id"]]
    return int(original["amount"] + sum(reversal["amount"] for reversal in reversals))


def half_is_reached(placement: Facts, visit: Facts, edition: Edition, month: Day) -> bool:
    """W3: "the net amounts …, by the date of the original, that the visit's month window covers"."""
    total = sum(
        net_amount(placement, original)
        for original in originals(placement)
        if covers_until(visit, edition, original, month)
    )
    base = placement["placed_amount"]
    if edition["half_base"] == "outstanding_at_visit":
        base -= sum(
            net_amount(placement, original)
            for original in originals(placement)
            if original["paid_on"] < visit["day"]
        )
    return bool(base <= 0 or total >= edition["half_ratio"] * base)


def window_of(placement: Facts, visit: Facts, edition: Edition) -> tuple[Day, bool]:
    """The last covered day and whether W3 extended the window, of a visit that has a basis."""
    month_uncut = month_end(visit["day"], edition["month_end"])
    month = shortened(placement, visit, edition, month_uncut)
    if basis_of(visit, edition) == "letter_five_days":
        five = shortened(placement, visit, edition, add_days(visit["day"], edition["letter_days"]))
        # `letter_opens_month`: "a C4 visit that covers a repayment of positive net amount inside the five
        # days, whichever visit is credited with it, has the month window, and W3 applies to it".
        opened = edition["letter_opens_month"] and any(
            net_amount(placement, original) > 0 and covers_until(visit, edition, original, five)
            for original in originals(placement)
        )
        if not opened:
            return five, False
    if not half_is_reached(placement, visit, edition, month):
        return month, False
    end = placement_end(placement)
    if not edition["window_stops_at_placement_end"]:
        end = max(end, month_uncut)
    return cut_by_police(placement, visit, edition, end), True
