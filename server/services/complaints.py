"""Complaints as those who answer for them see the list: who leads, how long the client has not been told (V13, V17).

Owns the gathering for a page at once. Refuses to decide on a hold: `server.services.holds` does.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta

from server.domain.access import Actor, Permission, Post, reach
from server.domain.audit import AuditEntry
from server.domain.people import Account
from server.domain.placements import Debtor, Hold, HoldReason, Placement
from server.domain.visits import Finding
from server.services.holds import SUPERVISORS
from server.services.ports.paging import Page, PageRequest
from server.services.ports.unit_of_work import UnitOfWork

# What somebody complained of; what the house stops by itself (repaid, ended) is no complaint.
COMPLAINTS = (HoldReason.COMPLAINT, HoldReason.DO_NOT_CONTACT)


@dataclass(frozen=True, slots=True)
class Complaint:
    """A complaint with its case. `until_told`: from the stop to the report to the client, or to now (V13)."""

    hold: Hold
    placement: Placement
    debtor: Debtor
    lead: Account | None
    placed_by: Account | None
    until_told: timedelta
    findings: tuple[Finding, ...]


def complaints_page(
    uow: UnitOfWork, actor: Actor, request: PageRequest, *, in_force: bool
) -> Page[Complaint]:
    """Complaints of cases within reach, the newest first, with what V17's questions found on their visits."""
    reached = reach(actor, Permission.PLACEMENTS_READ)
    page = uow.holds.page(request, reached, in_force=in_force, reasons=COMPLAINTS)
    uow.audit(AuditEntry("hold.listed", "hold", None, {"ids": [hold.id for hold in page.items]}))
    placements = uow.placements.by_ids(hold.placement_id for hold in page.items)
    debtors = uow.debtors.by_ids(placement.debtor_id for placement in placements.values())
    people = uow.accounts.by_ids(
        {id_ for hold in page.items for id_ in (hold.lead_id, hold.placed_by) if id_ is not None}
    )
    found = _findings(uow, list(placements))
    return Page(
        [
            Complaint(
                hold,
                placements[hold.placement_id],
                debtors[placements[hold.placement_id].debtor_id],
                people.get(hold.lead_id or ""),
                people.get(hold.placed_by or ""),
                (hold.reported_to_client_at or uow.now) - hold.placed_at,
                tuple(found[hold.placement_id]),
            )
            for hold in page.items
        ],
        page.next,
    )


def leads_of(uow: UnitOfWork, branch_id: str) -> list[Account]:
    """Who is of supervisor rank in the branch."""
    posts = sorted(SUPERVISORS, key=list(Post).index)
    found = {one.id: one for post in posts for one in uow.accounts.with_post(post, branch_id)}
    return sorted(found.values(), key=lambda one: (one.display_name, one.id))


def _findings(uow: UnitOfWork, placement_ids: list[str]) -> dict[str, list[Finding]]:
    visits = uow.visits.having_any("placement_id", placement_ids)
    of_case = {visit.id: visit.placement_id for visit in visits}
    found: dict[str, list[Finding]] = defaultdict(list)
    for finding in uow.findings.having_any("visit_id", list(of_case)):
        found[of_case[finding.visit_id]].append(finding)
    return found
