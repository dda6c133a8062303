"""Which company device was issued to whom at a moment (V1, V20)."""

from __future__ import annotations

from datetime import datetime

from server.domain.visits import DeviceHandout
from server.services.ports.unit_of_work import UnitOfWork


def was_issued(uow: UnitOfWork, account_id: str, device_id: str, at: datetime) -> bool:
    """Whether that device was in that person's hands at that moment, by the register."""
    handouts = uow.device_handouts.having(account_id=account_id, device_id=device_id)
    return any(_covers(handout, at) for handout in handouts)


def has_one(uow: UnitOfWork, account_id: str, at: datetime) -> bool:
    """Whether the person had any company device at that moment."""
    return any(_covers(handout, at) for handout in uow.device_handouts.having(account_id=account_id))


def _covers(handout: DeviceHandout, at: datetime) -> bool:
    return handout.issued_at <= at and (handout.returned_at is None or at <= handout.returned_at)
