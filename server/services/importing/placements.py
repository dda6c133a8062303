"""Placements in by file: with debtor, addresses and phones; a case sent again is retained or repeated (W4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from server.domain.access import Post
from server.domain.import_cells import (
    CARD_NUMBER,
    DAY,
    IDENTITY_NUMBER,
    LONG,
    NAME,
    POSITIVE_MONEY,
    SHORT,
    TELEPHONE,
    choice_cell,
)
from server.domain.import_problems import DATES_CONTRADICT, NAME_DIFFERS, ROW_TWICE
from server.domain.import_sheets import ImportColumn, ImportRow, Sheet
from server.domain.people import Account, Branch
from server.domain.placement_rules import (
    SentAgain,
    repeat_findings,
    retention_findings,
    sent_again_findings,
)
from server.domain.placements import AddressKind, Debtor, PhoneOwner, Placement
from server.domain.problems import Finding
from server.services.house import House
from server.services.importing.contacts import Contacts, check_texts
from server.services.importing.outcome import Importer, Outcome, Task, Tell
from server.services.importing.references import Clients, accounts_by_number, unknown
from server.services.importing.retaining import retain_by_file
from server.services.ports.unit_of_work import UnitOfWork

AGAIN: Mapping[str, SentAgain] = {
    "留案": SentAgain.RETAINED,
    "重复委案": SentAgain.REPEATED,
    **{said.value: said for said in SentAgain},
}
ADDRESS_COLUMNS = {
    "household_address": AddressKind.HOUSEHOLD,
    "home_address": AddressKind.HOME,
    "work_address": AddressKind.WORK,
}
PHONE_COLUMNS = ("debtor_phone", "debtor_phone_2", "debtor_phone_3")
PLACEMENTS = Sheet(
    ImportColumn("case_number", "案件编号", "case number", SHORT, True, "AJ20260001", ("委案编号", "案件号")),
    ImportColumn("client", "委托方", "client", NAME, True, "示例银行", ("甲方",)),
    ImportColumn("project", "项目", "project", NAME, True, "信用卡"),
    ImportColumn("branch", "分公司", "branch", NAME, True, "郑州分公司"),
    ImportColumn("batch", "批次", "batch", SHORT, True, "2026-01"),
    ImportColumn("debtor_name", "债务人姓名", "debtor name", NAME, True, "张三", ("姓名", "借款人姓名")),
    ImportColumn("id_number", "身份证号", "ID number", IDENTITY_NUMBER, True, "11010519491231002X"),
    ImportColumn("card_number", "卡号", "card number", CARD_NUMBER, example="4532015112830366"),
    ImportColumn("placed_amount", "委案金额", "placed amount", POSITIVE_MONEY, True, "10000.00"),
    ImportColumn("opened_on", "开案日期", "opened on", DAY, True, "2026-01-05"),
    ImportColumn("recall_on", "退案日期", "recall on", DAY, True, "2026-06-30"),
    ImportColumn("retained_until", "留案至", "retained until", DAY),
    ImportColumn("collector", "法务工号", "collector", SHORT, True, "N001", ("法务",)),
    ImportColumn("again", "再次委案", "sent again", choice_cell(AGAIN)),
    ImportColumn("household_address", "户籍地址", "household address", LONG),
    ImportColumn("home_address", "家庭地址", "home address", LONG),
    ImportColumn("work_address", "单位地址", "work address", LONG),
    ImportColumn("debtor_phone", "债务人电话", "debtor phone", TELEPHONE, example="13800001234"),
    ImportColumn("debtor_phone_2", "债务人电话2", "debtor phone 2", TELEPHONE),
    ImportColumn("debtor_phone_3", "债务人电话3", "debtor phone 3", TELEPHONE),
)


def _prepare(house: House, rows: Sequence[ImportRow], tell: Tell) -> Mapping[str, Any]:
    texts = (row[key] for row in rows for key in ADDRESS_COLUMNS if row[key] is not None)
    return {"verdicts": check_texts(house, texts, tell)}


def _resolve(uow: UnitOfWork, task: Task) -> Outcome:
    reading = _Reading(uow, task)
    for row in task.rows:
        reading.row(row)
    reading.retain()
    return reading.outcome


class _Reading:
    """One file against the rows on file."""

    def __init__(self, uow: UnitOfWork, task: Task) -> None:
        self._uow = uow
        self._task = task
        self.outcome = Outcome()
        self._clients = Clients(uow)
        self._branches: dict[str, Branch] = {branch.name: branch for branch in uow.organisation.branches()}
        self._collectors = accounts_by_number(uow, (row["collector"] for row in task.rows))
        self._former: dict[tuple[str, str], list[Placement]] = defaultdict(list)
        for held in uow.placements.having_any("case_number", {row["case_number"] for row in task.rows}):
            self._former[held.client_id, held.case_number].append(held)
        numbers = {row["id_number"] for row in task.rows}
        self._debtors = {d.id_number: d for d in uow.debtors.having_any("id_number", numbers)}
        known = [debtor.id for debtor in self._debtors.values()]
        self._contacts = Contacts(uow, known, task, self.outcome)
        self._seen: dict[tuple[str, str], int] = {}
        self._retained: list[tuple[Placement, date]] = []

    def row(self, row: ImportRow) -> None:
        before = self.outcome.problems.total
        client_id = self._clients.client(row["client"])
        if client_id is None:
            self._unknown(row, "client")
            return
        project_id = self._clients.project(client_id, row["project"])
        if project_id is None:
            self._unknown(row, "project")
        branch = self._branches.get(row["branch"])
        if branch is None or not self._task.reaches(branch.id):
            self._unknown(row, "branch")
        collector = self._collector(row, branch)
        self._check_dates(row)
        former = self._former_of(row, client_id)
        if self.outcome.problems.total > before or project_id is None or branch is None or collector is None:
            return
        if row["again"] is SentAgain.RETAINED and former is not None:
            self._retain(row, former)
        else:
            self._place(row, client_id, project_id, branch, collector, former)

    def retain(self) -> None:
        """Once the rows are written, all at once: the former placements are as they were read, or this is read anew."""
        retained, import_id = self._retained, self._task.import_id
        if retained:
            self.outcome.later.append(lambda uow: retain_by_file(uow, retained, import_id))

    def _unknown(self, row: ImportRow, key: str) -> None:
        unknown(self.outcome.problems, row, PLACEMENTS.column(key), row[key])

    def _collector(self, row: ImportRow, branch: Branch | None) -> Account | None:
        """S13: the case goes to a collector of its own branch, or nobody there could see it."""
        account = self._collectors.get(row["collector"])
        posts = {Post.COLLECTOR, Post.TEAM_LEAD}
        if (
            account is None
            or not posts & set(account.posts)
            or (branch is not None and account.branch_id != branch.id)
        ):
            self._unknown(row, "collector")
            return None
        return account

    def _check_dates(self, row: ImportRow) -> None:
        for key, other in (("recall_on", "opened_on"), ("retained_until", "recall_on")):
            if row[key] is not None and row[key] < row[other]:
                late, early = PLACEMENTS.column(key), PLACEMENTS.column(other)
                self.outcome.problems.add(
                    row.number,
                    late.zh,
                    DATES_CONTRADICT,
                    header_zh=late.zh,
                    header_en=late.en,
                    other_zh=early.zh,
                    other_en=early.en,
                )

    def _former_of(self, row: ImportRow, client_id: str) -> Placement | None:
        """W4: the placement that this row continues or repeats; what it does not say is asked."""
        case = (client_id, row["case_number"])
        first = self._seen.setdefault(case, row.number)
        if first != row.number:
            self.outcome.problems.add(row.number, PLACEMENTS.column("case_number").zh, ROW_TWICE, first=first)
            return None
        former = max(self._former[case], key=lambda held: held.opened_on, default=None)
        findings = sent_again_findings(row["case_number"], former, row["again"])
        if not findings and former is not None:
            if row["again"] is SentAgain.RETAINED and not self._task.reaches(former.branch_id):
                self._unknown(row, "case_number")
            elif row["again"] is SentAgain.RETAINED:
                findings = retention_findings(former, row["retained_until"] or row["recall_on"])
            else:
                findings = repeat_findings(former, row["opened_on"])
        self._refuse(row, findings)
        return former

    def _refuse(self, row: ImportRow, findings: Sequence[Finding]) -> None:
        columns = {"again": "again", "until": "retained_until", "opened_on": "opened_on"}
        for finding in findings:
            column = PLACEMENTS.column(columns[finding.field or "again"])
            self.outcome.problems.add(row.number, column.zh, finding.kind, **finding.params)

    def _retain(self, row: ImportRow, former: Placement) -> None:
        until = row["retained_until"] or row["recall_on"]
        self.outcome.changed["placements"] += 1
        self._retained.append((former, until))
        self._add_contacts(row, former.debtor_id)

    def _place(
        self,
        row: ImportRow,
        client_id: str,
        project_id: str,
        branch: Branch,
        collector: Account,
        former: Placement | None,
    ) -> None:
        debtor = self._debtor(row)
        self.outcome.new["placements"].append(
            Placement(
                id=self._uow.new_id(),
                case_number=row["case_number"],
                client_id=client_id,
                project_id=project_id,
                branch_id=branch.id,
                batch=row["batch"],
                debtor_id=debtor.id,
                collector_id=collector.id,
                placed_fen=row["placed_amount"],
                card_number=row["card_number"],
                opened_on=row["opened_on"],
                recall_on=row["recall_on"],
                retained_until=row["retained_until"],
                ended_on=None,
                repeat_of_id=former.id if former else None,
                created_at=self._uow.now,
                version=1,
                import_id=self._task.import_id,
            )
        )
        self._add_contacts(row, debtor.id)

    def _debtor(self, row: ImportRow) -> Debtor:
        known = self._debtors.get(row["id_number"])
        if known is not None:
            if known.name != row["debtor_name"]:
                column = PLACEMENTS.column("debtor_name")
                self.outcome.warnings.add(row.number, column.zh, NAME_DIFFERS)
            return known
        debtor = Debtor(
            self._uow.new_id(),
            row["id_number"],
            row["debtor_name"],
            self._uow.now,
            1,
            import_id=self._task.import_id,
        )
        self._debtors[debtor.id_number] = debtor
        self.outcome.new["debtors"].append(debtor)
        return debtor

    def _add_contacts(self, row: ImportRow, debtor_id: str) -> None:
        for key, kind in ADDRESS_COLUMNS.items():
            if row[key] is not None:
                self._contacts.add_address(row, PLACEMENTS.column(key), debtor_id, kind, row[key])
        for key in PHONE_COLUMNS:
            if row[key] is not None:
                self._contacts.add_phone(debtor_id, row[key], PhoneOwner.DEBTOR, row["debtor_name"], "本人")


PLACEMENT_IMPORTER = Importer(PLACEMENTS, _resolve, _prepare)
