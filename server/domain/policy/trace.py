"""Owns the trace of a decision: for every visit of a placement, each clause that was asked and the facts
that decided.

Refuses to decide: it calls the clause functions that scored the line and writes down their verdicts. A
trace is plain data (JSON), its steps look like {"clause": "W6", "code": "after_police_referral", "holds":
false, "facts": {...}}:

    {"repayment": {"id", "paid_on", "paid_at", "amount", "reverses"},
     "visits": [{"visit", "visited_on", "edition", "tests": [a step for C1, C2, C3, C5, C4],
                 "basis": step, "exclusion": step or null, "window": {...} or null,
                 "coverage": step, "credited": bool}, ...],
     "outcome": step, "commission": step}

Visits stand in A1's order, nearest first. A reversal has the trace of its original, and its own line.
"""

from collections.abc import Callable, Sequence
from typing import Any

from server.domain.money import format_fen
from server.domain.policy.attribution import (
    NEARER_VISIT,
    NO_COMMISSION,
    NOT_ASKED,
    TO_VISIT,
    a6_reason,
)
from server.domain.policy.bases import (
    c1_met,
    c2_phoned_on_site,
    c3_relayed,
    c4_letter_five_days,
    c5_letter_acknowledged,
)
from server.domain.policy.credit_lines import CreditLine
from server.domain.policy.facts import PlacementFacts, RepaymentFacts
from server.domain.policy.readings import COVERED, Reading, coverage
from server.domain.policy.trace_facts import FactsBeside, Step
from server.domain.policy.verdicts import Verdict

CREDITED = Verdict("A1", "credited", True)
NORMAL_COMMISSION = Verdict("F2", "normal", True)
_COMMISSIONS = {"normal": NORMAL_COMMISSION, "to_visit": TO_VISIT, "none": NO_COMMISSION}


def trace_repayment(
    placement: PlacementFacts, original: RepaymentFacts, readings: Sequence[Reading], line: CreditLine
) -> dict[str, Any]:
    """The trace of an original repayment, for its own line or for that of one of its reversals."""
    credited = next((reading for reading in readings if reading.visit.id == line.visit), None)
    nearest, reason = (credited, CREDITED) if credited is not None else a6_reason(readings, original)
    reverses = original.id if line.repayment != original.id else None
    return {
        "repayment": {
            "id": line.repayment,
            "paid_on": original.paid_on.isoformat(),
            "paid_at": original.paid_at and original.paid_at.isoformat(),
            "amount": format_fen(line.amount),
            "reverses": reverses,
        },
        "visits": [_trace_visit(placement, original, reading, credited) for reading in readings],
        "outcome": FactsBeside(placement, original, nearest, credited).step(reason),
        "commission": FactsBeside(placement, original, credited, credited).step(
            _COMMISSIONS[line.collector_commission]
        ),
    }


def _trace_visit(
    placement: PlacementFacts, original: RepaymentFacts, reading: Reading, credited: Reading | None
) -> dict[str, Any]:
    visit, day, edition = reading.visit, reading.day, reading.edition
    step = FactsBeside(placement, original, reading, credited).step
    tests = (
        c1_met(visit),
        c2_phoned_on_site(visit),
        c3_relayed(visit, day, edition),
        c5_letter_acknowledged(visit, day, edition),
        c4_letter_five_days(visit, edition),
    )
    covers = coverage(reading, original)
    if covers is COVERED and reading is not credited:
        covers = NOT_ASKED if credited is None else NEARER_VISIT
    return {
        "visit": visit.id,
        "visited_on": day.isoformat(),
        "edition": edition.effective_from.isoformat(),
        "tests": [step(verdict) for verdict in tests],
        "basis": step(reading.basis),
        "exclusion": step(reading.exclusion) if reading.exclusion is not None else None,
        "window": _trace_window(reading, step),
        "coverage": step(covers),
        "credited": reading is credited,
    }


def _trace_window(reading: Reading, step: Callable[[Verdict], Step]) -> dict[str, Any] | None:
    window = reading.window
    if window is None:
        return None
    cut_by = []
    if window.last == reading.placement_end and window.last < window.own_last:
        cut_by.append("W4")
    if window.last == reading.police_cut:
        cut_by.append("W6")
    return {
        "clause": "W2" if reading.by_letter and not window.opened_by_letter else "W1",
        "from": reading.day.isoformat(),
        "own_last": window.own_last.isoformat(),
        "cut_by": cut_by,
        "opened_by_letter": window.opened_by_letter,
        "half": step(window.half) if window.half is not None else None,
        "last": window.last.isoformat(),
        "extended": window.extended,
    }
