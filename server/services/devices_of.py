"""Which company device was issued to whom at a moment (V1, V20)."""

from __future__ import annotations

from datetime import datetime

from server.domain.visits import Device, DeviceHandout
from server.services.ports.unit_of_work import UnitOfWork


def was_issued(uow: UnitOfWork, account_id: str, device_id: str, at: datetime) -> bool:
    """Whether that device was in that person's hands at that moment, by the register."""
    handouts = uow.device_handouts.having(account_id=account_id, device_id=device_id)
    return any(_covers(handout, at) for handout in handouts)


def has_one(uow: UnitOfWork, account_id: str, at: datetime) -> bool:
    """Whether the person had any company device at that moment."""
    return any(_covers(handout, at) for handout in uow.device_handouts.having(account_id=account_id))


def device_of(uow: UnitOfWork, account_id: str, now: datetime) -> Device | None:
    """The company device in that person's hands at that moment, of several the one handed out last; else None.

    Only the register makes a device the company's: what is not registered and handed out is nobody's (V20).
    """
    covering = [h for h in uow.device_handouts.having(account_id=account_id) if _covers(h, now)]
    if not covering:
        return None
    return uow.devices.need(max(covering, key=lambda handout: (handout.issued_at, handout.id)).device_id)


def _covers(handout: DeviceHandout, at: datetime) -> bool:
    return handout.issued_at <= at and (handout.returned_at is None or at <= handout.returned_at)
