"""Routes of what lies unsent on phones: opened for its owner or by IT, told by the phone, recorded as lost (S19)."""

from __future__ import annotations

import base64
from typing import Any

from flask_smorest import Blueprint

from api_schemas.phone_custody import LossRecorded, OpenedVaultView, UnsentTold, VaultToOpen
from api_schemas.registers import UnsentView
from server.domain.access import Permission
from server.domain.phone_custody import NOT_ON_THIS_DEVICE, NOTHING_UNSENT, SEAL_BROKEN, DeviceUnsent
from server.domain.visits import Device
from server.services import phone_custody
from server.web.auth import tokens
from server.web.endpoint import Call, endpoint

blueprint = Blueprint(
    "phone_custody", __name__, url_prefix="/api/v1", description="What lies unsent on phones (S19)"
)


@endpoint(
    blueprint,
    "POST",
    "/devices/<uuid:device_id>/vault",
    needs=[Permission.DEVICES_ENROL],
    body=VaultToOpen,
    answer=OpenedVaultView,
    problems=[NOT_ON_THIS_DEVICE, SEAL_BROKEN],
)
def open_vault(call: Call) -> dict[str, Any]:
    """The key of a phone's vault: for its owner signed in on it, whose PIN is forgotten; for IT, to send it."""
    opened = phone_custody.open_vault(call.uow, call.house.phone_seals, call.actor, _device(call), call.body)
    return {
        "key": base64.urlsafe_b64encode(opened.key).rstrip(b"=").decode(),
        "tokens": None if opened.sending is None else tokens(opened.sending),
    }


@endpoint(
    blueprint,
    "POST",
    "/devices/<uuid:device_id>/unsent",
    needs=[Permission.DEVICES_ENROL],
    body=UnsentTold,
    answer=UnsentView,
    problems=[NOT_ON_THIS_DEVICE],
)
def tell_unsent(call: Call) -> DeviceUnsent:
    """The phone tells what lies on it alone, for IT to see; the answer says whether that was recorded as lost."""
    return phone_custody.tell_unsent(call.uow, call.actor, _device(call), call.body)


@endpoint(
    blueprint,
    "POST",
    "/devices/<uuid:device_id>/unsent/loss",
    needs=[Permission.DEVICES_ENROL],
    body=LossRecorded,
    answer=UnsentView,
    problems=[NOTHING_UNSENT],
)
def record_loss(call: Call) -> DeviceUnsent:
    """IT records that what is unsent on a phone will not come; until then it stays there, sealed."""
    return phone_custody.record_loss(call.uow, call.actor, _device(call), call.body["reason"])


def _device(call: Call) -> Device:
    return phone_custody.device_of_custody(call.uow, call.actor, call.path["device_id"])
