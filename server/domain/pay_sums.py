"""The pay of everybody from a month that was added up: the same figures as line by line, to the fen (F1 to F3, A3).

Owns which lines may be added up before anybody is paid: those that are alike in whom they count for. It refuses to have
a rule of its own: `server.domain.pay` has them, and a test holds both ways of counting against each other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from server.domain.money import portion
from server.domain.pay import (
    Earned,
    PaidLine,
    PaidPerson,
    Pay,
    counts_for_collector,
    f3_moved,
    pay_of,
    rate_of,
)
from server.domain.policy.editions import Edition


@dataclass(frozen=True, slots=True)
class LineSum:
    """What lines count for one account: its shares, or, `of_desk`, the lines of its cases that are alike in what
    decides whether they count (A3, A4). `statement_id` is that of the published lines, None of drafts."""

    account_id: str
    of_desk: bool
    credited: bool
    commission: str
    statement_id: str | None
    fen: int


@dataclass(frozen=True, slots=True)
class MovingLine:
    """A line of A3, and what stood before it in the month for its collector: of the own cases but A4's, and, for who
    is an agent too, in shares, its own share among them. Parts are steps of that running total."""

    line: PaidLine
    statement_id: str | None
    desk_before_fen: int
    shares_before_fen: int


@dataclass(frozen=True, slots=True)
class MonthSums:
    """All lines of a month, in sums; lines of A3 stand by themselves besides."""

    sums: Sequence[LineSum]
    moving: Sequence[MovingLine]


@dataclass(frozen=True, slots=True)
class SummedPay:
    """The pay, without parts, and the statements that it draws on."""

    pay: Pay
    statement_ids: frozenset[str | None]


def pay_of_sums(month: MonthSums, people: Mapping[str, PaidPerson], edition: Edition) -> dict[str, SummedPay]:
    """By account. `people` includes the collectors of all moving lines, or their part would be missing."""
    counted = Counter[str]()
    drawn_on: dict[str, set[str | None]] = {id_: set() for id_ in people}
    for one in month.sums:
        if one.account_id in people and _counts(one, people[one.account_id], edition):
            counted[one.account_id] += one.fen
            drawn_on[one.account_id].add(one.statement_id)
    rates = {id_: rate_of(person, counted[id_], edition) for id_, person in people.items()}
    moved_in, moved_out = Counter[str](), Counter[str]()
    for moving in month.moving:
        collector = people.get(moving.line.collector_id)
        if collector is None or not collector.is_collector or not counts_for_collector(moving.line, edition):
            continue
        step = _step(moving, collector, rates[collector.account_id])
        moved_out[collector.account_id] += step
        for agent, fen in f3_moved(moving.line, step):
            if agent in people:
                moved_in[agent] += fen
                drawn_on[agent].add(moving.statement_id)
    told = {}
    for id_, person in people.items():
        rate = rates[id_]
        own = 0 if rate is None else portion(counted[id_], rate)
        earned = Earned(counted[id_], own, moved_out[id_], moved_in[id_])
        told[id_] = SummedPay(pay_of(person, rate, earned, (), edition), frozenset(drawn_on[id_]))
    return told


def _counts(one: LineSum, person: PaidPerson, edition: Edition) -> bool:
    return person.is_collector and counts_for_collector(one, edition) if one.of_desk else person.is_agent


def _step(moving: MovingLine, collector: PaidPerson, rate: Decimal | None) -> int:
    """What the line earns the collector, as a step of the running total."""
    if rate is None:
        return 0
    before = moving.desk_before_fen + (moving.shares_before_fen if collector.is_agent else 0)
    return portion(before + moving.line.amount_fen, rate) - portion(before, rate)
