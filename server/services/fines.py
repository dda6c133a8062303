"""The ledger of fines (F4, F5): entered, verified and told the same day, paid; R13's of a month entered as a whole.

Owns the order of a fine's states. It refuses to take anything from pay: `server.services.pay` only proposes it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from server.domain.access import Actor, Owned, Permission, reach, within
from server.domain.audit import AuditEntry
from server.domain.calendar import local_day
from server.domain.case_rules import DAY_AHEAD
from server.domain.credit import month_bounds, month_of
from server.domain.fines import (
    ADDRESS_ERRORS,
    Fine,
    FineState,
    entry_of,
    f4_entry_findings,
    payment_findings,
    state_findings,
    supervisor_findings,
)
from server.domain.money import format_fen
from server.domain.months import MONTH_NOT_OVER
from server.domain.problems import NOT_FOUND, problem, refuse_if
from server.services import notices
from server.services.address_errors import errors_of_month
from server.services.ports.unit_of_work import UnitOfWork


def enter(uow: UnitOfWork, actor: Actor, values: Mapping[str, Any]) -> Fine:
    """F4: what somebody within reach did, by the catalogue of the edition of that day."""
    _account_within(uow, actor, values["account_id"], Permission.FINES_WRITE, "account_id")
    found_on = values["found_on"]
    if found_on > local_day(uow.now):
        raise problem(DAY_AHEAD, "found_on", day=found_on.isoformat())
    edition = uow.policy.in_force_on(found_on)
    refuse_if(f4_entry_findings(values["entry"], edition))
    entry = entry_of(values["entry"], edition)
    refuse_if(supervisor_findings(actor, values["account_id"], entry))
    fine = _fine(uow, actor, values["id"], values["account_id"], entry.code, month_of(found_on))
    counted: dict[str, Any] = {
        "clause": entry.clause,
        "count": values["count"],
        "amount_fen": entry.fen * values["count"],
    }
    return _added(uow, dataclasses.replace(fine, found_on=found_on, note=values["note"], **counted))


def enter_address_errors(uow: UnitOfWork, actor: Actor, month: str) -> list[Fine]:
    """R13: a fine each for whoever has more errors than are free in a month that is over; entered once."""
    first, last = month_bounds(month)
    if local_day(uow.now) <= last:
        raise problem(MONTH_NOT_OVER, "month", month=month, day=last.isoformat())
    known = {one.account_id for one in uow.fines.having(month=month, entry=ADDRESS_ERRORS)}
    edition = uow.policy.in_force_on(last)
    entry = entry_of(ADDRESS_ERRORS, edition)
    entered = []
    for one in errors_of_month(uow, actor, first):
        if (
            one.fine_fen
            and one.account_id not in known
            and not supervisor_findings(actor, one.account_id, entry)
        ):
            fine = _fine(uow, actor, uow.new_id(), one.account_id, entry.code, month)
            counted: dict[str, Any] = {"clause": entry.clause, "count": one.count, "amount_fen": one.fine_fen}
            entered.append(_added(uow, dataclasses.replace(fine, found_on=last, **counted)))
    return entered


def verify(uow: UnitOfWork, actor: Actor, fine_id: str, values: Mapping[str, Any]) -> Fine:
    """F5: it holds, is due today and the person is told; or it does not, and is dropped with the reason."""
    fine = _supervised(uow, actor, fine_id)
    refuse_if(state_findings(fine, FineState.FOUND))
    decided: dict[str, Any] = {
        "decided_by": actor.account_id,
        "decided_at": uow.now,
        "decision_note": values["note"],
    }
    if not values["holds"]:
        dropped = uow.fines.save(dataclasses.replace(fine, state=FineState.DROPPED, **decided))
        uow.audit(AuditEntry("fine.dropped", "fine", fine.id))
        return dropped
    return make_due(uow, dataclasses.replace(fine, **decided))


def make_due(uow: UnitOfWork, fine: Fine) -> Fine:
    """Due today, and told."""
    due_on = local_day(uow.now)
    due = uow.fines.save(dataclasses.replace(fine, state=FineState.DUE, due_on=due_on))
    told = {"entry": fine.entry, "amount": format_fen(fine.amount_fen), "due_on": due_on.isoformat()}
    notices.tell(uow, [fine.account_id], "fine_due", told, f"/fines/{fine.id}")
    uow.audit(AuditEntry("fine.verified", "fine", fine.id))
    return due


def receive(uow: UnitOfWork, actor: Actor, fine_id: str, received_fen: int) -> Fine:
    """F5: handed to whoever supervises it: what is owed today, double when overdue."""
    fine = _supervised(uow, actor, fine_id)
    refuse_if(state_findings(fine, FineState.DUE))
    today = local_day(uow.now)
    refuse_if(payment_findings(fine, received_fen, today))
    received: dict[str, Any] = {
        "received_by": actor.account_id,
        "received_fen": received_fen,
        "paid_on": today,
    }
    paid = uow.fines.save(dataclasses.replace(fine, state=FineState.PAID, **received))
    uow.audit(AuditEntry("fine.paid", "fine", fine.id, {"amount": format_fen(received_fen)}))
    return paid


def entered_by_incident(uow: UnitOfWork, actor: Actor, account_id: str, amount_fen: int, note: str) -> Fine:
    """F7: a fine that a manager decided on is verified by that."""
    fine = _fine(uow, actor, uow.new_id(), account_id, "incident", month_of(local_day(uow.now)))
    decided: dict[str, Any] = {"decided_by": actor.account_id, "decided_at": uow.now, "decision_note": note}
    fine = dataclasses.replace(fine, clause="F7", amount_fen=amount_fen, note=note, **decided)
    return make_due(uow, _added(uow, fine))


def _added(uow: UnitOfWork, fine: Fine) -> Fine:
    uow.fines.add(fine)
    detail = {"account_id": fine.account_id, "entry": fine.entry, "amount": format_fen(fine.amount_fen)}
    uow.audit(AuditEntry("fine.entered", "fine", fine.id, detail))
    return fine


def _fine(uow: UnitOfWork, actor: Actor, id: str, account_id: str, entry: str, month: str) -> Fine:
    nothing: dict[str, Any] = dict.fromkeys(field.name for field in dataclasses.fields(Fine))
    known = {
        "id": id,
        "account_id": account_id,
        "entry": entry,
        "month": month,
        "found_on": local_day(uow.now),
        "count": 1,
        "note": "",
        "state": FineState.FOUND,
        "found_by": actor.account_id,
        "found_at": uow.now,
        "version": 1,
    }
    return Fine(**nothing | known)


def _supervised(uow: UnitOfWork, actor: Actor, fine_id: str) -> Fine:
    fine = uow.fines.get(fine_id)
    if fine is None:
        raise problem(NOT_FOUND, what=f"fine {fine_id}")
    _account_within(uow, actor, fine.account_id, Permission.FINES_WRITE, None)
    refuse_if(
        supervisor_findings(
            actor, fine.account_id, entry_of(fine.entry, uow.policy.in_force_on(fine.found_on))
        )
    )
    return fine


def _account_within(
    uow: UnitOfWork, actor: Actor, account_id: str, permission: Permission, field: str | None
) -> None:
    account = uow.accounts.get(account_id)
    if account is not None:
        owned = Owned(frozenset({account.id}), account.team_id, account.project_id, account.branch_id)
        if within(reach(actor, permission), owned):
            return
    raise problem(NOT_FOUND, field, what=f"account {account_id}")
