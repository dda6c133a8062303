"""What the use cases ask of the rows of visits and incidents besides equality."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Protocol

from server.domain.access import Reach
from server.domain.month_figures import VisitMade
from server.domain.visits import AddressOutcome, Incident, MessageTemplate, Visit, VisitState
from server.services.ports.paging import Page, PageRequest
from server.services.ports.rows import EntityRows


class VisitRows(EntityRows[Visit], Protocol):
    """Lists of visits within reach, by id."""

    def page(
        self,
        request: PageRequest,
        reach: Reach,
        *,
        day: date | None = None,
        state: VisitState | None = None,
        county_code: str | None = None,
        recorded_below: int | None = None,
        newest_first: bool = False,
    ) -> Page[Visit]:
        """Visits of a day: those on that day's plan, and follow-ups without a plan whose lease begins on it.

        `recorded_below`: visits that ended and of whose thousand parts fewer were recorded (V2).
        """

    def counts(self, reach: Reach, states: Collection[VisitState]) -> Mapping[VisitState, int]:
        """How many visits within reach there are in each of these states; a state with none is left out."""

    def on_the_road(self, day: date, reach: Reach) -> list[Visit]:
        """Visits of that day's published plans, and every one that goes on, whatever its day."""

    def made_between(self, reach: Reach, first: date, last: date) -> list[VisitMade]:
        """M6: the visits within reach that began on these local days, without voided ones, by when they began."""

    def ended_at_addresses(
        self, address_ids: Collection[str]
    ) -> list[tuple[str, datetime, AddressOutcome | None]]:
        """Address, start and outcome of every visit to these addresses that ended, the oldest first."""

    def placements_visited_from(self, first: date) -> list[str]:
        """The cases with a visit that began on that local day or later."""

    def without_two(self, request: PageRequest, reach: Reach, *, team_size: int) -> Page[Visit]:
        """V1: visits that began with fewer than `team_size` of the team verified as present."""


class IncidentRows(EntityRows[Incident], Protocol):
    def page(self, request: PageRequest, reach: Reach, *, is_open: bool | None = None) -> Page[Incident]:
        """Incidents of cases within reach, and of those without a case what people within reach opened; by id."""


class MessageTemplateRows(EntityRows[MessageTemplate], Protocol):
    def page(self, request: PageRequest, *, usable: bool | None = None) -> Page[MessageTemplate]:
        """Templates by id; `usable`: approved and not retired, or the others."""
