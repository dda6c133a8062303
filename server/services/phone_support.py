"""What phones tell of themselves for IT: kept as a line of the trail, which says who and when, and read from there.

Owns the one reading of those lines. It refuses a phone that is neither the own one nor in IT's reach.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.domain.access import Actor
from server.domain.audit import AuditEntry, AuditLine
from server.domain.visits import Device
from server.services.ports.unit_of_work import UnitOfWork

TOLD = "device.support_told"


@dataclass(frozen=True, slots=True)
class SupportBundle:
    """`told` as the schema let it in: codes and counts."""

    account_id: str | None
    received_at: datetime
    told: Mapping[str, Any]


def tell(uow: UnitOfWork, actor: Actor, device: Device, values: Mapping[str, Any]) -> SupportBundle:
    """Keep a bundle; the trail keeps it as long as everything else that was done to the device."""
    told = {name: _plain(value) for name, value in values.items()}
    uow.audit(AuditEntry(TOLD, "device", device.id, {"told": told}))
    return SupportBundle(actor.account_id, uow.now, told)


def of_device(uow: UnitOfWork, device: Device) -> list[SupportBundle]:
    """The device's bundles, the newest first."""
    lines = [line for line in uow.trail.history(device.id) if line.action == TOLD]
    return [_read(line) for line in sorted(lines, key=lambda line: line.seq, reverse=True)]


def _read(line: AuditLine) -> SupportBundle:
    told = line.detail["told"]
    assert isinstance(told, Mapping)
    return SupportBundle(line.actor_id, line.at, told)


def _plain(value: Any) -> Any:
    """The trail keeps what JSON has; a moment is its text."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list) else value
