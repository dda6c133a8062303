"""Visit requests by their authors: drafts, the dry run, withdrawing, reading, A4's mark."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from server.domain.placements import AddressKind
from server.domain.requests import RequestState
from server.domain.visits import VisitState
from server.services.credit import PLACEMENT_JOB
from tests.conftest import Desk
from tests.support import builders
from tests.support.cast import (
    AGENT,
    COLLEAGUE,
    COLLECTOR,
    DISPATCHER,
    MANAGER,
    OTHER_COLLECTOR,
    OUTSIDE_COLLECTOR,
    OUTSIDE_DISPATCHER,
    OUTSIDE_MANAGER,
    QA,
    TEAM_LEAD,
)
from tests.support.requests import REQUESTS, act, ask, decide, draft, file, filed, fresh, inbox

TODAY = date(2026, 3, 10)


def test_every_finding_is_told_at_once_and_a_dry_run_shows_what_is_fine_beside_it(desk: Desk) -> None:
    placement = builders.make_placement(desk, recall_on=TODAY + timedelta(days=3))
    request = draft(desk, placement, builders.make_address(desk, placement, AddressKind.WORK))
    told = desk.refused(file(desk, request), 422, "recall_too_near")
    assert [error["clause"] for error in told["errors"]] == ["R4", "R6"]
    tried = desk.ok(desk.post(COLLECTOR, f"{REQUESTS}/{request['id']}/check"))
    assert tried["may_be_filed"] is False
    assert [check["clause"] for check in tried["checks"] if not check["ok"]] == ["R4", "R6"]
    assert [check["clause"] for check in tried["checks"] if check["ok"]] == [
        "R1",
        "R2",
        "R3",
        "R5",
        "R7",
        "R8",
        "R11",
        "V13",
    ]
    assert tried["checks"][0]["sentence"] == "需在开案以后"
    assert desk.ok(desk.get(COLLECTOR, f"{REQUESTS}/{request['id']}"))["request"]["state"] == "draft"


def test_a_draft_names_addresses_of_its_debtor_once_each(desk: Desk) -> None:
    placement, other = builders.make_placement(desk), builders.make_placement(desk)
    foreign = builders.make_address(desk, other)
    own = builders.make_address(desk, placement)
    hidden = builders.make_address(desk, placement, duplicate_of_id=own.id)
    body: dict[str, Any] = {
        "id": fresh(),
        "placement_id": placement.id,
        "addresses": [{"address_id": foreign.id}],
    }
    desk.refused(desk.post(COLLECTOR, REQUESTS, body), 422, "address_not_of_debtor")
    body["addresses"] = [{"address_id": hidden.id}]
    desk.refused(desk.post(COLLECTOR, REQUESTS, body), 422, "address_not_of_debtor")
    body["addresses"] = [{"address_id": own.id}, {"address_id": own.id}]
    desk.refused(desk.post(COLLECTOR, REQUESTS, body), 422, "invalid_input")
    body["addresses"] = [{"address_id": own.id, "colour": "red"}]
    problem = desk.refused(desk.post(COLLECTOR, REQUESTS, body), 422, "invalid_input")
    assert problem["errors"][0]["field"] == "addresses[0].colour"
    with desk.installation.house.units.read() as uow:
        assert uow.visit_requests.having(placement_id=placement.id) == []


def test_a_repeat_of_the_same_draft_is_answered_with_the_first(desk: Desk) -> None:
    placement = builders.make_placement(desk)
    body = {"id": fresh(), "placement_id": placement.id}
    first = desk.ok(desk.post(COLLECTOR, REQUESTS, body), 201)
    assert desk.ok(desk.post(COLLECTOR, REQUESTS, body), 201) == first
    desk.refused(desk.post(COLLECTOR, REQUESTS, body | {"note": "另一份"}), 409, "id_reused")


def test_an_edit_of_a_draft_is_based_on_what_was_read(desk: Desk) -> None:
    placement = builders.make_placement(desk)
    address = builders.make_address(desk, placement)
    request = draft(desk, placement)
    path = f"{REQUESTS}/{request['id']}/addresses"
    body = {"addresses": [{"address_id": address.id}], "note": "周末在家"}
    desk.refused(desk.request("PUT", COLLECTOR, path, json=body), 428, "if_match_needed")
    edited = desk.ok(desk.request("PUT", COLLECTOR, path, json=body, headers={"If-Match": '"1"'}))
    assert (edited["note"], [a["address_id"] for a in edited["addresses"]]) == ("周末在家", [address.id])
    desk.refused(desk.request("PUT", COLLECTOR, path, json=body, headers={"If-Match": '"1"'}), 412, "stale")
    emptied = desk.request("PUT", COLLECTOR, path, json={"addresses": []}, headers={"If-Match": '"2"'})
    assert desk.ok(emptied)["note"] == "周末在家"
    assert emptied.get_json()["addresses"] == []


def test_a_filed_request_is_neither_filed_nor_edited_nor_excepted_again(desk: Desk) -> None:
    placement = builders.make_placement(desk)
    request = filed(desk, placement, builders.make_address(desk, placement))
    assert "request_filed" in inbox(desk, DISPATCHER)
    assert inbox(desk, OUTSIDE_DISPATCHER) == []
    desk.refused(file(desk, request), 409, "wrong_state")
    desk.refused(ask(desk, request, "promise"), 409, "wrong_state")
    headers = {"If-Match": f'"{request["version"]}"'}
    put = desk.request(
        "PUT", COLLECTOR, f"{REQUESTS}/{request['id']}/addresses", json={"addresses": []}, headers=headers
    )
    desk.refused(put, 409, "wrong_state")


@pytest.mark.parametrize("state", [VisitState.PLANNED, VisitState.PUBLISHED, VisitState.COMPLETED])
def test_an_accepted_request_on_a_plan_is_not_withdrawn(desk: Desk, state: VisitState) -> None:
    placement = builders.make_placement(desk)
    address = builders.make_address(desk, placement)
    request = builders.make_request(desk, placement, [address], RequestState.ACCEPTED)
    builders.make_visit(desk, placement, address, state, request_id=request.id)
    answer = desk.post(COLLECTOR, f"{REQUESTS}/{request.id}/withdraw", {"reason": "已还款"})
    desk.refused(answer, 409, "wrong_state")


def test_withdrawing_cancels_the_visits_that_wait(desk: Desk) -> None:
    placement = builders.make_placement(desk)
    request = filed(desk, placement, builders.make_address(desk, placement))
    desk.ok(act(desk, DISPATCHER, request, "accept"))
    body = {"reason": "债务人已来电"}
    withdrawn = desk.ok(desk.post(COLLECTOR, f"{REQUESTS}/{request['id']}/withdraw", body))
    assert (withdrawn["state"], withdrawn["decision_reason"]) == ("withdrawn", "债务人已来电")
    with desk.installation.house.units.read() as uow:
        (visit,) = uow.visits.having(request_id=request["id"])
    assert (visit.state, visit.ended_reason) == (VisitState.CANCELLED, "request_withdrawn")
    desk.refused(desk.post(COLLECTOR, f"{REQUESTS}/{request['id']}/withdraw", body), 409, "wrong_state")


def test_a4_only_a_manager_or_qa_marks_a_request_that_was_filed(desk: Desk) -> None:
    placement = builders.make_placement(desk)
    request = draft(desk, placement, builders.make_address(desk, placement))
    path, body = f"{REQUESTS}/{request['id']}/promising", {"reason": "电催已谈妥"}
    desk.refused(desk.post(DISPATCHER, path, body), 403, "forbidden")
    desk.refused(desk.post(MANAGER, path, body), 409, "wrong_state")
    desk.ok(file(desk, request))
    desk.refused(desk.post(OUTSIDE_MANAGER, path, body), 404, "not_found")
    marked = desk.ok(desk.post(QA, path, body))
    assert marked["promising_reason"] == "电催已谈妥"
    desk.refused(desk.post(MANAGER, path, body), 409, "wrong_state")
    with desk.installation.house.units.read() as uow:
        keys = [job.once_key for job in uow.jobs.having(kind=PLACEMENT_JOB)]
    assert keys == [f"{PLACEMENT_JOB}:{placement.id}"]
    assert "request_marked_promising" in inbox(desk, COLLECTOR)


@pytest.mark.parametrize("stranger", [COLLEAGUE, OTHER_COLLECTOR, OUTSIDE_COLLECTOR, OUTSIDE_DISPATCHER])
def test_s13_a_request_out_of_reach_is_not_found(desk: Desk, stranger: Any) -> None:
    placement = builders.make_placement(desk)
    address = builders.make_address(desk, placement)
    request = draft(desk, placement, address)
    path = f"{REQUESTS}/{request['id']}"
    desk.refused(desk.get(stranger, path), 404, "not_found")
    desk.refused(desk.post(stranger, f"{path}/check"), 404, "not_found")
    assert desk.ok(desk.get(stranger, REQUESTS))["items"] == []
    assert desk.ok(desk.get(stranger, f"{REQUESTS}/counts"))["states"] == []
    call = {
        "id": fresh(), "office": "某街道", "telephone": "0371-66660000", "called_at": "2026-03-10T09:30:00+08:00",
        "answer": "standing",
    }  # fmt: skip
    answer = desk.post(stranger, f"/api/v1/addresses/{address.id}/demolition-checks", call)
    desk.refused(answer, 404, "not_found")
    if stranger is not OUTSIDE_DISPATCHER:
        desk.refused(file(desk, request, by=stranger), 404, "not_found")
        body = {"id": fresh(), "placement_id": placement.id}
        desk.refused(desk.post(stranger, REQUESTS, body), 404, "not_found")


def test_s4_agents_do_not_read_requests_and_a_team_lead_writes_for_the_team(desk: Desk) -> None:
    placement = builders.make_placement(desk)
    desk.refused(desk.get(AGENT, REQUESTS), 403, "forbidden")
    request = draft(desk, placement, builders.make_address(desk, placement), by=TEAM_LEAD)
    assert request["author_name"] == "孙琳"
    assert desk.ok(file(desk, request, by=TEAM_LEAD))["collector_name"] == "李敏"


def test_lists_are_paged_and_filtered_and_names_are_masked(desk: Desk, later: Callable[..., None]) -> None:
    ids = []
    for county in ("河南省新乡市原阳县", "河南省郑州市金水区", "河南省郑州市金水区"):
        placement = builders.make_placement(desk)
        ids.append(draft(desk, placement, builders.make_address(desk, placement, county=county))["id"])
        later(minutes=1)
    desk.ok(ask(desk, {"id": ids[0]}, "promise"), 201)
    first = desk.ok(desk.get(DISPATCHER, f"{REQUESTS}?limit=2"))
    second = desk.ok(desk.get(DISPATCHER, f"{REQUESTS}?limit=2&after={first['next']}"))
    assert [item["id"] for item in first["items"] + second["items"]] == ids[::-1]
    assert second["next"] is None
    assert first["items"][0]["debtor_name"].endswith("*") or "*" in first["items"][0]["debtor_name"]

    def listed(query: str) -> list[str]:
        return [item["id"] for item in desk.ok(desk.get(DISPATCHER, f"{REQUESTS}?{query}"))["items"]]

    assert listed("county_code=410725") == [ids[0]]
    assert listed("waiting_waivers=true") == [ids[0]]
    assert listed("waiting_waivers=false&county_code=410105") == ids[:0:-1]
    assert listed(f"collector_id={COLLEAGUE.id}") == []
    assert listed("state=filed") == []
    assert desk.ok(desk.get(DISPATCHER, f"{REQUESTS}/counts"))["states"] == [{"state": "draft", "count": 3}]
    desk.refused(desk.get(DISPATCHER, f"{REQUESTS}?state=lost"), 422, "invalid_input")


def test_one_request_shows_clauses_waivers_visits_and_history(desk: Desk) -> None:
    placement = builders.make_placement(desk)
    request = draft(desk, placement, builders.make_address(desk, placement))
    desk.ok(decide(desk, desk.ok(ask(desk, request, "promise"), 201), granted=False))
    accepted = desk.ok(act(desk, DISPATCHER, desk.ok(file(desk, request)), "accept"))
    answer = desk.get(COLLECTOR, f"{REQUESTS}/{request['id']}")
    shown = desk.ok(answer)
    assert answer.headers["ETag"] == f'"{accepted["version"]}"'
    assert shown["checks"] == []
    assert [waiver["granted"] for waiver in shown["waivers"]] == [False]
    assert [visit["state"] for visit in shown["visits"]] == ["accepted"]
    assert [(line["action"], line["actor_name"]) for line in shown["history"]] == [
        ("visit_request.opened", "李敏"),
        ("waiver.asked", "李敏"),
        ("waiver.decided", "王丹"),
        ("visit_request.filed", "李敏"),
        ("visit_request.accepted", "王丹"),
    ]
