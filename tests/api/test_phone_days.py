"""The day that a phone carries along (S19): the own visits of today, masked, with what may be said at the door."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from server.domain.placements import PhoneOwner
from server.domain.visits import VisitState
from server.services.ports.paging import PageRequest
from tests.conftest import Desk
from tests.support.builders import make_address, make_phone, make_placement, make_visit
from tests.support.cast import AGENT, COLLECTOR, OTHER_AGENT, PARTNER
from tests.support.on_site import OnSite, local, on_site

DAY = "/api/v1/phone/day"


def day_of(desk: Desk, member: Any = AGENT) -> Any:
    return desk.ok(desk.get(member, DAY))


def make_other(site: OnSite, **changes: Any) -> str:
    """Another visit of the same team, of today unless said otherwise."""
    placement = make_placement(site.desk)
    values = {"state": VisitState.PUBLISHED, "valid_from": local(9), "valid_until": local(17)} | changes
    return make_visit(site.desk, placement, make_address(site.desk, placement), **values).id


def test_who_conducts_no_visits_has_no_day(desk: Desk) -> None:
    desk.refused(desk.get(COLLECTOR, DAY), 403, "forbidden")


def test_another_team_carries_nothing_of_it(desk: Desk) -> None:
    on_site(desk)
    assert day_of(desk, OTHER_AGENT)["visits"] == []


@pytest.mark.parametrize(
    ("state", "carried"),
    [
        (VisitState.PLANNED, False),
        (VisitState.PUBLISHED, True),
        (VisitState.IN_PROGRESS, True),
        (VisitState.COMPLETED, True),
        (VisitState.FAILED, False),
        (VisitState.CANCELLED, False),
    ],
)
def test_only_what_was_published_and_not_given_up_is_carried(
    desk: Desk, state: VisitState, carried: bool
) -> None:
    on_site(desk, state=state)
    assert len(day_of(desk)["visits"]) == carried


@pytest.mark.parametrize(("days", "carried"), [(-1, False), (0, True), (1, False)])
def test_only_today_is_carried(desk: Desk, days: int, carried: bool) -> None:
    lease = {"valid_from": local(9) + timedelta(days=days), "valid_until": local(17) + timedelta(days=days)}
    on_site(desk, **lease)
    assert len(day_of(desk)["visits"]) == carried


def test_it_tells_partner_hours_place_and_nonce_and_masks_the_rest(desk: Desk) -> None:
    site = on_site(desk, capture_nonce="ab" * 32)
    make_phone(desk, site.placement, PhoneOwner.DEBTOR, number="13912345678")
    told = day_of(desk, PARTNER)
    (visit,) = told["visits"]
    assert [mate["name"] for mate in visit["team"]] == [AGENT.name, PARTNER.name]
    assert visit["capture_nonce"] == "ab" * 32
    assert visit["brief"]["address"]["text"] == site.address.text
    assert visit["phones"][0]["number"] == "139****5678"
    assert "*" in visit["brief"]["debtor_name"]
    assert [device["id"] for device in told["devices"]] == [site.devices[PARTNER.username].id]
    assert told["policy"]["visit_hours"] == ["08:00", "22:00"]
    assert told["policy"]["idle_lock_phone_seconds"] == 30
    assert "10000.00" not in str(told), "V10: what the debtor owes is on no phone"


def test_visits_come_in_the_order_of_the_route(desk: Desk) -> None:
    site = on_site(desk, position=2)
    first, third = make_other(site, position=1), make_other(site, position=3)
    earlier = make_other(site, position=9, valid_from=local(8))
    assert [visit["brief"]["id"] for visit in day_of(desk)["visits"]] == [
        earlier,
        first,
        site.visit.id,
        third,
    ]


def test_the_total_debt_is_said_to_nobody_but_the_debtor_and_who_offers_to_repay(desk: Desk) -> None:
    on_site(desk)
    cards = {
        (card["who"], card["standing"]): [topic["code"] for topic in card["may_say"]]
        for card in day_of(desk)["talk"]
    }
    assert {key for key, says in cards.items() if "total_debt" in says} == {
        ("debtor", "plain"),
        *((who, "offers_to_repay") for who, _ in cards if who != "debtor"),
    }


def test_reading_the_day_stands_in_the_trail(desk: Desk) -> None:
    site = on_site(desk)
    day_of(desk)
    with desk.installation.house.units.read() as uow:
        lines = uow.trail.page(PageRequest(limit=50), subject_id=None, actor_id=AGENT.id).items
    (read,) = [line for line in lines if line.action == "phone_day.read"]
    assert read.detail == {"ids": [site.visit.id]}
