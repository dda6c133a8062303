"""Routes of the register of company devices (V20)."""

from __future__ import annotations

from flask_smorest import Blueprint

from api_schemas.base import PageQuery, Reason
from api_schemas.registers import (
    DeviceEdit,
    DeviceNew,
    DevicePage,
    DeviceQuery,
    DeviceView,
    HandoutNew,
    HandoutPage,
    HandoutView,
    Maintenance,
    TakeBack,
)
from server.domain.access import Permission
from server.domain.problems import NOT_FOUND
from server.domain.registers import (
    DEVICE_NOT_OUT,
    DEVICE_OUT,
    DEVICE_RETIRED,
    HANDOUT_DUE,
    MAINTAINED_LATER,
    SERIAL_TAKEN,
)
from server.domain.visits import Device, DeviceHandout
from server.services import devices
from server.services.devices import DeviceListed
from server.services.ports.paging import Page, PageRequest
from server.web.endpoint import Call, endpoint

blueprint = Blueprint("devices", __name__, url_prefix="/api/v1", description="Company devices (V20)")


@endpoint(blueprint, "GET", "/devices", needs=[Permission.DEVICES_READ], query=DeviceQuery, answer=DevicePage)
def list_devices(call: Call) -> Page[DeviceListed]:
    """The register by serial, or one of its lists: in, out, overdue, due for maintenance, retired."""
    request = PageRequest(call.query["limit"], call.query.get("after"))
    return devices.page(call.uow, call.actor, request, call.query["listed"])


@endpoint(
    blueprint,
    "POST",
    "/devices",
    needs=[Permission.DEVICES_WRITE],
    body=DeviceNew,
    answer=DeviceView,
    status=201,
    once=True,
    problems=[SERIAL_TAKEN, NOT_FOUND, MAINTAINED_LATER],
)
def register_device(call: Call) -> DeviceListed:
    """Register a device; only registered ones can be handed out."""
    return _listed(call, devices.register(call.uow, call.actor, call.body))


@endpoint(
    blueprint,
    "GET",
    "/devices/<uuid:device_id>",
    needs=[Permission.DEVICES_READ],
    answer=DeviceView,
)
def show_device(call: Call) -> DeviceListed:
    """A device and whose hands it is in."""
    return _listed(call, _device(call, Permission.DEVICES_READ))


@endpoint(
    blueprint,
    "PATCH",
    "/devices/<uuid:device_id>",
    needs=[Permission.DEVICES_WRITE],
    body=DeviceEdit,
    answer=DeviceView,
    versioned=True,
)
def edit_device(call: Call) -> DeviceListed:
    """Change label or kind; a serial never changes."""
    device = _device(call, Permission.DEVICES_WRITE)
    call.check_version(device.version)
    return _listed(call, devices.edit(call.uow, device, call.body))


@endpoint(
    blueprint,
    "GET",
    "/devices/<uuid:device_id>/handouts",
    needs=[Permission.DEVICES_WRITE],
    query=PageQuery,
    answer=HandoutPage,
)
def list_handouts(call: Call) -> Page[DeviceHandout]:
    """Who had the device when and how it came back, the latest first."""
    device = _device(call, Permission.DEVICES_WRITE)
    request = PageRequest(call.query["limit"], call.query.get("after"))
    return call.uow.device_handouts.page_of(request, device.id)


@endpoint(
    blueprint,
    "POST",
    "/devices/<uuid:device_id>/hand-out",
    needs=[Permission.DEVICES_WRITE],
    body=HandoutNew,
    answer=HandoutView,
    status=201,
    once=True,
    problems=[DEVICE_OUT, DEVICE_RETIRED, HANDOUT_DUE],
)
def hand_out_device(call: Call) -> DeviceHandout:
    """Hand the device to one person for an outing, with its condition and when it is due back."""
    device = _device(call, Permission.DEVICES_WRITE)
    return devices.hand_out(call.uow, call.actor, device, call.body)


@endpoint(
    blueprint,
    "POST",
    "/devices/<uuid:device_id>/take-back",
    needs=[Permission.DEVICES_WRITE],
    body=TakeBack,
    answer=HandoutView,
    problems=[DEVICE_NOT_OUT],
)
def take_back_device(call: Call) -> DeviceHandout:
    """Take the device back into the safe, with the condition found."""
    device = _device(call, Permission.DEVICES_WRITE)
    return devices.take_back(call.uow, call.actor, device, call.body["condition"])


@endpoint(
    blueprint,
    "POST",
    "/devices/<uuid:device_id>/maintenance",
    needs=[Permission.DEVICES_WRITE],
    body=Maintenance,
    answer=DeviceView,
    problems=[MAINTAINED_LATER],
)
def maintain_device(call: Call) -> DeviceListed:
    """Record that the device was switched on and checked: at least every three months."""
    device = _device(call, Permission.DEVICES_WRITE)
    return _listed(call, devices.maintain(call.uow, device, call.body["on"], call.body["note"]))


@endpoint(
    blueprint,
    "POST",
    "/devices/<uuid:device_id>/retire",
    needs=[Permission.DEVICES_WRITE],
    body=Reason,
    answer=DeviceView,
    problems=[DEVICE_RETIRED, DEVICE_OUT],
)
def retire_device(call: Call) -> DeviceListed:
    """Take the device out of use for good."""
    device = _device(call, Permission.DEVICES_WRITE)
    return _listed(call, devices.retire(call.uow, device, call.body["reason"]))


def _device(call: Call, permission: Permission) -> Device:
    return devices.device_within(call.uow, call.actor, call.path["device_id"], permission)


def _listed(call: Call, device: Device) -> DeviceListed:
    return devices.with_holders(call.uow, [device])[0]
