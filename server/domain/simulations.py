"""Simulations: what another policy would have credited over a period (section 9 of the policy).

Owns which policies can be compared over facts that are gathered already. It refuses those that would gather others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from server.domain.policy.editions import PolicyBook
from server.domain.policy.policy_documents import PARAMETERS, PolicyError
from server.domain.policy.policy_texts import line_of
from server.domain.problems import Category, Finding, kind

# Judged by the edition of the day when the facts were gathered: who was present, which telephone was reachable.
SHAPING = (
    "reachable_days", "daily_calls_reached", "daily_calls_unreached", "presence_metres", "presence_minutes",
)  # fmt: skip
LONGEST_DAYS = 5 * 366


@dataclass(frozen=True, slots=True)
class FactSnapshot:
    """The facts of all cases as they were seen at `taken_at`; `objects` has the key of each table."""

    id: str
    taken_at: datetime
    placements: int
    objects: Mapping[str, str]


POLICY_UNUSABLE = kind(
    "policy_unusable",
    Category.INVALID,
    "政策文件不能使用：{line_zh}{key} {words}",
    "The policy document cannot be used: {line_en}{key} {words}",
    remedy=(
        "请按 docs/policy 中的参数名和取值更正。",
        "Correct it by the names and values in docs/policy.",
    ),
)
NOT_SIMULATED = kind(
    "parameter_not_simulated",
    Category.REFUSED,
    "参数 {key} 决定事实如何采集，不能事后模拟",
    "The parameter {key} decides how facts are gathered and cannot be simulated afterwards",
    remedy=(
        "请从文件中去掉该参数，或保持现行取值。",
        "Leave it out, or keep the value that holds now.",
    ),
)
PERIOD_UNUSABLE = kind(
    "period_unusable",
    Category.INVALID,
    "期间不能使用：{first} 至 {last}",
    "The period {first} to {last} cannot be used",
    remedy=(
        "起始日不得晚于结束日，最长五年。",
        "The first day must not be after the last; five years at most.",
    ),
)
NO_SNAPSHOT = kind(
    "no_fact_snapshot",
    Category.CONFLICT,
    "还没有可供模拟的数据",
    "There are no facts to simulate over yet",
    remedy=(
        "请先生成数据快照（每天也会自动生成），完成后再试。",
        "Ask for a snapshot (one is taken every day too) and try again when it is there.",
    ),
)
SIMULATION_RUNNING = kind(
    "simulation_running",
    Category.BUSY,
    "另一项模拟正在进行",
    "Another simulation is running",
    remedy=("请几秒后重试。", "Try again in a few seconds."),
)


def unusable(error: PolicyError, text: str, field: str) -> Finding:
    """What is wrong with a document, with the line that says it where one does."""
    line = line_of(text, error.key)
    told = {"key": error.key, "words": error.words, "line_zh": "", "line_en": ""}
    if line is not None:
        told |= {"line_zh": f"第 {line} 行：", "line_en": f"line {line}: "}
    return Finding(POLICY_UNUSABLE, field, told)


def period_findings(first: date, last: date) -> list[Finding]:
    if first <= last and (last - first).days < LONGEST_DAYS:
        return []
    return [Finding(PERIOD_UNUSABLE, "from", {"first": first.isoformat(), "last": last.isoformat()})]


def shaping_findings(holds: PolicyBook, asked: PolicyBook) -> list[Finding]:
    """One for each parameter that shapes facts and differs on any day."""
    days = {edition.effective_from for book in (holds, asked) for edition in book.editions}
    return [
        Finding(NOT_SIMULATED, "policy", {"key": name, "clause": PARAMETERS[name].metadata["clause"]})
        for name in SHAPING
        if any(
            getattr(holds.in_force_on(day), name) != getattr(asked.in_force_on(day), name)
            for day in days | {date.min}
        )
    ]
