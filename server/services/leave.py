"""Leave: entered by personnel, withdrawn with a reason, shown to whoever plans (R15, V1)."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from server.domain.access import Actor, Permission, reach
from server.domain.audit import AuditEntry
from server.domain.calendar import SHANGHAI, local_day
from server.domain.leave import Leave, entry_findings, withdrawal_findings
from server.domain.people import Account
from server.domain.plan_rules import members_of
from server.domain.plans import VisitTeam
from server.domain.problems import NOT_FOUND, problem, refuse_if
from server.services.accounts import account_within
from server.services.ports.leave import LeaveList
from server.services.ports.paging import Page, PageRequest
from server.services.ports.unit_of_work import UnitOfWork

READERS = (Permission.LEAVE_WRITE, Permission.LEAVE_READ)


@dataclass(frozen=True, slots=True)
class LeaveShown:
    """Leave with its person, who entered it, and the teams that the person stands in on those days from today on."""

    leave: Leave
    account: Account
    entered_by: str
    teams: tuple[VisitTeam, ...]

    @property
    def version(self) -> int:
        return self.leave.version

    @property
    def team_ids(self) -> list[str]:
        return [team.id for team in self.teams]


def page(uow: UnitOfWork, actor: Actor, request: PageRequest, listed: LeaveList) -> Page[LeaveShown]:
    """Leave of people within reach; that it was read stands on the trail."""
    found = uow.leave.page(request, reach(actor, *READERS), listed=listed, today=local_day(uow.now))
    uow.audit(AuditEntry("leave.listed", "leave", None, {"ids": [one.id for one in found.items]}))
    return Page(with_people(uow, found.items), found.next)


def with_people(uow: UnitOfWork, listed: Iterable[Leave]) -> list[LeaveShown]:
    """Each leave with its person and what is planned for the person meanwhile; two queries for all of them."""
    leave = list(listed)
    people = uow.accounts.by_ids({id_ for one in leave for id_ in (one.account_id, one.entered_by)})
    teams = _teams(uow, [one for one in leave if one.withdrawn_at is None])
    return [
        LeaveShown(
            one,
            people[one.account_id],
            people[one.entered_by].display_name,
            tuple(
                team
                for team in teams
                if one.account_id in members_of(team) and one.covers(local_day(team.starts_at))
            ),
        )
        for one in leave
    ]


def enter(uow: UnitOfWork, actor: Actor, values: Mapping[str, Any]) -> Leave:
    """Leave of somebody within reach and in service, for days that have no leave yet."""
    account = account_within(uow, actor, values["account_id"], Permission.LEAVE_WRITE)
    if account.left_on is not None:
        raise problem(NOT_FOUND, "account_id", what=f"account {account.id} in service")
    standing = uow.leave.having(account_id=account.id)
    refuse_if(entry_findings(values["first_day"], values["last_day"], standing, account.display_name))
    entered = uow.leave.add(
        Leave(
            id=values["id"],
            account_id=account.id,
            first_day=values["first_day"],
            last_day=values["last_day"],
            kind=values["kind"],
            note=values["note"],
            entered_by=actor.account_id,
            entered_at=uow.now,
            withdrawn_at=None,
            withdrawn_by=None,
            withdrawn_reason=None,
            version=1,
        )
    )
    uow.audit(AuditEntry("leave.entered", "leave", entered.id, {"account_id": account.id, **_days(entered)}))
    return entered


def leave_within(uow: UnitOfWork, actor: Actor, leave_id: str, *permissions: Permission) -> Leave:
    """The leave of somebody within reach (S13)."""
    leave = uow.leave.get(leave_id)
    if leave is None:
        raise problem(NOT_FOUND, what=f"leave {leave_id}")
    account_within(uow, actor, leave.account_id, *permissions)
    return leave


def withdraw(uow: UnitOfWork, actor: Actor, leave: Leave, reason: str) -> Leave:
    """The person is there after all, or it was entered by mistake."""
    refuse_if(withdrawal_findings(leave))
    withdrawn = uow.leave.save(
        dataclasses.replace(
            leave, withdrawn_at=uow.now, withdrawn_by=actor.account_id, withdrawn_reason=reason
        )
    )
    detail = {"account_id": leave.account_id, "reason": reason, **_days(leave)}
    uow.audit(AuditEntry("leave.withdrawn", "leave", leave.id, detail))
    return withdrawn


def _days(leave: Leave) -> dict[str, object]:
    return {"first_day": leave.first_day.isoformat(), "last_day": leave.last_day.isoformat()}


def _teams(uow: UnitOfWork, leave: list[Leave]) -> list[VisitTeam]:
    """The teams of the days to come that any of these leaves touches."""
    today = local_day(uow.now)
    to_come = [one for one in leave if one.last_day >= today]
    if not to_come:
        return []
    first = max(today, min(one.first_day for one in to_come))
    last = max(one.last_day for one in to_come)
    begins = datetime.combine(first, time(), SHANGHAI)
    ends = datetime.combine(last, time(), SHANGHAI) + timedelta(days=1)
    return uow.visit_teams.between(begins, ends)
