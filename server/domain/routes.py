"""Owns the order of a team's stops: how long an order is, and a shorter one where there is one.
Refuses to force it: what is known of a day (a debtor home at noon, a road closed) stands in nobody's table.

A route is open: it begins at any stop and ends at any other, for where a team comes from is not known. The same
distances give the same order, whatever the machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

Metres = Sequence[Sequence[float]]
"""Distances between stops by number, the same both ways."""
Order = tuple[int, ...]

EXACT_STOPS = 10  # beyond, the exact search takes longer than a page may
_WORTH_M = 1.0  # a metre less is the arithmetic's, not a better way
_STARTS = 8
_LEAST_M = 1e-6  # less is rounding, and improving by rounding never ends


def length_m(order: Sequence[int], metres: Metres) -> float:
    """The sum of the legs."""
    return sum(metres[one][other] for one, other in pairwise(order))


def better_order(metres: Metres) -> Order | None:
    """An order shorter than 0, 1, 2, … by a metre or more; the shortest of all up to `EXACT_STOPS` stops."""
    entered = tuple(range(len(metres)))
    if len(entered) < 3:
        return None
    found = _shortest(metres) if len(entered) <= EXACT_STOPS else _improved(metres)
    if length_m(found, metres) > length_m(entered, metres) - _WORTH_M:
        return None
    # Both directions are as long: the one that begins nearer to the order of entry is shown.
    return min(found, tuple(reversed(found)))


def two_opt(order: Order, metres: Metres) -> Order:
    """Turn stretches of the order round, and move single stops, as long as it becomes shorter; never longer."""
    best = list(order)
    while _turned(best, metres) or _moved(best, metres):
        continue
    return tuple(best)


def _turned(order: list[int], metres: Metres) -> bool:
    """Turn the first stretch round that makes the order shorter; what lies beyond an end costs nothing."""
    for start in range(len(order) - 1):
        for end in range(start + 1, len(order)):
            before = _leg(order, start - 1, start, metres) + _leg(order, end, end + 1, metres)
            after = _leg(order, start - 1, end, metres) + _leg(order, start, end + 1, metres)
            if after < before - _LEAST_M:
                order[start : end + 1] = order[start : end + 1][::-1]
                return True
    return False


def _moved(order: list[int], metres: Metres) -> bool:
    """Move the first stop to where it makes the order shorter."""
    for at in range(len(order)):
        rest = order[:at] + order[at + 1 :]
        gained = _leg(order, at - 1, at, metres) + _leg(order, at, at + 1, metres)
        gained -= _leg(rest, at - 1, at, metres)
        for to in range(len(order)):
            put = [*rest[:to], order[at], *rest[to:]]
            cost = (
                _leg(put, to - 1, to, metres) + _leg(put, to, to + 1, metres) - _leg(rest, to - 1, to, metres)
            )
            if cost < gained - _LEAST_M:
                order[:] = put
                return True
    return False


def _leg(order: Sequence[int], one: int, other: int, metres: Metres) -> float:
    inside = 0 <= one < len(order) and 0 <= other < len(order)
    return metres[order[one]][order[other]] if inside else 0.0


def _shortest(metres: Metres) -> Order:
    """The shortest open route through all stops (Held and Karp): by sets of stops visited and the last of them."""
    count = len(metres)
    best: dict[tuple[int, int], tuple[float, Order]] = {
        (1 << stop, stop): (0.0, (stop,)) for stop in range(count)
    }
    for visited in range(1, 1 << count):
        for last in range(count):
            held = best.get((visited, last))
            if held is None:
                continue
            for stop in range(count):
                if visited >> stop & 1:
                    continue
                key = visited | 1 << stop, stop
                way = held[0] + metres[last][stop], (*held[1], stop)
                if key not in best or way < best[key]:
                    best[key] = way
    return min(best[(1 << count) - 1, last] for last in range(count))[1]


def _improved(metres: Metres) -> Order:
    """The best of the nearest-neighbour routes and of the order of entry, each improved."""
    count = len(metres)
    nearest = (_nearest_first(start, metres) for start in range(count))
    starts = sorted(nearest, key=lambda order: (length_m(order, metres), order))
    candidates = [tuple(range(count)), *starts[:_STARTS]]
    return min(
        (two_opt(order, metres) for order in candidates), key=lambda order: (length_m(order, metres), order)
    )


def _nearest_first(start: int, metres: Metres) -> Order:
    order, left = [start], set(range(len(metres))) - {start}
    while left:
        near = metres[order[-1]]
        stop = min(left, key=lambda one: (near[one], one))
        order.append(stop)
        left.remove(stop)
    return tuple(order)
