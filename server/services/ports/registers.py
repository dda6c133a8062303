"""What the use cases ask of the registers of devices (V20) and papers (V6, V21)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from server.domain.access import Reach
from server.domain.visits import Device, DeviceHandout, Letter, Paper
from server.services.ports.paging import Page, PageRequest
from server.services.ports.rows import EntityRows


class DeviceList(StrEnum):
    """The lists of V20."""

    IN = "in"
    OUT = "out"
    OVERDUE = "overdue"
    MAINTENANCE_DUE = "maintenance_due"
    RETIRED = "retired"
    UNSENT = "unsent"  # S19: something lies on the phone alone, and no loss is recorded


class PaperList(StrEnum):
    """The lists of V21."""

    UNRELEASED = "unreleased"
    OUT = "out"
    OVERDUE = "overdue"
    LEFT = "left"
    TO_SHRED = "to_shred"
    SHREDDED = "shredded"


class DeviceRows(EntityRows[Device], Protocol):
    def page(
        self,
        request: PageRequest,
        reach: Reach,
        *,
        listed: DeviceList | None,
        now: datetime,
        maintained_before: date,
    ) -> Page[Device]:
        """Devices of the branch, or those in the own hands, by serial."""


class DeviceHandoutRows(EntityRows[DeviceHandout], Protocol):
    def open_of(self, device_ids: Iterable[str]) -> list[DeviceHandout]:
        """Handouts of these devices that have not come back."""

    def page_of(self, request: PageRequest, device_id: str) -> Page[DeviceHandout]:
        """The handouts of a device, the latest first."""


class PaperRows(EntityRows[Paper], Protocol):
    def page(
        self,
        request: PageRequest,
        reach: Reach,
        *,
        listed: PaperList | None,
        start_of_today: datetime,
        handed_over: bool = False,
    ) -> Page[Paper]:
        """Papers of visits within reach, the oldest first; `handed_over`: only what has come back."""


class LetterRows(EntityRows[Letter], Protocol):
    def awaited(self, request: PageRequest, reach: Reach) -> Page[Letter]:
        """Letters of visits within reach whose counterfoil is not back (V6), the longest left first."""
