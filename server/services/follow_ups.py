"""Follow-up visits to a new address (V7): planned by the dispatcher, or on the spot without a plan.

On the spot the checks run and are recorded, nothing is refused for them, the dispatchers are told, and the finding is
the confirmation of the address (R6). The parent is superseded once the follow-up has taken place (`check_ins`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from server.domain.access import Actor, Post
from server.domain.audit import AuditEntry
from server.domain.calendar import SHANGHAI, local_day
from server.domain.calls import hours_findings
from server.domain.capture_manifests import nonce_after
from server.domain.placements import Address, AddressConfirmation, Placement
from server.domain.problems import NOT_FOUND, problem, refuse_if
from server.domain.visit_rules import v7_follow_up_findings
from server.domain.visits import Finding, Visit, VisitState
from server.services import credit, notices
from server.services.holds import hold_on
from server.services.ports.unit_of_work import UnitOfWork
from server.services.visit_records import (
    edition_at,
    edition_for,
    keep_finding,
    keep_refusals,
    not_in_future,
    of_team,
    open_incident,
)

HOW_CONFIRMED = "外访查得"


def open_follow_up(
    uow: UnitOfWork, actor: Actor, visit_id: str, values: Mapping[str, Any]
) -> tuple[Visit, list[Finding]]:
    """A visit with this one as its parent. On the spot it has the parent's team and a lease for the rest of the day."""
    parent, placement = of_team(uow, actor, visit_id)
    at: datetime = values["at"]
    not_in_future(uow, at)
    address = uow.addresses.get(values["address_id"])
    if address is None or address.debtor_id != placement.debtor_id:
        raise problem(NOT_FOUND, "address_id", what=f"address {values['address_id']}")
    if address.duplicate_of_id is not None:
        address = uow.addresses.need(address.duplicate_of_id)
    refuse_if(v7_follow_up_findings(parent, address.id))
    _confirm(uow, actor, parent, address, at)
    visit = uow.visits.add(
        _follow_up(uow, values["id"], parent, address, at, on_the_spot=values["on_the_spot"])
    )
    uow.audit(
        AuditEntry(
            "visit.follow_up_opened",
            "visit",
            visit.id,
            {"parent_id": parent.id, "on_the_spot": values["on_the_spot"]},
        )
    )
    if not values["on_the_spot"]:
        return visit, []
    _tell(uow, placement, address, visit)
    credit.fact_changed(uow, placement.id, "follow_up")
    return visit, _check(uow, visit, address, at)


def _follow_up(
    uow: UnitOfWork, id_: str, parent: Visit, address: Address, at: datetime, *, on_the_spot: bool
) -> Visit:
    return Visit(
        id=id_,
        placement_id=parent.placement_id,
        address_id=address.id,
        address_version=address.version,
        request_id=None,
        plan_id=None,
        team_id=None,
        parent_id=parent.id,
        position=0,
        state=VisitState.PUBLISHED if on_the_spot else VisitState.ACCEPTED,
        lead_id=parent.lead_id if on_the_spot else None,
        partner_id=parent.partner_id if on_the_spot else None,
        trainee_id=parent.trainee_id if on_the_spot else None,
        valid_from=at if on_the_spot else None,
        valid_until=_closing(uow, at) if on_the_spot else None,
        # Only promises that were on record when the parent's plan was published count (X4).
        promise_due_on=parent.promise_due_on if on_the_spot else None,
        promise_explained=parent.promise_explained if on_the_spot else False,
        hold_id=None,
        started_at=None,
        ended_at=None,
        outcome=None,
        outcome_note="",
        debtor_gone=False,
        superseded_by=None,
        voided_at=None,
        voided_by=None,
        void_reason=None,
        desk_confirmed_by=None,
        ended_reason=None,
        version=1,
        capture_nonce=nonce_after(parent.capture_nonce, id_)
        if on_the_spot and parent.capture_nonce
        else None,
    )


def _closing(uow: UnitOfWork, at: datetime) -> datetime:
    """The end of the visiting hours of that day (V9), or the moment itself where they are over."""
    _, closes = edition_at(uow, at).visit_hours
    return max(at, datetime.combine(local_day(at), closes, SHANGHAI))


def _confirm(uow: UnitOfWork, actor: Actor, parent: Visit, address: Address, at: datetime) -> None:
    """R6 by V7: the finding is the confirmation, where none is on file."""
    if uow.address_confirmations.having(address_id=address.id):
        return
    uow.address_confirmations.add(
        AddressConfirmation(
            uow.new_id(),
            address.id,
            actor.display_name,
            local_day(at),
            f"{HOW_CONFIRMED} {parent.id}",
            uow.now,
            actor.account_id,
        )
    )


def _check(uow: UnitOfWork, visit: Visit, address: Address, at: datetime) -> list[Finding]:
    """What a plan would have asked: the hours, a hold, whether the address resolves. Kept, not refused."""
    out_of_hours = hours_findings(at, edition_for(uow, visit.placement_id, at))
    found = keep_refusals(uow, visit, out_of_hours)
    for refusal in out_of_hours:
        open_incident(uow, refusal.kind.code, "V9", refusal.zh(), visit=visit)
    if not address.county_code:
        found.append(keep_finding(uow, visit, "address_unresolved", "R2", address.id))
    hold = hold_on(uow, visit)
    if hold is not None:
        found.append(keep_finding(uow, visit, "started_before_told", "V13", hold.reason))
    return found


def _tell(uow: UnitOfWork, placement: Placement, address: Address, visit: Visit) -> None:
    dispatchers = [account.id for account in uow.accounts.with_post(Post.DISPATCHER, placement.branch_id)]
    params = {"case_number": placement.case_number, "district": address.county or address.city or "—"}
    notices.tell(uow, dispatchers, "follow_up_started", params, f"/visits/{visit.id}")
