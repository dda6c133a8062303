"""The nonce comes with the lease: one a visit, never used again, and a follow-up's from its parent's (V2, V7)."""

from __future__ import annotations

from collections.abc import Callable

from server.domain.capture_manifests import nonce_after
from tests.conftest import Desk
from tests.support import planning
from tests.support.builders import make_address, make_placement, make_visit
from tests.support.cast import AGENT, DISPATCHER
from tests.support.on_site import new_id, on_site


def test_a_nonce_comes_with_the_lease_and_stays(desk: Desk) -> None:
    first, second = (planning.waiting_visit(desk) for _ in range(2))
    assert (first.capture_nonce, second.capture_nonce) == (None, None)
    plan, _ = planning.published_plan(desk, first)
    nonce = planning.visit_now(desk, first).capture_nonce
    assert nonce is not None
    assert len(nonce) == 64
    another = planning.add_team(
        desk, plan, start=f"{planning.TOMORROW}T13:00:00+08:00", end=f"{planning.TOMORROW}T16:00:00+08:00"
    )
    desk.ok(planning.assign(desk, another, second))
    desk.ok(planning.publish(desk, plan))
    assert planning.visit_now(desk, first).capture_nonce == nonce
    assert planning.visit_now(desk, second).capture_nonce not in (None, nonce)


def test_a_visit_that_is_planned_again_begins_without_one(desk: Desk) -> None:
    visit = planning.waiting_visit(desk)
    planning.published_plan(desk, visit)
    told = {"reason": "客户改期", "again": True}
    fresh = desk.ok(desk.post(DISPATCHER, f"/api/v1/visits/{visit.id}/withdraw", told))
    with desk.installation.house.units.read() as uow:
        assert uow.visits.need(fresh["id"]).capture_nonce is None
        assert uow.visits.need(visit.id).capture_nonce is not None


def test_a_planned_follow_up_has_its_nonce_from_its_parent(desk: Desk) -> None:
    placement = make_placement(desk)
    parent = make_visit(desk, placement, make_address(desk, placement), capture_nonce="a" * 64)
    address = make_address(desk, placement, county=planning.ZHENGZHOU)
    follow_up = make_visit(desk, placement, address, parent_id=parent.id)
    planning.published_plan(desk, follow_up)
    assert planning.visit_now(desk, follow_up).capture_nonce == nonce_after("a" * 64, follow_up.id)


def test_a_follow_up_on_the_spot_has_a_nonce_that_the_phone_can_make(
    desk: Desk, later: Callable[..., None]
) -> None:
    site = on_site(desk, capture_nonce="b" * 64)
    site.begin()
    with desk.installation.house.units.read() as uow:
        parent = uow.visits.need(site.visit.id)
    address = make_address(desk, site.placement, county=planning.ZHENGZHOU)
    later(minutes=1)
    body = {
        "id": new_id(),
        "address_id": address.id,
        "on_the_spot": True,
        "at": desk.clock.now().isoformat(),
    }
    desk.ok(desk.post(AGENT, f"{site.path}/follow-up", body), 201)
    shown = desk.ok(desk.get(AGENT, f"/api/v1/visits/{body['id']}"))
    assert shown["capture_nonce"] == nonce_after(parent.capture_nonce or "", str(body["id"]))
