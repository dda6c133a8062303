"""Owns the trace of a decision: for every visit of a placement, each clause that was asked and the facts
that decided.

Refuses to decide: it calls the clause functions that scored the line and writes down their verdicts. A
trace is plain data (JSON); a step is {"clause": "W6", "code": "after_police_referral", "holds": false}:

    {"repayment": {"id", "paid_on", "paid_at", "amount", "reverses"},
     "visits": [{"visit", "visited_on", "edition", "facts": {...}, "tests": [a step for C1, C2, C3, C5, C4],
                 "basis": step, "exclusion": step or null, "window": {...} or null,
                 "coverage": step, "credited": bool}, ...],
     "outcome": step with "facts", "commission": step with "facts"}

The facts of a visit are those that any of its steps looked at, each once (`trace_facts.py`). Visits stand in A1's
order, nearest first. A reversal has the trace of its original, and its own line.
"""

from collections.abc import Sequence
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
from server.domain.policy.readings import COVERED, Reading, Window, coverage
from server.domain.policy.trace_facts import facts_beside, facts_of_bases
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
    commission = _COMMISSIONS[line.collector_commission]
    return {
        "repayment": {
            "id": line.repayment,
            "paid_on": original.paid_on.isoformat(),
            "paid_at": original.paid_at and original.paid_at.isoformat(),
            "amount": format_fen(line.amount),
            "reverses": reverses,
        },
        "visits": [_trace_visit(placement, original, reading, credited) for reading in readings],
        "outcome": _step_with_facts(placement, original, nearest, credited, reason),
        "commission": _step_with_facts(placement, original, credited, credited, commission),
    }


def _step_with_facts(
    placement: PlacementFacts,
    original: RepaymentFacts,
    reading: Reading | None,
    credited: Reading | None,
    verdict: Verdict,
) -> dict[str, Any]:
    facts = facts_beside(placement, original, reading, credited, [verdict])
    if reading is not None:
        facts["visit"], facts["visited_on"] = reading.visit.id, reading.day.isoformat()
    return {**verdict.told, "facts": facts}


def _trace_visit(
    placement: PlacementFacts, original: RepaymentFacts, reading: Reading, credited: Reading | None
) -> dict[str, Any]:
    visit, day, edition, window = reading.visit, reading.day, reading.edition, reading.window
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
    asked = [covers]
    if tests[-1].clause != "C4":  # an exclusion of C4 alone spoke
        asked.append(tests[-1])
    if reading.exclusion is not None:
        asked.append(reading.exclusion)
    if window is not None and window.half is not None:
        asked.append(window.half)
    return {
        "visit": visit.id,
        "visited_on": day.isoformat(),
        "edition": edition.effective_from.isoformat(),
        "facts": facts_of_bases(reading) | facts_beside(placement, original, reading, credited, asked),
        "tests": [verdict.told for verdict in tests],
        "basis": reading.basis.told,
        "exclusion": reading.exclusion and reading.exclusion.told,
        "window": window and _trace_window(reading, window),
        "coverage": covers.told,
        "credited": reading is credited,
    }


def _trace_window(reading: Reading, window: Window) -> dict[str, Any]:
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
        "half": window.half and window.half.told,
        "last": window.last.isoformat(),
        "extended": window.extended,
    }
