"""Accounts, certificates and the permission table: opening, editing, unlocking, leaving (S1, S2, S4, S23, V11)."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date
from typing import Any

from server.domain.access import SHIPPED, Actor, Grants, Owned, Permission, Post, reach, within
from server.domain.audit import AuditEntry
from server.domain.calendar import local_day
from server.domain.people import (
    AGREEMENT_MISSING,
    USERNAME_TAKEN,
    Account,
    Certificate,
    password_findings,
)
from server.domain.problems import NOT_FOUND, problem, refuse_if
from server.services import capture_keys
from server.services.login import set_password
from server.services.ports.people import LoginSession
from server.services.ports.unit_of_work import UnitOfWork


def open_account(uow: UnitOfWork, values: Mapping[str, Any], password_hash: str) -> Account:
    """A new account. `values` are the fields of `Account` that a person gives; the password was hashed outside.

    The password was set by somebody else, so its owner must change it first (`password_changed_at` stays empty).
    """
    signed: date | None = values.get("agreement_signed_on")
    if signed is None or signed > local_day(uow.now):
        raise problem(AGREEMENT_MISSING, "agreement_signed_on")
    if uow.accounts.by_username(values["username"]) is not None:
        raise problem(USERNAME_TAKEN, "username", username=values["username"])
    if uow.accounts.by_employee_numbers([values["employee_number"]]):
        raise problem(USERNAME_TAKEN, "employee_number", username=values["employee_number"])
    _check_place(uow, values)
    account = Account(
        id=uow.new_id(),
        username=values["username"],
        display_name=values["display_name"],
        posts=tuple(values["posts"]),
        employee_number=values["employee_number"],
        branch_id=values.get("branch_id"),
        team_id=values.get("team_id"),
        project_id=values.get("project_id"),
        telephone=values.get("telephone"),
        agreement_signed_on=signed,
        password_hash=password_hash,
        password_changed_at=None,
        wrong_tries=0,
        locked_until=None,
        left_on=None,
        created_at=uow.now,
        version=1,
    )
    uow.accounts.add(account)
    detail = {
        "username": account.username,
        "posts": [*account.posts],
        "agreement_signed_on": signed.isoformat(),
    }
    uow.audit(AuditEntry("account.opened", "account", account.id, detail))
    return account


def check_new_password(uow: UnitOfWork, password: str) -> None:
    """S2 for a password that somebody is about to set for another; refused with the rule."""
    edition = uow.policy.in_force_on(local_day(uow.now))
    refuse_if(password_findings(password, minimum=edition.password_min_length, field="password"))


def edit_account(uow: UnitOfWork, account: Account, changes: Mapping[str, Any]) -> Account:
    """Change the given fields; who held which post when stands in the trail."""
    _check_place(uow, changes)
    if "posts" in changes:
        changes = {**changes, "posts": tuple(changes["posts"])}
    edited = uow.accounts.save(dataclasses.replace(account, **changes))
    detail: dict[str, Any] = {"fields": sorted(changes)}
    if "posts" in changes:
        detail |= {"posts_before": [*account.posts], "posts_after": [*edited.posts]}
    uow.audit(AuditEntry("account.edited", "account", account.id, detail))
    return edited


def close_account(uow: UnitOfWork, account: Account, left_on: date, reason: str) -> Account:
    """S1: leaving ends every login at once; the name is never used again, the records stay."""
    closed = uow.accounts.save(dataclasses.replace(account, left_on=left_on))
    ended = uow.sessions.end_all(account.id, uow.now, "left")
    capture_keys.revoke_all(uow, uow.device_keys.having(account_id=account.id), "left")
    detail = {"left_on": left_on.isoformat(), "reason": reason, "sessions_ended": ended}
    uow.audit(AuditEntry("account.closed", "account", account.id, detail))
    return closed


def unlock_account(uow: UnitOfWork, account: Account, reason: str) -> Account:
    """S3: IT unlocks, with a reason that is logged."""
    unlocked = uow.accounts.save(dataclasses.replace(account, wrong_tries=0, locked_until=None))
    uow.audit(AuditEntry("account.unlocked", "account", account.id, {"reason": reason}))
    return unlocked


def reset_password(uow: UnitOfWork, account: Account, password_hash: str, reason: str) -> Account:
    """IT sets a password with a reason; the owner must change it at once."""
    uow.audit(AuditEntry("password.reset_reason", "account", account.id, {"reason": reason}))
    return set_password(uow, account, password_hash, by_self=False)


def account_within(uow: UnitOfWork, actor: Actor, account_id: str, *permissions: Permission) -> Account:
    """The account, if it is within the actor's reach (S13); otherwise it is not found."""
    account = uow.accounts.get(account_id)
    if account is None or not within(
        reach(actor, *permissions),
        Owned(frozenset({account.id}), account.team_id, account.project_id, account.branch_id),
    ):
        raise problem(NOT_FOUND, what=f"account {account_id}")
    return account


def end_session(uow: UnitOfWork, actor: Actor, session_id: str) -> None:
    """End one of one's own sessions."""
    session: LoginSession | None = uow.sessions.get(session_id)
    if session is None or session.account_id != actor.account_id:
        raise problem(NOT_FOUND, what=f"login_session {session_id}")
    uow.sessions.end(session.id, uow.now, "ended_by_owner")
    uow.audit(AuditEntry("login.ended", "login_session", session.id, {"reason": "ended_by_owner"}))


def set_certificate(uow: UnitOfWork, account: Account, values: Mapping[str, Any]) -> Certificate:
    """V11: record score, approval and the last monthly test; the certificate in force follows from them."""
    held = uow.certificates.of_account(account.id)
    if held is None:
        certificate = uow.certificates.add(
            Certificate(id=uow.new_id(), account_id=account.id, version=1, **values)
        )
    else:
        certificate = uow.certificates.save(dataclasses.replace(held, **values))
    detail = {key: value.isoformat() if isinstance(value, date) else value for key, value in values.items()}
    uow.audit(AuditEntry("certificate.set", "account", account.id, detail))
    return certificate


def install_grants(uow: UnitOfWork) -> None:
    """Put the shipped permission table (S4) in place of an empty one; an edited table is left alone."""
    if any(uow.grants.table().values()):
        return
    for post, grants in SHIPPED.items():
        uow.grants.replace(post, grants)


def replace_grants(uow: UnitOfWork, post: Post, grants: Grants) -> None:
    """Edit a post's row of the permission table."""
    before = uow.grants.table()[post]
    uow.grants.replace(post, grants)
    detail = {
        "before": dict(sorted(before.items())),
        "after": dict(sorted(grants.items())),
    }
    uow.audit(AuditEntry("permissions.edited", "post", post, detail))


def _check_place(uow: UnitOfWork, values: Mapping[str, Any]) -> None:
    """Branch and team must exist; a person cannot stand where nothing is."""
    branch_id, team_id = values.get("branch_id"), values.get("team_id")
    if branch_id is not None:
        uow.organisation.branch(branch_id)
    if team_id is not None and all(team.id != team_id for team in uow.organisation.teams()):
        raise problem(NOT_FOUND, "team_id", what=f"team {team_id}")
    project_id = values.get("project_id")
    if project_id is not None and not uow.organisation.project_exists(project_id):
        raise problem(NOT_FOUND, "project_id", what=f"project {project_id}")
