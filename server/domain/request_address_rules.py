"""The clauses on the words of an address in a request: R2, R3, R8, over the verdicts of `server.domain.addresses`.

Owns when a verdict may be filed and what the person must accept or have asked first. Refuses to judge the words again.
"""

from __future__ import annotations

from typing import Any

from server.domain.addresses import CLAUSES, SUBMITTABLE, Verdict, r2_complete, r3_parents_right
from server.domain.calendar import local_day
from server.domain.policy.registry import part_of
from server.domain.problems import Finding
from server.domain.request_facts import AskedAddress, RequestFacts
from server.domain.request_problems import (
    ADDRESS_DEMOLISHED,
    ADDRESS_DETAIL_MISSING,
    ADDRESS_DIVISIONS_WRONG,
    ADDRESS_INCOMPLETE,
    ADDRESS_RENAMED,
    ADDRESS_TO_ACCEPT,
    DEMOLITION_UNCHECKED,
    REQUEST_WITHOUT_ADDRESS,
)
from server.domain.requests import DemolitionAnswer, DemolitionCheck, WaiverKind


@part_of(
    "R2",
    codes=("request_without_address", "address_incomplete", "address_to_accept", "address_detail_missing"),
)
def r2_address_findings(facts: RequestFacts) -> list[Finding]:
    """R2: each address resolves to one division and goes on behind it; what was filled in is accepted by a person."""
    if not facts.asked:
        return [Finding(REQUEST_WITHOUT_ADDRESS, "addresses")]
    findings = []
    for position, asked in enumerate(facts.asked):
        verdict = asked.verdict
        cited = CLAUSES[verdict.verdict]
        if cited == "R2" and not _fileable(asked):
            findings.append(Finding(ADDRESS_INCOMPLETE, _field(position), _told(asked)))
        elif verdict.verdict is Verdict.INCOMPLETE and not _accepted(asked):
            findings.append(Finding(ADDRESS_TO_ACCEPT, _field(position), _told(asked)))
        if _fileable(asked) and not r2_complete(verdict):
            findings.append(Finding(ADDRESS_DETAIL_MISSING, _field(position), {"address": verdict.address}))
    return findings


@part_of("R3", codes=("address_divisions_wrong", "address_renamed"))
def r3_division_findings(facts: RequestFacts) -> list[Finding]:
    """R3: every division named is the parent of the next; a former name is accepted as today's by a person."""
    findings = []
    for position, asked in enumerate(facts.asked):
        renamed = asked.verdict.verdict is Verdict.HISTORICAL
        if not r3_parents_right(asked.verdict) or (renamed and not _fileable(asked)):
            findings.append(Finding(ADDRESS_DIVISIONS_WRONG, _field(position), _told(asked)))
        elif renamed and not _accepted(asked):
            findings.append(Finding(ADDRESS_RENAMED, _field(position), _told(asked)))
    return findings


@part_of("R8", codes=("demolition_unchecked", "address_demolished"))
def r8_demolition_findings(facts: RequestFacts) -> list[Finding]:
    """R8: for an urban village the office was called before, and did not say that it is gone."""
    findings = []
    for position, asked in enumerate(facts.asked):
        village = asked.address.urban_village or asked.verdict.urban_village
        if not village or facts.granted(WaiverKind.NO_URBAN_VILLAGE, asked.address.id) is not None:
            continue
        answered = _last_answer(asked.demolition_checks)
        told: dict[str, Any] = {"address": asked.address.text}
        if answered is None:
            findings.append(Finding(DEMOLITION_UNCHECKED, _field(position), told))
        elif (
            answered.answer is DemolitionAnswer.DEMOLISHED
            and facts.granted(WaiverKind.DEMOLISHED, asked.address.id) is None
        ):
            told |= {"office": answered.office, "called_on": local_day(answered.called_at)}
            findings.append(Finding(ADDRESS_DEMOLISHED, _field(position), told))
    return findings


def _last_answer(checks: tuple[DemolitionCheck, ...]) -> DemolitionCheck | None:
    """The newest call that was answered: a call that nobody takes settles nothing."""
    answered = [check for check in checks if check.answer is not DemolitionAnswer.NO_ANSWER]
    return max(answered, key=lambda check: (check.called_at, check.id), default=None)


def _fileable(asked: AskedAddress) -> bool:
    """The verdict may be filed, as it is or once accepted: it leads to one division of today."""
    return asked.verdict.verdict in SUBMITTABLE and bool(asked.verdict.county_code)


def _accepted(asked: AskedAddress) -> bool:
    """A person accepted the very text that the check gives today; a later change of either asks again."""
    return asked.accepted_text == asked.verdict.normalized


def _told(asked: AskedAddress) -> dict[str, Any]:
    verdict = asked.verdict
    return {
        "address": verdict.address,
        "verdict": verdict.verdict,
        "says_zh": verdict.message,
        "says_en": asked.message_en,
        "normalized": verdict.normalized,
        "suggestions": list(verdict.suggestions),
        "suggested": "；".join(verdict.suggestions) or "—",
    }


def _field(position: int) -> str:
    return f"addresses[{position}]"
