"""Owns the named base facts of the policy tests: one good visit by two agents, from which a case differs by
a few words.

The cast: field agents Lin (lead) and Zhao, placement E-1 of 10,000 yuan running from January to June 2026.
"""

from collections.abc import Iterable
from typing import Any

from server.domain.policy.attribute import score_placement
from server.domain.policy.credit_lines import CreditLine, line_to_json
from server.domain.policy.editions import PolicyBook
from server.domain.policy.policy_documents import parse_policy
from server.domain.policy.wire import read_placement

Facts = dict[str, Any]

LIN, ZHAO, SUN = "Lin", "Zhao", "Sun"


def contact(who: str = "debtor", channel: str = "in_person", **changes: Any) -> Facts:
    """The debtor, met and spoken to."""
    base = {"communicated": True, "will_relay": False, "can_relay": False, "relayed_on": None}
    return {"who": who, "channel": channel} | base | changes


def relay(relayed_on: str | None, **changes: Any) -> Facts:
    """A former wife who is willing and able to pass the word on."""
    return contact("other_contact", will_relay=True, can_relay=True, relayed_on=relayed_on) | changes


def letter(left_at: str = "visited_address", **changes: Any) -> Facts:
    """A letter that counts as left."""
    base = {"photographed": True, "counterfoil_returned": True, "acknowledged_on": None}
    return {"left_at": left_at} | base | changes


def phone(number: str = "T1", owner: str = "debtor", **changes: Any) -> Facts:
    """A reachable phone of the debtor that was called and got a message."""
    return {"id": number, "owner": owner, "reachable": True, "called": True, "messaged": True} | changes


def visit(number: str = "V1", day: str = "2026-03-10", time: str = "10:00:00", **changes: Any) -> Facts:
    """A visit that met the debtor, with everything in order."""
    return {
        "id": number,
        "started_at": f"{day}T{time}+08:00",
        "agents": [LIN, ZHAO],
        "present": [LIN, ZHAO],
        "photos": 2,
        "recordings": 1,
        "voided": False,
        "address": {"kind": "home", "confirmed": True},
        "contacts": [contact()],
        "letter": None,
        "phones": [phone()],
        "debtor_gone": False,
        "promise_due_on": None,
        "promise_explained": False,
        "superseded_by": None,
        "contact_restored_on": None,
    } | changes


def letter_visit(number: str = "V1", day: str = "2026-03-10", **changes: Any) -> Facts:
    """A visit that met nobody and left a counted letter at a confirmed home."""
    return visit(number, day, **({"contacts": [], "letter": letter()} | changes))


def paid(day: str, amount: str = "500.00", number: str = "P1", **changes: Any) -> Facts:
    """A repayment without a time."""
    return {"id": number, "paid_on": day, "paid_at": None, "amount": amount, "reverses": None} | changes


def placement(visits: Iterable[Facts] = (), repayments: Iterable[Facts] = (), **changes: Any) -> Facts:
    """Placement E-1 with the given visits and repayments."""
    return {
        "id": "E-1",
        "placed_amount": "10000.00",
        "opened_on": "2026-01-05",
        "recall_on": "2026-06-30",
        "retained_until": None,
        "promising_from": None,
        "police_referrals": [],
        "visits": list(visits),
        "repayments": list(repayments),
    } | changes


def referral(day: str, explained: bool = False) -> Facts:
    """A referral to the economic-crime police."""
    return {"referred_on": day, "early_explained": explained}


def lines(facts: Facts, policy: str = "") -> list[CreditLine]:
    """The credit lines of a placement under a policy document."""
    return score_placement(read_placement(facts), book(policy))


def book(policy: str = "") -> PolicyBook:
    """The editions of a policy document; the handbook's for an empty one."""
    return parse_policy(policy)


def told(facts: Facts, policy: str = "") -> list[str]:
    """Each line in short: "V1 C1 to 2026-04-09", "V1 C1 extended to 2026-06-30", or the reason."""
    return [short(line) for line in lines(facts, policy)]


def short(line: CreditLine) -> str:
    """One line in short, with the collector's commission where it is not normal."""
    window = line.window
    if window is None:
        words = str(line.reason)
    else:
        words = f"{line.visit} {line.clause} {'extended ' if window.extended else ''}to {window.to_day}"
    return words if line.collector_commission == "normal" else f"{words} ({line.collector_commission})"


def shares(facts: Facts, policy: str = "") -> list[dict[str, str]]:
    """The shares of each line by agent."""
    return [
        {share["agent"]: share["amount"] for share in line_to_json(line)["shares"]}
        for line in lines(facts, policy)
    ]
