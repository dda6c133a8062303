"""What the use cases ask of the rows of visit requests beyond equality."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from server.domain.access import Reach
from server.domain.requests import AddressError, RequestedAddress, RequestState, VisitRequest
from server.services.ports.paging import Page, PageRequest
from server.services.ports.rows import EntityRows


@dataclass(frozen=True, slots=True)
class RequestFilter:
    """What narrows a list of requests; None asks for everything."""

    state: RequestState | None = None
    branch_id: str | None = None
    collector_id: str | None = None
    placement_id: str | None = None
    county_code: str | None = None
    waiting_waivers: bool | None = None


class VisitRequestRows(EntityRows[VisitRequest], Protocol):
    def page(self, request: PageRequest, reach: Reach, asked: RequestFilter) -> Page[VisitRequest]:
        """Requests of placements within reach, newest first."""

    def counts(self, reach: Reach, asked: RequestFilter) -> Mapping[RequestState, int]:
        """How many there are in each state, within reach and the filter."""


class RequestedAddressRows(EntityRows[RequestedAddress], Protocol):
    def replace(self, request_id: str, addresses: Sequence[RequestedAddress]) -> None:
        """The addresses of a draft, in place of those it had."""


class AddressErrorRows(EntityRows[AddressError], Protocol):
    def discovered(self, first: date, last: date, reach: Reach) -> list[AddressError]:
        """Errors discovered from `first` to `last` of the people within reach."""
