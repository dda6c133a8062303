"""What a frozen month has wrong by what was learnt later, as lines of the next open month (M4).

Owns when a line is corrected and what the correcting lines are. It refuses to touch a line that is there: it is taken
back by one that counters it, and booked anew, so that the lines of a repayment always add up to it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from server.domain.credit import CreditRow, CreditShareRow, LedgerLine, LineKind
from server.domain.policy.registry import clause

Shares = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Booked:
    """A line of the ledger, or one that is to become one, with its shares in the order of the team."""

    line: LedgerLine
    shares: Shares


@dataclass(frozen=True, slots=True)
class Computed:
    """A credit line with its shares, as a run computed them."""

    row: CreditRow
    shares: Shares


def shares_of(rows: Iterable[CreditShareRow]) -> Shares:
    return tuple((row.account_id, row.amount_fen) for row in sorted(rows, key=lambda row: row.position))


def says_the_same(one: Computed, other: Computed) -> bool:
    """Whether two computations of a repayment come to the same line: what is credited, to whom, and why or why not."""
    return _content(one) == _content(other)


def _content(computed: Computed) -> tuple[object, ...]:
    row = computed.row
    return (
        row.amount_fen,
        row.visit_id,
        row.basis,
        row.clause,
        row.window_from,
        row.window_to,
        row.extended,
        row.commission,
        row.reason,
        computed.shares,
    )


@clause("M4", ours=True)
def m4_corrections(standing: Booked, made_from: Computed, now: Computed) -> Sequence[Booked]:
    """A frozen line is never changed: where the repayment is computed otherwise by now, one line takes it back and one
    books it anew.

    `standing` is the line that holds, `made_from` the computation that it was made from or ruled over. The ids, the
    statement and the seal are the caller's.
    """
    return () if says_the_same(made_from, now) else booked_anew(standing, now)


def booked_anew(standing: Booked, now: Computed) -> Sequence[Booked]:
    """The two lines by which a repayment stands as it is computed now."""
    rebooked = dataclasses.replace(
        standing.line,
        kind=LineKind.REBOOKED,
        corrects_id=standing.line.id,
        ruling_id=None,
        **_told(now.row),
    )
    return (counter_of(standing), Booked(rebooked, now.shares))


def counter_of(standing: Booked) -> Booked:
    """The line that takes another back: its amount and its shares with the other sign, all else as it was."""
    line = dataclasses.replace(
        standing.line,
        kind=LineKind.COUNTER,
        corrects_id=standing.line.id,
        ruling_id=None,
        amount_fen=-standing.line.amount_fen,
    )
    return Booked(line, tuple((account_id, -fen) for account_id, fen in standing.shares))


def _told(row: CreditRow) -> dict[str, Any]:
    """What a ledger line takes from a credit line."""
    same = (
        "amount_fen", "visit_id", "nearest_visit_id", "visited", "basis", "clause", "window_from", "window_to",
        "extended", "commission", "reason",
    )  # fmt: skip
    return {name: getattr(row, name) for name in same} | {
        "computed_id": row.id,
        "outcome": row.trace["outcome"],
    }


def share_in_proportion(shares: Shares, fen: int) -> Shares:
    """An amount split as these shares split theirs, to the fen: all of the amount gives the shares themselves, nothing
    gives nothing."""
    total = sum(part for _, part in shares)
    split, reached, given = [], 0, 0
    for account_id, part in shares:
        reached += part
        upto = reached * fen // total
        split.append((account_id, upto - given))
        given = upto
    return tuple(split)
