"""Enrolling a phone by a one-time code (V20, S1): made for a device that is out, used once, to make its key.

Owns codes. Refuses to show one a second time: it is in the answer that made it, and sealed in its row.
"""

from __future__ import annotations

import dataclasses
import secrets
from collections.abc import Mapping
from typing import Any

from server.domain.access import Actor
from server.domain.audit import AuditEntry
from server.domain.capture_manifests import DeviceKey
from server.domain.enrolment import ALPHABET, LENGTH, LIFETIME, EnrolmentCode, code_findings, matching
from server.domain.problems import refuse_if
from server.domain.visits import Device
from server.services import capture_keys
from server.services.ports.signatures import SignatureCheck
from server.services.ports.unit_of_work import UnitOfWork


def make_code(uow: UnitOfWork, actor: Actor, device: Device) -> EnrolmentCode:
    """A code for the device in its holder's hands; those made before are over."""
    handout = capture_keys.handout_of(uow, device)
    for held in uow.enrolment_codes.having(device_id=device.id):
        if held.open_at(uow.now):
            uow.enrolment_codes.save(dataclasses.replace(held, superseded_at=uow.now))
    made = uow.enrolment_codes.add(
        EnrolmentCode(
            id=uow.new_id(),
            device_id=device.id,
            account_id=handout.account_id,
            code="".join(secrets.choice(ALPHABET) for _ in range(LENGTH)),
            made_at=uow.now,
            made_by=actor.account_id,
            expires_at=uow.now + LIFETIME,
            superseded_at=None,
            used_at=None,
            key_id=None,
            version=1,
        )
    )
    detail = {"code_id": made.id, "account_id": made.account_id}
    uow.audit(AuditEntry("device.code_made", "device", device.id, detail))
    return made


def enrol_by_code(
    uow: UnitOfWork, signatures: SignatureCheck, actor: Actor, device: Device, values: Mapping[str, Any]
) -> DeviceKey:
    """The key of the device that the code was made for; the code is used up by it."""
    handout = capture_keys.handout_of(uow, device)
    found = matching(uow.enrolment_codes.having(device_id=device.id), values["code"])
    refuse_if(code_findings(found, handout.account_id, uow.now))
    assert found is not None
    key = capture_keys.enrol(uow, signatures, actor.account_id, device, values)
    uow.enrolment_codes.save(dataclasses.replace(found, used_at=uow.now, key_id=key.id))
    return key
