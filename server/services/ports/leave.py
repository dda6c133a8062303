"""What the use cases ask of the rows of leave."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Protocol

from server.domain.access import Reach
from server.domain.leave import Leave
from server.services.ports.paging import Page, PageRequest
from server.services.ports.rows import EntityRows


class LeaveList(StrEnum):
    TO_COME = "to_come"  # today's with it
    PAST = "past"
    WITHDRAWN = "withdrawn"


class LeaveRows(EntityRows[Leave], Protocol):
    def page(self, request: PageRequest, reach: Reach, *, listed: LeaveList, today: date) -> Page[Leave]:
        """Leave of people within reach: what is to come the nearest first, what is over the latest first."""

    def on_day(self, account_ids: Iterable[str], day: date) -> dict[str, Leave]:
        """Who of these is on leave on the day, by account."""
