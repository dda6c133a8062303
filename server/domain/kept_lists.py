"""How a person keeps a list of the desk: filters under a name, and the columns that are left out.

Owns the record and how many there may be. Refuses to be shared: another person is sent the list's address.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from server.domain.problems import Category, Finding, kind

MOST_KEPT = 20


@dataclass(frozen=True, slots=True)
class KeptList:
    """A list at `path` as one person keeps it. Without a name it is the choice of columns; with one, a filter.

    `query` is that of the list's address, `hidden` the keys of the columns left out, with blanks between.
    """

    id: str
    account_id: str
    path: str
    name: str
    query: str
    hidden: str
    kept_at: datetime
    version: int

    @property
    def hidden_columns(self) -> frozenset[str]:
        return frozenset(self.hidden.split())


KEPT_TOO_MANY = kind(
    "kept_too_many",
    Category.REFUSED,
    "每个列表最多保存 {most} 个筛选",
    "At most {most} filters are kept for a list",
    remedy=("请先删除不用的筛选。", "Remove one that is not needed."),
)


def keeping_findings(kept: int) -> list[Finding]:
    """What stands against one more filter beside `kept` others of the same list."""
    return [Finding(KEPT_TOO_MANY, "name", {"most": MOST_KEPT})] if kept >= MOST_KEPT else []
