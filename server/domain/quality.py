"""QA's sample of a month and its check list (S12): who is drawn, what is looked for, what a check may say.

Owns the handbook's table of 15 breaches as the first list, as data, and the draw: a part of it by chance alone, so
that nobody can know that a visit goes unseen, the rest by chance weighted by what speaks for a closer look (*ours*).
The draw is a function of the month's visits and a seed: whoever has both draws the same again. Refuses to void
anything: a check proposes, a manager decides (V8).
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from server.domain.policy.registry import kept_at
from server.domain.problems import Category, Finding, kind

LEAST_DRAWN = 10
MOST_DRAWN = 200
PER_CENT_DRAWN = 5
_MOST_FLAGS = 3  # more flags of one visit say no more: it would be drawn whatever else there is


class Breach(StrEnum):
    """The handbook's table of what is looked at first, in its order."""

    FALSE_IDENTITY = "false_identity"
    FALSE_AUTHORITY = "false_authority"
    SOFT_VIOLENCE = "soft_violence"
    VULNERABLE_PERSON = "vulnerable_person"
    DEBT_TOLD = "debt_told"
    THIRD_PARTY_DUNNED = "third_party_dunned"
    UNAUTHORISED_PROMISE = "unauthorised_promise"
    TOO_OFTEN = "too_often"
    FORGED_FACTS = "forged_facts"
    COMPLAINT_IGNORED = "complaint_ignored"
    PRIVATE_CHANNEL = "private_channel"
    ILLEGAL_SOURCE = "illegal_source"
    CASH_TAKEN = "cash_taken"
    BENEFIT_TAKEN = "benefit_taken"
    ENTERED_WITHOUT_CONSENT = "entered_without_consent"


class BreachConsequence(StrEnum):
    DISMISSAL = "dismissal"  # 劝退
    DISCRETION = "discretion"  # 酌情处理
    FINE_FIRST = "fine_first"  # 初次罚款
    FINE_THEN_DISMISSAL = "fine_then_dismissal"  # 初次罚款，二次劝退


class Verdict(StrEnum):
    COMPLIANT = "compliant"
    MINOR = "minor"
    SERIOUS = "serious"


class DrawnBy(StrEnum):
    CHANCE = "chance"
    RISK = "risk"


@dataclass(frozen=True, slots=True)
class CheckPoint:
    """A line of the list: the handbook's words, what they say, its consequence, our clause of the matter if any."""

    zh: str
    en: str
    consequence: BreachConsequence
    clause: str | None = None


_OUT = BreachConsequence.DISMISSAL
CHECK_LIST: Mapping[Breach, CheckPoint] = {
    Breach.FALSE_IDENTITY: CheckPoint(
        "冒用甲方、客户或第三方身份获取信息", "Posed as client, customer or third party to learn something", _OUT, "V15"
    ),
    Breach.FALSE_AUTHORITY: CheckPoint(
        "冒用国家机关、执法部门身份或文书进行作业", "Posed as an authority, or used its papers", _OUT, "V15"
    ),
    Breach.SOFT_VIOLENCE: CheckPoint(
        "利用侮辱、恐吓、讽刺等“软暴力”方式进行作业", "Insulted, threatened or mocked", _OUT
    ),
    Breach.VULNERABLE_PERSON: CheckPoint(
        "对老、幼、病、残、孕进行不当沟通", "Spoke improperly with old, young, ill, disabled or pregnant people",
        BreachConsequence.DISCRETION, "V17",
    ),
    Breach.DEBT_TOLD: CheckPoint(
        "向除代偿意愿人外第三方泄露欠款金额等隐私信息", "Told of the debt to somebody who had not offered to repay",
        _OUT, "V10",
    ),
    Breach.THIRD_PARTY_DUNNED: CheckPoint("对第三方进行催收", "Asked a third party for the money", _OUT, "V14"),
    Breach.UNAUTHORISED_PROMISE: CheckPoint(
        "未经甲方授权私自对债务人进行承诺", "Promised the debtor something without the client's leave", _OUT, "V16"
    ),
    Breach.TOO_OFTEN: CheckPoint(
        "高频次联系债务人或第三方", "Contacted the debtor or others too often", _OUT, "V9"
    ),
    Breach.FORGED_FACTS: CheckPoint(
        "利用PS等软件伪造事实进行催收", "Forged facts with software", _OUT, "V8"
    ),
    Breach.COMPLAINT_IGNORED: CheckPoint(
        "债务人有明确投诉倾向时未及时安抚", "Did not calm a debtor who was about to complain",
        BreachConsequence.FINE_FIRST, "V13",
    ),
    Breach.PRIVATE_CHANNEL: CheckPoint(
        "以私人电话、微信、短信等未批准方式联系债务人", "Contacted the debtor by private telephone or messenger",
        BreachConsequence.FINE_THEN_DISMISSAL, "V12",
    ),
    Breach.ILLEGAL_SOURCE: CheckPoint(
        "通过非法渠道获取债务人隐私信息", "Learnt private things of the debtor by unlawful ways", _OUT
    ),
    Breach.CASH_TAKEN: CheckPoint("作业人员未经甲方同意收取现金", "Took cash", _OUT, "V4"),
    Breach.BENEFIT_TAKEN: CheckPoint("作业人员私下收取好处", "Took a benefit", _OUT, "V17"),
    Breach.ENTERED_WITHOUT_CONSENT: CheckPoint(
        "未经房主同意进入对方住宅或单位", "Entered a home or an office without consent", _OUT, "V17"
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Candidate:
    """A visit of the month as the draw sees it; what is counted is what had come by the time of the draw."""

    visit_id: str
    flags: int
    late: bool
    lacking: bool


@dataclass(frozen=True, slots=True)
class Drawn:
    visit_id: str
    by: DrawnBy
    weight: int


@dataclass(frozen=True, slots=True)
class QualitySample:
    """A month's sample: `population` visits, drawn by `seed` from a frame with that digest."""

    id: str
    month: str
    seed: str
    population: int
    frame_sha256: str
    drawn_at: datetime
    drawn_by: str


@dataclass(frozen=True, slots=True)
class QualityItem:
    """A visit of the sample; `weight` is the one that it was drawn with."""

    id: str
    sample_id: str
    visit_id: str
    position: int
    drawn_by: DrawnBy
    weight: int


@dataclass(frozen=True, slots=True)
class QualityCheck:
    """What somebody found on a visit of the sample. A later check stands beside the earlier ones, none is changed."""

    id: str
    item_id: str
    verdict: Verdict
    breaches: tuple[Breach, ...]
    note: str
    void_proposed: bool
    checked_by: str
    checked_at: datetime


QUALITY_MONTH_RUNS = kind(
    "quality_month_runs",
    Category.REFUSED,
    "{month} 尚未结束，{day} 之后才能抽取",
    "{month} is not over; its sample is drawn after {day}",
    remedy=("请在次月抽取。", "Draw it in the next month."),
    clause="S12",
)
QUALITY_NOTHING = kind(
    "quality_nothing_to_draw",
    Category.REFUSED,
    "{month} 没有已开始的外访，无可抽取",
    "No visit began in {month}: there is nothing to draw from",
    remedy=("请核对月份。", "Check the month."),
    clause="S12",
)
QUALITY_DRAWN = kind(
    "quality_already_drawn",
    Category.CONFLICT,
    "{month} 的样本已经抽取，不能再抽",
    "The sample of {month} was drawn, and is drawn once",
    remedy=("请检查已抽取的外访。", "Check the visits that were drawn."),
    clause="S12",
)
QUALITY_CONTRADICTS = kind(
    "quality_contradicts",
    Category.INVALID,
    "结论与勾选的违规项不符：合规时不勾选，不合规时至少勾选一项",
    "Verdict and breaches contradict: none with compliant, one at least with the others",
    remedy=("请更正结论或勾选的项目。", "Correct the verdict or the breaches."),
    clause="S12",
)
QUALITY_NO_NOTE = kind(
    "quality_no_note",
    Category.INVALID,
    "有违规项或建议作废时，须写明依据（录音的时间、照片）",
    "A breach, or a proposal to void, needs the ground: the second of the recording, the photo",
    remedy=("请填写说明。", "Write the note."),
    clause="S12",
)


def weight_of(candidate: Candidate) -> int:
    """What a visit weighs when it is drawn by risk; none weighs nothing."""
    flags = min(candidate.flags, _MOST_FLAGS)
    return 1 + 4 * flags + 3 * candidate.lacking + 2 * candidate.late


def sample_size(population: int) -> int:
    """A twentieth of the month, ten at least where there are ten, never more than people can look at."""
    wanted = max(LEAST_DRAWN, -(-population * PER_CENT_DRAWN // 100))
    return min(population, wanted, MOST_DRAWN)


def draw(frame: Iterable[Candidate], seed: str) -> list[Drawn]:
    """S12: half by chance, rounded up, the rest by risk: each chance is a digest of seed and visit, so that it needs no
    dice and no order of the frame, and can be drawn again anywhere."""
    candidates = list(frame)
    wanted = sample_size(len(candidates))
    ordered = sorted(candidates, key=lambda one: (_digest(seed, "chance", one.visit_id), one.visit_id))
    by_chance = ordered[: -(-wanted // 2)]
    rest = sorted(ordered[len(by_chance) :], key=lambda one: (_race(seed, one, weight_of(one)), one.visit_id))
    return [
        *(Drawn(one.visit_id, DrawnBy.CHANCE, weight_of(one)) for one in by_chance),
        *(Drawn(one.visit_id, DrawnBy.RISK, weight_of(one)) for one in rest[: wanted - len(by_chance)]),
    ]


def frame_digest(frame: Iterable[Candidate]) -> str:
    """SHA-256 over the frame in the order of its ids: what was drawn from, in one line."""
    lines = sorted(f"{one.visit_id} {weight_of(one)}\n" for one in frame)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def check_findings(
    verdict: Verdict, breaches: Sequence[Breach], note: str, *, void_proposed: bool
) -> list[Finding]:
    """S12: what a check may not say."""
    findings = []
    if (verdict is Verdict.COMPLIANT) is bool(breaches):
        findings.append(Finding(QUALITY_CONTRADICTS, "breaches"))
    if (breaches or void_proposed) and not note.strip():
        findings.append(Finding(QUALITY_NO_NOTE, "note"))
    return findings


def _digest(seed: str, purpose: str, visit_id: str) -> bytes:
    return hashlib.sha256(f"{seed}|{purpose}|{visit_id}".encode()).digest()


def _race(seed: str, candidate: Candidate, weight: int) -> float:
    """The time at which a visit arrives that arrives `weight` times as often as one of weight 1."""
    chance = (int.from_bytes(_digest(seed, "risk", candidate.visit_id)[:6]) + 1) / (1 << 48)
    return -math.log(chance) / weight


kept_at("S12", "server/domain/quality.py: CHECK_LIST, draw, check_findings")
