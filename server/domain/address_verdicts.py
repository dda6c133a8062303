"""Owns the answer about an address: its verdicts, its fields, and what R2 and R3 read from it.
Refuses to judge an address: the check does (addresses)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from server.domain.policy.registry import clause


class Verdict(StrEnum):
    """What the check says; only OK and INCOMPLETE, and HISTORICAL once confirmed, may be submitted."""

    OK = "ok"
    INCOMPLETE = "incomplete"
    NO_COUNTY = "no_county"
    AMBIGUOUS = "ambiguous"
    WRONG_PARENT = "wrong_parent"
    HISTORICAL = "historical"
    FUNCTIONAL = "functional"
    TYPO = "typo"
    UNKNOWN = "unknown"
    SPECIAL = "special"
    REVIEW = "review"


CLAUSES: dict[Verdict, str] = {
    Verdict.OK: "",
    Verdict.INCOMPLETE: "R2",
    Verdict.NO_COUNTY: "R2",
    Verdict.AMBIGUOUS: "R2",
    Verdict.WRONG_PARENT: "R3",
    Verdict.HISTORICAL: "R3",
    Verdict.FUNCTIONAL: "R2",
    Verdict.TYPO: "R3",
    Verdict.UNKNOWN: "R3",
    Verdict.SPECIAL: "R2",
    Verdict.REVIEW: "R3",
}


@dataclass(frozen=True, slots=True)
class AddressVerdict:
    """The answer about one address, with exactly the fields that go out as JSON.

    For a municipality `city` is the province again; for a county right under a province it is empty; for a
    city without districts `county` is empty and the code is the city's. Names are empty as far as the text
    does not settle them.
    """

    address: str
    verdict: Verdict
    province: str = ""
    city: str = ""
    county: str = ""
    county_code: str = ""
    town: str = ""
    detail: str = ""
    normalized: str = ""
    filled: tuple[str, ...] = ()
    urban_village: bool = False
    detail_missing: bool = False
    suggestions: tuple[str, ...] = ()
    clause: str = ""
    message: str = ""


SUBMITTABLE = frozenset({Verdict.OK, Verdict.INCOMPLETE, Verdict.HISTORICAL})
"""Verdicts that may be filed: as written, as filled in, and as renamed once the person has confirmed it."""


@clause("R2")
def r2_complete(answer: AddressVerdict) -> bool:
    """The address resolves to one county-level division and says where in it.

    「外访地址必须详细且按照xx省xx市xx区xx县补齐」
    """
    return bool(answer.county_code) and answer.verdict is not Verdict.REVIEW and not answer.detail_missing


@clause("R3")
def r3_parents_right(answer: AddressVerdict) -> bool:
    """Every division named is the parent of the next, and every one exists; a former name counts as today's.

    「不得出现行政区划混乱、错误(如:郑州市原阳县)」
    """
    refused = CLAUSES[answer.verdict] == "R3" and answer.verdict is not Verdict.HISTORICAL
    return not refused
