"""What leaves the desk as a file of a list: how much of it, and how it is called (S5, S11, S15).

Refuses more rows at once than anybody reads: who needs all of a branch asks IT for a file of its own.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from server.domain.calendar import SHANGHAI
from server.domain.problems import Category, kind

MOST_ROWS = 5_000


class Extent(StrEnum):
    PAGE = "page"
    CHOSEN = "chosen"
    ALL = "all"


class Ending(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"


LIST_TOO_LONG = kind(
    "list_too_long",
    Category.REFUSED,
    "列表超过 {most} 行，不能一次导出",
    "The list has more than {most} rows, too many for one file",
    remedy=("请先筛选，再导出。", "Narrow the list, then export it."),
    clause="S11",
)
LIST_EMPTY = kind(
    "list_empty",
    Category.REFUSED,
    "没有可以导出的行",
    "There is no row to export",
    remedy=("请核对筛选或勾选的行。", "Check the filters, or the rows that are ticked."),
    clause="S11",
)
LIST_UNKNOWN = kind(
    "list_unknown",
    Category.MISSING,
    "没有这个列表：{path}",
    "There is no list at {path}",
    remedy=("请在列表页面上操作。", "Do it on the page of a list."),
)


def file_name(path: str, at: datetime) -> str:
    """visits-20260310-1200, of /desk/visits: the list's own name and the minute, nothing of what is in it."""
    return f"{path.rpartition('/')[2]}-{at.astimezone(SHANGHAI):%Y%m%d-%H%M}"
