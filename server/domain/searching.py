"""What somebody may have meant who typed a few characters into the search: a case, a person, a number, a place, a
visit.

Owns which of these a text can be, so that a name is never looked for among telephones. Refuses nothing: what can be
none of them is sought nowhere, and the answer says so. Pure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from enum import StrEnum

SHORTEST = 2  # one character stands in every third name and in every address
_HAN = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]")
# S6: sealed numbers are found whole or by their last four characters; an ID may end in X.
_NUMBER = re.compile(r"\+?[0-9]{3,29}[0-9X]")
_NAME = re.compile(r"[^\W\d_]+(?:[·'. ][^\W\d_]+)*")
_VISIT = re.compile(r"[0-9a-f]{8}[0-9a-f-]{0,28}")
_LONGEST_NAME = 30


class Sought(StrEnum):
    """In the order in which the groups of an answer stand."""

    CASE = "case"
    NAME = "name"
    NUMBER = "number"
    ADDRESS = "address"
    VISIT = "visit"


def meant(text: str) -> Mapping[Sought, str]:
    """What the text can be, each with its spelling for the rows; empty for a text that is too short."""
    plain = " ".join(unicodedata.normalize("NFKC", text).split())
    bare = plain.replace(" ", "")
    if len(bare) < SHORTEST:
        return {}
    found: dict[Sought, str] = {}
    if len(plain) <= _LONGEST_NAME and _NAME.fullmatch(plain):
        found[Sought.NAME] = plain
    if Sought.NAME not in found or not _HAN.search(bare):
        found[Sought.CASE] = bare
    if _NUMBER.fullmatch(bare.replace("-", "").upper()):
        found[Sought.NUMBER] = bare
    if _HAN.search(bare):
        found[Sought.ADDRESS] = bare
    if _VISIT.fullmatch(bare.lower()):
        found[Sought.VISIT] = bare.lower()
    return found
