"""Owns the register of clauses: which function keeps which clause of the written policy. Refuses a second
keeper.

A clause is registered where its rule is written:

    @clause("C1", codes=("met",))
    def c1_met(visit: VisitFacts) -> Verdict:
        \"\"\"Met the borrower or a direct relative, and spoke.

        「外访见到借款人，或见到借款人直系亲属(有沟通)」
        \"\"\"

The handbook's words stand in 「」 in the docstring, or are given as `sentence`; what the handbook does not
say is `ours=True`. A clause that is no function is registered with `kept_at` where it is kept. Another rule
that refuses in the name of a clause (the hours of V9, asked of a plan) is its `part_of`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

Rule = TypeVar("Rule", bound=Callable[..., Any])

_QUOTED = re.compile("「([^」]*)」")
_LINE_BREAK = re.compile(r"\s*\n\s*")


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause and the function that keeps it.

    `sentence` is the handbook's Chinese, empty when the clause is ours; `says` is the rule in English;
    `codes` are the reason codes that the function can give, each of which has its words in zh-CN and
    English.
    """

    id: str
    function: Callable[..., Any]
    sentence: str
    ours: bool
    says: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A function beside the keeper that refuses in a clause's name, and the codes that it gives."""

    function: Callable[..., Any]
    codes: tuple[str, ...]


CLAUSES: dict[str, Clause] = {}
PARTS: dict[str, list[Part]] = {}
MARKERS: dict[str, tuple[str, ...]] = {}


def clause(
    clause_id: str, *, codes: tuple[str, ...] = (), sentence: str = "", ours: bool = False
) -> Callable[[Rule], Rule]:
    """Register the decorated function as the keeper of a clause and hand it back unchanged (no cost per
    call)."""

    def register(function: Rule) -> Rule:
        if clause_id in CLAUSES or clause_id in MARKERS:
            raise ValueError(f"clause {clause_id} has a keeper already")
        text = function.__doc__ or ""
        quoted = sentence or " · ".join(_LINE_BREAK.sub("", part) for part in _QUOTED.findall(text))
        if ours == bool(quoted) and text:
            raise ValueError(f"clause {clause_id} needs the handbook's sentence or the mark 'ours', not both")
        says = text.strip().split("\n\n")[0]
        CLAUSES[clause_id] = Clause(clause_id, function, quoted, ours, _LINE_BREAK.sub(" ", says), codes)
        return function

    return register


def part_of(clause_id: str, *, codes: tuple[str, ...]) -> Callable[[Rule], Rule]:
    """Register the decorated function as one that refuses in a clause's name beside its keeper."""

    def register(function: Rule) -> Rule:
        PARTS.setdefault(clause_id, []).append(Part(function, codes))
        return function

    return register


def kept_at(clause_id: str, *places: str) -> None:
    """Say where a clause is kept that is no function: a screen, a page of the documentation, a deployment."""
    if not places:
        raise ValueError(f"clause {clause_id} must say where it is kept")
    if clause_id in CLAUSES or clause_id in MARKERS:
        raise ValueError(f"clause {clause_id} has a keeper already")
    MARKERS[clause_id] = places
