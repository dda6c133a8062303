"""Targets of the month's people (F1), set by a manager of their branch.

Owns the writing of targets. It refuses what `server.domain.pay_targets` refuses, all of them or none.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from server.domain.access import Actor, Owned, Permission, reach, within
from server.domain.audit import AuditEntry
from server.domain.calendar import days_after
from server.domain.credit import StatementState, month_bounds, month_of
from server.domain.money import format_fen
from server.domain.pay_targets import PAID_POSTS, TARGET_TWICE, MonthTarget, target_findings
from server.domain.people import Account
from server.domain.problems import NOT_FOUND, Finding, refuse_if
from server.services.ports.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class TargetShown:
    """A target with the names beside the ids."""

    target: MonthTarget
    name: str
    set_by: str


def set_targets(
    uow: UnitOfWork, actor: Actor, month: str, given: Sequence[Mapping[str, Any]]
) -> list[TargetShown]:
    """All of them, or none where one is refused; the same amount again changes nothing."""
    month_bounds(month)
    accounts = uow.accounts.by_ids(one["account_id"] for one in given)
    earlier = {one.account_id: one for one in uow.month_targets.having(month=month)}
    refuse_if(_findings(uow, actor, month, given, accounts, earlier))
    saved = [_saved(uow, actor, month, one, earlier.get(one["account_id"])) for one in given]
    detail = {"month": month, "targets": {one.account_id: format_fen(one.amount_fen) for one in saved}}
    uow.audit(AuditEntry("pay.targets_set", "month", None, detail))
    return _shown(uow, saved)


def copy_targets(uow: UnitOfWork, actor: Actor, month: str) -> list[TargetShown]:
    """For whoever has none in the month that of the month before, of those for whom the actor may set one."""
    first, _ = month_bounds(month)
    before = month_of(days_after(first, -1))
    has = {one.account_id for one in uow.month_targets.having(month=month)} | {actor.account_id}
    former = [one for one in uow.month_targets.having(month=before) if one.account_id not in has]
    accounts = uow.accounts.by_ids(one.account_id for one in former)
    given = [
        {"account_id": one.account_id, "amount": one.amount_fen}
        for one in former
        if accounts[one.account_id].left_on is None
        and set(accounts[one.account_id].posts) & set(PAID_POSTS)
        and _within(actor, accounts[one.account_id], Permission.PAY_TARGETS)
    ]
    return set_targets(uow, actor, month, given)


def targets_within(uow: UnitOfWork, actor: Actor, month: str) -> list[TargetShown]:
    """The targets of those whose payslips the actor may read."""
    month_bounds(month)
    shown = _shown(uow, uow.month_targets.having(month=month))
    accounts = uow.accounts.by_ids(one.target.account_id for one in shown)
    return [one for one in shown if _within(actor, accounts[one.target.account_id], Permission.PAY_READ)]


def _findings(
    uow: UnitOfWork,
    actor: Actor,
    month: str,
    given: Sequence[Mapping[str, Any]],
    accounts: Mapping[str, Account],
    earlier: Mapping[str, MonthTarget],
) -> list[Finding]:
    states = {one.branch_id: one.state for one in uow.monthly_statements.having(month=month)}
    findings: list[Finding] = []
    seen: set[str] = set()
    for place, one in enumerate(given):
        id_, field = one["account_id"], f"targets[{place}].account_id"
        account = accounts.get(id_)
        if account is None or not _within(actor, account, Permission.PAY_TARGETS):
            findings.append(Finding(NOT_FOUND, field, {"what": f"account {id_}"}))
            continue
        if id_ in seen:
            findings.append(Finding(TARGET_TWICE, field))
        seen.add(id_)
        before = earlier.get(id_)
        if before is not None and before.amount_fen == one["amount"]:
            continue
        state = states.get(account.branch_id or "", StatementState.DRAFT)
        findings += target_findings(actor, id_, account.posts, month, state, before, field)
    return findings


def _saved(
    uow: UnitOfWork, actor: Actor, month: str, given: Mapping[str, Any], before: MonthTarget | None
) -> MonthTarget:
    if before is None:
        return uow.month_targets.add(
            MonthTarget(
                uow.new_id(), month, given["account_id"], given["amount"], actor.account_id, uow.now, 1
            )
        )
    if before.amount_fen == given["amount"]:
        return before
    changes: dict[str, Any] = {"amount_fen": given["amount"], "set_by": actor.account_id, "set_at": uow.now}
    return uow.month_targets.save(dataclasses.replace(before, **changes))


def _within(actor: Actor, account: Account, permission: Permission) -> bool:
    if not actor.may(permission):
        return False
    whose = Owned(frozenset({account.id}), account.team_id, account.project_id, account.branch_id)
    return within(reach(actor, permission), whose)


def _shown(uow: UnitOfWork, targets: Sequence[MonthTarget]) -> list[TargetShown]:
    ids = {id_ for one in targets for id_ in (one.account_id, one.set_by)}
    names = {id_: account.display_name for id_, account in uow.accounts.by_ids(ids).items()}
    told = [TargetShown(one, names[one.account_id], names[one.set_by]) for one in targets]
    return sorted(told, key=lambda one: (one.name, one.target.account_id))
