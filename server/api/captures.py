"""Routes of the chain of captures: keys of devices, manifests, what does not fit, how much was recorded."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from api_schemas.captures import (
    ChainView,
    CoverageView,
    DeviceKeyNew,
    DeviceKeyView,
    DeviceKeyViews,
    EnrolmentCodeView,
    ManifestNew,
    ManifestReceipt,
    RevokeKey,
)
from server.domain.access import Permission
from server.domain.capture_manifests import DeviceKey
from server.domain.capture_problems import KEY_MALFORMED, KEY_TAKEN
from server.domain.enrolment import CODE_OF_ANOTHER, CODE_OVER, CODE_UNKNOWN, CODE_USED, EnrolmentCode
from server.domain.evidence_problems import EVIDENCE_NOT_OF_TEAM
from server.domain.problems import NOT_FOUND, WRONG_STATE
from server.domain.recordings import Coverage
from server.domain.registers import DEVICE_NOT_OUT, DEVICE_RETIRED
from server.domain.visits import Device
from server.services import capture_chain, capture_keys, devices, enrolment, evidence_reading
from server.services.capture_chain import VisitChain
from server.web.endpoint import Call, endpoint

blueprint = Blueprint(
    "captures", __name__, url_prefix="/api/v1", description="What phones sign of their captures (V2, V8, V20)"
)


@endpoint(
    blueprint,
    "POST",
    "/devices/<uuid:device_id>/keys",
    needs=[Permission.DEVICES_ENROL],
    body=DeviceKeyNew,
    answer=DeviceKeyView,
    status=201,
    once=True,
    problems=[
        KEY_MALFORMED, KEY_TAKEN, DEVICE_NOT_OUT, DEVICE_RETIRED, CODE_UNKNOWN, CODE_USED, CODE_OVER, CODE_OF_ANOTHER,
    ],
)  # fmt: skip
def enrol_key(call: Call) -> DeviceKey:
    """Enrol the key that a handed-out device made on itself: by who has it, or by IT. The one before it is revoked."""
    device = _device(call, Permission.DEVICES_ENROL)
    return enrolment.enrol_by_code(call.uow, call.house.signatures, call.actor, device, call.body)


@endpoint(
    blueprint,
    "POST",
    "/devices/<uuid:device_id>/enrolment-code",
    needs=[Permission.DEVICES_WRITE],
    answer=EnrolmentCodeView,
    status=201,
    problems=[DEVICE_NOT_OUT, DEVICE_RETIRED],
)
def make_enrolment_code(call: Call) -> EnrolmentCode:
    """V20: a one-time code by which whoever has the device enrols it; the one before it is over."""
    return enrolment.make_code(call.uow, call.actor, _device(call, Permission.DEVICES_WRITE))


@endpoint(
    blueprint,
    "GET",
    "/devices/<uuid:device_id>/keys",
    needs=[Permission.DEVICES_READ],
    answer=DeviceKeyViews,
)
def list_keys(call: Call) -> dict[str, list[DeviceKey]]:
    """The keys that a device has had, the oldest first."""
    return {"items": capture_keys.keys_of(call.uow, _device(call, Permission.DEVICES_READ))}


@endpoint(
    blueprint,
    "POST",
    "/devices/<uuid:device_id>/keys/<uuid:key_id>/revoke",
    needs=[Permission.DEVICES_ENROL],
    body=RevokeKey,
    answer=DeviceKeyView,
    problems=[WRONG_STATE],
)
def revoke_key(call: Call) -> DeviceKey:
    """End a key: of a device that was lost, say. What comes in under it later is kept and flagged."""
    device = _device(call, Permission.DEVICES_ENROL)
    return capture_keys.revoke(call.uow, device, call.path["key_id"], call.body["reason"])


@endpoint(
    blueprint,
    "POST",
    "/visits/<uuid:visit_id>/manifests",
    needs=[Permission.EVIDENCE_UPLOAD],
    body=ManifestNew,
    answer=ManifestReceipt,
    status=201,
    once=True,
    problems=[EVIDENCE_NOT_OF_TEAM],
)
def keep_manifest(call: Call) -> dict[str, Any]:
    """Send what the phone signed of its captures on an own visit. What does not fit is kept, with the reason."""
    manifest, chain = capture_chain.receive(
        call.house, call.uow, call.actor, call.path["visit_id"], call.body
    )
    (sent,) = [one for one in chain.sent if one.manifest.id == manifest.id]
    return {
        "id": manifest.id,
        "sha256": manifest.sha256,
        "received_at": manifest.received_at,
        "captures": len(sent.captures),
        "gaps": len(sent.gaps),
        "findings": [one for one in chain.findings if one.manifest_id == manifest.id],
        "awaited": list(chain.judged.awaited),
    }


@endpoint(
    blueprint,
    "GET",
    "/visits/<uuid:visit_id>/chain",
    needs=[Permission.EVIDENCE_READ],
    answer=ChainView,
    reads_personal=True,
    problems=[NOT_FOUND],
)
def show_chain(call: Call) -> VisitChain:
    """V2, V8: what the phones signed of a visit, what does not fit, and which files are still to come."""
    return evidence_reading.chain(call.house, call.uow, call.actor, call.path["visit_id"])


@endpoint(
    blueprint,
    "GET",
    "/visits/<uuid:visit_id>/evidence/coverage",
    needs=[Permission.EVIDENCE_READ],
    answer=CoverageView,
    problems=[NOT_FOUND],
)
def show_coverage(call: Call) -> Coverage:
    """V2: how much of the time from check-in to check-out was recorded, and what is missing and why."""
    return evidence_reading.recorded(call.house, call.uow, call.actor, call.path["visit_id"])


def _device(call: Call, permission: Permission) -> Device:
    return devices.device_within(call.uow, call.actor, call.path["device_id"], permission)
