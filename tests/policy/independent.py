"""Owns a second, literal reading of the scoring contract (POLICY.md 3 to 6 and 9, SCORING_FORMAT.md).

It shares no line with the product and is as slow and plain as the sentences that it quotes; a difference
between the two is a fault of one of them or of the text. Refuses every short cut: each repayment asks each
visit anew. `python -m tests.policy.independent FILE [--policy FILE]` behaves as `fieldvisit score`.
"""

import json
import sys
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

from tests.policy.independent_clauses import (
    Facts,
    basis_of,
    covers_until,
    exclusion_of,
    failed_test_of_c4,
    placement_end,
    police_cut,
    restored_by,
    willing_contacts,
    window_of,
)
from tests.policy.independent_days import write_day
from tests.policy.independent_editions import (
    Policy,
    PolicyError,
    edition_in_force,
    handbook_policy,
    read_policy,
)
from tests.policy.independent_format import LineError, read_line

CLAUSES = {
    "met": "C1",
    "phoned_on_site": "C2",
    "relayed": "C3",
    "letter_acknowledged": "C5",
    "letter_five_days": "C4",
}

# Section 6: attribution.


def in_order_of_a1(visits: Iterable[Facts]) -> list[Facts]:
    """Nearest last: "the one that started last …; a tie goes to the greater visit id", ids by code point."""
    return sorted(visits, key=lambda visit: (visit["started_at"][0], [ord(letter) for letter in visit["id"]]))


def started_before(visit: Facts, repayment: Facts) -> bool:
    """ "started at or before `paid_at`, or, without it, on `paid_on` or earlier"."""
    if repayment["paid_at"] is not None:
        return bool(visit["started_at"][0] <= repayment["paid_at"][0])
    return bool(visit["day"] <= repayment["paid_on"])


def credited_visit(placement: Facts, policy: Policy, original: Facts) -> Facts | None:
    eligible = [
        visit
        for visit in in_order_of_a1(placement["visits"])
        if started_before(visit, original)
        and exclusion_of(visit, edition_in_force(policy, visit["day"])) is None
        and basis_of(visit, edition_in_force(policy, visit["day"])) is not None
    ]
    # `nearest_must_cover false`: "only the last is asked, by that visit's edition": the edition of the last
    # decides whether it alone is asked. "No exclusion of section 4" is read as the five that A6 lists under
    # the same words; X7 is of each repayment, so a letter that X7 stops is asked and does not cover.
    if eligible and not edition_in_force(policy, eligible[-1]["day"])["nearest_must_cover"]:
        eligible = eligible[-1:]
    for visit in reversed(eligible):
        edition = edition_in_force(policy, visit["day"])
        if covers_until(visit, edition, original, window_of(placement, visit, edition)[0]):
            return visit
    return None


def reason_of(placement: Facts, policy: Policy, original: Facts) -> str:
    """A6, in the order that SCORING_FORMAT.md gives."""
    candidates = [visit for visit in placement["visits"] if started_before(visit, original)]
    if not candidates:
        return "no_visit"
    visit = in_order_of_a1(candidates)[-1]
    edition = edition_in_force(policy, visit["day"])
    exclusion = exclusion_of(visit, edition)
    if exclusion is not None:
        return exclusion
    if basis_of(visit, edition) is None:
        failed = failed_test_of_c4(visit, edition)
        if failed != "nothing_left":
            return str(failed)
        if visit["letter"] is not None:
            return "letter_not_proven"
        return "relay_not_confirmed" if willing_contacts(visit) else "no_effect"
    if edition["window_stops_at_placement_end"] and original["paid_on"] > placement_end(placement):
        return "after_placement"
    cut = police_cut(placement, visit, edition)
    if cut is not None and original["paid_on"] > cut:
        return "after_police_referral"
    if restored_by(visit, edition, original["paid_on"]):
        return "contact_restored_by_collector"
    return "window_passed"


def in_order_of_output(repayments: list[Facts]) -> list[Facts]:
    """By (`paid_on`, `paid_at` with null first, `id`)."""

    def key(repayment: Facts) -> Any:
        paid_at = repayment["paid_at"]
        since = (0, 0) if paid_at is None else (1, paid_at[0])
        return (repayment["paid_on"], since, [ord(letter) for letter in repayment["id"]])

    return sorted(repayments, key=key)


def shares_of(visit: Facts, fen: int) -> list[int]:
    """A2: "equally between the agents present", fen by fen "in the order of `agents`"."""
    present = len(visit["present"])
    if present == 0:
        return []  # only under `team_size 0`, where the text names nobody to pay
    return [fen // present + (1 if place < fen % present else 0) for place in range(present)]


def share_changes(placement: Facts, visit: Facts, original: Facts, repayment: Facts) -> list[int]:
    """The shares of the original, or of a reversal: "of the net after it less those of the net before it"."""
    net = original["amount"]
    if repayment is original:
        return shares_of(visit, net)
    for other in in_order_of_output(placement["repayments"]):
        if other["reverses"] == original["id"]:
            before, net = net, net + other["amount"]
            if other is repayment:
                pairs = zip(shares_of(visit, net), shares_of(visit, before), strict=True)
                return [after - earlier for after, earlier in pairs]
    raise AssertionError("a reversal is among the reversals of its original")


def write_amount(fen: int) -> str:
    whole, part = divmod(abs(fen), 100)
    # Through Decimal, because Python writes no integer of more than 4,300 digits and the format has no such
    # limit.
    return f"{'-' if fen < 0 else ''}{Decimal(whole)}.{part:02d}"


def credit_line(placement: Facts, policy: Policy, repayment: Facts) -> Facts:
    original = repayment
    if repayment["reverses"] is not None:
        original = next(other for other in placement["repayments"] if other["id"] == repayment["reverses"])
    visit = credited_visit(placement, policy, original)
    line: Facts = {
        "placement": placement["id"],
        "repayment": repayment["id"],
        "amount": write_amount(repayment["amount"]),
        "visit": None,
        "basis": None,
        "clause": None,
        "window": None,
        "shares": [],
        "collector_commission": "normal",
        "reason": None,
    }
    if visit is None:
        line["reason"] = reason_of(placement, policy, original)
    else:
        edition = edition_in_force(policy, visit["day"])
        basis = basis_of(visit, edition)
        assert basis is not None
        end, extended = window_of(placement, visit, edition)
        line["visit"], line["basis"], line["clause"] = visit["id"], basis, CLAUSES[basis]
        line["window"] = {"from": write_day(visit["day"]), "to": write_day(end), "extended": extended}
        present = [agent for agent in visit["agents"] if agent in visit["present"]]
        shares = share_changes(placement, visit, original, repayment)
        line["shares"] = [
            {"agent": agent, "amount": write_amount(fen)} for agent, fen in zip(present, shares, strict=True)
        ]
        # A3: "if a referral is dated on or before `D`".
        if any(referral["referred_on"] <= visit["day"] for referral in placement["police_referrals"]):
            line["collector_commission"] = "to_visit"
    promising_from = placement["promising_from"]
    if promising_from is not None and original["paid_on"] >= promising_from:
        line["collector_commission"] = "none"
    return line


def score(placement: Facts, policy: Policy) -> list[Facts]:
    """The credit lines of a placement that `read_line` gave."""
    for visit in placement["visits"]:
        visit["day"] = visit["started_at"][1]
    return [
        credit_line(placement, policy, repayment) for repayment in in_order_of_output(placement["repayments"])
    ]


def score_file(lines: BinaryIO, shown_name: str, policy: Policy) -> int:
    status = 0
    for number, raw in enumerate(lines, start=1):
        # "Blank lines are skipped": blank is what ASCII calls white space, a form feed included.
        if raw.strip() == b"":
            continue
        try:
            for line in score(read_line(raw), policy):
                sys.stdout.buffer.write(json.dumps(line, ensure_ascii=False).encode("utf-8") + b"\n")
        except LineError as error:
            print(f"{shown_name}:{number}: {error.field}: {error.fault}", file=sys.stderr)
            status = 1
    sys.stdout.flush()
    return status


def main(arguments: list[str]) -> int:
    policy = handbook_policy()
    try:
        if "--policy" in arguments:
            place = arguments.index("--policy")
            policy = read_policy(Path(arguments[place + 1]).read_bytes())
            arguments = arguments[:place] + arguments[place + 2 :]
        (file,) = arguments
        if file == "-":
            return score_file(sys.stdin.buffer, file, policy)
        with Path(file).open("rb") as lines:
            return score_file(lines, file, policy)
    except (IndexError, ValueError, OSError, PolicyError) as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
