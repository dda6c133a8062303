"""An import undone as a whole: who may, and what stands in the way (S20).

Owns the words of every obstacle. Refuses half an undoing: one row that something stands on keeps the whole file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from server.domain.imports import ImportKind
from server.domain.policy.registry import part_of
from server.domain.problems import Category, Finding, kind

UNDOABLE = frozenset({ImportKind.REPAYMENTS})
MOST_TOLD = 50

NOT_UNDOABLE = kind(
    "import_not_undoable",
    Category.REFUSED,
    "只有回款文件可以整份撤回",
    "Only files of repayments are undone as a whole",
    remedy=(
        "其他导入请在案件、地址、人员页面上逐条更正或停用。",
        "Correct or end what other files brought at the case, the address or the person.",
    ),
    clause="S20",
)
UNDONE_BY_ONE = kind(
    "import_undone_by_one",
    Category.REFUSED,
    "撤回导入须由一人申请、另一人确认，不能由同一人完成",
    "One person asks for the undoing of an import and another confirms it",
    remedy=("请由另一位品管人员确认。", "Have another person of QA confirm it."),
    clause="S20",
)
IN_STATEMENT = kind(
    "import_undo_in_statement",
    Category.REFUSED,
    "回款 {reference} 已写入 {month} 已公布的账单",
    "Repayment {reference} is in the published statement of {month}",
    remedy=(
        "已公布的账单不能抽掉回款：请上传冲回流水号 {reference} 的回款文件，由下月账单更正。",
        "A published statement loses no repayment: bring a reversal of {reference}; the next month corrects it.",
    ),
    clause="M4",
)
REVERSED_LATER = kind(
    "import_undo_reversed",
    Category.REFUSED,
    "回款 {reference} 已被另一份导入的流水号 {reversal} 冲回",
    "Repayment {reference} is reversed by {reversal} of another import",
    remedy=("请先撤回带来 {reversal} 的导入。", "Undo the import that brought {reversal} first."),
    clause="A5",
)
WOULD_HOLD = kind(
    "import_undo_would_hold",
    Category.REFUSED,
    "撤回冲回后，案件 {case_number} 又算全额回款，已恢复的外访会再次停止",
    "Without its reversal case {case_number} counts as repaid in full, and its visits would stop again",
    remedy=(
        "请与委托方核对，再上传该案件正确的回款。",
        "Check with the client, then bring the right repayment of the case.",
    ),
    clause="A5",
)


class StandsOn(StrEnum):
    """Where an obstacle is looked at."""

    STATEMENT = "statement"
    IMPORT = "import"
    PLACEMENT = "placement"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One thing that stands on the file: its words, and where it is; a repayment without a file has no place."""

    finding: Finding
    at: StandsOn
    id: str


@dataclass(frozen=True, slots=True)
class Undoing:
    """What would be taken back of a file: repayments with their sum, their placements, holds that would be released."""

    repayments: int
    sum_fen: int
    placement_ids: frozenset[str]
    released: int
    obstacles: Sequence[Obstacle]


def one_person_findings(asked_by: str | None, confirmed_by: str) -> list[Finding]:
    """S20: who asks does not confirm."""
    return [Finding(UNDONE_BY_ONE)] if asked_by == confirmed_by else []


@part_of("M4", codes=("import_undo_in_statement",))
@part_of("A5", codes=("import_undo_reversed", "import_undo_would_hold"))
def obstacle_findings(undoing: Undoing) -> list[Finding]:
    """The first of the obstacles; a file of twenty thousand rows may have as many."""
    return [one.finding for one in undoing.obstacles[:MOST_TOLD]]
