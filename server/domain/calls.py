"""Calls and messages about a debtor: hours, daily limits, blocks, the firm's own line. Clauses V9, V12, V13, V18.

A call that happened is recorded whatever the limits say; the same findings refuse it beforehand and are kept with it
afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from server.domain.placements import CallLine, CallNote, ContactBlock, Direction, Phone, PhoneOwner
from server.domain.policy.editions import Edition
from server.domain.policy.registry import clause, kept_at
from server.domain.problems import Category, Finding, kind
from server.domain.visit_rules import within_hours

OUTSIDE_HOURS = kind(
    "outside_hours",
    Category.REFUSED,
    "{at} 不在可外访、可拨打的时间 {opens} 至 {closes} 内",
    "{at} is outside the hours from {opens} to {closes}",
    remedy=("请在规定时间内进行。", "Do it within the hours."),
    clause="V9",
)
CALL_LIMIT_REACHED = kind(
    "call_limit_reached",
    Category.REFUSED,
    "债务人当日已被呼出 {made} 次，{reached_zh}上限为 {limit} 次",
    "The debtor was called {made} times today; the limit for one {reached_en} is {limit}",
    remedy=("今日不得再呼出；C4 视同已拨打。", "No more calls today; for C4 it counts as called."),
    clause="V9",
)
CONTACT_BLOCKED = kind(
    "contact_blocked",
    Category.REFUSED,
    "该号码或该人已要求不得联系",
    "This number or person must not be contacted",
    remedy=("请立即停止联系。", "Stop contacting at once."),
    clause="V13",
)
LINE_NOT_RECORDED = kind(
    "line_not_recorded",
    Category.REFUSED,
    "该通话未使用公司带录音的线路或设备，不计入",
    "The call did not go through a recorded line of the firm, so it does not count",
    remedy=(
        "请使用公司录音线路，或在公司设备录音中拨打。",
        "Call through the recorded line, or while recording.",
    ),
    clause="V12",
)


@dataclass(frozen=True, slots=True)
class CallDay:
    """The debtor's day so far: outgoing calls made to the debtor, whether one was answered, how many are left."""

    made: int
    reached: bool
    limit: int

    @property
    def left(self) -> int:
        return max(0, self.limit - self.made)


def call_day(notes: Iterable[CallNote], owner_of: dict[str, PhoneOwner], edition: Edition) -> CallDay:
    """Count the day's calls to the debtor's own numbers, by collector and agents together; incoming ones do not count.

    Calls to relatives and contacts are no calls of the debtor; they have their own limits by V13 and the hours.
    """
    made = [
        note
        for note in notes
        if note.direction is Direction.OUT and owner_of.get(note.phone_id) is PhoneOwner.DEBTOR
    ]
    reached = any(note.answered for note in made)
    return CallDay(
        len(made), reached, edition.daily_calls_reached if reached else edition.daily_calls_unreached
    )


@clause("V9", codes=("outside_hours", "call_limit_reached"))
def v9_call_findings(at: datetime, owner: PhoneOwner, day: CallDay, edition: Edition) -> list[Finding]:
    """Calls are made within the hours; a debtor reached today is called 3 times in all, one not reached 5 times.

    「以晚22点至早8点的禁呼时间为底线」「针对已接通客户当日主动呼出累计不得超过3次，针对未接通的客户每天主动呼出累计不可超过5次，
    客户主动联系不计入次数」
    """
    findings = hours_findings(at, edition)
    if owner is PhoneOwner.DEBTOR and day.left == 0:
        facts = {
            "made": day.made,
            "limit": day.limit,
            "reached_zh": "已接通" if day.reached else "未接通",
            "reached_en": "who was reached" if day.reached else "who was not reached",
        }
        findings.append(Finding(CALL_LIMIT_REACHED, "phone_id", facts))
    return findings


def hours_findings(at: datetime, edition: Edition) -> list[Finding]:
    """V9: visits start and calls are made within the hours."""
    if within_hours(at, edition):
        return []
    opens, closes = edition.visit_hours
    return [
        Finding(
            OUTSIDE_HOURS,
            "at",
            {"at": at.isoformat(), "opens": f"{opens:%H:%M}", "closes": f"{closes:%H:%M}"},
        )
    ]


@clause("V12", codes=("line_not_recorded",))
def v12_line_findings(line: CallLine) -> list[Finding]:
    """A call counts through the firm's recorded line, or on the company device under the running recording.

    「严禁使用手机号、微信、QQ和没有录音的座机号等不合规的方式进行催收，必须通过带有录音功能的座机号」
    """
    return [Finding(LINE_NOT_RECORDED, "line")] if line is CallLine.OTHER else []


@clause("V13", codes=("contact_blocked",))
def v13_block_findings(phone: Phone, blocks: Sequence[ContactBlock]) -> list[Finding]:
    """A number or a person that asked not to be contacted is blocked at once for everybody.

    「存在投诉倾向的客户，应第一时间停催并安排主管级员工」「若第三方联系人明确要求不得联系，应立即停止沟通，并制定相应的禁止再呼机制」

    A block of a person is one of all numbers of the debtor's own.
    """
    if any(block.lifted_at is None and concerns(block, phone) for block in blocks):
        return [Finding(CONTACT_BLOCKED, "phone_id")]
    return []


def concerns(block: ContactBlock, phone: Phone) -> bool:
    """V13: whether a block is one of this number, whenever it was in force."""
    if block.number is not None:
        return block.number == phone.number
    return block.debtor_id == phone.debtor_id and phone.owner is PhoneOwner.DEBTOR


def counts_as_called(note: CallNote, visit_id: str) -> bool:
    """C4, V12: whether a call note is an on-site call of the visit that counts."""
    return note.visit_id == visit_id and note.direction is Direction.OUT and note.line is not CallLine.OTHER


kept_at("V18", "server/services/visit_calls.py: one call note a call, with its place in the recording")
