"""What goes wrong at a visit and is told: adverse answers, findings, incidents. Clauses V4, V16, V17.

Findings are kept with the visit, incidents are looked into by a supervisor. A person who tells of the own fault has
`self_reported` on record (F7); nothing that is told is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from server.domain.policy.registry import clause, kept_at
from server.domain.visits import VisitAnswers

# Words of findings that are no refusals: (zh, en). A finding with the code of a problem has the problem's words.
FINDING_WORDS: Mapping[str, tuple[str, str]] = {
    "cash_offered": ("有人提出给付现金", "Cash was offered or handed over"),
    "benefits_offered": ("有人提出给予好处", "Benefits were offered"),
    "entered_without_consent": ("未经房主同意进入住宅或单位", "Entered without the occupier's consent"),
    "vulnerable_person": ("现场有老、幼、病、残、孕人员", "A vulnerable person was present"),
    "asked_to_leave": ("被要求离开", "The team was asked to leave"),
    "unsafe": ("现场不安全", "The place was not safe"),
    "recording_refused": ("对方拒绝录音", "The recording was refused"),
    "identity_not_shown": ("未表明代理身份", "The identity was not shown"),
    "other_way_despite_device": (
        "本人已领用设备却以其他方式签到",
        "Checked in another way despite an issued device",
    ),
    "started_before_told": ("在不知情时已开始外访", "The visit had begun before the phone could be told"),
    "address_changed": ("外访后地址已被更改", "The address was changed after the visit was planned"),
    "address_unresolved": ("新地址未能解析到区县", "The new address does not resolve to a county"),
}


@dataclass(frozen=True, slots=True)
class Adverse:
    """One adverse thing: its code, the clause, and whether it opens an incident."""

    code: str
    clause: str
    incident: bool


@clause("V17")
def v17_adverse(answers: VisitAnswers) -> list[Adverse]:
    """Adverse answers become findings, and breaches incidents; telling them oneself counts as such.

    「未经房主同意进入对方住宅或单位」「对老、幼、病、残、孕进行不当沟通」「私下收取好处」
    """
    told = [
        (answers.entered and not answers.entry_consent_by, Adverse("entered_without_consent", "V17", True)),
        (answers.vulnerable_person, Adverse("vulnerable_person", "V17", False)),
        (answers.asked_to_leave, Adverse("asked_to_leave", "V17", False)),
        (answers.benefits_offered, Adverse("benefits_offered", "V17", True)),
        (answers.unsafe, Adverse("unsafe", "V17", False)),
        (answers.recording_refused, Adverse("recording_refused", "V2", False)),
        (answers.identity_shown_at is None, Adverse("identity_not_shown", "V15", False)),
    ]
    return [adverse for holds, adverse in told if holds] + v4_cash(answers)


@clause("V4")
def v4_cash(answers: VisitAnswers) -> list[Adverse]:
    """Cash can nowhere be recorded as received; a report of it opens an incident.

    「一律不准收取现金」
    """
    return [Adverse("cash_offered", "V4", True)] if answers.cash_offered else []


kept_at("V16", "api_schemas: no field holds an agreed reduction; tests/api/test_no_such_field.py walks them")
