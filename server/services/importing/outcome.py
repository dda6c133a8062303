"""What came of looking at the rows of a file: problems, warnings, what would be written; and the writing of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from server.domain.import_problems import ProblemList
from server.domain.import_sheets import ImportRow, Sheet
from server.services import credit
from server.services.house import House
from server.services.ports.unit_of_work import UnitOfWork

BATCH = 1000
# Rows are written in this order, so that a row is there before the one that refers to it.
_ORDER = (
    "accounts",
    "certificates",
    "debtors",
    "placements",
    "addresses",
    "address_confirmations",
    "phones",
    "promises",
    "police_referrals",
    "call_notes",
    "repayments",
)


@dataclass(frozen=True, slots=True)
class Task:
    """The rows of one file, with what was prepared of them outside any transaction.

    `branch_ids` are the branches that its uploader reaches (None: all); `uploaded_by` is an account, None for the
    command line.
    """

    import_id: str
    rows: Sequence[ImportRow]
    prepared: Mapping[str, Any]
    branch_ids: frozenset[str] | None
    uploaded_by: str | None

    def reaches(self, branch_id: str | None) -> bool:
        return self.branch_ids is None or branch_id in self.branch_ids


@dataclass
class Outcome:
    """`new` holds entities by their rows; `later` acts in the same transaction after they are written; `touched`
    are placements that are to be scored again; `unchanged` counts rows that were on file already."""

    problems: ProblemList = field(default_factory=ProblemList)
    warnings: ProblemList = field(default_factory=ProblemList)
    new: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    later: list[Callable[[UnitOfWork], None]] = field(default_factory=list)
    changed: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    touched: set[str] = field(default_factory=set)
    unchanged: int = 0

    def counts(self) -> dict[str, Any]:
        """How many of each were made and changed, as the import's result tells it."""
        made = {name: len(entities) for name, entities in self.new.items() if entities}
        return {"created": made, "changed": dict(self.changed), "unchanged": self.unchanged}

    def write(self, uow: UnitOfWork) -> None:
        for name in _ORDER:
            entities = self.new.get(name, [])
            for start in range(0, len(entities), BATCH):
                getattr(uow, name).add_all(entities[start : start + BATCH])
        for act in self.later:
            act(uow)
        for placement_id in sorted(self.touched):
            credit.fact_changed(uow, placement_id, "import")


Tell = Callable[[int], None]


def nothing_to_prepare(_house: House, _rows: Sequence[ImportRow], _tell: Tell) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True, slots=True)
class Importer:
    """One kind: its sheet, what is prepared of its rows outside any transaction, and how rows become an outcome.

    `resolve` only reads; it runs once to check and once more in the writing transaction.
    """

    sheet: Sheet
    resolve: Callable[[UnitOfWork, Task], Outcome]
    prepare: Callable[[House, Sequence[ImportRow], Tell], Mapping[str, Any]] = nothing_to_prepare
