"""What lies unsent on phones (S19): told by each, opened for its owner or by IT, recorded as lost by IT alone.

The phone seals the key of its vault to the server. It is opened for the person whose phone it is, from a login that
is bound to that phone, when the PIN is forgotten; and for IT, who gets with it a login in that person's name which can
send and nothing else.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from server.domain.access import Actor, Permission, Scope
from server.domain.audit import AuditEntry
from server.domain.phone_custody import (
    NOT_ON_THIS_DEVICE,
    NOTHING_UNSENT,
    SEAL_BROKEN,
    DeviceUnsent,
    SealedKey,
    outstanding,
)
from server.domain.problems import FORBIDDEN, problem
from server.domain.visits import Device
from server.services import login
from server.services.device_logins import bound_key
from server.services.devices import device_within
from server.services.login import LoggedIn
from server.services.ports.phone_seals import PhoneSeals
from server.services.ports.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class OpenedVault:
    """The key of the vault, and where IT opened it the login by which its content is sent."""

    key: bytes
    sending: LoggedIn | None


def open_vault(
    uow: UnitOfWork, seals: PhoneSeals, actor: Actor, device: Device, values: Mapping[str, Any]
) -> OpenedVault:
    """Open what the phone sealed for `account_id`, by that person or by IT; each opening is in the trail."""
    account_id = values["account_id"]
    by_owner = account_id == actor.account_id
    if not by_owner:
        _refuse_but_it(actor)
    else:
        key = bound_key(uow, actor)
        if key is None or key.device_id != device.id:
            raise problem(NOT_ON_THIS_DEVICE)
    opened = seals.open(SealedKey(**values["sealed"]), device.id, account_id)
    if opened is None:
        raise problem(SEAL_BROKEN, "sealed")
    sending = None if by_owner else login.open_for_sending(uow, actor, account_id, device.id)
    detail = {"account_id": account_id, "reason": values["reason"], "by_owner": by_owner}
    uow.audit(AuditEntry("device.vault_opened", "device", device.id, detail))
    return OpenedVault(opened, sending)


def tell_unsent(uow: UnitOfWork, actor: Actor, device: Device, values: Mapping[str, Any]) -> DeviceUnsent:
    """What the phone says lies on it alone. A loss stays recorded until the phone tells of something newer."""
    key = bound_key(uow, actor)
    if key is None or key.device_id != device.id:
        raise problem(NOT_ON_THIS_DEVICE)
    held = uow.device_unsent.get(device.id)
    if held is not None and held.lost_at is not None and not _newer(held, values):
        return held
    told = DeviceUnsent(
        id=device.id,
        account_id=actor.account_id,
        items=values["items"],
        bytes=values["bytes"],
        set_aside=values["set_aside"],
        oldest_at=values["oldest_at"],
        told_at=uow.now,
        lost_at=None,
        lost_by=None,
        lost_reason=None,
        version=1 if held is None else held.version,
    )
    return uow.device_unsent.add(told) if held is None else uow.device_unsent.save(told)


def record_loss(uow: UnitOfWork, actor: Actor, device: Device, reason: str) -> DeviceUnsent:
    """IT records that what is unsent will not come; the phone may then be erased."""
    _refuse_but_it(actor)
    held = uow.device_unsent.get(device.id)
    if held is None or not outstanding(held):
        raise problem(NOTHING_UNSENT, label=device.label)
    lost = dataclasses.replace(held, lost_at=uow.now, lost_by=actor.account_id, lost_reason=reason)
    detail = {"items": held.items, "bytes": held.bytes, "account_id": held.account_id, "reason": reason}
    uow.audit(AuditEntry("device.loss_recorded", "device", device.id, detail))
    return uow.device_unsent.save(lost)


def device_of_custody(uow: UnitOfWork, actor: Actor, device_id: str) -> Device:
    """The device of the own login, in hand or taken back meanwhile; one in the own hands; for IT any (S13)."""
    key = bound_key(uow, actor)
    if key is not None and key.device_id == device_id:
        return uow.devices.need(device_id)
    return device_within(uow, actor, device_id, Permission.DEVICES_ENROL)


def _newer(held: DeviceUnsent, values: Mapping[str, Any]) -> bool:
    """Whether everything that the phone tells of came after the loss, or nothing is left."""
    oldest = values["oldest_at"]
    return values["items"] == 0 or (held.lost_at is not None and oldest is not None and oldest > held.lost_at)


def _refuse_but_it(actor: Actor) -> None:
    """IT's reach is all devices; an agent's are those in the own hands."""
    if actor.scope_of(Permission.DEVICES_ENROL) is not Scope.ALL:
        raise problem(FORBIDDEN, permission=Permission.DEVICES_ENROL)
