"""Records of a case by form: R6, R11, V9, V13, V18, V19, W6, X7; each refused before it is taken."""

from __future__ import annotations

import uuid
from datetime import date
from itertools import count
from typing import Any

import pytest
from werkzeug.test import TestResponse

from server.domain.placements import Placement
from tests.conftest import Desk
from tests.support.builders import make_address, make_phone, make_placement, make_visit
from tests.support.cast import (
    AGENT,
    COLLEAGUE,
    COLLECTOR,
    DISPATCHER,
    MANAGER,
    OUTSIDE_DISPATCHER,
    Member,
)

_serial = count(1)


@pytest.fixture
def placement(desk: Desk) -> Placement:
    return make_placement(desk)


def fresh() -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"case record {next(_serial)}"))


def send(desk: Desk, placement: Placement, what: str, by: Member = COLLECTOR, **body: Any) -> TestResponse:
    body.setdefault("id", fresh())
    return desk.post(by, f"/api/v1/placements/{placement.id}/{what}", body)


def held(desk: Desk, rows: str, **equal: Any) -> list[Any]:
    with desk.installation.house.units.read() as uow:
        return list(getattr(uow, rows).having(**equal))


def test_only_who_reaches_the_case_writes_to_it(desk: Desk, placement: Placement) -> None:
    for member in (COLLEAGUE, AGENT):
        answer = send(desk, placement, "phones", member, number="13800001234", owner="other")
        desk.refused(answer, 404, "not_found")
    desk.refused(send(desk, placement, "phones", DISPATCHER, number="1", owner="other"), 403, "forbidden")


def test_a_repeat_is_answered_with_the_first_answer(desk: Desk, placement: Placement) -> None:
    body = {"id": fresh(), "number": "13800001234", "owner": "debtor"}
    first = desk.ok(send(desk, placement, "phones", **body), 201)
    assert desk.ok(send(desk, placement, "phones", **body), 201) == first
    assert len(held(desk, "phones")) == 1
    desk.refused(send(desk, placement, "phones", **(body | {"owner": "other"})), 409, "id_reused")


def test_a_phone_that_is_on_file_is_hidden(desk: Desk, placement: Placement) -> None:
    original = make_phone(desk, placement, number="13800001234")
    desk.refused(send(desk, placement, "phones", number="123", owner="debtor"), 422, "invalid_input")
    shown = desk.ok(send(desk, placement, "phones", number="+86 138-0000-1234", owner="debtor"), 201)
    assert (shown["number"], shown["duplicate_of_id"]) == ("138****1234", original.id)


def test_an_address_is_resolved_hidden_when_known_and_corrected_by_version(
    desk: Desk, placement: Placement
) -> None:
    text = "河南省新乡市原阳县福宁集镇建设路1号"
    wrong = desk.ok(send(desk, placement, "addresses", kind="home", text="郑州市原阳县建设路1号"), 201)
    assert wrong["county_code"] == ""
    path = f"/api/v1/addresses/{wrong['id']}"
    edit = {"json": {"text": text}}
    desk.refused(desk.request("PATCH", COLLECTOR, path, **edit), 428, "if_match_needed")
    stale = desk.request("PATCH", COLLECTOR, path, headers={"If-Match": '"2"'}, **edit)
    desk.refused(stale, 412, "stale")
    foreign = desk.request("PATCH", COLLEAGUE, path, headers={"If-Match": '"1"'}, **edit)
    desk.refused(foreign, 404, "not_found")
    right = desk.ok(desk.request("PATCH", COLLECTOR, path, headers={"If-Match": '"1"'}, **edit))
    assert (right["county_code"], right["version"]) == ("410725", 2)
    again = desk.ok(send(desk, placement, "addresses", kind="work", text=text), 201)
    assert again["duplicate_of_id"] == wrong["id"]
    household = desk.ok(send(desk, placement, "addresses", kind="household", text=text), 201)
    assert household["duplicate_of_id"] is None


def test_a_confirmation_says_who_when_and_how(desk: Desk, placement: Placement) -> None:
    address = make_address(desk, placement)
    path = f"/api/v1/addresses/{address.id}/confirmations"
    body = {"id": fresh(), "confirmed_by": "本人", "confirmed_on": "2026-03-11", "how": "电话"}
    desk.refused(desk.post(COLLECTOR, path, body), 422, "day_ahead")
    desk.refused(desk.post(COLLEAGUE, path, body | {"confirmed_on": "2026-03-10"}), 404, "not_found")
    desk.ok(desk.post(COLLECTOR, path, body | {"confirmed_on": "2026-03-10"}), 201)
    assert [c.confirmed_on for c in held(desk, "address_confirmations", address_id=address.id)] == [
        date(2026, 3, 10)
    ]


def test_a_promise_is_not_due_before_it_was_made(desk: Desk, placement: Placement) -> None:
    body = {
        "made_on": "2026-03-10",
        "due_on": "2026-03-09",
        "amount": "500.00",
        "by_phone": True,
        "judged_able": True,
    }
    desk.refused(send(desk, placement, "promises", **body), 422, "promise_due_before_made")
    ahead = body | {"made_on": "2026-03-11", "due_on": "2026-03-12"}
    desk.refused(send(desk, placement, "promises", **ahead), 422, "day_ahead")
    desk.refused(send(desk, placement, "promises", **(body | {"amount": "0"})), 422, "invalid_input")
    shown = desk.ok(send(desk, placement, "promises", **(body | {"due_on": "2026-03-10"})), 201)
    assert shown["amount"] == "500.00"


def test_an_early_referral_is_explained_and_a_dispatcher_accepts_it(desk: Desk, placement: Placement) -> None:
    desk.refused(send(desk, placement, "police-referrals", referred_on="2026-03-11"), 422, "day_ahead")
    plain = desk.ok(send(desk, placement, "police-referrals", referred_on="2026-03-01"), 201)
    twice = send(desk, placement, "police-referrals", referred_on="2026-03-01")
    desk.refused(twice, 409, "referral_on_record")
    accept = "/api/v1/police-referrals/{}/accept-explanation"
    desk.refused(desk.post(DISPATCHER, accept.format(plain["id"])), 409, "wrong_state")
    early = desk.ok(
        send(desk, placement, "police-referrals", referred_on="2026-03-05", early_explanation="准备出境"), 201
    )
    desk.refused(desk.post(COLLECTOR, accept.format(early["id"])), 403, "forbidden")
    desk.refused(desk.post(OUTSIDE_DISPATCHER, accept.format(early["id"])), 404, "not_found")
    shown = desk.ok(desk.post(DISPATCHER, accept.format(early["id"])))
    assert shown["early_accepted_by"] == DISPATCHER.id
    desk.refused(desk.post(DISPATCHER, accept.format(early["id"])), 409, "wrong_state")
    desk.work()
    assert len(held(desk, "credit_runs", placement_id=placement.id)) >= 1


def test_a_call_over_the_limit_is_kept_and_looked_into(desk: Desk, placement: Placement) -> None:
    phone = make_phone(desk, placement)
    stranger = make_phone(desk, make_placement(desk, COLLEAGUE))

    def ring(minute: int, **changes: Any) -> TestResponse:
        body = {
            "phone_id": phone.id,
            "at": f"2026-03-10T11:{minute:02d}:00+08:00",
            "answered": True,
            "seconds": 30,
        }
        return send(desk, placement, "calls", **(body | changes))

    desk.refused(ring(0, phone_id=stranger.id), 404, "not_found")
    desk.refused(ring(0, at="2026-03-10T12:11:00+08:00"), 422, "invalid_input")
    for minute in range(3):
        desk.ok(ring(minute), 201)
    assert held(desk, "incidents", placement_id=placement.id) == []
    desk.ok(ring(3, direction="in"), 201)
    assert held(desk, "incidents", placement_id=placement.id) == []
    desk.ok(ring(4), 201)
    [incident] = held(desk, "incidents", placement_id=placement.id)
    assert (incident.clause, incident.about_account_id) == ("V9", COLLECTOR.id)
    assert len(held(desk, "call_notes", placement_id=placement.id)) == 5


def test_contact_restored_is_a_day_that_has_come(desk: Desk, placement: Placement) -> None:
    body = {"restored_on": "2026-03-11", "how": "自行查询"}
    desk.refused(send(desk, placement, "contact-restorations", **body), 422, "day_ahead")
    desk.ok(send(desk, placement, "contact-restorations", **(body | {"restored_on": "2026-03-10"})), 201)
    desk.work()
    assert len(held(desk, "credit_runs", placement_id=placement.id)) == 1


# V13


def test_one_tap_stops_the_case_and_its_people_are_told(desk: Desk, placement: Placement) -> None:
    hold = desk.ok(send(desk, placement, "holds", reason="complaint", note="扬言投诉"), 201)
    again = desk.ok(send(desk, placement, "holds", reason="complaint"), 201)
    assert again["id"] == hold["id"]
    desk.refused(send(desk, placement, "holds", reason="repaid"), 422, "invalid_input")
    desk.refused(send(desk, placement, "holds", COLLEAGUE, reason="complaint"), 404, "not_found")
    desk.refused(send(desk, placement, "holds", AGENT, reason="complaint"), 404, "not_found")
    assert [message.kind for message in held(desk, "inbox_messages", account_id=MANAGER.id)] == [
        "case_stopped"
    ]


def test_an_agent_stops_a_case_that_the_own_team_visits(desk: Desk, placement: Placement) -> None:
    make_visit(desk, placement, make_address(desk, placement))
    desk.ok(send(desk, placement, "holds", AGENT, reason="do_not_contact"), 201)


def test_a_hold_gets_a_lead_is_reported_and_released(desk: Desk, placement: Placement) -> None:
    hold = desk.ok(send(desk, placement, "holds", reason="complaint"), 201)
    path = f"/api/v1/holds/{hold['id']}"
    desk.refused(desk.post(COLLECTOR, f"{path}/lead", {"lead_id": MANAGER.id}), 403, "forbidden")
    desk.refused(desk.post(OUTSIDE_DISPATCHER, f"{path}/reported"), 404, "not_found")
    assert [one["id"] for one in desk.ok(desk.get(MANAGER, "/api/v1/holds?in_force=true"))["items"]] == [
        hold["id"]
    ]
    assert desk.ok(desk.get(MANAGER, "/api/v1/holds?in_force=false"))["items"] == []
    assert desk.ok(desk.get(OUTSIDE_DISPATCHER, "/api/v1/holds"))["items"] == []
    desk.refused(desk.post(DISPATCHER, f"{path}/lead", {"lead_id": COLLECTOR.id}), 404, "not_found")
    assert desk.ok(desk.post(DISPATCHER, f"{path}/lead", {"lead_id": MANAGER.id}))["lead_id"] == MANAGER.id
    assert desk.ok(desk.post(DISPATCHER, f"{path}/reported"))["reported_to_client_at"] is not None
    desk.refused(desk.post(DISPATCHER, f"{path}/reported"), 409, "wrong_state")
    desk.ok(desk.post(DISPATCHER, f"{path}/release", {"reason": "已安抚"}))
    desk.refused(desk.post(DISPATCHER, f"{path}/release", {"reason": "已安抚"}), 409, "wrong_state")
    desk.refused(desk.post(DISPATCHER, f"{path}/lead", {"lead_id": MANAGER.id}), 409, "wrong_state")


def blocks(desk: Desk, placement: Placement, by: Member = COLLECTOR, **body: Any) -> TestResponse:
    whole = {"id": fresh(), "placement_id": placement.id, "reason": "要求不得联系", **body}
    return desk.post(by, "/api/v1/contact-blocks", whole)


def test_a_blocked_number_must_not_be_called_by_anybody(desk: Desk, placement: Placement) -> None:
    phone = make_phone(desk, placement, number="13800001234")
    other = make_placement(desk, COLLEAGUE)
    make_phone(desk, other, number="13800001234")
    desk.refused(blocks(desk, placement, COLLEAGUE, phone_id=phone.id), 404, "not_found")
    desk.refused(blocks(desk, placement, phone_id=phone.id, number="13800001234"), 422, "invalid_input")
    block = desk.ok(blocks(desk, placement, phone_id=phone.id), 201)
    assert desk.ok(blocks(desk, placement, number="138-0000-1234"), 201)["id"] == block["id"]
    for reader, case in ((COLLECTOR, placement), (COLLEAGUE, other)):
        shown = desk.ok(desk.get(reader, f"/api/v1/placements/{case.id}"))
        assert [held["blocked"] for held in shown["phones"]] == [True]
        assert [one["id"] for one in shown["blocks"]] == [block["id"]]
    call = {"phone_id": phone.id, "at": "2026-03-10T11:00:00+08:00", "answered": False}
    desk.ok(send(desk, placement, "calls", **call), 201)
    assert [i.clause for i in held(desk, "incidents", placement_id=placement.id)] == ["V13"]
    path = f"/api/v1/contact-blocks/{block['id']}/lift"
    desk.refused(desk.post(COLLECTOR, path, {"reason": "误报"}), 403, "forbidden")
    desk.refused(desk.post(OUTSIDE_DISPATCHER, path, {"reason": "误报"}), 404, "not_found")
    desk.ok(desk.post(DISPATCHER, path, {"reason": "误报"}))
    desk.refused(desk.post(DISPATCHER, path, {"reason": "误报"}), 409, "wrong_state")
    shown = desk.ok(desk.get(COLLECTOR, f"/api/v1/placements/{placement.id}"))
    assert [held["blocked"] for held in shown["phones"]] == [False]


def test_a_blocked_person_is_held_in_every_case(desk: Desk, placement: Placement) -> None:
    other = make_placement(desk, COLLEAGUE, debtor_id=placement.debtor_id)
    ended = make_placement(desk, debtor_id=placement.debtor_id, ended_on=date(2026, 2, 1))
    block = desk.ok(blocks(desk, placement), 201)
    assert block["whole_person"] is True
    for case in (placement, other):
        assert [hold.reason for hold in held(desk, "holds", placement_id=case.id)] == ["do_not_contact"]
    assert held(desk, "holds", placement_id=ended.id) == []
    assert desk.ok(blocks(desk, placement), 201)["id"] == block["id"]
