"""What rows refer to by name or number: clients, branches, people, cases; looked up in bulk, within reach."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from server.domain.import_cells import DAY, NAME, SHORT
from server.domain.import_problems import CASE_AMBIGUOUS, REFERENCE_UNKNOWN, ProblemList
from server.domain.import_sheets import ImportColumn, ImportRow, Sheet
from server.domain.people import Account
from server.domain.placements import Placement
from server.services.importing.outcome import Task
from server.services.ports.unit_of_work import UnitOfWork

CASE_COLUMNS = (
    ImportColumn("case_number", "案件编号", "case number", SHORT, True, "AJ20260001", ("委案编号", "案件号")),
    ImportColumn("client", "委托方", "client", NAME, example="示例银行", aliases=("甲方",)),
    ImportColumn("placement_opened_on", "开案日期", "placement opened on", DAY),
)


def unknown(problems: ProblemList, row: ImportRow, column: ImportColumn, value: str) -> None:
    problems.add(
        row.number,
        column.zh,
        REFERENCE_UNKNOWN,
        header_zh=column.zh,
        header_en=column.en,
        value=value,
    )


class Clients:
    """Clients and projects by name."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow
        self._clients: dict[str, str | None] = {}
        self._projects: dict[tuple[str, str], str | None] = {}

    def client(self, name: str) -> str | None:
        if name not in self._clients:
            self._clients[name] = self._uow.organisation.client_named(name)
        return self._clients[name]

    def project(self, client_id: str, name: str) -> str | None:
        if (client_id, name) not in self._projects:
            self._projects[client_id, name] = self._uow.organisation.project_named(client_id, name)
        return self._projects[client_id, name]


def accounts_by_number(uow: UnitOfWork, numbers: Iterable[str | None]) -> dict[str, Account]:
    """Accounts in service by employee number."""
    found = uow.accounts.by_employee_numbers([number for number in numbers if number is not None])
    return {number: account for number, account in found.items() if account.left_on is None}


class Cases:
    """The placements that rows name by case number, and by client where one number is not one case."""

    def __init__(self, uow: UnitOfWork, task: Task, sheet: Sheet, only: tuple[str, ...] = ()) -> None:
        self._sheet = sheet
        self._clients = Clients(uow)
        self._by_number: dict[str, list[Placement]] = defaultdict(list)
        numbers = {row["case_number"] for row in task.rows}
        for placement in uow.placements.having_any("case_number", numbers, only):
            if task.reaches(placement.branch_id):
                self._by_number[placement.case_number].append(placement)

    def all(self) -> list[Placement]:
        return [placement for placements in self._by_number.values() for placement in placements]

    def find(self, row: ImportRow, problems: ProblemList, on: date | None = None) -> Placement | None:
        """The placement that the row means: of a case placed more than once the one that was open on that day."""
        case = self._sheet.column("case_number")
        candidates = self._by_number.get(row["case_number"], [])
        if row["client"] is not None:
            client_id = self._clients.client(row["client"])
            if client_id is None:
                unknown(problems, row, self._sheet.column("client"), row["client"])
                return None
            candidates = [placement for placement in candidates if placement.client_id == client_id]
        if row["placement_opened_on"] is not None:
            opened_on = row["placement_opened_on"]
            candidates = [placement for placement in candidates if placement.opened_on == opened_on]
        if not candidates:
            unknown(problems, row, case, row["case_number"])
            return None
        if len(candidates) == 1:
            return candidates[0]
        if len({placement.client_id for placement in candidates}) > 1:
            problems.add(row.number, case.zh, CASE_AMBIGUOUS, case_number=row["case_number"])
            return None
        return _open_on(candidates, on)


def _open_on(candidates: list[Placement], on: date | None) -> Placement:
    by_age = sorted(candidates, key=lambda placement: (placement.opened_on, placement.id))
    if on is None:
        return by_age[-1]
    opened = [placement for placement in by_age if placement.opened_on <= on]
    return opened[-1] if opened else by_age[0]
