"""The builders build what they say."""

from __future__ import annotations

from datetime import date

from server.domain.placements import AddressKind
from server.domain.requests import RequestState
from server.domain.visits import VisitState
from tests.conftest import Desk
from tests.support import builders


def test_a_case_with_everything_on_it_is_stored_as_it_was_built(desk: Desk) -> None:
    placement = builders.make_placement(desk)
    address = builders.make_address(desk, placement, AddressKind.HOME)
    builders.make_confirmation(desk, address)
    phone = builders.make_phone(desk, placement)
    builders.make_promise(desk, placement, date(2026, 3, 20))
    request = builders.make_request(desk, placement, [address], RequestState.ACCEPTED)
    visit = builders.make_visit(desk, placement, address, VisitState.PLANNED, request_id=request.id)
    assert address.county_code == "410725"
    with desk.installation.house.units.read() as uow:
        assert uow.placements.need(placement.id) == placement
        assert uow.phones.having(number=phone.number) == [phone]
        assert uow.visits.having(request_id=request.id) == [visit]
        assert uow.request_addresses.having(request_id=request.id)[0].address_id == address.id
