"""An import undone as a whole: who may, and what stands in the way (S20).

Owns the words of every obstacle. Refuses half an undoing: one row that something stands on keeps the whole file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from server.domain.imports import ImportKind
from server.domain.policy.registry import part_of
from server.domain.problems import Category, Finding, kind

UNDOABLE = frozenset(ImportKind) - {ImportKind.PEOPLE}
MOST_TOLD = 50

NOT_UNDOABLE = kind(
    "import_not_undoable",
    Category.REFUSED,
    "人员文件不能整份撤回：账号开立后，用户名和工号不得再用",
    "A file of people is not undone as a whole: the name and number of an account are never used again",
    remedy=(
        "请在人员页面为开错的账号办理离职，或更正上岗证。",
        "End the accounts that were opened by mistake, or correct the certificates, at the people's pages.",
    ),
    clause="S1",
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
    "回款 {reference} 已写入 {month} 已公布的月结",
    "Repayment {reference} is in the published statement of {month}",
    remedy=(
        "已公布的月结不能抽掉回款：请上传冲回流水号 {reference} 的回款文件，由下月月结更正。",
        "A published statement loses no repayment: upload a reversal of {reference}; the next month corrects it.",
    ),
    clause="M4",
)
CASE_IN_STATEMENT = kind(
    "import_undo_case_in_statement",
    Category.REFUSED,
    "案件 {case_number} 导入后已写入 {month} 已公布的月结",
    "Case {case_number} is in the statement of {month}, which was published since it came in",
    remedy=(
        "已公布的月结依据当时的记录：请在案件页面逐条更正，由下月月结调整。",
        "What was published rests on it: correct it at the case, and the next month adjusts.",
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
        "Check with the client, then upload the right repayment of the case.",
    ),
    clause="A5",
)
LEANED_ON = kind(
    "import_undo_leaned_on",
    Category.REFUSED,
    "案件 {case_number} 的{on_zh}已有{what_zh} {count} 条",
    "Case {case_number}, {on_en}: {what_en} ({count})",
    remedy=(
        "已办过业务的案件不随文件撤回：请在案件页面逐条更正、停用或退案。",
        "What was worked on stays: correct it, end it or recall the case at its own page.",
    ),
    clause="S20",
)
LEANED_ON_BY_IMPORT = kind(
    "import_undo_leaned_on_by_import",
    Category.REFUSED,
    "另一份导入 {filename} 的{what_zh} {count} 条以它的{on_zh}为依据",
    "The import {filename} rests on its {on_en}: {what_en} ({count})",
    remedy=("请先撤回导入 {filename}。", "Undo the import {filename} first."),
    clause="S20",
)
CHANGED_SINCE = kind(
    "import_undo_changed",
    Category.REFUSED,
    "案件 {case_number} 的{on_zh}导入后已更改",
    "Case {case_number}: its {on_en} was changed since it came in",
    remedy=(
        "更改不随文件撤回：请在案件页面逐条更正、停用或退案。",
        "A change is not undone with a file: correct it, end it or recall the case at its own page.",
    ),
    clause="S20",
)
NO_ORIGIN = kind(
    "import_undo_no_origin",
    Category.REFUSED,
    "这份文件写入的{what_zh}有 {count} 条没有记下来自哪份导入，无法分辨",
    "{count} of its {what_en} do not name the import that brought them, and cannot be told apart",
    remedy=(
        "来源记录启用前的导入不能整份撤回：请在案件页面逐条更正、停用或退案。",
        "Files from before rows named their import are corrected row by row at the cases' pages.",
    ),
    clause="S20",
)
PLACEMENT_UNDONE = kind(
    "placement_undone",
    Category.MISSING,
    "案件 {case_number} 已随导入文件 {filename} 整份撤回",
    "Case {case_number} was taken back with the imported file {filename}",
    remedy=(
        "如委托方重新委案，请重新上传委案文件。",
        "If the client places it again, upload a file of placements anew.",
    ),
    clause="S20",
)

ROWS: Mapping[str, tuple[str, str]] = {
    "debtors": ("债务人", "debtor"),
    "placements": ("委案", "placement"),
    "addresses": ("地址", "address"),
    "address_confirmations": ("地址确认", "address confirmation"),
    "phones": ("电话", "telephone"),
    "promises": ("承诺还款", "promise"),
    "police_referrals": ("报经侦", "police referral"),
    "call_notes": ("催记", "call note"),
    "repayments": ("回款", "repayment"),
}
"""What a file brings, by the names of an import's result: in Chinese and, one of them, in English."""
LEANING: Mapping[str, tuple[str, str]] = {
    **{name: words for name, words in ROWS.items() if name != "debtors"},
    "placements": ("委案", "another placement"),
    "contact_restorations": ("恢复联系", "restored contact"),
    "contact_blocks": ("联系屏蔽", "contact block"),
    "holds": ("停催", "hold"),
    "visit_requests": ("报外访", "visit request"),
    "request_addresses": ("报外访地址", "address of a visit request"),
    "waivers": ("例外申请", "exception"),
    "demolition_checks": ("拆迁核实", "demolition check"),
    "address_errors": ("地址错误", "address error"),
    "zone_choices": ("分区选择", "choice of zone"),
    "visits": ("外访", "visit"),
    "visit_contacts": ("现场沟通或转告", "contact or relay at the door"),
    "text_messages": ("短信", "text message"),
    "incidents": ("合规事件", "incident"),
    "evidence_packs": ("证据包", "evidence pack"),
    "disputes": ("业绩异议", "credit dispute"),
    "import_changes": ("留案", "retention"),
}
"""What may lean on a row, by its table."""


class StandsOn(StrEnum):
    """Where an obstacle is looked at."""

    STATEMENT = "statement"
    IMPORT = "import"
    PLACEMENT = "placement"


@dataclass(frozen=True, slots=True)
class Leaning:
    """So many rows of the table `what` on rows `on`: of one case, of one person, or those that one import brought."""

    what: str
    on: str
    placement_id: str | None
    debtor_id: str | None
    count: int
    import_id: str | None


@dataclass(frozen=True, slots=True)
class Leanings:
    """The first of them, and how many there are."""

    told: Sequence[Leaning]
    total: int


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One thing that stands on the file: its words, and where it is; a repayment without a file has no place."""

    finding: Finding
    at: StandsOn
    id: str


@dataclass(frozen=True, slots=True)
class Undoing:
    """What would be taken back of a file: rows by kind, the sum of repayments, the cases that are concerned, those
    that get their earlier end again, holds that would be released; the first obstacles, and how many there are."""

    rows: Mapping[str, int]
    sum_fen: int
    cases: int
    restored: int
    released: int
    obstacles: Sequence[Obstacle]
    obstacle_count: int


NOTHING_LEFT = Undoing({}, 0, 0, 0, 0, (), 0)


def undoable_findings(imported: ImportKind) -> list[Finding]:
    """S1: an account stays on record for good, and its name is never used again; the file could not come again."""
    return [] if imported in UNDOABLE else [Finding(NOT_UNDOABLE)]


def one_person_findings(asked_by: str | None, confirmed_by: str) -> list[Finding]:
    """S20: who asks does not confirm."""
    return [Finding(UNDONE_BY_ONE)] if asked_by == confirmed_by else []


def unnamed_findings(created: Mapping[str, int], named: Mapping[str, int]) -> list[Finding]:
    """Rows that the file wrote and that do not say so: they came before rows named their import."""
    found = []
    for what, count in created.items():
        lost = count - named.get(what, 0)
        if lost > 0 and what in ROWS:
            zh, en = ROWS[what]
            found.append(Finding(NO_ORIGIN, params={"what_zh": zh, "what_en": en, "count": lost}))
    return found


def leaning_finding(leaning: Leaning, named: str) -> Finding:
    """What leans on rows, in words: of the case with that number, or by the import of that name, which goes first."""
    (on_zh, on_en), (what_zh, what_en) = ROWS[leaning.on], LEANING[leaning.what]
    told = {"on_zh": on_zh, "on_en": on_en, "what_zh": what_zh, "what_en": what_en, "count": leaning.count}
    if leaning.import_id is not None:
        return Finding(LEANED_ON_BY_IMPORT, params=told | {"filename": named})
    return Finding(LEANED_ON, params=told | {"case_number": named})


def changed_finding(on: str, case_number: str) -> Finding:
    """A row that is no longer as it was brought."""
    zh, en = ROWS[on]
    return Finding(CHANGED_SINCE, params={"case_number": case_number, "on_zh": zh, "on_en": en})


@part_of("M4", codes=("import_undo_in_statement", "import_undo_case_in_statement"))
@part_of("A5", codes=("import_undo_reversed", "import_undo_would_hold"))
def obstacle_findings(undoing: Undoing) -> list[Finding]:
    """The first of the obstacles; a file of twenty thousand rows may have as many."""
    return [one.finding for one in undoing.obstacles[:MOST_TOLD]]
