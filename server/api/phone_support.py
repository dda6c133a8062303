"""Routes of what phones tell of themselves for IT (S19)."""

from __future__ import annotations

from flask_smorest import Blueprint

from api_schemas.phone_support import SupportBundleNew, SupportBundleView, SupportBundleViews
from server.domain.access import Permission
from server.domain.visits import Device
from server.services import phone_custody, phone_support
from server.services.phone_support import SupportBundle
from server.web.endpoint import Call, endpoint

blueprint = Blueprint(
    "phone_support", __name__, url_prefix="/api/v1", description="What phones tell of themselves for IT (S19)"
)


@endpoint(
    blueprint,
    "POST",
    "/devices/<uuid:device_id>/support-bundles",
    needs=[Permission.DEVICES_ENROL],
    body=SupportBundleNew,
    answer=SupportBundleView,
    status=201,
    once=True,
)
def tell_support(call: Call) -> SupportBundle:
    """The phone's versions, the state of its outbox and its last errors: codes and counts, nothing of a person."""
    return phone_support.tell(call.uow, call.actor, _device(call), call.body)


@endpoint(
    blueprint,
    "GET",
    "/devices/<uuid:device_id>/support-bundles",
    needs=[Permission.DEVICES_ENROL],
    answer=SupportBundleViews,
)
def list_support(call: Call) -> dict[str, list[SupportBundle]]:
    """What this phone has told of itself, the newest first."""
    return {"items": phone_support.of_device(call.uow, _device(call))}


def _device(call: Call) -> Device:
    return phone_custody.device_of_custody(call.uow, call.actor, call.path["device_id"])
