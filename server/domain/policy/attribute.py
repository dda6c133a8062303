"""Owns the way from the facts of a placement to its credit lines, and to the decisions that explain them.

Refuses to know a database, a file or today's date: the same facts and editions always give the same lines.
"""

from dataclasses import dataclass
from typing import Any

from server.domain.making import quickly
from server.domain.policy.attribution import (
    a1_nearest,
    a2_shares,
    a3_to_visit,
    a4_no_commission,
    a5_nets,
    a6_reason,
)
from server.domain.policy.credit_lines import Commission, CreditLine, CreditWindow
from server.domain.policy.editions import PolicyBook
from server.domain.policy.facts import PlacementFacts, RepaymentFacts, VisitFacts
from server.domain.policy.readings import Net, Reading, read_visits
from server.domain.policy.trace import trace_repayment


@dataclass(frozen=True, slots=True)
class Decision:
    """A credit line with its trace: plain data (JSON) that answers why this visit, and why not another.

    `explanations.py` has the words for a trace; its shape is told in `trace.py`.
    """

    line: CreditLine
    trace: dict[str, Any]


@quickly
@dataclass(frozen=True, slots=True)
class _Outcome:
    """What an original repayment and its reversals share: all of a line but the ids, the amount and the
    shares."""

    visit: VisitFacts | None
    basis: str | None
    clause: str | None
    window: CreditWindow | None
    commission: Commission
    reason: str | None


def score_placement(placement: PlacementFacts, book: PolicyBook) -> list[CreditLine]:
    """One line a repayment, by (paid_on, paid_at with none first, id)."""
    nets = a5_nets(placement.repayments)
    return _lines(placement, nets, read_visits(placement, nets, book))


def explain(placement: PlacementFacts, book: PolicyBook) -> list[Decision]:
    """The lines of `score_placement`, each with the trace of every visit of the placement."""
    nets = a5_nets(placement.repayments)
    readings = read_visits(placement, nets, book)
    originals = {original.id: original for original, _ in nets}
    reverses = {repayment.id: repayment.reverses for repayment in placement.repayments}
    return [
        Decision(
            line,
            trace_repayment(placement, originals[reverses[line.repayment] or line.repayment], readings, line),
        )
        for line in _lines(placement, nets, readings)
    ]


def _lines(placement: PlacementFacts, nets: list[Net], readings: list[Reading]) -> list[CreditLine]:
    outcomes = {original.id: _outcome(placement, original, readings) for original, _ in nets}
    left = {original.id: original.amount for original, _ in nets}
    lines = []
    for repayment in in_order(placement.repayments):
        original_id = repayment.reverses or repayment.id
        outcome = outcomes[original_id]
        shares: tuple[tuple[str, int], ...] = ()
        if outcome.visit is not None:
            if repayment.reverses is None:
                shares = tuple(a2_shares(outcome.visit, repayment.amount))
            else:
                before = left[original_id]
                left[original_id] = before + repayment.amount
                shares = _reversal_shares(outcome.visit, before, left[original_id])
        lines.append(
            CreditLine(
                placement.id,
                repayment.id,
                repayment.amount,
                outcome.visit.id if outcome.visit is not None else None,
                outcome.basis,
                outcome.clause,
                outcome.window,
                shares,
                outcome.commission,
                outcome.reason,
            )
        )
    return lines


def in_order(repayments: tuple[RepaymentFacts, ...]) -> list[RepaymentFacts]:
    """By day, then time with none first, then id by code point: the order of the lines, and of reversals."""
    if len(repayments) < 2:
        return list(repayments)
    return sorted(
        repayments,
        key=lambda repayment: (
            repayment.paid_on,
            repayment.paid_at is not None,
            repayment.paid_at,
            repayment.id,
        ),
    )


def _outcome(placement: PlacementFacts, original: RepaymentFacts, readings: list[Reading]) -> _Outcome:
    withheld = a4_no_commission(placement, original) is not None
    reading = a1_nearest(readings, original)
    if reading is None or reading.window is None:
        reason = a6_reason(readings, original)[1].code
        return _Outcome(None, None, None, None, "none" if withheld else "normal", reason)
    commission: Commission = "normal"
    if withheld:
        commission = "none"
    elif a3_to_visit(placement, reading.day) is not None:
        commission = "to_visit"
    window = CreditWindow(reading.day, reading.window.last, reading.window.extended)
    return _Outcome(reading.visit, reading.basis.code, reading.basis.clause, window, commission, None)


def _reversal_shares(visit: VisitFacts, before: int, after: int) -> tuple[tuple[str, int], ...]:
    """The shares of the net after a reversal less those of the net before it, so that no fen is left with
    anybody."""
    return tuple(
        (agent, now - former)
        for (agent, former), (_, now) in zip(a2_shares(visit, before), a2_shares(visit, after), strict=True)
    )
