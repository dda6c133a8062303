"""What the use cases ask of the day's logins and devices, and of the ticks on them (S17)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Protocol

from server.domain.access import Reach
from server.domain.daily_checks import DailyCheck
from server.domain.visits import DeviceHandout
from server.services.ports.people import LoginSession
from server.services.ports.rows import EntityRows


class DailyCheckRows(EntityRows[DailyCheck], Protocol):
    def of_day(self, on: date) -> list[DailyCheck]:
        """The ticks of a day, the latest last."""

    def logins(self, reach: Reach, begins: datetime, ends: datetime) -> list[LoginSession]:
        """Logins of accounts within reach that were open on the day and used since it began."""

    def handouts(self, reach: Reach, begins: datetime, ends: datetime) -> list[DeviceHandout]:
        """Devices that were in the hands of people within reach on the day."""
