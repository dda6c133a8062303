"""The clauses that stand before a visit request is filed: R1, R4, R5, R6, R7, R11 and the hold of V13.

One function a clause over the frozen `RequestFacts`; each answers with findings that name the fact that failed. Those
on the words of an address (R2, R3, R8) stand in `request_address_rules`. Refuses nothing itself: the caller does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from server.domain.address_standing import told_reason
from server.domain.placements import AddressKind, AddressStanding, HoldReason, placement_end
from server.domain.policy.registry import CLAUSES, clause, part_of
from server.domain.problems import Finding
from server.domain.request_address_rules import (
    r2_address_findings,
    r3_division_findings,
    r8_demolition_findings,
)
from server.domain.request_facts import AskedAddress, RequestFacts
from server.domain.request_problems import (
    ADDRESS_INVALID,
    ADDRESS_NOT_CONFIRMED,
    COUNTIES_DIFFER,
    HIGHER_ADDRESS_OPEN,
    OTHER_REQUEST_OPEN,
    PROMISE_NOT_DUE,
    RECALL_TOO_NEAR,
    REQUEST_AFTER_END,
    REQUEST_BEFORE_OPENING,
    REQUEST_ON_HOLD,
)
from server.domain.requests import WaiverKind

_RANKS = {1: ("有效地址", "valid address"), 2: ("户籍地址", "household registration")}


@dataclass(frozen=True, slots=True)
class ClauseCheck:
    """What one clause says of a request: its sentence and what stands against it; nothing is a pass."""

    clause: str
    sentence: str
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        return not self.findings


@clause("R1", codes=("request_before_opening", "request_after_end"))
def r1_within_placement(facts: RequestFacts) -> list[Finding]:
    """The request stands between the opening of the case and the end of the placement.

    「需在开案以后」
    """
    placement, day, end = facts.placement, facts.requested_on, placement_end(facts.placement)
    if day < placement.opened_on:
        return [
            Finding(REQUEST_BEFORE_OPENING, None, {"opened_on": placement.opened_on, "requested_on": day})
        ]
    # The last day of the mandate is still a day of it; a recorded end is over when it is recorded.
    if day > end or (placement.ended_on is not None and day >= placement.ended_on):
        return [Finding(REQUEST_AFTER_END, None, {"placement_end": end})]
    return []


@clause("R4", codes=("recall_too_near",))
def r4_recall_far_enough(facts: RequestFacts) -> list[Finding]:
    """More than fifteen days are left to the recall, or a dispatcher granted an exception before.

    「离退案15天以内，不得再提交外访(特殊情况，提交前需报外访客服批准)」
    """
    end = placement_end(facts.placement)
    days_left = (end - facts.requested_on).days
    limit = facts.edition.recall_blackout_days
    if days_left > limit or facts.granted(WaiverKind.RECALL_BLACKOUT) is not None:
        return []
    told = {
        "placement_end": end,
        "requested_on": facts.requested_on,
        "days_left": days_left,
        "limit": limit,
    }
    return [Finding(RECALL_TOO_NEAR, None, told)]


@clause("R5", codes=("higher_address_open",))
def r5_higher_address_first(facts: RequestFacts) -> list[Finding]:
    """A lower-ranked address waits while a higher one is neither visited, nor invalid, nor in the same request.

    「外访地址需按照有效地址、户籍地址、家庭地址/工作单位顺序提交」
    """
    asked_ids = {asked.address.id for asked in facts.asked}
    waiting = [k for k in facts.known if not k.done_with and k.address.id not in asked_ids]
    findings = []
    for position, asked in enumerate(facts.asked):
        higher = sorted((k for k in waiting if k.rank < asked.known.rank), key=lambda k: k.rank)
        if not higher or facts.granted(WaiverKind.ADDRESS_ORDER, asked.address.id) is not None:
            continue
        rank_zh, rank_en = _RANKS[higher[0].rank]
        told = {
            "address": asked.address.text,
            "rank_zh": rank_zh,
            "rank_en": rank_en,
            "higher": "；".join(k.address.text for k in higher),
            "higher_ids": [k.address.id for k in higher],
        }
        findings.append(Finding(HIGHER_ADDRESS_OPEN, _field(position), told))
    return findings


@clause("R6", codes=("address_not_confirmed", "address_recorded_invalid"))
def r6_confirmed(facts: RequestFacts) -> list[Finding]:
    """Every address but the household registration has a confirmation on file, and is not on record as invalid.

    「除户籍地外，其他地址需确认有效。案件只能提有效地址或户籍地址」
    """
    findings = []
    for position, asked in enumerate(facts.asked):
        address = asked.address
        if address.kind is AddressKind.HOUSEHOLD:
            continue
        told = {"address": address.text}
        if asked.known.standing is AddressStanding.INVALID:
            why = told_reason(address.standing_reason) or "—"
            findings.append(Finding(ADDRESS_INVALID, _field(position), told | {"why": why}))
        elif not asked.confirmed:
            findings.append(Finding(ADDRESS_NOT_CONFIRMED, _field(position), told))
    return findings


@clause("R7", codes=("counties_differ", "other_request_open"))
def r7_one_division(facts: RequestFacts) -> list[Finding]:
    """The addresses share one county-level division, and no request of the debtor is open in another one.

    「每户每次案件只能提报一个地址(如多个地址在一个区/县级行政区划内可提报多个)」
    """
    # What does not resolve to a division is refused by R2 or R3; here it would only be said twice.
    counties = {
        asked.verdict.county_code: _county(asked) for asked in facts.asked if asked.verdict.county_code
    }
    findings = []
    if len(counties) > 1:
        findings.append(Finding(COUNTIES_DIFFER, "addresses", {"counties": "、".join(counties.values())}))
    told = set()
    for other in facts.open_divisions:
        if counties and set(counties) != {other.county_code} and other.county_code not in told:
            told.add(other.county_code)
            params = {"county": other.county, "filed_on": other.filed_on}
            findings.append(Finding(OTHER_REQUEST_OPEN, "addresses", params))
    return findings


@clause("R11", codes=("promise_not_due",))
def r11_after_the_promise(facts: RequestFacts) -> list[Finding]:
    """No visit is asked for on or before the day of a promise made by phone and judged able, unless explained.

    「电催过程中，债务人已承诺且有能力进行还款，因此不建议在承诺还款日期之前去外访，有特殊情况请提交书面说明」
    """
    waiver = facts.granted(WaiverKind.PROMISE)
    pending = [
        promise
        for promise in facts.promises
        if promise.by_phone
        and promise.judged_able
        and promise.made_on <= facts.requested_on <= promise.due_on
        # An explanation was accepted for the promises that the dispatcher could see, not for later ones.
        and not (waiver and waiver.decided_at and promise.recorded_at <= waiver.decided_at)
    ]
    if not pending:
        return []
    due_on = max(promise.due_on for promise in pending)
    return [Finding(PROMISE_NOT_DUE, None, {"due_on": due_on, "requested_on": facts.requested_on})]


@part_of("V13", codes=("request_on_hold",))
def v13_not_on_hold(facts: RequestFacts) -> list[Finding]:
    """V13: no visits are asked for while the case, or the address, stands still or nobody may contact the debtor."""
    positions = {asked.address.id: position for position, asked in enumerate(facts.asked)}
    findings = []
    if facts.person_blocked:
        findings.append(Finding(REQUEST_ON_HOLD, None, {"reason": HoldReason.DO_NOT_CONTACT}))
    for hold in facts.holds:
        if hold.address_id is None:
            findings.append(Finding(REQUEST_ON_HOLD, None, {"reason": hold.reason}))
        elif hold.address_id in positions:
            field = _field(positions[hold.address_id])
            findings.append(Finding(REQUEST_ON_HOLD, field, {"reason": hold.reason}))
    return findings


CHECKS: tuple[tuple[str, Callable[[RequestFacts], list[Finding]]], ...] = (
    ("R1", r1_within_placement),
    ("R2", r2_address_findings),
    ("R3", r3_division_findings),
    ("R4", r4_recall_far_enough),
    ("R5", r5_higher_address_first),
    ("R6", r6_confirmed),
    ("R7", r7_one_division),
    ("R8", r8_demolition_findings),
    ("R11", r11_after_the_promise),
    ("V13", v13_not_on_hold),
)


def check_request(facts: RequestFacts) -> list[ClauseCheck]:
    """Every clause with its verdict, so that the desk shows what is fine beside what is not."""
    return [
        ClauseCheck(
            clause_id, CLAUSES[clause_id].sentence if clause_id in CLAUSES else "", tuple(rule(facts))
        )
        for clause_id, rule in CHECKS
    ]


def request_findings(facts: RequestFacts) -> list[Finding]:
    """Everything that stands against filing."""
    return [finding for check in check_request(facts) for finding in check.findings]


def _county(asked: AskedAddress) -> str:
    return asked.verdict.city + asked.verdict.county


def _field(position: int) -> str:
    return f"addresses[{position}]"
