"""Whose rows (S13): the objects of a case, found only by those whose posts reach them. Out of reach is not found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from server.domain.access import Actor, Owned, Permission, reach, within
from server.domain.import_undoing import PLACEMENT_UNDONE
from server.domain.imports import ImportFile
from server.domain.placements import Address, Placement
from server.domain.problems import NOT_FOUND, problem
from server.domain.requests import VisitRequest
from server.domain.visits import Visit
from server.services.ports.unit_of_work import UnitOfWork


def owners_of(uow: UnitOfWork, placement: Placement) -> Owned:
    """Where a placement belongs: its collector, the collector's team, its project, its branch."""
    return _owned(placement, uow.accounts.team_of(placement.collector_id))


def placement_within(uow: UnitOfWork, actor: Actor, placement_id: str, *permissions: Permission) -> Placement:
    placement = uow.placements.get(placement_id)
    if placement is None:
        _told_if_taken_back(uow, actor, placement_id, *permissions)
    if placement is None or not within(reach(actor, *permissions), owners_of(uow, placement)):
        raise problem(NOT_FOUND, what=f"placement {placement_id}")
    return placement


def taken_back_within(
    uow: UnitOfWork, actor: Actor, placement_id: str, *permissions: Permission
) -> tuple[Placement, ImportFile] | None:
    """S20: the placement that was taken back with its import, for those who reached it; nothing else finds it."""
    placement = uow.placements.taken_back(placement_id)
    if (
        placement is None
        or placement.import_id is None
        or not within(reach(actor, *permissions), owners_of(uow, placement))
    ):
        return None
    return placement, uow.import_files.need(placement.import_id)


def _told_if_taken_back(uow: UnitOfWork, actor: Actor, placement_id: str, *permissions: Permission) -> None:
    found = taken_back_within(uow, actor, placement_id, *permissions)
    if found is not None:
        placement, file = found
        raise problem(PLACEMENT_UNDONE, case_number=placement.case_number, filename=file.filename)


def address_within(uow: UnitOfWork, actor: Actor, address_id: str, *permissions: Permission) -> Address:
    """An address is its debtor's, so it is within reach where a placement of that debtor is."""
    address = uow.addresses.get(address_id)
    if address is not None:
        reached = reach(actor, *permissions)
        for placement in uow.placements.having(debtor_id=address.debtor_id):
            if within(reached, owners_of(uow, placement)):
                return address
    raise problem(NOT_FOUND, what=f"address {address_id}")


def request_within(
    uow: UnitOfWork, actor: Actor, request_id: str, *permissions: Permission
) -> tuple[VisitRequest, Placement]:
    """The request with its placement; a request is its placement's."""
    request = uow.visit_requests.get(request_id)
    placement = None if request is None else uow.placements.need(request.placement_id)
    if (
        request is None
        or placement is None
        or not within(reach(actor, *permissions), owners_of(uow, placement))
    ):
        raise problem(NOT_FOUND, what=f"visit_request {request_id}")
    return request, placement


def requests_within(
    uow: UnitOfWork, actor: Actor, ids: Sequence[str], *permissions: Permission
) -> list[VisitRequest]:
    """Those of the requests that are within reach, in the order asked; the others are left out."""
    found = uow.visit_requests.by_ids(ids)
    placements = uow.placements.by_ids(request.placement_id for request in found.values())
    collectors = uow.accounts.by_ids(placement.collector_id for placement in placements.values())
    reached = reach(actor, *permissions)

    def reaches(request: VisitRequest) -> bool:
        placement = placements[request.placement_id]
        return within(reached, _owned(placement, collectors[placement.collector_id].team_id))

    return [found[id_] for id_ in ids if id_ in found and reaches(found[id_])]


def visit_within(
    uow: UnitOfWork, actor: Actor, visit_id: str, *permissions: Permission
) -> tuple[Visit, Placement]:
    """The visit with its placement. Its team's own it is, and the case's collector's; of the rest, the placement's."""
    visit = uow.visits.get(visit_id)
    placement = None if visit is None else uow.placements.need(visit.placement_id)
    if (
        visit is not None
        and placement is not None
        and within(reach(actor, *permissions), _visit_owned(visit, owners_of(uow, placement)))
    ):
        return visit, placement
    raise problem(NOT_FOUND, what=f"visit {visit_id}")


def visits_within(
    uow: UnitOfWork, actor: Actor, visit_ids: Iterable[str], *permissions: Permission
) -> set[str]:
    """Which of the visits `visit_within` would find: three questions for a list of any length."""
    visits = uow.visits.by_ids(visit_ids)
    placements = uow.placements.by_ids(visit.placement_id for visit in visits.values())
    collectors = uow.accounts.by_ids(placement.collector_id for placement in placements.values())
    reached = reach(actor, *permissions)
    return {
        visit.id
        for visit in visits.values()
        for placement in [placements[visit.placement_id]]
        if within(reached, _visit_owned(visit, _owned(placement, collectors[placement.collector_id].team_id)))
    }


def team_member(actor: Actor, visit: Visit) -> bool:
    """Whether the actor is one of the two agents of the visit, or its trainee."""
    return actor.account_id in (visit.lead_id, visit.partner_id, visit.trainee_id)


def visited_placement_within(
    uow: UnitOfWork, actor: Actor, placement_id: str, *permissions: Permission
) -> Placement:
    """The placement, for those who reach it and for those who have visited it: its credit concerns them."""
    placement = uow.placements.get(placement_id)
    if placement is not None:
        if within(reach(actor, *permissions), owners_of(uow, placement)):
            return placement
        visits = uow.visits.having(placement_id=placement_id)
        if any(visit.started_at is not None and team_member(actor, visit) for visit in visits):
            return placement
    raise problem(NOT_FOUND, what=f"placement {placement_id}")


def _owned(placement: Placement, team_id: str | None) -> Owned:
    return Owned(frozenset({placement.collector_id}), team_id, placement.project_id, placement.branch_id)


def _visit_owned(visit: Visit, owned: Owned) -> Owned:
    """A visit is its placement's and its team's."""
    team = {member for member in (visit.lead_id, visit.partner_id, visit.trainee_id) if member is not None}
    return Owned(owned.own_ids | team, owned.team_id, owned.project_id, owned.branch_id)
