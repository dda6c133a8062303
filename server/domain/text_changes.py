"""What changed between two versions of a text, word by word (V15).

Owns the comparison: a Chinese character is a word, and so is a run of letters or digits or a placeholder. Refuses to
judge: whether a text may be used is `wording`'s.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

_WORD = re.compile(r"\{[a-z_]+\}|[A-Za-z0-9]+|\s+|.", re.DOTALL)


class Change(StrEnum):
    KEPT = "kept"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Piece:
    change: Change
    text: str


def changes(before: str, after: str) -> list[Piece]:
    """The pieces of both in reading order, what was removed before what was added in its place."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    pieces = []
    for act, from_old, to_old, from_new, to_new in SequenceMatcher(
        None, old, new, autojunk=False
    ).get_opcodes():
        if act == "equal":
            pieces.append(Piece(Change.KEPT, "".join(old[from_old:to_old])))
            continue
        if to_old > from_old:
            pieces.append(Piece(Change.REMOVED, "".join(old[from_old:to_old])))
        if to_new > from_new:
            pieces.append(Piece(Change.ADDED, "".join(new[from_new:to_new])))
    return pieces
