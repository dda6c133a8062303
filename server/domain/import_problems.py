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
    "文件无法读取：{words_zh}",
    "The file cannot be read: {words_en}",
    remedy=(
        "请下载模板，另存为 CSV 或 XLSX 后重试。",
        "Download the template, save as CSV or XLSX and try again.",
    ),
)
TURNED_DOWN = kind(
    "import_turned_down",
    Category.REFUSED,
    "品管未确认：{reason}",
    "QA did not confirm it: {reason}",
    remedy=_CORRECT,
    clause="S20",
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
CASE_AMBIGUOUS = kind(
    "import_case_ambiguous",
    Category.INVALID,
    "案件编号 {case_number} 在多个委托方下都有",
    "The case number {case_number} exists with several clients",
    remedy=("请填写“委托方”列。", 'Fill in the column "client".'),
)
DAY_AHEAD = kind(
    "import_day_ahead",
    Category.INVALID,
    "{header_zh}在将来，事情还没有发生",
    "{header_en} lies in the future",
    remedy=_CORRECT,
)
ADDRESS_UNRESOLVED = kind(
    "import_address_unresolved",
    Category.INVALID,
    "地址已保存，但行政区划不能确定（{verdict}）：{message_zh}",
    "The address is kept, but its division is not certain ({verdict})",
    remedy=("报外访前须先更正该地址。", "It must be corrected before a visit can be requested."),
)
CONFIRMATION_INCOMPLETE = kind(
    "import_confirmation_incomplete",
    Category.INVALID,
    "地址确认须同时填写确认人、确认日期、确认方式",
    "A confirmation says who confirmed the address, when and how",
    remedy=_CORRECT,
)
NAME_DIFFERS = kind(
    "import_name_differs",
    Category.INVALID,
    "该身份证号在系统中登记的姓名不同，已保留原姓名",
    "The identity number is on file with another name, which is kept",
    remedy=("请与委托方核对。", "Check with the client."),
)
PHONE_OWNER_NEEDED = kind(
    "import_phone_owner_needed",
    Category.INVALID,
    "该号码不在案件中，须填写机主才能添加",
    "The number is not on file with the case; say whose it is, so that it can be added",
    remedy=_CORRECT,
)
CERTIFICATE_INCOMPLETE = kind(
    "import_certificate_incomplete",
    Category.INVALID,
    "上岗证须同时填写考核分数、批准人、批准日期、月度考核合格、有效期",
    "A certificate says score, who approved it and when, the test and its validity",
    remedy=_CORRECT,
)
SCORE_OUT_OF_RANGE = kind(
    "import_score_out_of_range",
    Category.INVALID,
    "考核分数应为 0 至 100",
    "The score is from 0 to 100",
    remedy=_CORRECT,
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
