"""What a follow-up, a voiding and an outcome are, and the hours of a visit. Clauses V7, V8, V9.

What forbids a start (R12) stands in `leases`.
"""

from __future__ import annotations

from datetime import datetime

from server.domain.calendar import SHANGHAI
from server.domain.placements import AddressStanding
from server.domain.policy.editions import Edition
from server.domain.policy.registry import clause
from server.domain.problems import Category, Finding, kind
from server.domain.visits import AddressOutcome, Visit, VisitState

FOLLOW_UP_NOT_OPEN = kind(
    "follow_up_not_open",
    Category.REFUSED,
    "上一次外访尚未开始，不能由其派生新地址外访",
    "The earlier visit has not begun, so nothing can follow from it",
    remedy=("请先在原地址签到。", "Check in at the first address first."),
    clause="V7",
)
FOLLOW_UP_SAME_ADDRESS = kind(
    "follow_up_same_address",
    Category.REFUSED,
    "后续外访须前往新的地址，该地址就是原外访地址",
    "A follow-up goes to a new address; this is the address of the earlier visit",
    remedy=("请选择新查到的地址。", "Choose the address that was newly found."),
    clause="V7",
)
NOT_STARTED = kind(
    "visit_not_started",
    Category.CONFLICT,
    "该外访尚未签到开始",
    "The visit has not begun: nobody has checked in",
    remedy=("请先签到。", "Check in first."),
)
ALREADY_VOIDED = kind(
    "visit_already_voided",
    Category.CONFLICT,
    "该外访证据已被判定作废",
    "The evidence of this visit has been voided already",
    remedy=("无需再次操作。", "Nothing more is needed."),
    clause="V8",
)


@clause("V7", codes=("follow_up_not_open", "follow_up_same_address"))
def v7_follow_up_findings(parent: Visit, address_id: str) -> list[Finding]:
    """A follow-up goes from a visit that has begun to another address; it counts, and its parent no longer.

    「外访中如得到有关债务人有效信息，如现有联系方式、住址等，去往新地址的外访计入外访成绩，前一次仍为电催成绩」
    """
    findings = []
    if parent.started_at is None:
        findings.append(Finding(FOLLOW_UP_NOT_OPEN))
    if address_id == parent.address_id:
        findings.append(Finding(FOLLOW_UP_SAME_ADDRESS, "address_id"))
    return findings


def supersedes_parent(visit: Visit) -> bool:
    """V7, X6: the parent is superseded once the follow-up has taken place, not when it is planned or begun."""
    return (
        visit.parent_id is not None and visit.started_at is not None and visit.state is VisitState.COMPLETED
    )


@clause("V8", codes=("visit_already_voided",))
def v8_void_findings(visit: Visit) -> list[Finding]:
    """Evidence found forged is voided once, by a manager with reasons; nothing is deleted and nothing excepted.

    「外访录音必须真实有效，伪造录音(银行调录音除外)，直接开除」
    """
    return [] if visit.voided_at is None else [Finding(ALREADY_VOIDED)]


def within_hours(at: datetime, edition: Edition) -> bool:
    """V9: whether the local time lies within the visiting hours, both ends included."""
    opens, closes = edition.visit_hours
    return opens <= at.astimezone(SHANGHAI).time() <= closes


def standing_after(outcome: AddressOutcome) -> AddressStanding | None:
    """What a visit's outcome makes of the address's standing; None leaves it as it was."""
    match outcome:
        case AddressOutcome.FOUND:
            return AddressStanding.VALID
        case AddressOutcome.MOVED | AddressOutcome.DEMOLISHED | AddressOutcome.WRONG:
            return AddressStanding.INVALID
        case _:
            return None
