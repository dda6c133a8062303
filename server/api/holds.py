"""Routes of stopping: holds of a case and what is done about them, blocks of numbers and persons (V13)."""

from __future__ import annotations

from flask_smorest import Blueprint

from api_schemas.base import Reason
from api_schemas.case_records import BlockNew, BlockView, HoldLead, HoldNew
from api_schemas.placements import HoldPage, HoldQuery, HoldView
from server.domain.access import Permission, reach
from server.domain.audit import AuditEntry
from server.domain.placements import ContactBlock, Hold
from server.domain.problems import NOT_FOUND, WRONG_STATE
from server.services import contact_blocks, holds
from server.services.ports.paging import Page, PageRequest
from server.web.endpoint import Call, endpoint

blueprint = Blueprint(
    "holds", __name__, url_prefix="/api/v1", description="Cases and numbers that are stopped (V13)"
)


@endpoint(
    blueprint,
    "POST",
    "/placements/<uuid:placement_id>/holds",
    needs=[Permission.CONTACTS_HOLD],
    body=HoldNew,
    answer=HoldView,
    status=201,
    once=True,
    problems=[NOT_FOUND],
)
def stop_case(call: Call) -> Hold:
    """V13: one tap stops the case. Its teams, its collector and its managers are told at once."""
    placement = holds.placement_to_hold(call.uow, call.actor, call.path["placement_id"])
    body = call.body
    return holds.complain(call.uow, call.actor, placement, body["reason"], body["note"], body["id"])


@endpoint(
    blueprint,
    "GET",
    "/holds",
    needs=[Permission.PLACEMENTS_READ],
    query=HoldQuery,
    answer=HoldPage,
    reads_personal=True,
)
def list_holds(call: Call) -> Page[Hold]:
    """Holds of cases within reach, the newest first: who leads them, when the client was told."""
    page = call.uow.holds.page(
        PageRequest(call.query["limit"], call.query.get("after")),
        reach(call.actor, Permission.PLACEMENTS_READ),
        in_force=call.query["in_force"],
    )
    call.uow.audit(AuditEntry("hold.listed", "hold", None, {"ids": [hold.id for hold in page.items]}))
    return page


@endpoint(
    blueprint,
    "POST",
    "/holds/<uuid:hold_id>/lead",
    needs=[Permission.HOLDS_RELEASE],
    body=HoldLead,
    answer=HoldView,
    problems=[NOT_FOUND, WRONG_STATE],
)
def assign_lead(call: Call) -> Hold:
    """V13: somebody of supervisor rank takes the case."""
    hold, placement = holds.hold_within(call.uow, call.actor, call.path["hold_id"], Permission.HOLDS_RELEASE)
    return holds.assign_lead(call.uow, placement, hold, call.body["lead_id"])


@endpoint(
    blueprint,
    "POST",
    "/holds/<uuid:hold_id>/reported",
    needs=[Permission.HOLDS_RELEASE],
    answer=HoldView,
    problems=[NOT_FOUND, WRONG_STATE],
)
def report_hold(call: Call) -> Hold:
    """V13: the client has been told, now."""
    hold, placement = holds.hold_within(call.uow, call.actor, call.path["hold_id"], Permission.HOLDS_RELEASE)
    return holds.report_to_client(call.uow, placement, hold)


@endpoint(
    blueprint,
    "POST",
    "/holds/<uuid:hold_id>/release",
    needs=[Permission.HOLDS_RELEASE],
    body=Reason,
    answer=HoldView,
    problems=[NOT_FOUND, WRONG_STATE],
)
def release_hold(call: Call) -> Hold:
    """End a hold, with a reason; visits go on unless another hold is in force."""
    hold, placement = holds.hold_within(call.uow, call.actor, call.path["hold_id"], Permission.HOLDS_RELEASE)
    return holds.release_hold(call.uow, placement, hold, call.body["reason"], by=call.actor)


@endpoint(
    blueprint,
    "POST",
    "/contact-blocks",
    needs=[Permission.CONTACTS_HOLD],
    body=BlockNew,
    answer=BlockView,
    status=201,
    once=True,
    problems=[NOT_FOUND],
)
def block_contact(call: Call) -> ContactBlock:
    """V13: do not contact this number, or this person at all; in force at once for everybody."""
    placement = holds.placement_to_hold(call.uow, call.actor, call.body["placement_id"])
    return contact_blocks.block(call.uow, call.actor, placement, call.body)


@endpoint(
    blueprint,
    "POST",
    "/contact-blocks/<uuid:block_id>/lift",
    needs=[Permission.HOLDS_RELEASE],
    body=Reason,
    answer=BlockView,
    problems=[NOT_FOUND, WRONG_STATE],
)
def lift_block(call: Call) -> ContactBlock:
    """The number or person may be contacted again."""
    held = contact_blocks.block_within(call.uow, call.actor, call.path["block_id"], Permission.HOLDS_RELEASE)
    return contact_blocks.lift(call.uow, call.actor, held, call.body["reason"])
