"""The register of company devices: registered once, handed out to one person, taken back, maintained (V20)."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from server.domain.access import Actor, Owned, Permission, reach, within
from server.domain.audit import AuditEntry
from server.domain.calendar import local_day
from server.domain.phone_custody import DeviceUnsent
from server.domain.problems import NOT_FOUND, Finding, problem, refuse_if
from server.domain.registers import (
    DEVICE_NOT_OUT,
    DEVICE_OUT,
    DEVICE_RETIRED,
    MAINTAINED_LATER,
    SERIAL_TAKEN,
    handout_findings,
    handout_overdue,
    maintenance_before,
)
from server.domain.visits import Device, DeviceHandout
from server.services import capture_keys
from server.services.ports.paging import Page, PageRequest
from server.services.ports.registers import DeviceList
from server.services.ports.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class DeviceListed:
    """A device with whose hands it is in."""

    device: Device
    handout: DeviceHandout | None
    holder: str | None
    overdue: bool
    maintenance_due: bool
    unsent: DeviceUnsent | None

    @property
    def version(self) -> int:
        return self.device.version


def device_within(uow: UnitOfWork, actor: Actor, device_id: str, permission: Permission) -> Device:
    """The device of a branch within reach, or in the own hands (S13)."""
    device = uow.devices.get(device_id)
    if device is not None:
        holders = frozenset(handout.account_id for handout in uow.device_handouts.open_of([device.id]))
        if within(reach(actor, permission), Owned(holders, branch_id=device.branch_id)):
            return device
    raise problem(NOT_FOUND, what=f"device {device_id}")


def page(
    uow: UnitOfWork, actor: Actor, request: PageRequest, listed: DeviceList | None
) -> Page[DeviceListed]:
    """The register, or one of its lists."""
    found = uow.devices.page(
        request,
        reach(actor, Permission.DEVICES_READ),
        listed=listed,
        now=uow.now,
        maintained_before=maintenance_before(local_day(uow.now)),
    )
    return Page(with_holders(uow, found.items), found.next)


def with_holders(uow: UnitOfWork, devices: Iterable[Device]) -> list[DeviceListed]:
    """Each device with its open handout and the person's name."""
    listed = list(devices)
    handouts = {h.device_id: h for h in uow.device_handouts.open_of(device.id for device in listed)}
    people = uow.accounts.by_ids(handout.account_id for handout in handouts.values())
    unsent = uow.device_unsent.by_ids(device.id for device in listed)
    limit = maintenance_before(local_day(uow.now))
    made = []
    for device in listed:
        handout = handouts.get(device.id)
        due = device.last_maintained_on is None or device.last_maintained_on < limit
        made.append(
            DeviceListed(
                device,
                handout,
                None if handout is None else people[handout.account_id].display_name,
                handout is not None and handout_overdue(handout, uow.now),
                device.retired_at is None and due,
                unsent.get(device.id),
            )
        )
    return made


def register(uow: UnitOfWork, actor: Actor, values: Mapping[str, Any]) -> Device:
    """A new device of a branch; its serial is unique in the firm. Registered today, it was checked today."""
    branch_id = values["branch_id"] or actor.branch_id
    reached = reach(actor, Permission.DEVICES_WRITE)
    if branch_id is None or not within(reached, Owned(frozenset(), branch_id=branch_id)):
        raise problem(NOT_FOUND, "branch_id", what=f"branch {branch_id}")
    uow.organisation.branch(branch_id)
    for held in uow.devices.having(serial=values["serial"]):
        raise problem(SERIAL_TAKEN, "serial", serial=held.serial, device_id=held.id)
    maintained_on = values["last_maintained_on"] or local_day(uow.now)
    _refuse_future(uow, maintained_on, "last_maintained_on")
    device = uow.devices.add(
        Device(
            id=values["id"],
            branch_id=branch_id,
            label=values["label"],
            serial=values["serial"],
            kind=values["kind"],
            enrolled_account_id=None,
            retired_at=None,
            last_maintained_on=maintained_on,
            version=1,
        )
    )
    uow.audit(AuditEntry("device.registered", "device", device.id, {"serial": device.serial}))
    return device


def edit(uow: UnitOfWork, device: Device, changes: Mapping[str, Any]) -> Device:
    edited = uow.devices.save(dataclasses.replace(device, **changes))
    uow.audit(AuditEntry("device.edited", "device", device.id, {"fields": sorted(changes)}))
    return edited


def hand_out(uow: UnitOfWork, actor: Actor, device: Device, values: Mapping[str, Any]) -> DeviceHandout:
    """V20: to one person of the branch, with the condition found and when it is due back."""
    account = uow.accounts.get(values["account_id"])
    in_branch = account is not None and account.branch_id == device.branch_id and account.left_on is None
    name = account.display_name if account is not None and in_branch else values["account_id"]
    refuse_if(
        handout_findings(
            device,
            uow.device_handouts.open_of([device.id]),
            in_branch=in_branch,
            name=name,
            due_at=values["due_at"],
            now=uow.now,
        )
    )
    handout = uow.device_handouts.add(
        DeviceHandout(
            id=values["id"],
            device_id=device.id,
            account_id=values["account_id"],
            issued_at=uow.now,
            issued_by=actor.account_id,
            condition_out=values["condition"],
            due_at=values["due_at"],
            returned_at=None,
            received_by=None,
            condition_in=None,
            version=1,
        )
    )
    detail = {"account_id": handout.account_id, "due_at": handout.due_at.isoformat()}
    uow.audit(AuditEntry("device.handed_out", "device", device.id, detail))
    return handout


def take_back(uow: UnitOfWork, actor: Actor, device: Device, condition: str) -> DeviceHandout:
    """V20: back into the safe, with the condition found."""
    for handout in uow.device_handouts.open_of([device.id]):
        returned = uow.device_handouts.save(
            dataclasses.replace(
                handout, returned_at=uow.now, received_by=actor.account_id, condition_in=condition
            )
        )
        keys = [key.id for key in uow.device_keys.having(device_id=device.id)]
        uow.sessions.end_of_keys(keys, uow.now, "device_taken_back")
        detail = {"account_id": handout.account_id, "overdue": handout_overdue(handout, uow.now)}
        uow.audit(AuditEntry("device.taken_back", "device", device.id, detail))
        return returned
    raise problem(DEVICE_NOT_OUT, "device_id", device_id=device.id, label=device.label)


def maintain(uow: UnitOfWork, device: Device, on: date, note: str) -> Device:
    """V20: switched on and checked on that day."""
    _refuse_future(uow, on, "on")
    latest = max(on, device.last_maintained_on or on)
    maintained = uow.devices.save(dataclasses.replace(device, last_maintained_on=latest))
    uow.audit(AuditEntry("device.maintained", "device", device.id, {"on": on.isoformat(), "note": note}))
    return maintained


def retire(uow: UnitOfWork, device: Device, reason: str) -> Device:
    """Out of use for good; one that is out is taken back first."""
    if device.retired_at is not None:
        raise problem(DEVICE_RETIRED, device_id=device.id, label=device.label)
    if uow.device_handouts.open_of([device.id]):
        raise problem(DEVICE_OUT, device_id=device.id, label=device.label)
    capture_keys.revoke_all(uow, uow.device_keys.having(device_id=device.id), "device retired")
    retired = uow.devices.save(dataclasses.replace(device, retired_at=uow.now, enrolled_account_id=None))
    uow.audit(AuditEntry("device.retired", "device", device.id, {"reason": reason}))
    return retired


def _refuse_future(uow: UnitOfWork, on: date, field: str) -> None:
    if on > local_day(uow.now):
        refuse_if([Finding(MAINTAINED_LATER, field, {"on": on})])
