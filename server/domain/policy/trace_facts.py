"""Owns which facts are shown beside a verdict, as plain data. Refuses to judge them: the clause has done
so."""

from collections.abc import Callable, Sequence
from typing import Any

from server.domain.calendar import days_after
from server.domain.money import format_fen
from server.domain.policy.facts import PlacementFacts, RepaymentFacts
from server.domain.policy.readings import Reading
from server.domain.policy.verdicts import Verdict
from server.domain.policy.windows import w1_month_end, w4_placement_end
from server.domain.policy.wire import contact_to_json

Facts = dict[str, Any]


def facts_beside(
    placement: PlacementFacts,
    original: RepaymentFacts,
    reading: Reading | None,
    credited: Reading | None,
    asked: Sequence[Verdict],
) -> Facts:
    """What the clauses behind these verdicts looked at, of one visit (or none) and one original repayment: days as
    YYYY-MM-DD, amounts with two decimals, ids, counts and flags.
    """
    facts: Facts = {"paid_on": original.paid_on.isoformat()}
    for verdict in asked:
        read = None if reading is None else _FACTS_OF_VISIT.get(verdict.clause)
        if read is not None and reading is not None:
            facts |= read(reading)
        if verdict.code in _CODES_BESIDES or verdict.clause in _CLAUSES_BESIDES:
            facts |= _besides(placement, original, reading, credited, verdict)
    return facts


def facts_of_bases(reading: Reading) -> Facts:
    """What C1 to C5 looked at, which are told of every visit."""
    return _relay(reading) | _letter(reading)


def _besides(
    placement: PlacementFacts,
    original: RepaymentFacts,
    reading: Reading | None,
    credited: Reading | None,
    verdict: Verdict,
) -> Facts:
    """What is not a fact of the visit alone."""
    facts: Facts = {}
    if verdict.code == "nearer_visit" and credited is not None:
        facts["credited_visit"] = credited.visit.id
    if verdict.code == "none" and placement.promising_from is not None:
        facts["promising_from"] = placement.promising_from.isoformat()
    if verdict.code == "to_visit" and reading is not None:
        days = [referral.referred_on for referral in placement.police_referrals]
        facts["referred_on"] = min(days).isoformat()
    if verdict.clause == "W4":
        facts["placement_end"] = w4_placement_end(placement).isoformat()
    if verdict.clause == "W5" and reading is not None:
        paid_at = original.paid_at
        facts["started_at"] = reading.visit.started_at.isoformat()
        facts["paid_at"] = paid_at and paid_at.isoformat()
    return facts


# What `_besides` has a word to say of.
_CODES_BESIDES = frozenset(("nearer_visit", "none", "to_visit"))
_CLAUSES_BESIDES = frozenset(("W4", "W5"))


def _contacts(reading: Reading) -> Facts:
    return {"contacts": [contact_to_json(contact) for contact in reading.visit.contacts]}


def _relay(reading: Reading) -> Facts:
    until = days_after(reading.day, reading.edition.relay_days)
    return {**_contacts(reading), "relay_until": until.isoformat()}


def _letter(reading: Reading) -> Facts:
    letter, address = reading.visit.letter, reading.visit.address
    facts: Facts = {
        "address_kind": address.kind,
        "address_confirmed": address.confirmed,
        "acknowledge_until": w1_month_end(reading.day, reading.edition).isoformat(),
        "letter_days": reading.edition.letter_days,
        "letter": None,
    }
    if letter is not None:
        facts["letter"] = {
            "left_at": letter.left_at,
            "photographed": letter.photographed,
            "counterfoil_returned": letter.counterfoil_returned,
            "acknowledged_on": letter.acknowledged_on and letter.acknowledged_on.isoformat(),
        }
    return facts


def _phones(reading: Reading) -> Facts:
    phones = reading.visit.phones
    return {
        "phones_reachable": sum(phone.reachable for phone in phones),
        "phones_uncalled": [phone.id for phone in phones if phone.reachable and not phone.called],
        "phones_of_debtor": [phone.id for phone in phones if phone.owner == "debtor"],
    }


def _evidence(reading: Reading) -> Facts:
    return {"photos": reading.visit.photos, "recordings": reading.visit.recordings}


def _presence(reading: Reading) -> Facts:
    return {"present": len(reading.visit.present), "team_size": reading.edition.team_size}


def _promise(reading: Reading) -> Facts:
    due_on = reading.visit.promise_due_on
    return {"promise_due_on": due_on and due_on.isoformat(), "explained": reading.visit.promise_explained}


def _restored(reading: Reading) -> Facts:
    restored_on = reading.visit.contact_restored_on
    return {"contact_restored_on": restored_on and restored_on.isoformat()}


def _last_day(reading: Reading) -> Facts:
    return {"last": reading.window.last.isoformat()} if reading.window is not None else {}


def _half(reading: Reading) -> Facts:
    window = reading.window
    if window is None:
        return {}
    return {
        "covered": format_fen(window.half_covered),
        "base": format_fen(window.half_base),
        "ratio": str(reading.edition.half_ratio),
    }


def _cut(reading: Reading) -> Facts:
    return {"police_cut": reading.police_cut.isoformat()}


_FACTS_OF_VISIT: dict[str, Callable[[Reading], Facts]] = {
    "C1": _contacts,
    "C2": _contacts,
    "C3": _relay,
    "C4": _letter,
    "C5": _letter,
    "X2": _presence,
    "X3": _evidence,
    "X4": _promise,
    "X6": lambda reading: {"superseded_by": reading.visit.superseded_by},
    "X7": _restored,
    "X8": _phones,
    "X9": _letter,
    "W1": _last_day,
    "W2": _last_day,
    "W3": _half,
    "W6": _cut,
}
