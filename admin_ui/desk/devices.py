"""Company devices at the desk: the register, one device with its course, what lies unsent on it (V20, S10, S19).

Owns the register's forms. Refuses nothing of its own: what may be done with a device, the use cases say.
"""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from flask import Response

from admin_ui.forms import see_other
from admin_ui.lists import Tab, href, next_page
from admin_ui.page import page
from api_schemas.base import Reason
from api_schemas.desk_office import DeviceForm, DeviceRegister
from api_schemas.registers import DEVICE_KINDS, DeviceEdit, Maintenance
from server.domain.access import Permission, Post, Scope
from server.domain.calendar import SHANGHAI, local_day
from server.domain.people import Account
from server.domain.phone_custody import outstanding
from server.domain.problems import ID_REUSED, problem
from server.domain.visits import Device
from server.services import capture_keys, devices
from server.services.ports.paging import PageRequest
from server.services.ports.registers import DeviceList
from server.web.endpoint import Call

LIST = "/desk/devices"
ONE = f"{LIST}/<uuid:device_id>"
_TABS = (
    None, DeviceList.OUT, DeviceList.OVERDUE, DeviceList.IN, DeviceList.MAINTENANCE_DUE, DeviceList.UNSENT,
    DeviceList.RETIRED,
)  # fmt: skip
_HANDOUTS = 20
_OFFICE_CLOSES = time(18)


@page(
    "GET",
    LIST,
    needs=[Permission.DEVICES_READ],
    template="devices.html",
    query=DeviceRegister,
    clauses=("V20", "S10", "S19"),
)
def device_list(call: Call) -> dict[str, Any]:
    """The register by serial, or one of its lists."""
    listed = call.query["listed"]
    request = PageRequest(call.query["limit"], call.query.get("after"))
    found = devices.page(call.uow, call.actor, request, listed)
    return {
        "items": found.items,
        "next": next_page(LIST, found.next),
        "writes": call.actor.may(Permission.DEVICES_WRITE),
        "kinds": DEVICE_KINDS,
        "form_id": call.uow.new_id(),
        "outstanding": outstanding,
        "tabs": [
            Tab(f"device_tab.{one or 'all'}", href(LIST, {"listed": one}), None, one is listed)
            for one in _TABS
        ],
    }


@page("POST", LIST, needs=[Permission.DEVICES_WRITE], template=None, fields=DeviceForm)
def register_device(call: Call) -> Response:
    """V20: a new device of the own branch; only registered ones are handed out."""
    body = call.body | {"branch_id": None, "last_maintained_on": None}
    held = call.uow.devices.get(body["id"])
    if held is not None and held.serial != body["serial"]:
        raise problem(ID_REUSED, "id", id=held.id)
    device = devices.register(call.uow, call.actor, body)
    return to(device)


@page(
    "GET",
    ONE,
    needs=[Permission.DEVICES_READ],
    template="device.html",
    clauses=("V20", "S1", "S10", "S19"),
)
def show_device(call: Call) -> dict[str, Any]:
    """A device: whose hands it is in, its keys, what lies unsent on it, where it has been."""
    device = device_of(call, Permission.DEVICES_READ)
    writes = call.actor.may(Permission.DEVICES_WRITE)
    keys = capture_keys.keys_of(call.uow, device)
    handouts = call.uow.device_handouts.page_of(PageRequest(_HANDOUTS), device.id).items if writes else []
    named = {
        one for handout in handouts for one in (handout.account_id, handout.issued_by, handout.received_by)
    }
    named |= {key.account_id for key in keys}
    today = local_day(call.uow.now)
    return {
        **_told_of(call, device),
        "shown": devices.with_holders(call.uow, [device])[0],
        "outstanding": outstanding,
        "keys": keys[::-1],
        "handouts": handouts,
        "people": call.uow.accounts.by_ids(one for one in named if one is not None),
        "writes": writes,
        "custodian": call.actor.scope_of(Permission.DEVICES_ENROL) is Scope.ALL,
        "takers": _takers(call, device) if writes and device.retired_at is None else [],
        "form_id": call.uow.new_id(),
        "due": datetime.combine(today, _OFFICE_CLOSES, SHANGHAI),
        "today": today,
        "kinds": DEVICE_KINDS,
    }


@page(
    "POST",
    f"{ONE}/edit",
    needs=[Permission.DEVICES_WRITE],
    template=None,
    fields=DeviceEdit,
    versioned=True,
)
def edit_device(call: Call) -> Response:
    """Another label or kind."""
    device = device_of(call, Permission.DEVICES_WRITE)
    call.check_version(device.version)
    return to(devices.edit(call.uow, device, call.body))


@page("POST", f"{ONE}/maintenance", needs=[Permission.DEVICES_WRITE], template=None, fields=Maintenance)
def maintain_device(call: Call) -> Response:
    """V20: switched on and checked, at least every three months."""
    device = device_of(call, Permission.DEVICES_WRITE)
    return to(devices.maintain(call.uow, device, call.body["on"], call.body["note"]))


@page("POST", f"{ONE}/retire", needs=[Permission.DEVICES_WRITE], template=None, fields=Reason)
def retire_device(call: Call) -> Response:
    """Out of use for good; its keys end."""
    device = device_of(call, Permission.DEVICES_WRITE)
    return to(devices.retire(call.uow, device, call.body["reason"]))


def _told_of(call: Call, device: Device) -> dict[str, str]:
    """Who has unsent items on it, and who recorded their loss."""
    told = call.uow.device_unsent.get(device.id)
    if told is None:
        return {"holder_of_unsent": "", "lost_by": ""}
    people = call.uow.accounts.by_ids(one for one in (told.account_id, told.lost_by) if one is not None)
    return {
        "holder_of_unsent": people[told.account_id].display_name,
        "lost_by": people[told.lost_by].display_name if told.lost_by is not None else "",
    }


def device_of(call: Call, permission: Permission) -> Device:
    """The device of the address, within reach of the permission."""
    return devices.device_within(call.uow, call.actor, call.path["device_id"], permission)


def to(device: Device) -> Response:
    """Back to the device's page."""
    return see_other(f"{LIST}/{device.id}")


def _takers(call: Call, device: Device) -> list[Account]:
    """Who may be handed the device: in service of its branch, agents first."""
    staff = call.uow.accounts.in_service(device.branch_id)
    return sorted(staff, key=lambda one: (Post.FIELD_AGENT not in one.posts, one.display_name, one.id))
