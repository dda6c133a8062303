"""A worked case: why, the clauses that it shows, the facts as a difference from one good visit, the lines."""

from typing import Any, NamedTuple

from tests.policy.world import Facts, paid, placement


class Case(NamedTuple):
    """One worked case; `told` has a line a repayment, in short."""

    why: str
    clauses: str
    facts: Facts
    told: list[str]


def one(why: str, clauses: str, seen: Facts, day: str, line: str, **changes: Any) -> Case:
    return Case(why, clauses, placement([seen], [paid(day)], **changes), [line])
