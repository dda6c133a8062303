"""What is wrong with an import file, by row and column, in words of both languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from server.domain.problems import Category, Finding, ProblemKind, kind

MOST_TOLD = 1000
_CORRECT = ("请更正后重新上传整个文件。", "Correct it and upload the whole file again.")

FILE_REFUSED = kind(
    "import_file_refused",
    Category.INVALID,
    "文件无法读取：{words}",
    "The file cannot be read: {words}",
    remedy=(
        "请下载模板，另存为 CSV 或 XLSX 后重试。",
        "Download the template, save as CSV or XLSX and try again.",
    ),
)
FILE_EMPTY = kind(
    "import_empty", Category.INVALID, "文件中没有数据行", "The file has no data rows", remedy=_CORRECT
)
HEADER_UNKNOWN = kind(
    "import_header_unknown",
    Category.INVALID,
    "不认识的列：{header}",
    "Unknown column: {header}",
    remedy=("请按模板的列名填写，或删除该列。", "Use the template's column names, or remove the column."),
)
HEADER_TWICE = kind(
    "import_header_twice",
    Category.INVALID,
    "列重复出现：{header}",
    "The column stands there twice: {header}",
    remedy=_CORRECT,
)
HEADER_MISSING = kind(
    "import_header_missing",
    Category.INVALID,
    "缺少必填列：{header}",
    "A required column is missing: {header}",
    remedy=("请按模板补上该列。", "Add the column as in the template."),
)
CELL_EMPTY = kind(
    "import_cell_empty",
    Category.INVALID,
    "{header_zh}不能为空",
    "{header_en} must not be empty",
    remedy=_CORRECT,
)
CELL_INVALID = kind(
    "import_cell_invalid",
    Category.INVALID,
    "{header_zh}{shown}：{expected_zh}",
    "{header_en}{shown}: must be {expected_en}",
    remedy=_CORRECT,
)
REFERENCE_UNKNOWN = kind(
    "import_reference_unknown",
    Category.INVALID,
    "{header_zh}在系统中不存在或不在您的范围内：{value}",
    "{header_en} is not in the system or outside your reach: {value}",
    remedy=("请核对，或先在系统中登记。", "Check it, or have it entered first."),
)
ROW_TWICE = kind(
    "import_row_twice",
    Category.INVALID,
    "与第 {first} 行重复",
    "The same as row {first}",
    remedy=("请删除重复的行。", "Remove the repeated row."),
)
DATES_CONTRADICT = kind(
    "import_dates_contradict",
    Category.INVALID,
    "{header_zh}不得早于{other_zh}",
    "{header_en} must not be earlier than {other_en}",
    remedy=_CORRECT,
)


@dataclass(frozen=True, slots=True)
class RowProblem:
    """One thing at one place. `row` counts as the spreadsheet does, the header being row 1; `column` is its header."""

    row: int
    column: str | None
    finding: Finding

    def told(self) -> dict[str, Any]:
        found = self.finding
        return {
            "row": self.row,
            "column": self.column,
            "code": found.kind.code,
            "clause": found.kind.clause,
            "message": {"zh": found.zh(), "en": found.en()},
            "remedy": {"zh": found.remedy_zh(), "en": found.remedy_en()},
        }


@dataclass
class ProblemList:
    """Problems in the order found; all are counted, the first thousand are told."""

    total: int = 0
    items: list[RowProblem] = field(default_factory=list)

    def add(self, row: int, column: str | None, entry: ProblemKind, **params: object) -> None:
        self.total += 1
        if len(self.items) < MOST_TOLD:
            self.items.append(RowProblem(row, column, Finding(entry, column, params)))

    def extend(self, others: ProblemList) -> None:
        self.total += others.total
        self.items += others.items[: MOST_TOLD - len(self.items)]

    def told(self) -> Mapping[str, Any]:
        """As it lies in the row and goes out: sorted by row, for a person goes through the file from the top."""
        return {
            "total": self.total,
            "items": [p.told() for p in sorted(self.items, key=lambda problem: problem.row)],
        }

    def __bool__(self) -> bool:
        return self.total > 0


def merged(lists: Iterable[ProblemList]) -> ProblemList:
    together = ProblemList()
    for one in lists:
        together.extend(one)
    return together
