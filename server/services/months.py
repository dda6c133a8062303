"""A branch's month on its way: published and frozen by a dispatcher, told to the agents (M1).

Owns who does what with a month when. It refuses to compute: a month freezes the lines that are there, to the fen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from server.domain.access import Actor, Permission, Post, Reach, Scope, reach
from server.domain.audit import AuditEntry
from server.domain.calendar import days_after, local_day
from server.domain.credit import MonthlyStatement, StatementFile, StatementState, month_bounds
from server.domain.months import (
    MonthPhase,
    Readiness,
    m1_publish_findings,
    phase_of,
    published_late,
)
from server.domain.problems import NOT_FOUND, problem, refuse_if
from server.services import adjustments, month_figures, notices
from server.services.ports.unit_of_work import UnitOfWork
from server.services.ruled_lines import follow_rulings


@dataclass(frozen=True, slots=True)
class MonthShown:
    """A month of a branch with what may happen to it now, and the names of who did what."""

    statement: MonthlyStatement
    branch: str
    phase: MonthPhase
    published_by: str | None
    closed_by: str | None
    files: Sequence[StatementFile]

    @property
    def version(self) -> int:
        return self.statement.version


def publish(uow: UnitOfWork, actor: Actor, month: str, branch_id: str | None) -> MonthShown:
    """M1: freeze the month's lines as they are and tell the agents; from now on they may object."""
    month_bounds(month)
    branch_id = branch_within(uow, actor, branch_id, Permission.STATEMENTS_PUBLISH)
    today = local_day(uow.now)
    readiness = _readiness(uow, month, branch_id)
    before = statement_of(uow, month, branch_id)
    by = None if before is None else (name_of(uow, before.published_by) or "?")
    refuse_if(m1_publish_findings(month, today, by, readiness))
    edition = uow.policy.in_force_on(today)
    statement = uow.monthly_statements.add(
        MonthlyStatement(
            id=uow.new_id(),
            month=month,
            branch_id=branch_id,
            state=StatementState.PUBLISHED,
            published_at=uow.now,
            published_by=actor.account_id,
            published_late=published_late(month, today, edition),
            objections_until=days_after(today, edition.objection_days),
            evidence_until=days_after(today, edition.evidence_hold_days),
            closed_at=None,
            closed_by=None,
            version=1,
        )
    )
    lines = uow.ledger.freeze(statement)
    corrections = adjustments.take_in(uow, statement) + follow_rulings(uow, statement)
    uow.ledger.seal(statement.id)
    month_figures.touch_months(uow, [month])
    _tell_agents(uow, statement, lines)
    detail = {"month": month, "branch_id": branch_id, "lines": lines, "late": statement.published_late}
    detail["corrections"] = corrections
    uow.audit(AuditEntry("statement.published", "statement", statement.id, detail))
    return shown(uow, actor, statement)


def months_within(uow: UnitOfWork, actor: Actor) -> list[MonthShown]:
    """Every month that was published in a branch within reach, the newest first."""
    whose = reach(actor, Permission.CREDIT_READ)
    statements = (
        uow.monthly_statements.having()
        if whose.scope is Scope.ALL
        else uow.monthly_statements.having(branch_id=whose.branch_id)
    )
    ordered = sorted(statements, key=lambda one: (one.month, one.branch_id), reverse=True)
    return _all_shown(uow, actor, ordered)


def statement_of(uow: UnitOfWork, month: str, branch_id: str) -> MonthlyStatement | None:
    for statement in uow.monthly_statements.having(month=month, branch_id=branch_id):
        return statement
    return None


def branch_within(uow: UnitOfWork, actor: Actor, branch_id: str | None, permission: Permission) -> str:
    """The branch that was named, or the actor's own, for whoever reaches all of it: a month is all of its lines."""
    wanted = branch_id or actor.branch_id
    known = {branch.id for branch in uow.organisation.branches()}
    scope = reach(actor, permission).scope
    reached = scope is Scope.ALL or (scope is Scope.BRANCH and wanted == actor.branch_id)
    if wanted is None or wanted not in known or not reached:
        raise problem(NOT_FOUND, "branch_id", what=f"branch {wanted}")
    return wanted


def shown(uow: UnitOfWork, actor: Actor, statement: MonthlyStatement) -> MonthShown:
    """The month; its files are named to whoever may have them."""
    return _all_shown(uow, actor, [statement])[0]


def _all_shown(uow: UnitOfWork, actor: Actor, statements: Sequence[MonthlyStatement]) -> list[MonthShown]:
    branches = {branch.id: branch.name for branch in uow.organisation.branches()}
    ids = {id_ for one in statements for id_ in (one.published_by, one.closed_by) if id_ is not None}
    names = {id_: account.display_name for id_, account in uow.accounts.by_ids(ids).items()}
    files: dict[str, list[StatementFile]] = {one.id: [] for one in statements}
    if actor.scope_of(Permission.STATEMENTS_EXPORT) in (Scope.BRANCH, Scope.ALL):
        for file in uow.statement_files.having_any("statement_id", files):
            files[file.statement_id].append(file)
    today = local_day(uow.now)
    return [
        MonthShown(
            one,
            branches[one.branch_id],
            phase_of(one, today),
            names.get(one.published_by or ""),
            names.get(one.closed_by or ""),
            files[one.id],
        )
        for one in statements
    ]


def name_of(uow: UnitOfWork, account_id: str | None) -> str | None:
    account = None if account_id is None else uow.accounts.get(account_id)
    return None if account is None else account.display_name


def _readiness(uow: UnitOfWork, month: str, branch_id: str) -> Readiness:
    whole = Reach(Scope.BRANCH, "", None, None, branch_id)
    paid = uow.statements.repayment_sum(whole, *month_bounds(month))
    lines = sum(one.fen for one in uow.statements.sums(whole, month) if one.computed)
    last, expected = uow.ledger.last_and_next_month(branch_id)
    return Readiness(last, expected, paid.unscored, paid.fen - lines - paid.late_fen)


def _tell_agents(uow: UnitOfWork, statement: MonthlyStatement, lines: int) -> None:
    """M1: 发给外访: every agent of the branch, whoever of another has a share, and the branch's group (S15)."""
    agents = {account.id for account in uow.accounts.with_post(Post.FIELD_AGENT, statement.branch_id)}
    agents |= set(uow.ledger.agents_of(statement.id))
    told = {"month": statement.month, "lines": lines, "until_on": statement.objections_until.isoformat()}
    link = f"/statements/{statement.month}"
    notices.tell(uow, sorted(agents), "statement_published", told, link)
    notices.tell_group(uow, statement.branch_id, "statement_published", told, link)
