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
