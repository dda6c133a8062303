"""The keys by which company devices sign what they capture: enrolled, revoked, listed (V8, V20, S1).

A device in somebody's hands has one key in force, made on it. It refuses a device that is not handed out: a key speaks
for the person who had the device.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from server.domain.audit import AuditEntry
from server.domain.capture_manifests import DeviceKey
from server.domain.capture_problems import KEY_MALFORMED, KEY_TAKEN
from server.domain.kept_rows import SEAL, KeptTable, seal_of
from server.domain.problems import NOT_FOUND, WRONG_STATE, problem
from server.domain.registers import DEVICE_NOT_OUT, DEVICE_RETIRED
from server.domain.value_words import Past
from server.domain.visits import Device, DeviceHandout
from server.services.ports.signatures import SignatureCheck
from server.services.ports.unit_of_work import UnitOfWork


def enrol(
    uow: UnitOfWork, signatures: SignatureCheck, enrolled_by: str, device: Device, values: Mapping[str, Any]
) -> DeviceKey:
    """A new key of a device, in the name of who has it; the one before it is revoked."""
    x, y = values["jwk"]["x"], values["jwk"]["y"]
    handout = handout_of(uow, device)
    if not signatures.is_key(x, y):
        raise problem(KEY_MALFORMED, "jwk")
    if uow.device_keys.having(x=x, y=y):
        raise problem(KEY_TAKEN, "jwk")
    revoke_all(uow, uow.device_keys.having(device_id=device.id), "superseded by a new key")
    key = uow.device_keys.add(
        DeviceKey(
            id=values["id"],
            device_id=device.id,
            account_id=handout.account_id,
            x=x,
            y=y,
            enrolled_at=uow.now,
            enrolled_by=enrolled_by,
            revoked_at=None,
            revoked_by=None,
            revoke_reason=None,
            version=1,
        )
    )
    uow.devices.save(dataclasses.replace(device, enrolled_account_id=key.account_id))
    detail = {
        "key_id": key.id,
        "account_id": key.account_id,
        "enrolled_by": key.enrolled_by,
        SEAL: seal_of(KeptTable.DEVICE_KEYS, key),
    }
    uow.audit(AuditEntry("device.key_enrolled", "device", device.id, detail))
    return key


def handout_of(uow: UnitOfWork, device: Device) -> DeviceHandout:
    """In whose hands the device is; a key speaks for that person."""
    if device.retired_at is not None:
        raise problem(DEVICE_RETIRED, device_id=device.id, label=device.label)
    for handout in uow.device_handouts.open_of([device.id]):
        return handout
    raise problem(DEVICE_NOT_OUT, "device_id", device_id=device.id, label=device.label)


def revoke(uow: UnitOfWork, device: Device, key_id: str, reason: str) -> DeviceKey:
    """What comes in later under this key is kept and flagged."""
    key = uow.device_keys.get(key_id)
    if key is None or key.device_id != device.id:
        raise problem(NOT_FOUND, what=f"key {key_id}")
    if key.revoked_at is not None:
        raise problem(WRONG_STATE, state=Past.REVOKED, verb_zh="再次吊销", verb_en="revoked again")
    (revoked,) = revoke_all(uow, [key], reason)
    return revoked


def revoke_all(uow: UnitOfWork, keys: list[DeviceKey], reason: str) -> list[DeviceKey]:
    """Those of the keys that were in force, revoked now."""
    revoked = []
    for key in keys:
        if key.revoked_at is not None:
            continue
        ended = dataclasses.replace(key, revoked_at=uow.now, revoked_by=uow.actor_id, revoke_reason=reason)
        revoked.append(uow.device_keys.save(ended))
        detail = {"key_id": key.id, "revoke_reason": reason}
        uow.audit(AuditEntry("device.key_revoked", "device", key.device_id, detail))
    # S1, S19: whoever holds a phone whose key is over is signed out of it at once.
    uow.sessions.end_of_keys([key.id for key in revoked], uow.now, "device_revoked")
    return revoked


def keys_of(uow: UnitOfWork, device: Device) -> list[DeviceKey]:
    """All keys of a device, the oldest first."""
    return sorted(uow.device_keys.having(device_id=device.id), key=lambda key: (key.enrolled_at, key.id))


def able_to_sign(uow: UnitOfWork, account_ids: Iterable[str], at: datetime) -> set[str]:
    """Who of them had a device in hand then whose key was in force, enrolled in their name."""
    keys = [key for key in uow.device_keys.having_any("account_id", account_ids) if key.in_force(at)]
    return {
        key.account_id
        for key in keys
        for out in uow.device_handouts.having(device_id=key.device_id, account_id=key.account_id)
        if out.issued_at <= at and (out.returned_at is None or at < out.returned_at)
    }
