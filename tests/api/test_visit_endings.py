"""How visits end and what comes later: outcome (R10), follow-ups (V7, X6), failure, voiding (V8), relay (C3), C5."""

from __future__ import annotations

from typing import Any

import pytest

from server.domain.placements import AddressKind, AddressStanding
from server.domain.visits import VisitState
from tests.conftest import Desk
from tests.support.builders import make_address, make_placement
from tests.support.cast import (
    AGENT,
    COLLEAGUE,
    COLLECTOR,
    DISPATCHER,
    MANAGER,
    OTHER_AGENT,
    OUTSIDE_MANAGER,
    PARTNER,
    QA,
)
from tests.support.on_site import OnSite, local, new_id, on_site

NOW = local(11, 55).isoformat()


@pytest.fixture
def site(desk: Desk) -> OnSite:
    site = on_site(desk)
    site.begin()
    return site


def inbox(desk: Desk, account_id: str, kind: str) -> list[Any]:
    with desk.installation.house.units.read() as uow:
        return uow.inbox_messages.having(account_id=account_id, kind=kind)


def standing(site: OnSite) -> tuple[AddressStanding, str | None]:
    with site.desk.installation.house.units.read() as uow:
        address = uow.addresses.need(site.address.id)
    return address.standing, address.standing_reason


@pytest.mark.parametrize(
    ("outcome", "becomes"),
    [
        ("found", (AddressStanding.VALID, "found")),
        ("moved", (AddressStanding.INVALID, "moved")),
        ("demolished", (AddressStanding.INVALID, "demolished")),
        ("wrong", (AddressStanding.INVALID, "wrong")),
        ("nobody", (AddressStanding.UNKNOWN, None)),
        ("refused", (AddressStanding.UNKNOWN, None)),
    ],
)
def test_r10_the_outcome_feeds_the_address_and_tells_the_collector(
    site: OnSite, outcome: str, becomes: tuple[AddressStanding, str | None]
) -> None:
    told = site.write(AGENT, "outcome", 200, outcome=outcome, debtor_gone=outcome == "moved", note="见笔录")
    assert (told["outcome"], told["debtor_gone"]) == (outcome, outcome == "moved")
    assert standing(site) == becomes
    [message] = inbox(site.desk, COLLECTOR.id, "visit_outcome")
    assert message.params == {"case_number": site.placement.case_number, "outcome": outcome}


def test_r13_an_address_found_wrong_at_the_door_counts_once_against_who_submitted_it(site: OnSite) -> None:
    for _ in range(2):
        site.write(AGENT, "outcome", 200, outcome="wrong", debtor_gone=False)
    with site.desk.installation.house.units.read() as uow:
        [error] = uow.address_errors.having(account_id=COLLECTOR.id)
    assert (error.address_id, error.visit_id, error.found_by) == (site.address.id, site.visit.id, AGENT.id)


def follow_up(site: OnSite, address_id: str, *, on_the_spot: bool = True, at: str = NOW) -> Any:
    body = {"id": new_id(), "address_id": address_id, "on_the_spot": on_the_spot, "at": at}
    return site.desk.post(AGENT, f"{site.path}/follow-up", body)


def learnt(site: OnSite, text: str = "河南省新乡市封丘县东大街8号") -> str:
    address = site.write(AGENT, "information/addresses", kind="home", text=text, at=NOW)
    return str(address["id"])


def test_v7_no_follow_up_from_a_visit_that_has_not_begun_nor_to_its_own_address(desk: Desk) -> None:
    waiting = on_site(desk)
    other = make_address(desk, waiting.placement, AddressKind.HOME)
    desk.refused(follow_up(waiting, other.id), 422, "follow_up_not_open")
    waiting.begin()
    assert (
        desk.refused(follow_up(waiting, waiting.address.id), 422, "follow_up_same_address")["clause"] == "V7"
    )
    stranger = make_address(desk, make_placement(desk))
    desk.refused(follow_up(waiting, stranger.id), 404, "not_found")


def test_v7_on_the_spot_the_team_goes_on_and_the_finding_is_the_confirmation(site: OnSite) -> None:
    address_id = learnt(site)
    opened = site.desk.ok(follow_up(site, address_id), 201)
    assert (opened["visit"]["state"], opened["parent_id"], opened["findings"]) == (
        "published",
        site.visit.id,
        [],
    )
    with site.desk.installation.house.units.read() as uow:
        [confirmation] = uow.address_confirmations.having(address_id=address_id)
        visit = uow.visits.need(opened["visit"]["id"])
    assert (confirmation.confirmed_by, confirmation.recorded_by) == ("陈磊", AGENT.id)
    assert (visit.lead_id, visit.partner_id, visit.plan_id) == (AGENT.id, PARTNER.id, None)
    assert visit.valid_until == local(22)
    [message] = inbox(site.desk, DISPATCHER.id, "follow_up_started")
    assert message.params == {"case_number": site.placement.case_number, "district": "封丘县"}


def test_v7_what_speaks_against_it_on_the_spot_is_recorded_not_refused(desk: Desk) -> None:
    site = on_site(desk)
    site.begin()
    address_id = learnt(site, "城东老粮站后面")
    desk.clock.move_to(local(22, 30))
    opened = desk.ok(follow_up(site, address_id, at=local(22, 20).isoformat()), 201)
    assert {f["code"]: f["clause"] for f in opened["findings"]} == {
        "outside_hours": "V9",
        "address_unresolved": "R2",
    }
    kinds = [i["kind"] for i in desk.ok(desk.get(QA, "/api/v1/incidents"))["items"]]
    assert kinds == ["outside_hours"]


def test_x6_the_parent_is_superseded_once_the_follow_up_has_taken_place_not_before(site: OnSite) -> None:
    opened = site.desk.ok(follow_up(site, learnt(site)), 201)
    site.end()
    second = OnSite(site.desk, site.placement, site.address, site.visit, site.devices)
    with site.desk.installation.house.units.read() as uow:
        second.visit = uow.visits.need(opened["visit"]["id"])

    def superseded() -> Any:
        return site.shown()["moment"]["superseded_by"]

    assert superseded() is None
    site.desk.ok(second.check(AGENT, at=local(12, 1).isoformat()), 201)
    site.desk.ok(second.check(PARTNER, at=local(12, 2).isoformat()), 201)
    assert superseded() is None
    site.desk.ok(second.check(AGENT, direction="out", at=local(12, 9).isoformat()), 201)
    assert superseded() == second.visit.id


def test_x6_a_follow_up_at_which_nobody_is_proven_there_supersedes_nothing(site: OnSite) -> None:
    opened = site.desk.ok(follow_up(site, learnt(site)), 201)
    second = OnSite(site.desk, site.placement, site.address, site.visit, {})
    with site.desk.installation.house.units.read() as uow:
        second.visit = uow.visits.need(opened["visit"]["id"])
    for direction in ("in", "out"):
        site.desk.ok(second.check(AGENT, direction=direction, device_id="unknown", at=NOW), 201)
    assert site.shown()["moment"]["superseded_by"] is None


def test_v7_a_planned_follow_up_waits_for_the_dispatcher(site: OnSite) -> None:
    opened = site.desk.ok(follow_up(site, learnt(site), on_the_spot=False), 201)
    assert opened["visit"]["state"] == "accepted"
    assert inbox(site.desk, DISPATCHER.id, "follow_up_started") == []


def test_a_visit_that_could_not_be_made_says_why_and_may_be_planned_again(desk: Desk) -> None:
    site = on_site(desk)
    failed = site.write(AGENT, "fail", 200, reason="道路封闭")
    assert (failed["state"], failed["ended_reason"]) == ("failed", "道路封闭")
    assert len(inbox(desk, DISPATCHER.id, "visit_failed")) == 1
    again = desk.post(AGENT, f"{site.path}/fail", {"id": new_id(), "reason": "道路封闭"})
    desk.refused(again, 409, "wrong_state")


def test_v8_a_manager_voids_with_a_reason_and_nothing_is_deleted(site: OnSite) -> None:
    def void(member: Any) -> Any:
        return site.desk.post(member, f"{site.path}/void", {"id": new_id(), "reason": "录音为伪造"})

    site.desk.refused(void(DISPATCHER), 403, "forbidden")
    site.desk.refused(void(OUTSIDE_MANAGER), 404, "not_found")
    assert site.desk.ok(void(MANAGER))["voided_at"] is not None
    assert site.desk.refused(void(MANAGER), 409, "visit_already_voided")["clause"] == "V8"
    shown = site.shown()
    assert (shown["void_reason"], len(shown["check_ins"])) == ("录音为伪造", 2)
    [incident] = site.desk.ok(site.desk.get(QA, "/api/v1/incidents"))["items"]
    assert (incident["kind"], incident["clause"]) == ("evidence_voided", "V8")


def able(site: OnSite, **changes: Any) -> str:
    body = {
        "who": "other_contact",
        "channel": "in_person",
        "communicated": True,
        "will_relay": True,
        "can_relay": True,
        "at": NOW,
    }
    return str(site.write(AGENT, "contacts", **body | changes)["id"])


def relay(site: OnSite, contact_id: str, member: Any = COLLECTOR, on: str = "2026-03-12") -> Any:
    return site.desk.post(member, f"/api/v1/visit-contacts/{contact_id}/relay", {"id": new_id(), "on": on})


def test_c3_a_relay_is_recorded_later_by_the_collector_or_an_agent_alone(site: OnSite) -> None:
    contact_id = able(site)
    site.desk.clock.move_to(local(12, day=12))
    site.desk.refused(relay(site, contact_id, COLLEAGUE), 404, "not_found")
    site.desk.refused(relay(site, contact_id, OTHER_AGENT), 404, "not_found")
    site.desk.refused(relay(site, contact_id, DISPATCHER), 403, "forbidden")
    for impossible in ("2026-03-09", "2026-03-13"):
        site.desk.refused(relay(site, contact_id, on=impossible), 422, "invalid_input")
    assert site.desk.ok(relay(site, contact_id))["relayed_on"] == "2026-03-12"
    site.desk.refused(relay(site, contact_id, AGENT), 409, "wrong_state")


@pytest.mark.parametrize(
    "short", [{"will_relay": False}, {"can_relay": False}, {"communicated": False}, {"who": "stranger"}]
)
def test_c3_only_who_was_willing_and_able_can_have_relayed(site: OnSite, short: dict[str, Any]) -> None:
    site.desk.refused(relay(site, able(site, **short), on="2026-03-10"), 422, "relay_not_promised")


def test_c5_a_call_back_is_dated_from_the_letters_day_to_today(site: OnSite) -> None:
    letter = site.write(AGENT, "letter", left_at="village_committee", manner="村委代收", at=NOW)
    path = f"/api/v1/letters/{letter['id']}/acknowledgement"

    def acknowledge(on: str, member: Any = COLLECTOR) -> Any:
        return site.desk.post(member, path, {"id": new_id(), "on": on, "by": "张某"})

    site.desk.refused(acknowledge("2026-03-09"), 422, "invalid_input")
    site.desk.refused(acknowledge("2026-03-11"), 422, "invalid_input")
    site.desk.refused(acknowledge("2026-03-10", COLLEAGUE), 404, "not_found")
    assert site.desk.ok(acknowledge("2026-03-10"))["acknowledged_on"] == "2026-03-10"
    site.desk.refused(acknowledge("2026-03-10", AGENT), 409, "wrong_state")


def test_what_scoring_sees_is_scored_again(site: OnSite) -> None:
    """A met relative is C1: two present, a basis, and only the evidence is still missing."""
    site.write(AGENT, "contacts", who="direct_relative", channel="in_person", communicated=True, at=NOW)
    site.end()
    site.desk.work()
    with site.desk.installation.house.units.read() as uow:
        [run] = uow.credit_runs.having(placement_id=site.placement.id, current=True)
    [facts] = run.facts["visits"]
    assert facts["present"] == [AGENT.id, PARTNER.id]
    assert facts["contacts"][0]["who"] == "direct_relative"
    assert (facts["photos"], facts["superseded_by"]) == (0, None)


def test_a_visit_in_another_state_is_not_failed(desk: Desk) -> None:
    site = on_site(desk, state=VisitState.CANCELLED)
    desk.refused(
        desk.post(AGENT, f"{site.path}/fail", {"id": new_id(), "reason": "取消"}), 409, "wrong_state"
    )
