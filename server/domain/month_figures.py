"""What a month's visits brought (M6): how many met or reached someone, what was repaid for each and for each kilometre.

Owns the names of the figures, where a figure belongs, and how far the teams went. Refuses to attribute: what was
credited comes as the month has it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from itertools import pairwise

from server.domain.calendar import local_day
from server.domain.policy.registry import clause
from server.domain.presence import distance_m
from server.domain.visits import AddressOutcome

BEGUN, MET, REACHED, UNPLACED, WAY, SHARE = "begun", "met", "reached", "unplaced", "way", "share"
"""Figures of visits and agents; a way is in millimetres, a share in fen."""
DONE, RUNNING, BROKEN_OFF = "done", "running", "broken_off"
LEASE_EXPIRED, CALLED_OFF = "lease_expired", "called_off"
"""Planned visits of the month that never began: nobody came before the plan ran out, or the team gave them up."""
PROVEN = "proven"
LACKS = (
    "lacks.second_agent",
    "lacks.photo",
    "lacks.recording",
    "lacks.letter_address_photo",
    "lacks.letter_manner_photo",
    "lacks.counterfoil",
)
"""What a visit that is done still lacks, by the words of `server.domain.missing`."""
OUTCOME = "outcome."
OUTCOMES = (*(f"{OUTCOME}{one.value}" for one in AddressOutcome), f"{OUTCOME}none")
COURSES = (DONE, RUNNING, BROKEN_OFF, LEASE_EXPIRED, CALLED_OFF)
OF_VISITS = (BEGUN, MET, REACHED, *COURSES, *OUTCOMES, PROVEN, *LACKS)
"""Figures that are a number of visits, each with the list of them."""
CREDITED, RULED = "credited.", "credited.none"
"""Credited repayments by clause, `RULED` those to which a ruling gave none."""
DAYS = "days."
DAY_STEPS: tuple[tuple[int, int | None], ...] = (
    (0, 0), (1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (6, 10), (11, 15), (16, 20), (21, 25), (26, 31), (32, None),
)  # fmt: skip
"""Days from the visit to the repayment: each of C4's five by itself, the rest of W1's month by fives, later ones."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Whose case a visit or a line belongs to."""

    branch_id: str
    client_id: str
    project_id: str


NOWHERE = Place("", "", "")


@dataclass(frozen=True, slots=True)
class Counted:
    """So many, and what they come to; `account_id` where it is of one agent alone."""

    place: Place
    account_id: str | None
    figure: str
    count: int
    amount: int = 0


@dataclass(frozen=True, slots=True)
class EvidenceReading:
    """What an edition asks of the evidence of the visits from `first` to `last` (X2, X3)."""

    first: date
    last: date
    team_size: int
    either: bool


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
    place: Place = NOWHERE


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
    found = added_up(counted_visits(visits)).get(None, {})
    return figures_of(found, credited_fen)


def figures_by_agent(visits: Iterable[VisitMade], shares: dict[str, int]) -> dict[str, Figures]:
    """Of each agent: a visit counts for both who made it, a credited repayment by the own share (A2)."""
    by_agent = added_up(counted_visits(visits))
    people = {id_ for id_ in by_agent if id_ is not None} | shares.keys()
    return {id_: figures_of(by_agent.get(id_, {}), shares.get(id_, 0)) for id_ in people}


def figures_of(found: Mapping[str, tuple[int, int]], credited_fen: int) -> Figures:
    """Of sums by figure."""
    count = {name: number for name, (number, _) in found.items()}
    return Figures(
        visits=count.get(BEGUN, 0),
        met=count.get(MET, 0),
        reached=count.get(REACHED, 0),
        credited_fen=credited_fen,
        metres=found.get(WAY, (0, 0))[1] / 1000,
        unplaced=count.get(UNPLACED, 0),
    )


def added_up(several: Iterable[Counted]) -> dict[str | None, dict[str, tuple[int, int]]]:
    """By agent, None for all of them; then by figure."""
    sums: defaultdict[str | None, defaultdict[str, list[int]]] = defaultdict(
        lambda: defaultdict(lambda: [0, 0])
    )
    for one in several:
        of = sums[one.account_id][one.figure]
        of[0] += one.count
        of[1] += one.amount
    return {
        account: {name: (count, amount) for name, (count, amount) in by_figure.items()}
        for account, by_figure in sums.items()
    }


def counted_visits(visits: Iterable[VisitMade]) -> list[Counted]:
    """Visits and ways by place, of all and of each agent."""
    made = list(visits)
    sums: defaultdict[tuple[Place, str | None, str], list[int]] = defaultdict(lambda: [0, 0])
    for one in made:
        figures = {BEGUN: True, MET: one.met, REACHED: one.reached, UNPLACED: one.latitude is None}
        for account_id in (None, *one.agent_ids):
            for figure, holds in figures.items():
                sums[one.place, account_id, figure][0] += holds
    for one, metres in _legs(made):
        for account_id in (None, *one.agent_ids):
            way = sums[one.place, account_id, WAY]
            way[0] += 1
            way[1] += round(metres * 1000)
    return [Counted(*key, count, amount) for key, (count, amount) in sums.items() if count]


def _legs(visits: Sequence[VisitMade]) -> Iterator[tuple[VisitMade, float]]:
    """From stop to stop of each team and day, in the order in which they began; a way belongs to where it leads."""
    days: defaultdict[tuple[date, tuple[str, ...]], list[VisitMade]] = defaultdict(list)
    for one in visits:
        if one.latitude is not None:
            days[local_day(one.started_at), one.agent_ids].append(one)
    for of_day in days.values():
        for one, other in pairwise(sorted(of_day, key=lambda stop: (stop.started_at, stop.id))):
            yield (
                other,
                distance_m(
                    one.latitude or 0.0, one.longitude or 0.0, other.latitude or 0.0, other.longitude or 0.0
                ),
            )


def days_figure(days: int | None) -> str:
    """The figure of a repayment so many days after its visit; None where a ruling says no window."""
    for first, last in DAY_STEPS:
        if days is not None and first <= days and (last is None or days <= last):
            return f"{DAYS}{first}"
    return f"{DAYS}none"
