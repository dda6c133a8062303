"""The inbox: everybody's own messages, in words of both languages, counted and marked as read (R9, R10, V13)."""

from __future__ import annotations

from collections.abc import Callable

from server.domain.placements import HoldReason
from server.domain.visits import AddressOutcome, VisitState
from server.services import notices
from server.services.holds import place_hold
from server.services.ports.paging import PageRequest
from tests.conftest import Desk
from tests.support import builders
from tests.support.cast import AGENT, COLLEAGUE, COLLECTOR, PARTNER, Member, known_id


def tell(desk: Desk, *members: Member, case_number: str = "AJ1", confidential: str | None = None) -> None:
    with desk.installation.house.units.write() as uow:
        params = {"case_number": case_number, "reason": "complaint"}
        notices.tell(
            uow, [m.id for m in members], "visit_held", params, "/visits/1", confidential=confidential
        )
        uow.commit()


def test_an_inbox_shows_its_owners_messages_alone(desk: Desk) -> None:
    tell(desk, COLLECTOR)
    assert desk.ok(desk.get(COLLEAGUE, "/api/v1/inbox")) == {"items": [], "next": None, "unread": 0}
    shown = desk.ok(desk.get(COLLECTOR, "/api/v1/inbox"))
    assert shown["unread"] == 1
    message = shown["items"][0]
    assert message["message"] == {
        "zh": "外访暂停：案件 AJ1（投诉倾向）",
        "en": "Visit on hold: case AJ1 (complaint)",
    }
    assert (message["link"], message["created_at"]) == ("/visits/1", "2026-03-10T04:00:00Z")
    path = f"/api/v1/inbox/{message['id']}/read"
    desk.refused(desk.post(COLLEAGUE, path), 404, "not_found")
    desk.refused(desk.post(COLLECTOR, f"/api/v1/inbox/{known_id('none')}/read"), 404, "not_found")
    assert desk.ok(desk.get(COLLECTOR, "/api/v1/inbox/unread")) == {"unread": 1}


def test_a_message_is_read_once_and_keeps_when(desk: Desk, later: Callable[..., None]) -> None:
    tell(desk, COLLECTOR)
    path = f"/api/v1/inbox/{desk.ok(desk.get(COLLECTOR, '/api/v1/inbox'))['items'][0]['id']}/read"
    assert desk.ok(desk.post(COLLECTOR, path))["read_at"] == "2026-03-10T04:00:00Z"
    later(minutes=5)
    assert desk.ok(desk.post(COLLECTOR, path))["read_at"] == "2026-03-10T04:00:00Z"
    assert desk.ok(desk.get(COLLECTOR, "/api/v1/inbox?unread=true"))["items"] == []
    assert len(desk.ok(desk.get(COLLECTOR, "/api/v1/inbox"))["items"]) == 1


def test_marking_all_leaves_what_came_since(desk: Desk, later: Callable[..., None]) -> None:
    for number in range(3):
        tell(desk, COLLECTOR, case_number=f"AJ{number}")
        later(seconds=1)
    tell(desk, COLLEAGUE)
    newest_seen = desk.ok(desk.get(COLLECTOR, "/api/v1/inbox"))["items"][1]["id"]
    read_all = "/api/v1/inbox/read-all"
    desk.refused(desk.post(COLLECTOR, read_all, {"up_to": "x"}), 422, "invalid_input")
    assert desk.ok(desk.post(COLLECTOR, read_all, {"up_to": newest_seen})) == {"unread": 1}
    assert desk.ok(desk.post(COLLECTOR, read_all, {})) == {"unread": 0}
    assert desk.ok(desk.get(COLLEAGUE, "/api/v1/inbox/unread")) == {"unread": 1}


def test_an_inbox_is_read_page_by_page_from_the_newest(desk: Desk, later: Callable[..., None]) -> None:
    for number in range(5):
        tell(desk, COLLECTOR, case_number=f"AJ{number}")
        later(seconds=1)
    seen, after = [], ""
    while True:
        page = desk.ok(desk.get(COLLECTOR, f"/api/v1/inbox?limit=2{after}"))
        seen += [item["message"]["en"] for item in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert [text.split("case ")[1][:3] for text in seen] == ["AJ4", "AJ3", "AJ2", "AJ1", "AJ0"]


def test_what_is_confidential_is_shown_to_its_reader_sealed_in_the_rows_and_logged(desk: Desk) -> None:
    tell(desk, COLLECTOR, confidential="陈磊 13800005678")
    message = desk.ok(desk.get(COLLECTOR, "/api/v1/inbox"))["items"][0]
    assert message["confidential"] == "陈磊 13800005678"
    with desk.installation.engine.connect() as connection:
        rows = str(connection.exec_driver_sql("SELECT * FROM inbox_messages").mappings().all())
    assert "13800005678" not in rows
    with desk.installation.house.units.read() as uow:
        lines = uow.trail.page(PageRequest(), subject_id=COLLECTOR.id, actor_id=None).items
    assert {"ids": [message["id"]]} in [line.detail for line in lines if line.action == "inbox.read"]


def test_a_hold_reaches_the_team_and_the_collector_at_once_and_an_outcome_the_collector(desk: Desk) -> None:
    placement = builders.make_placement(desk)
    address = builders.make_address(desk, placement)
    visit = builders.make_visit(desk, placement, address, VisitState.PUBLISHED, outcome=AddressOutcome.NOBODY)
    with desk.installation.house.units.write() as uow:
        place_hold(uow, placement, HoldReason.COMPLAINT, "来电投诉", by=None)
        notices.tell_outcome(uow, placement, visit)
        uow.commit()
    for member in (AGENT, PARTNER):
        kinds = [m["kind"] for m in desk.ok(desk.get(member, "/api/v1/inbox"))["items"]]
        assert kinds == ["visit_held"]
    told = desk.ok(desk.get(COLLECTOR, "/api/v1/inbox"))["items"]
    assert {message["kind"] for message in told} == {"visit_held", "visit_outcome"}
    assert {message["link"] for message in told} == {f"/visits/{visit.id}"}
