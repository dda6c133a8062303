"""What a person earns in a month: completion, tier, commission, what moves to the team, base (F1 to F3, F6).

Owns the figures of a payslip and where each comes from. It refuses to attribute: lines come as the month has them.
Amounts are fen; every number of the policy is that of the edition in force on the month's last day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Protocol

from server.domain.adjusting import Shares, share_in_proportion
from server.domain.money import divide_evenly, portion
from server.domain.policy.editions import Edition
from server.domain.policy.registry import clause


@dataclass(frozen=True, slots=True)
class PaidLine:
    """A line of the month's statements as pay asks of it; `commission` is that of the collector (A3, A4)."""

    id: str
    amount_fen: int
    collector_id: str
    credited: bool
    commission: str
    shares: Shares


class OfDesk(Protocol):
    """What of a line, or of lines that are alike in it, decides whether it counts for the collector."""

    @property
    def credited(self) -> bool: ...
    @property
    def commission(self) -> str: ...


@dataclass(frozen=True, slots=True)
class PaidPerson:
    """Whose pay it is: which of the paid posts somebody holds, the target of the month, what was decided in it on
    incidents (F7), and the fines that were overdue at its end (F5)."""

    account_id: str
    is_agent: bool
    is_collector: bool
    target_fen: int | None
    faults: int = 0
    vetoed: bool = False
    rewards_fen: int = 0
    overdue_fines_fen: int = 0


class PartKind(StrEnum):
    """Why a line stands on a payslip."""

    AGENT = "agent"  # the own share of a credited line
    COLLECTOR = "collector"  # a line of an own case
    MOVED_OUT = "moved_out"  # A3: earned on a line of an own case, and given to the team
    MOVED_IN = "moved_in"  # A3: what the collector would have earned


@dataclass(frozen=True, slots=True)
class PayPart:
    """What a line counts for somebody, and what it earns; what moves in counts nothing."""

    line_id: str
    kind: PartKind
    counted_fen: int
    earned_fen: int


@dataclass(frozen=True, slots=True)
class Earned:
    """What somebody's lines come to: counted; earned on them, what moves to the team included; that; what moves in."""

    achieved_fen: int
    own_fen: int
    moved_out_fen: int
    moved_in_fen: int


class PayWarning(StrEnum):
    """What a payslip says of itself."""

    NO_TARGET = "no_target"
    RESTS_ON_AMOUNTS = "rests_on_amounts"


@dataclass(frozen=True, slots=True)
class Pay:
    """A payslip's figures: `commission_fen` is the sum of the parts but those that moved out, `paid_fen` is it after
    the factor or the veto, `total_fen` adds base, subsidy and rewards (F7). A deduction is
    proposed to finance and is no part of the total (F5). `parts` is empty where the figures are made of sums."""

    account_id: str
    target_fen: int | None
    achieved_fen: int
    rate: Decimal | None
    parts: Sequence[PayPart]
    moved_in_fen: int
    moved_out_fen: int
    commission_fen: int
    factor: Decimal
    vetoed: bool
    paid_fen: int
    base_fen: int
    subsidy_fen: int
    rewards_fen: int
    total_fen: int
    overdue_fines_fen: int
    proposed_deduction_fen: int
    warnings: Sequence[PayWarning]


@clause("F1")
def f1_rate(achieved_fen: int, target_fen: int, edition: Edition) -> Decimal:
    """The rate of the month's completion: one on the whole month; below nothing it is that of the lowest tier.

    「50%以下 1% · 50%-100% 3% · 100%以上 4%」
    """
    completion = Fraction(achieved_fen, target_fen)
    reached = edition.commission_tiers[0][1]
    for start, rate in edition.commission_tiers:
        if completion >= Fraction(start):
            reached = rate
    return reached


@clause("F2")
def f2_base(person: PaidPerson, edition: Edition) -> tuple[int, int]:
    """Base and subsidy: agents are paid like the desk's specialists, and have the subsidy.

    「外访人员薪酬参考催收专员级别发放且享受攻坚补贴」
    """
    return edition.base_pay, edition.field_subsidy if person.is_agent else 0


def counts_for_collector(line: OfDesk, edition: Edition) -> bool:
    """F2: a credited repayment counts in full for the collector too, unless the edition or A4 says otherwise."""
    if line.commission == "none":
        return False
    return not line.credited or edition.collector_when_visit_credited == "full"


def moves_to_team(line: OfDesk) -> bool:
    """A3: what the collector would have earned on it is the agents'."""
    return line.credited and line.commission == "to_visit"


@clause("F3")
def f3_moved(line: PaidLine, earned_fen: int) -> Shares:
    """What the collector would have earned on a line of A3, for the agents: divided as the line itself is (A2, A3).

    「报过经侦后若再报外访且是有效外访，法务提成为0，外访拿法务提成」
    """
    fens = [fen for _, fen in line.shares]
    if sum(fens) and max(fens) - min(fens) > 1:
        return share_in_proportion(line.shares, earned_fen)
    sign = -1 if earned_fen < 0 else 1
    each = divide_evenly(abs(earned_fen), len(fens))
    return tuple((agent, sign * fen) for (agent, _), fen in zip(line.shares, each, strict=True))


@clause("F6", ours=True)
def f6_compliance(person: PaidPerson, edition: Edition) -> tuple[Decimal, bool, bool]:
    """The factor of so many faults, whether a veto takes the commission, and whether pay rests on amounts alone.

    Card Measures art. 66: pay must not rest on recovered amounts alone.
    """
    factor = edition.compliance_factors[0][1]
    for start, of_these in edition.compliance_factors:
        if person.faults >= start:
            factor = of_these
    without_effect = not edition.compliance_veto and all(rate == 1 for _, rate in edition.compliance_factors)
    return factor, edition.compliance_veto and person.vetoed, without_effect


def pay_of_month(
    lines: Sequence[PaidLine], people: Mapping[str, PaidPerson], edition: Edition
) -> dict[str, Pay]:
    """By account. `people` includes the collectors of all lines that A3 moves, or their part would be missing."""
    counted: dict[str, list[PayPart]] = {id_: [] for id_ in people}
    for line in lines:
        for part, account_id in _counted(line, people, edition):
            counted[account_id].append(part)
    moved: dict[str, list[PayPart]] = {id_: [] for id_ in people}
    by_id = {line.id: line for line in lines}
    rates: dict[str, Decimal | None] = {}
    for account_id, parts in counted.items():
        rates[account_id] = rate_of(people[account_id], sum(part.counted_fen for part in parts), edition)
        counted[account_id] = _earned(parts, rates[account_id])
        for part in counted[account_id]:
            if part.kind is PartKind.MOVED_OUT:
                for agent, fen in f3_moved(by_id[part.line_id], part.earned_fen):
                    if agent in moved:
                        moved[agent].append(PayPart(part.line_id, PartKind.MOVED_IN, 0, fen))
    told = {}
    for id_, person in people.items():
        parts = [*counted[id_], *moved[id_]]
        told[id_] = pay_of(person, rates[id_], _summed(parts), parts, edition)
    return told


def _counted(
    line: PaidLine, people: Mapping[str, PaidPerson], edition: Edition
) -> Iterable[tuple[PayPart, str]]:
    for agent, fen in line.shares:
        if agent in people and people[agent].is_agent:
            yield PayPart(line.id, PartKind.AGENT, fen, 0), agent
    collector = people.get(line.collector_id)
    if collector is not None and collector.is_collector and counts_for_collector(line, edition):
        kind = PartKind.MOVED_OUT if moves_to_team(line) else PartKind.COLLECTOR
        yield PayPart(line.id, kind, line.amount_fen, 0), line.collector_id


def rate_of(person: PaidPerson, achieved_fen: int, edition: Edition) -> Decimal | None:
    """None without a target."""
    if person.target_fen is None:
        return None
    return f1_rate(achieved_fen, person.target_fen, edition)


def _earned(parts: Sequence[PayPart], rate: Decimal | None) -> list[PayPart]:
    """Each part is a step of the running total, so that rounding leaves no fen over or short."""
    if rate is None:
        return list(parts)
    earned, counted, upto = [], 0, 0
    for part in parts:
        counted += part.counted_fen
        step = portion(counted, rate) - upto
        upto += step
        earned.append(PayPart(part.line_id, part.kind, part.counted_fen, step))
    return earned


def _summed(parts: Sequence[PayPart]) -> Earned:
    own, moved_out, moved_in = (
        sum(part.earned_fen for part in parts if part.kind in kinds)
        for kinds in (
            (PartKind.AGENT, PartKind.COLLECTOR, PartKind.MOVED_OUT),
            (PartKind.MOVED_OUT,),
            (PartKind.MOVED_IN,),
        )
    )
    return Earned(sum(part.counted_fen for part in parts), own, moved_out, moved_in)


def pay_of(
    person: PaidPerson, rate: Decimal | None, earned: Earned, parts: Sequence[PayPart], edition: Edition
) -> Pay:
    """The payslip of what somebody earned; the parts are those that it is made of, where they are known."""
    commission = earned.own_fen - earned.moved_out_fen + earned.moved_in_fen
    factor, vetoed, without_effect = f6_compliance(person, edition)
    paid = commission
    if commission > 0:  # what is taken back is taken back whole
        paid = 0 if vetoed else portion(commission, factor)
    base, subsidy = f2_base(person, edition)
    said = ((rate is None, PayWarning.NO_TARGET), (without_effect, PayWarning.RESTS_ON_AMOUNTS))
    return Pay(
        account_id=person.account_id,
        target_fen=person.target_fen,
        achieved_fen=earned.achieved_fen,
        rate=rate,
        parts=parts,
        moved_in_fen=earned.moved_in_fen,
        moved_out_fen=earned.moved_out_fen,
        commission_fen=commission,
        factor=factor,
        vetoed=vetoed,
        paid_fen=paid,
        base_fen=base,
        subsidy_fen=subsidy,
        rewards_fen=person.rewards_fen,
        total_fen=base + subsidy + person.rewards_fen + paid,
        overdue_fines_fen=person.overdue_fines_fen,
        proposed_deduction_fen=person.overdue_fines_fen if edition.fine_deduction else 0,
        warnings=[warning for holds, warning in said if holds],
    )
