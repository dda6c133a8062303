"""Owns A1 to A6 (section 6): which visit gets a repayment, how it is shared, what it does to the
collector's commission.

Refuses to judge a visit; it is given readings in A1's order.
"""

from collections.abc import Sequence
from datetime import date

from server.domain.money import divide_evenly
from server.domain.policy.facts import PlacementFacts, RepaymentFacts, VisitFacts
from server.domain.policy.readings import COVERED, Net, Reading, coverage
from server.domain.policy.registry import clause
from server.domain.policy.verdicts import Verdict
from server.domain.policy.windows import BEFORE_VISIT

NO_VISIT = Verdict("A6", "no_visit", False)
NEARER_VISIT = Verdict("A1", "nearer_visit", False)
NOT_ASKED = Verdict("A1", "not_asked", False)
TO_VISIT = Verdict("A3", "to_visit", True)
NO_COMMISSION = Verdict("A4", "none", False)


@clause("A1", codes=("covered", "nearer_visit", "not_asked"))
def a1_nearest(readings: Sequence[Reading], original: RepaymentFacts) -> Reading | None:
    """Of the visits that cover a repayment, the one that started last gets it all; a tie goes to the
    greater id.

    「多次外访，按离还款最近的一次外访计入业绩」
    """
    ask_only_the_nearest: bool | None = None
    for reading in readings:
        if reading.window is None:
            continue
        verdict = coverage(reading, original)
        if verdict is COVERED:
            return reading
        if verdict is BEFORE_VISIT:
            continue
        # The edition of the last visit that counts says whether farther ones are asked; theirs no longer
        # matter.
        if ask_only_the_nearest is None:
            ask_only_the_nearest = not reading.edition.nearest_must_cover
        if ask_only_the_nearest:
            return None
    return None


@clause("A2", ours=True)
def a2_shares(visit: VisitFacts, fen: int) -> list[tuple[str, int]]:
    """Equal shares of the agents present, in the order of the team; what does not divide goes fen by fen,
    lead first."""
    present = visit.present
    team = present if present == visit.agents else [agent for agent in visit.agents if agent in present]
    return list(zip(team, divide_evenly(fen, len(team)), strict=True))


@clause("A3", codes=("to_visit",))
def a3_to_visit(placement: PlacementFacts, day: date) -> Verdict | None:
    """A case that was referred on or before the day of the credited visit: the collector's commission goes
    to the team.

    「报过经侦后若再报外访且是有效外访，法务提成为0，外访拿法务提成」
    """
    for referral in placement.police_referrals:
        if referral.referred_on <= day:
            return TO_VISIT
    return None


@clause("A4", codes=("none",))
def a4_no_commission(placement: PlacementFacts, original: RepaymentFacts) -> Verdict | None:
    """A case that was hopeful by phone was taken out to a visit: from the day of that request nothing for
    the collector.

    「如发生把电催就很有希望收回的案子拿出去外访，此案件回款不计入法务业绩」
    """
    if placement.promising_from is not None and original.paid_on >= placement.promising_from:
        return NO_COMMISSION
    return None


@clause("A5", ours=True)
def a5_nets(repayments: Sequence[RepaymentFacts]) -> list[Net]:
    """The originals with their net amounts: a reversal goes where its original goes, and lowers it in W3."""
    reversed_by: dict[str, int] = {}
    for repayment in repayments:
        if repayment.reverses is not None:
            reversed_by[repayment.reverses] = reversed_by.get(repayment.reverses, 0) + repayment.amount
    return [
        (repayment, repayment.amount + reversed_by.get(repayment.id, 0))
        for repayment in repayments
        if repayment.reverses is None
    ]


@clause("A6", codes=("no_visit", "no_effect"), ours=True)
def a6_reason(readings: Sequence[Reading], original: RepaymentFacts) -> tuple[Reading | None, Verdict]:
    """Why a repayment is not credited: what the nearest visit that it could belong to failed by, or that
    there is none."""
    for reading in readings:
        verdict = coverage(reading, original)
        if verdict is not BEFORE_VISIT:
            return reading, verdict
    return None, NO_VISIT
