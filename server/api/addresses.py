"""Routes of addresses as such: the check while somebody types (R2, R3, R8), the table of divisions, what is on file."""

from __future__ import annotations

import dataclasses
from typing import Any

from flask_smorest import Blueprint

from api_schemas.addresses import (
    AddressCheckView,
    AddressHistoryView,
    AddressToCheck,
    DivisionEditionView,
)
from server.domain.access import Permission
from server.domain.audit import AuditEntry
from server.services.address_checks import check_typed
from server.services.address_history import AddressHistory, history_of
from server.services.ports.addresses import DivisionEdition
from server.services.scopes import address_within
from server.web.endpoint import Call, endpoint

blueprint = Blueprint(
    "addresses",
    __name__,
    url_prefix="/api/v1",
    description="The address check (R2, R3, R8) and its divisions",
)

_READERS = (
    Permission.PLACEMENTS_READ,
    Permission.REQUESTS_READ,
    Permission.REQUESTS_DECIDE,
    Permission.VISITS_READ,
)


@endpoint(
    blueprint,
    "POST",
    "/addresses/check",
    needs=[Permission.SELF],
    body=AddressToCheck,
    answer=AddressCheckView,
    only_computes=True,
)
def check_address(call: Call) -> dict[str, Any]:
    """Judge an address as it is typed; nothing is stored, nothing is chosen for the person."""
    verdict = check_typed(call.uow, call.house.addresses, call.body["text"], call.body["locale"])
    return dataclasses.asdict(verdict) | {"data_date": call.house.addresses.edition().data_date}


@endpoint(blueprint, "GET", "/divisions/edition", needs=[Permission.SELF], answer=DivisionEditionView)
def show_edition(call: Call) -> DivisionEdition:
    """The table of divisions in use: the day of its data, its sources with their digests."""
    return call.house.addresses.edition()


@endpoint(
    blueprint,
    "GET",
    "/addresses/<uuid:address_id>/history",
    needs=_READERS,
    answer=AddressHistoryView,
    reads_personal=True,
)
def show_history(call: Call) -> AddressHistory:
    """R5, R6: the standing of an address, its rank, and what they rest on."""
    address = address_within(call.uow, call.actor, call.path["address_id"], *_READERS)
    call.uow.audit(AuditEntry("address.read", "address", address.id))
    return history_of(call.uow, address)
