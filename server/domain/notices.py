"""The words of notices. Group messages carry case numbers, districts, agents, times and a link, nothing more (S15)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Notice:
    """Templates over the params in both languages; `group` is the text for a group robot, where there is one."""

    zh: str
    en: str
    group: str | None = None


NOTICES: dict[str, Notice] = {
    "visit_held": Notice(
        "外访暂停：案件 {case_number}（{reason}）", "Visit on hold: case {case_number} ({reason})"
    ),
    "placement_assigned": Notice(
        "案件 {case_number} 已转给 {collector}", "Case {case_number} is now with {collector}"
    ),
    "placement_ended": Notice(
        "案件 {case_number} 委案结束，未完成的外访申请已取消（R14）",
        "Case {case_number} has ended; its open visit requests are cancelled (R14)",
    ),
    "papers_due_back": Notice(
        "案件 {case_number} 委案结束，还有 {papers} 份书面资料未交回（R14）",
        "Case {case_number} has ended; {papers} papers are not back yet (R14)",
    ),
    "visit_released": Notice("外访恢复：案件 {case_number}", "Visit released: case {case_number}"),
}


def words(kind: str, params: Mapping[str, Any], language: str = "zh") -> str:
    """The notice in words."""
    notice = NOTICES[kind]
    return (notice.zh if language == "zh" else notice.en).format_map(params)


def group_text(kind: str, params: Mapping[str, Any]) -> str:
    """The text for a group robot; a kind without one may not leave the house."""
    template = NOTICES[kind].group
    if template is None:
        raise ValueError(f"notices of kind {kind} have no words for a group")
    return template.format_map(params)
