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

# Rows are written in this order, so that a row is there before the one that refers to it.
WRITTEN = (
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
    are placements that are to be scored again; `unchanged` counts rows that were on file already; `ready` is `new` as
    it will be written."""

    problems: ProblemList = field(default_factory=ProblemList)
    warnings: ProblemList = field(default_factory=ProblemList)
    new: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    later: list[Callable[[UnitOfWork], None]] = field(default_factory=list)
    changed: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    touched: set[str] = field(default_factory=set)
    unchanged: int = 0
    ready: list[tuple[str, Any]] = field(default_factory=list)

    def counts(self) -> dict[str, Any]:
        """How many of each were made and changed, as the import's result tells it."""
        made = {name: len(entities) for name, entities in self.new.items() if entities}
        return {"created": made, "changed": dict(self.changed), "unchanged": self.unchanged}

    def make_ready(self, uow: UnitOfWork) -> None:
        """What can be done of the writing before its turn, in the unit of work that resolved the rows."""
        for name in WRITTEN:
            if entities := self.new.get(name):
                self.ready.append((name, getattr(uow, name).ready(entities, uow.now)))

    def write(self, uow: UnitOfWork) -> None:
        for name, ready in self.ready:
            getattr(uow, name).add_ready(ready, uow.now)
        for act in self.later:
            act(uow)
        credit.facts_changed(uow, self.touched, "import")


Tell = Callable[[int], None]


def nothing_to_prepare(_house: House, _rows: Sequence[ImportRow], _tell: Tell) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True, slots=True)
class Importer:
    """One kind: its sheet, what is prepared of its rows outside any transaction, and how rows become an outcome.

    `resolve` only reads, and only what `uow.watch` sees; it runs again where that has changed before the writer's turn.
    """

    sheet: Sheet
    resolve: Callable[[UnitOfWork, Task], Outcome]
    prepare: Callable[[House, Sequence[ImportRow], Tell], Mapping[str, Any]] = nothing_to_prepare
