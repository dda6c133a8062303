"""People in by file: accounts with posts and agreements (S23), certificates of field agents (V11).

An account on file is never rewritten by a file; only its certificate is, for the monthly test comes that way.
"""

from __future__ import annotations

import dataclasses
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from server.domain.access import Post
from server.domain.calendar import local_day
from server.domain.import_cells import COUNT, DAY, FLAG, NAME, SECRET, SHORT, TELEPHONE, Cell, several_cell
from server.domain.import_problems import CERTIFICATE_INCOMPLETE, ROW_TWICE, SCORE_OUT_OF_RANGE
from server.domain.import_sheets import ImportColumn, ImportRow, Sheet
from server.domain.people import (
    AGREEMENT_MISSING,
    USERNAME_TAKEN,
    Account,
    Branch,
    Certificate,
    password_findings,
    username_text,
)
from server.domain.problems import Finding
from server.services.house import House
from server.services.importing.outcome import Importer, Outcome, Task, Tell
from server.services.importing.references import unknown
from server.services.ports.unit_of_work import UnitOfWork

POSTS: Mapping[str, Post] = {
    "法务": Post.COLLECTOR,
    "法务组长": Post.TEAM_LEAD,
    "外访员": Post.FIELD_AGENT,
    "外访客服": Post.DISPATCHER,
    "经理": Post.MANAGER,
    "项目负责人": Post.PROJECT_LEAD,
    "业务总监": Post.BUSINESS_DIRECTOR,
    "品管": Post.QA,
    "培训师": Post.TRAINER,
    "人事": Post.PERSONNEL,
    "行政": Post.ADMINISTRATION,
    "IT": Post.IT,
    "总经理": Post.GENERAL_MANAGER,
    **{post.value: post for post in Post},
}
USERNAME = Cell(
    username_text, "应为 2 至 40 位小写字母、数字或 . _ -", "2 to 40 lower-case letters, digits, . _ -"
)
PEOPLE = Sheet(
    ImportColumn("employee_number", "工号", "employee number", SHORT, True, "N001"),
    ImportColumn("username", "用户名", "username", USERNAME, True, "zhangsan", ("登录名",)),
    ImportColumn("display_name", "姓名", "name", NAME, True, "张三"),
    ImportColumn("posts", "岗位", "posts", several_cell(POSTS), True, "外访员"),
    ImportColumn("branch", "分公司", "branch", NAME, example="郑州分公司"),
    ImportColumn("team", "法务组", "team", NAME),
    ImportColumn("telephone", "电话", "telephone", TELEPHONE),
    ImportColumn("agreement_signed_on", "保密协议签订日期", "agreement signed on", DAY, True, "2026-01-05"),
    ImportColumn("initial_password", "初始密码", "initial password", SECRET),
    ImportColumn("score", "考核分数", "score", COUNT),
    ImportColumn("approved_by", "批准人", "approved by", NAME),
    ImportColumn("approved_on", "批准日期", "approved on", DAY),
    ImportColumn("tested_on", "月度考核日期", "tested on", DAY),
    ImportColumn("test_passed", "月度考核合格", "test passed", FLAG),
    ImportColumn("valid_until", "上岗证有效期至", "valid until", DAY),
)
_CERTIFICATE = ("score", "approved_by", "approved_on", "test_passed", "valid_until")


def _prepare(house: House, rows: Sequence[ImportRow], tell: Tell) -> Mapping[str, Any]:
    """Hash outside the turn; who has no initial password gets one that nobody knows, until IT resets it."""
    unknowable = house.passwords.hash(secrets.token_urlsafe(24))
    hashes: dict[str, str] = {}
    for done, row in enumerate(rows):
        given = row["initial_password"]
        if given is not None and given not in hashes:
            hashes[given] = house.passwords.hash(given)
        tell(done)
    return {"hashes": hashes, "unknowable": unknowable}


def _resolve(uow: UnitOfWork, task: Task) -> Outcome:
    reading = _Reading(uow, task)
    for row in task.rows:
        reading.row(row)
    return reading.outcome


class _Reading:
    """One file against the accounts on file."""

    def __init__(self, uow: UnitOfWork, task: Task) -> None:
        self._uow = uow
        self._task = task
        self.outcome = Outcome()
        self._branches: dict[str, Branch] = {branch.name: branch for branch in uow.organisation.branches()}
        self._teams = {(team.branch_id, team.name): team.id for team in uow.organisation.teams()}
        self._by_number = uow.accounts.by_employee_numbers(row["employee_number"] for row in task.rows)
        self._by_name = {row["username"]: uow.accounts.by_username(row["username"]) for row in task.rows}
        held = uow.certificates.of_accounts(account.id for account in self._by_number.values())
        self._certificates: dict[str, Certificate] = dict(held)
        self._minimum = uow.policy.in_force_on(local_day(uow.now)).password_min_length
        self._seen: dict[str, int] = {}

    def row(self, row: ImportRow) -> None:
        before = self.outcome.problems.total
        for key in ("employee_number", "username"):
            first = self._seen.setdefault(f"{key} {row[key]}", row.number)
            if first != row.number:
                self._refuse(row, key, [Finding(ROW_TWICE, None, {"first": first})])
        branch = self._branch(row)
        team_id = self._team(row, branch)
        has_certificate = self._has_certificate(row)
        held = self._held(row)
        if held is None:
            self._check_new(row)
        if self.outcome.problems.total > before:
            return
        account = held or self._open(row, branch, team_id)
        if has_certificate:
            self._certify(row, account)
        elif held is not None:
            self.outcome.unchanged += 1

    def _held(self, row: ImportRow) -> Account | None:
        """S1: the same number and name are the same person; a name or number of somebody else is never used again."""
        by_number, by_name = self._by_number.get(row["employee_number"]), self._by_name[row["username"]]
        if by_number is not None and by_name is not None and by_number.id == by_name.id:
            if self._task.reaches(by_number.branch_id):
                return by_number
            unknown(self.outcome.problems, row, PEOPLE.column("branch"), row["branch"] or "")
        for key, other in (("username", by_name), ("employee_number", by_number)):
            if other is not None:
                self._refuse(row, key, [Finding(USERNAME_TAKEN, None, {"username": row[key]})])
        return None

    def _branch(self, row: ImportRow) -> Branch | None:
        branch = self._branches.get(row["branch"] or "")
        if (row["branch"] is not None and branch is None) or not self._task.reaches(
            branch.id if branch else None
        ):
            unknown(self.outcome.problems, row, PEOPLE.column("branch"), row["branch"] or "")
        return branch

    def _team(self, row: ImportRow, branch: Branch | None) -> str | None:
        if row["team"] is None:
            return None
        team_id = self._teams.get((branch.id if branch else "", row["team"]))
        if team_id is None:
            unknown(self.outcome.problems, row, PEOPLE.column("team"), row["team"])
        return team_id

    def _has_certificate(self, row: ImportRow) -> bool:
        """V11: a certificate says score, approval, test and validity; a part of them is none."""
        given = [row[key] is not None for key in _CERTIFICATE]
        if any(given) and not all(given):
            self._refuse(row, "score", [Finding(CERTIFICATE_INCOMPLETE)])
            return False
        if row["score"] is not None and row["score"] > 100:
            self._refuse(row, "score", [Finding(SCORE_OUT_OF_RANGE)])
        return all(given)

    def _check_new(self, row: ImportRow) -> None:
        if row["agreement_signed_on"] > local_day(self._uow.now):
            self._refuse(row, "agreement_signed_on", [Finding(AGREEMENT_MISSING)])
        if row["initial_password"] is not None:
            weak = password_findings(row["initial_password"], minimum=self._minimum)
            self._refuse(row, "initial_password", weak)

    def _open(self, row: ImportRow, branch: Branch | None, team_id: str | None) -> Account:
        hashes = self._task.prepared["hashes"]
        account = Account(
            id=self._uow.new_id(),
            username=row["username"],
            display_name=row["display_name"],
            posts=row["posts"],
            employee_number=row["employee_number"],
            branch_id=branch.id if branch else None,
            team_id=team_id,
            project_id=None,
            telephone=row["telephone"],
            agreement_signed_on=row["agreement_signed_on"],
            password_hash=hashes.get(row["initial_password"], self._task.prepared["unknowable"]),
            password_changed_at=None,
            wrong_tries=0,
            locked_until=None,
            left_on=None,
            created_at=self._uow.now,
            version=1,
        )
        self.outcome.new["accounts"].append(account)
        return account

    def _certify(self, row: ImportRow, account: Account) -> None:
        values = {key: row[key] for key in (*_CERTIFICATE, "tested_on")}
        held = self._certificates.get(account.id)
        if held is None:
            new = Certificate(id=self._uow.new_id(), account_id=account.id, version=1, **values)
            self.outcome.new["certificates"].append(new)
            return
        renewed = dataclasses.replace(held, **values)
        if renewed == held:
            self.outcome.unchanged += 1
            return
        self.outcome.changed["certificates"] += 1
        self.outcome.later.append(lambda uow: _save(uow, renewed))

    def _refuse(self, row: ImportRow, key: str, findings: Sequence[Finding]) -> None:
        for finding in findings:
            self.outcome.problems.add(row.number, PEOPLE.column(key).zh, finding.kind, **finding.params)


def _save(uow: UnitOfWork, certificate: Certificate) -> None:
    uow.certificates.save(certificate)


PEOPLE_IMPORTER = Importer(PEOPLE, _resolve, _prepare)
