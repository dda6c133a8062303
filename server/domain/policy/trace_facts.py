"""Owns which facts are shown beside a verdict, as plain data. Refuses to judge them: the clause has done
so."""

from collections.abc import Callable
from typing import Any

from server.domain.calendar import days_after
from server.domain.money import format_fen
from server.domain.policy.facts import PlacementFacts, RepaymentFacts
from server.domain.policy.readings import Reading
from server.domain.policy.verdicts import Verdict
from server.domain.policy.windows import w1_month_end, w4_placement_end

Facts = dict[str, Any]
Step = dict[str, Any]


class FactsBeside:
    """The facts that clauses looked at, of one visit (or none) and one original repayment: days as YYYY-MM-DD, amounts
    with two decimals, ids, counts and flags.

    What several clauses look at is written out once and stands in the trace wherever it is told: five bases are told
    of every visit, whichever it has.
    """

    __slots__ = ("_common", "_credited", "_original", "_placement", "_reading", "_written")

    def __init__(
        self,
        placement: PlacementFacts,
        original: RepaymentFacts,
        reading: Reading | None,
        credited: Reading | None,
    ) -> None:
        self._placement = placement
        self._original = original
        self._reading = reading
        self._credited = credited
        self._common: Facts = {"paid_on": original.paid_on.isoformat()}
        if reading is not None:
            self._common["visit"] = reading.visit.id
            self._common["visited_on"] = reading.day.isoformat()
        self._written: dict[Callable[[Reading], Facts], Facts] = {}

    def step(self, verdict: Verdict) -> Step:
        """A verdict as the trace tells it."""
        return {
            "clause": verdict.clause,
            "code": verdict.code,
            "holds": verdict.holds,
            "facts": self._of(verdict),
        }

    def _of(self, verdict: Verdict) -> Facts:
        reading = self._reading
        read = _nothing if reading is None else _FACTS_OF_VISIT.get(verdict.clause, _nothing)
        facts = self._written.get(read)
        if facts is None:
            facts = self._common if reading is None else self._common | read(reading)
            self._written[read] = facts
        if verdict.code in _CODES_BESIDES or verdict.clause in _CLAUSES_BESIDES:
            return facts | self._besides(verdict)
        return facts

    def _besides(self, verdict: Verdict) -> Facts:
        placement, reading = self._placement, self._reading
        facts: Facts = {}
        if verdict.code == "nearer_visit" and self._credited is not None:
            facts["credited_visit"] = self._credited.visit.id
        if verdict.code == "none" and placement.promising_from is not None:
            facts["promising_from"] = placement.promising_from.isoformat()
        if verdict.code == "to_visit" and reading is not None:
            days = [referral.referred_on for referral in placement.police_referrals]
            facts["referred_on"] = min(days).isoformat()
        if verdict.clause == "W4":
            facts["placement_end"] = w4_placement_end(placement).isoformat()
        if verdict.clause == "W5" and reading is not None:
            paid_at = self._original.paid_at
            facts["started_at"] = reading.visit.started_at.isoformat()
            facts["paid_at"] = paid_at and paid_at.isoformat()
        return facts


# What `_besides` has a word to say of.
_CODES_BESIDES = frozenset(("nearer_visit", "none", "to_visit"))
_CLAUSES_BESIDES = frozenset(("W4", "W5"))


def _nothing(_reading: Reading) -> Facts:
    return {}


def _contacts(reading: Reading) -> Facts:
    return {
        "contacts": [
            {
                "who": contact.who,
                "channel": contact.channel,
                "communicated": contact.communicated,
                "will_relay": contact.will_relay,
                "can_relay": contact.can_relay,
                "relayed_on": contact.relayed_on and contact.relayed_on.isoformat(),
            }
            for contact in reading.visit.contacts
        ]
    }


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
