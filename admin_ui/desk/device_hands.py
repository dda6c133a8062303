"""A device from hand to hand: handed out, enrolled by a one-time code, taken back, its key ended, a loss recorded.

Owns the forms (V20, S1, S19). Refuses to show a code a second time: it stands on the page that made it.
"""

from __future__ import annotations

from typing import Any

from flask import Response

from admin_ui.desk.devices import ONE, device_of, to
from admin_ui.page import page
from admin_ui.qr import qr
from api_schemas.base import Reason
from api_schemas.desk_office import HandOutForm, KeyRevoked
from api_schemas.registers import TakeBack
from server.domain.access import Permission
from server.domain.enrolment import LENGTH
from server.services import capture_keys, devices, enrolment, phone_custody
from server.web.endpoint import Call


@page("POST", f"{ONE}/hand-out", needs=[Permission.DEVICES_WRITE], template=None, fields=HandOutForm)
def hand_out_device(call: Call) -> Response:
    """V20: to one person, with the condition found and when it is due back."""
    device = device_of(call, Permission.DEVICES_WRITE)
    devices.hand_out(call.uow, call.actor, device, call.body)
    return to(device)


@page("POST", f"{ONE}/take-back", needs=[Permission.DEVICES_WRITE], template=None, fields=TakeBack)
def take_back_device(call: Call) -> Response:
    """V20: back into the safe, with the condition found; the login on it ends."""
    device = device_of(call, Permission.DEVICES_WRITE)
    devices.take_back(call.uow, call.actor, device, call.body["condition"])
    return to(device)


@page(
    "POST",
    f"{ONE}/code",
    needs=[Permission.DEVICES_WRITE],
    template="device_code.html",
    clauses=("V20", "S1"),
)
def make_device_code(call: Call) -> dict[str, Any]:
    """V20: a one-time code to enrol the phone by, as a QR and to be typed."""
    device = device_of(call, Permission.DEVICES_WRITE)
    made = enrolment.make_code(call.uow, call.actor, device)
    half = LENGTH // 2
    return {
        "device": device,
        "holder": call.uow.accounts.need(made.account_id),
        "code": f"{made.code[:half]}-{made.code[half:]}",
        "drawn": qr(f"FIELDVISIT:ENROL:{made.code}"),
        "expires_at": made.expires_at,
    }


@page("POST", f"{ONE}/revoke", needs=[Permission.DEVICES_ENROL], template=None, fields=KeyRevoked)
def revoke_device_key(call: Call) -> Response:
    """S1: end the key of a device from afar; its login is over with the next request."""
    device = device_of(call, Permission.DEVICES_ENROL)
    capture_keys.revoke(call.uow, device, call.body["key_id"], call.body["reason"])
    return to(device)


@page("POST", f"{ONE}/loss", needs=[Permission.DEVICES_ENROL], template=None, fields=Reason)
def record_device_loss(call: Call) -> Response:
    """S19: IT records that what is unsent will not come."""
    device = phone_custody.device_of_custody(call.uow, call.actor, call.path["device_id"])
    phone_custody.record_loss(call.uow, call.actor, device, call.body["reason"])
    return to(device)
