"""What a month's visits brought (M6): how many met or reached someone, what was repaid for each and for each kilometre.

Owns what counts as met and as reached, and how far the teams went. Refuses to attribute: what was credited comes as the
month has it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from itertools import pairwise

from server.domain.calendar import local_day
from server.domain.policy.registry import clause
from server.domain.presence import distance_m


@dataclass(frozen=True, slots=True)
class VisitMade:
    """A visit that began: when, by whom, whom they spoke to (C1; C1 to C3), and where the lead checked in, if known."""

    id: str
    started_at: datetime
    agent_ids: tuple[str, ...]
    met: bool
    reached: bool
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True, slots=True)
class Figures:
    """Of a month, or of somebody in it. Kilometres lead from stop to stop of a day, as the crow flies; `unplaced`
    visits have no place and are left out of them."""

    visits: int
    met: int
    reached: int
    credited_fen: int
    metres: float
    unplaced: int

    @property
    def met_share(self) -> Fraction | None:
        return Fraction(self.met, self.visits) if self.visits else None

    @property
    def reached_share(self) -> Fraction | None:
        return Fraction(self.reached, self.visits) if self.visits else None

    @property
    def fen_a_visit(self) -> int | None:
        """Credited repayments a visit, to the fen below."""
        return self.credited_fen // self.visits if self.visits else None

    @property
    def fen_a_kilometre(self) -> int | None:
        """None where no way is known: nothing is divided by a way of nothing."""
        return int(self.credited_fen * 1000 / self.metres) if self.metres >= 1 else None


@clause("M6")
def m6_figures(visits: Sequence[VisitMade], credited_fen: int) -> Figures:
    """Of these visits, and of what the month credits to visits.

    「提高我们的外访…率，减少资源浪费，增加外访对回款的促进作用」
    """
    return Figures(
        visits=len(visits),
        met=sum(one.met for one in visits),
        reached=sum(one.reached for one in visits),
        credited_fen=credited_fen,
        metres=_metres(visits),
        unplaced=sum(one.latitude is None for one in visits),
    )


def figures_by_agent(visits: Iterable[VisitMade], shares: dict[str, int]) -> dict[str, Figures]:
    """Of each agent: a visit counts for both who made it, a credited repayment by the own share (A2)."""
    by_agent: defaultdict[str, list[VisitMade]] = defaultdict(list)
    for one in visits:
        for agent_id in one.agent_ids:
            by_agent[agent_id].append(one)
    return {id_: m6_figures(by_agent[id_], shares.get(id_, 0)) for id_ in by_agent.keys() | shares.keys()}


def _metres(visits: Sequence[VisitMade]) -> float:
    """From stop to stop of each team and day, in the order in which they began."""
    days: defaultdict[tuple[date, tuple[str, ...]], list[VisitMade]] = defaultdict(list)
    for one in visits:
        if one.latitude is not None:
            days[local_day(one.started_at), one.agent_ids].append(one)
    return sum(_way(sorted(of_day, key=lambda one: (one.started_at, one.id))) for of_day in days.values())


def _way(stops: Sequence[VisitMade]) -> float:
    return sum(
        distance_m(one.latitude or 0.0, one.longitude or 0.0, other.latitude or 0.0, other.longitude or 0.0)
        for one, other in pairwise(stops)
    )
