"""Routes of cases: lists, one case whole, clear numbers, retention, recall, another collector."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from api_schemas.placements import (
    CaseView,
    ClearNumbersView,
    NewCollector,
    PlacementPage,
    PlacementQuery,
    PlacementSearch,
    Purpose,
    Recall,
    Retention,
)
from server.domain.access import Permission
from server.domain.placement_rules import ALREADY_ENDED, NOT_LONGER, RECALL_PAST
from server.domain.placements import Placement
from server.domain.problems import NOT_FOUND
from server.services import case_reading, placements
from server.services.case_reading import CaseLine, CaseWhole, ClearNumbers
from server.services.ports.paging import Page, PageRequest
from server.services.ports.placements import PlacementFilter, searched_number
from server.services.scopes import placement_within
from server.web.endpoint import Call, endpoint

blueprint = Blueprint(
    "placements", __name__, url_prefix="/api/v1", description="Cases and their life (W4, R14)"
)


@endpoint(
    blueprint,
    "GET",
    "/placements",
    needs=[Permission.PLACEMENTS_READ],
    query=PlacementQuery,
    answer=PlacementPage,
    reads_personal=True,
)
def list_placements(call: Call) -> Page[CaseLine]:
    """Cases within reach, the oldest first."""
    return _page(call, call.query)


@endpoint(
    blueprint,
    "POST",
    "/placements/search",
    needs=[Permission.PLACEMENTS_READ],
    body=PlacementSearch,
    answer=PlacementPage,
)
def search_placements(call: Call) -> Page[CaseLine]:
    """Cases by name or number of their debtor; in a body, for addresses of pages are logged by others (S15)."""
    return _page(call, call.body)


@endpoint(
    blueprint,
    "GET",
    "/placements/<uuid:placement_id>",
    needs=[Permission.PLACEMENTS_READ],
    answer=CaseView,
    reads_personal=True,
    problems=[NOT_FOUND],
)
def show_placement(call: Call) -> CaseWhole:
    """One case with everything on it, masked."""
    return case_reading.whole(call.uow, _placement(call, Permission.PLACEMENTS_READ))


@endpoint(
    blueprint,
    "POST",
    "/placements/<uuid:placement_id>/unmask",
    needs=[Permission.PERSONAL_UNMASK],
    body=Purpose,
    answer=ClearNumbersView,
    problems=[NOT_FOUND],
)
def unmask_placement(call: Call) -> ClearNumbers:
    """S5: name and numbers in clear, for a purpose that is kept in the trail."""
    placement = _placement(call, Permission.PERSONAL_UNMASK)
    return case_reading.unmask(call.uow, placement, call.body["purpose"])


@endpoint(
    blueprint,
    "POST",
    "/placements/<uuid:placement_id>/retain",
    needs=[Permission.PLACEMENTS_WRITE],
    body=Retention,
    answer=CaseView,
    problems=[NOT_FOUND, NOT_LONGER],
)
def retain_placement(call: Call) -> CaseWhole:
    """W4: 留案, the placement is kept longer."""
    placement = _placement(call, Permission.PLACEMENTS_WRITE)
    return _changed(call, placements.retain(call.uow, placement, call.body["until"], by=call.actor))


@endpoint(
    blueprint,
    "POST",
    "/placements/<uuid:placement_id>/recall",
    needs=[Permission.PLACEMENTS_WRITE],
    body=Recall,
    answer=CaseView,
    problems=[NOT_FOUND, ALREADY_ENDED, RECALL_PAST],
)
def recall_placement(call: Call) -> CaseWhole:
    """R14: the client takes the case back, today or on a later day."""
    placement = _placement(call, Permission.PLACEMENTS_WRITE)
    recalled = placements.recall(call.uow, placement, call.body["recall_on"], call.body["reason"])
    return _changed(call, recalled)


@endpoint(
    blueprint,
    "POST",
    "/placements/<uuid:placement_id>/collector",
    needs=[Permission.PLACEMENTS_WRITE],
    body=NewCollector,
    answer=CaseView,
    problems=[NOT_FOUND, ALREADY_ENDED],
)
def assign_collector(call: Call) -> CaseWhole:
    """Give the case to another collector of its branch."""
    placement = _placement(call, Permission.PLACEMENTS_WRITE)
    moved = placements.assign_collector(call.uow, placement, call.body["collector_id"], call.body["reason"])
    return _changed(call, moved)


def _placement(call: Call, permission: Permission) -> Placement:
    return placement_within(call.uow, call.actor, call.path["placement_id"], permission)


def _changed(call: Call, placement: Placement) -> CaseWhole:
    return case_reading.whole(call.uow, placement)


def _page(call: Call, asked: dict[str, Any]) -> Page[CaseLine]:
    state = asked["state"]
    narrowed = PlacementFilter(
        collector_id=asked["collector_id"],
        client_id=asked["client_id"],
        open=None if state is None else state == "open",
        case_number=asked["case_number"],
        debtor_name=asked.get("debtor_name"),
        number=None if asked.get("number") is None else searched_number(asked["number"]),
    )
    return case_reading.page_of_cases(
        call.uow, call.actor, PageRequest(asked["limit"], asked.get("after")), narrowed
    )
