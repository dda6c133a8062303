"""The handbook's sentences for the pages: every clause that a page names opens its own words.

Owns the look-up by clause id. Refuses an id that no clause has.
"""

from __future__ import annotations

from dataclasses import dataclass

from admin_ui.words import WORDS
from server.domain.policy.registry import CLAUSES
from server.domain.problems import NOT_FOUND, problem


@dataclass(frozen=True, slots=True)
class Quoted:
    """A clause: the handbook's Chinese, what it says in English; without a sentence the catalogue has its words."""

    id: str
    sentence: str
    says: str
    ours: bool


def quoted(clause_id: str) -> Quoted:
    """The clause, or the problem that there is none of this id."""
    found = CLAUSES.get(clause_id)
    if found is not None:
        return Quoted(found.id, found.sentence, found.says, found.ours)
    if f"clause.{clause_id}" in WORDS:
        return Quoted(clause_id, "", "", False)
    raise problem(NOT_FOUND, what=clause_id)
