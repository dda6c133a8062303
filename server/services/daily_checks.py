"""The daily check of persons, machines and accounts: a day's list, what deviates first, ticked by IT (S17).

Owns the list, put together anew from logins and the register of devices each time it is read. Refuses a tick on what
its reader did not see. The list of a day is read whole: who deviates stands first, and a firm has hundreds of people,
not millions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from server.domain.access import Actor, Permission, reach
from server.domain.audit import AuditEntry
from server.domain.calendar import SHANGHAI, local_day
from server.domain.daily_checks import (
    DAILY_CHECK_DONE,
    DailyCheck,
    Deviation,
    Login,
    check_findings,
    deviations,
    holds,
)
from server.domain.people import Account
from server.domain.problems import NOT_FOUND, problem, refuse_if
from server.domain.visits import Device, DeviceHandout
from server.services.ports.people import LoginSession
from server.services.ports.unit_of_work import UnitOfWork

READERS = (Permission.ACCOUNTS_CHECK, Permission.AUDIT_READ)
# An access token lives that long after its login was last renewed, and is renewed in passing.
_IN_USE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class AccountDay:
    """One person's day: logins and devices, what deviates, the latest tick and whether the day still stands so."""

    account: Account
    logins: tuple[LoginSession, ...]
    handouts: tuple[DeviceHandout, ...]
    devices: Mapping[str, Device]
    deviations: tuple[Deviation, ...]
    check: DailyCheck | None
    checked_by: str | None

    @property
    def checked(self) -> bool:
        return holds(self.check, self.deviations)


def day_of(uow: UnitOfWork, actor: Actor, on: date) -> list[AccountDay]:
    """Everybody who worked or held a device on the day: what deviates first, then what is unticked, then by name."""
    begins = datetime.combine(on, time(), SHANGHAI)
    ends = begins + timedelta(days=1)
    reached = reach(actor, *READERS)
    logins = _by_account(uow.daily_checks.logins(reached, begins, ends))
    handouts = _by_account(uow.daily_checks.handouts(reached, begins, ends))
    checks = {check.account_id: check for check in uow.daily_checks.of_day(on)}
    people = uow.accounts.by_ids({*logins, *handouts} | {check.checked_by for check in checks.values()})
    devices = uow.devices.by_ids(_devices_named(logins.values(), handouts.values()))
    listed = []
    for account_id in {*logins, *handouts}:
        account = people[account_id]
        given, held = logins.get(account_id, []), handouts.get(account_id, [])
        found = deviations(on, account.left_on, [_login(one) for one in given], held, uow.now, ends)
        check = checks.get(account_id)
        listed.append(
            AccountDay(
                account, tuple(given), tuple(held), devices, found, check,
                None if check is None else people[check.checked_by].display_name,
            )
        )  # fmt: skip
    return sorted(listed, key=_order)


def open_count(uow: UnitOfWork, actor: Actor, on: date) -> int:
    """How many of a day are not ticked, or deviate since: what the list has with `checked` false."""
    return sum(not one.checked for one in day_of(uow, actor, on))


def read_day(uow: UnitOfWork, actor: Actor, on: date, checked: bool | None = None) -> list[AccountDay]:
    """The day's list, `checked` or not; that it was read stands on the trail with those who are on it."""
    listed = [one for one in day_of(uow, actor, on) if checked is None or one.checked is checked]
    uow.audit(
        AuditEntry(
            "daily_check.listed", "account", None,
            {"on": on.isoformat(), "ids": [one.account.id for one in listed]},
        )
    )  # fmt: skip
    return listed


def tick(uow: UnitOfWork, actor: Actor, values: Mapping[str, Any]) -> DailyCheck:
    """IT has looked at a person's day: what deviated is what the page showed, and has its note."""
    on, account_id = values["on"], values["account_id"]
    shown = next((one for one in day_of(uow, actor, on) if one.account.id == account_id), None)
    found = shown.deviations if shown is not None else ()
    refuse_if(check_findings(on, local_day(uow.now), values["deviations"], found, values["note"]))
    if shown is None:
        raise problem(NOT_FOUND, "account_id", what=f"account {account_id} on {on}")
    if shown.checked and shown.check is not None:
        raise problem(DAILY_CHECK_DONE, name=shown.checked_by, at=shown.check.checked_at)
    check = uow.daily_checks.add(
        DailyCheck(
            id=values["id"],
            on=on,
            account_id=account_id,
            deviations=found,
            note=values["note"],
            checked_by=actor.account_id,
            checked_at=uow.now,
        )
    )
    detail = {"on": on.isoformat(), "deviations": list(found), "check_id": check.id}
    uow.audit(AuditEntry("account.day_checked", "account", account_id, detail))
    return check


def _login(session: LoginSession) -> Login:
    in_use = session.last_used_at + _IN_USE
    return Login(
        machine=session.user_agent,
        device_id=session.device_id,
        begins=session.started_at,
        until=in_use if session.ended_at is None else min(session.ended_at, in_use),
        in_anothers_name=session.opened_by is not None,
    )


def _order(one: AccountDay) -> tuple[bool, bool, int, str, str]:
    gravest = list(Deviation).index(one.deviations[0]) if one.deviations else 0
    return not one.deviations, one.checked, gravest, one.account.display_name, one.account.id


def _by_account(rows: Sequence[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.account_id].append(row)
    return dict(found)


def _devices_named(logins: Iterable[list[LoginSession]], handouts: Iterable[list[DeviceHandout]]) -> set[str]:
    named = {one.device_id for several in logins for one in several if one.device_id is not None}
    return named | {one.device_id for several in handouts for one in several}
