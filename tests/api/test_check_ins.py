"""V1, R12, V9 over HTTP: three ways of being present, what forbids a start, what began offline and is kept."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from server.domain.placements import HoldReason
from server.domain.visits import VisitState
from server.services.evidence_work import FLAGS_JOB
from server.services.holds import place_hold
from tests.conftest import Desk
from tests.support.builders import make_device
from tests.support.cast import (
    AGENT,
    COLLECTOR,
    DISPATCHER,
    MANAGER,
    OTHER_AGENT,
    OUTSIDE_MANAGER,
    PARTNER,
    QA,
    TRAINEE,
)
from tests.support.on_site import METRE, PLACE, OnSite, local, new_id, on_site


def code_of(answer: dict[str, Any]) -> str | None:
    refusal = answer["check_in"]["refusal"]
    return None if refusal is None else refusal["code"]


def hold(site: OnSite, reason: HoldReason = HoldReason.COMPLAINT) -> None:
    with site.desk.installation.house.units.write() as uow:
        place_hold(uow, site.placement, reason, "", by=None)
        uow.commit()


def test_who_is_not_of_the_team_does_not_find_the_visit(desk: Desk) -> None:
    site = on_site(desk)
    desk.refused(site.check(OTHER_AGENT), 404, "not_found")
    desk.refused(site.check(COLLECTOR), 403, "forbidden")


def test_no_start_without_a_published_plan(desk: Desk) -> None:
    site = on_site(desk, state=VisitState.ACCEPTED)
    assert desk.refused(site.check(AGENT), 422, "visit_not_planned")["clause"] == "R12"


@pytest.mark.parametrize(("hour", "minute", "code"), [(8, 59, "lease_not_yet"), (17, 1, "lease_expired")])
def test_no_start_outside_the_lease(desk: Desk, hour: int, minute: int, code: str) -> None:
    site = on_site(desk)
    desk.clock.move_to(local(18))
    desk.refused(site.check(AGENT, at=local(hour, minute).isoformat()), 422, code)


def test_no_start_while_a_hold_stands_against_it(desk: Desk) -> None:
    site = on_site(desk)
    hold(site)
    desk.refused(site.check(AGENT), 422, "visit_on_hold")


@pytest.mark.parametrize(
    ("hour", "minute", "status"), [(7, 59, 422), (8, 0, 201), (22, 0, 201), (22, 1, 422)]
)
def test_visits_start_from_eight_to_twenty_two(desk: Desk, hour: int, minute: int, status: int) -> None:
    site = on_site(desk, valid_from=local(0), valid_until=local(23, 59))
    desk.clock.move_to(local(23))
    with desk.installation.house.units.write() as uow:
        for handout in uow.device_handouts.having(account_id=AGENT.id):
            uow.device_handouts.save(dataclasses.replace(handout, issued_at=local(0)))
        uow.commit()
    answer = site.check(AGENT, at=local(hour, minute).isoformat())
    assert answer.status_code == status, answer.text
    if status == 422:
        assert desk.refused(answer, 422, "outside_hours")["clause"] == "V9"


def test_both_on_their_own_devices_begin_the_visit(desk: Desk) -> None:
    site = on_site(desk)
    first = desk.ok(site.check(AGENT), 201)
    assert (first["present"], first["visit"]["state"]) == ([AGENT.id], "in_progress")
    second = desk.ok(site.check(PARTNER, at=local(11, 45).isoformat()), 201)
    assert second["present"] == [AGENT.id, PARTNER.id]
    assert second["visit"]["started_at"] == "2026-03-10T03:45:00Z"


def test_a_repeat_is_answered_with_the_first_answer(desk: Desk) -> None:
    site = on_site(desk)
    body = site.body(AGENT)
    first = desk.post(AGENT, f"{site.path}/check-ins", body)
    again = desk.post(AGENT, f"{site.path}/check-ins", body)
    assert (again.get_json(), again.headers["X-Repeated"]) == (first.get_json(), "true")
    assert len(site.shown()["check_ins"]) == 1
    desk.refused(desk.post(AGENT, f"{site.path}/check-ins", body | {"accuracy_m": 1.0}), 409, "id_reused")


def test_a_partner_too_far_away_is_kept_and_does_not_count_until_near(desk: Desk) -> None:
    site = on_site(desk)
    desk.ok(site.check(AGENT), 201)
    away = PLACE["latitude"] + 300 * METRE
    far = desk.ok(site.check(PARTNER, at=local(11, 51).isoformat(), latitude=away), 201)
    assert (code_of(far), far["present"]) == ("check_ins_too_far_apart", [AGENT.id])
    assert far["check_in"]["refusal"]["clause"] == "V1"
    near = desk.ok(site.check(PARTNER, at=local(11, 55).isoformat()), 201)
    assert near["present"] == [AGENT.id, PARTNER.id]
    refusals = [c["refusal"]["code"] if c["refusal"] else None for c in site.shown()["check_ins"]]
    assert refusals == [None, "another_check_in_counts", None]


def test_sixteen_minutes_later_is_not_together_but_the_first_may_check_in_again(desk: Desk) -> None:
    site = on_site(desk)
    desk.ok(site.check(AGENT, at=local(11, 30).isoformat()), 201)
    late = desk.ok(site.check(PARTNER, at=local(11, 46).isoformat()), 201)
    assert code_of(late) == "check_ins_too_long_apart"
    again = desk.ok(site.check(AGENT, at=local(11, 47).isoformat()), 201)
    assert again["present"] == [AGENT.id, PARTNER.id]
    assert again["visit"]["started_at"] == "2026-03-10T03:46:00Z"


def test_a_device_that_was_not_issued_to_the_person_does_not_count(desk: Desk) -> None:
    site = on_site(desk)
    desk.ok(site.check(AGENT), 201)
    borrowed = desk.ok(site.check(PARTNER, device_id=site.devices[AGENT.username].id), 201)
    assert (code_of(borrowed), borrowed["present"]) == ("device_not_issued", [AGENT.id])
    returned = make_device(desk, PARTNER, returned_at=local(10))
    late = desk.ok(site.check(PARTNER, device_id=returned.id), 201)
    assert code_of(late) == "device_not_issued"
    own = desk.ok(site.check(PARTNER), 201)
    assert own["present"] == [AGENT.id, PARTNER.id]


def partner_code(site: OnSite) -> str:
    code: str = site.desk.ok(site.desk.get(PARTNER, f"{site.path}/presence-code"))["code"]
    return code


def test_a_partner_without_a_device_is_present_by_the_own_code_on_the_leads(desk: Desk) -> None:
    site = on_site(desk)
    site.devices.pop(PARTNER.username)
    desk.clock.move_to(local(11, 50))
    desk.ok(site.check(AGENT), 201)
    code = partner_code(site)
    by_code = {"way": "partner_code", "account_id": PARTNER.id, "at": local(11, 50).isoformat()}
    wrong = desk.ok(site.check(AGENT, **by_code, code="000000" if code != "000000" else "111111"), 201)
    assert (code_of(wrong), wrong["present"]) == ("presence_code_wrong", [AGENT.id])
    stale = desk.ok(site.check(AGENT, **by_code | {"at": local(11, 52).isoformat()}, code=code), 201)
    assert code_of(stale) == "presence_code_wrong"
    right = desk.ok(site.check(AGENT, **by_code, code=code), 201)
    assert (code_of(right), right["present"]) == (None, [AGENT.id, PARTNER.id])
    assert [f["code"] for f in right["findings"]] == ["other_way_despite_device"]


def test_nobody_is_asked_for_a_sixth_code(desk: Desk) -> None:
    site = on_site(desk)
    desk.clock.move_to(local(11, 50))
    code = partner_code(site)
    wrong = "000000" if code != "000000" else "111111"
    by_code = {"way": "partner_code", "account_id": PARTNER.id, "at": local(11, 50).isoformat()}
    for _ in range(5):
        desk.ok(site.check(AGENT, **by_code, code=wrong), 201)
    assert code_of(desk.ok(site.check(AGENT, **by_code, code=code), 201)) == "presence_code_wrong"


@pytest.mark.parametrize(
    "changes",
    [
        {"way": "partner_code", "account_id": AGENT.id},
        {"way": "partner_code", "account_id": OTHER_AGENT.id},
        {"way": "partner_code"},
        {"account_id": PARTNER.id},
        {"at": "2026-03-10T12:11:00+08:00"},
        {"at": "2026-03-10T12:00:00"},
        {"latitude": 91},
        {"latitude": None},
        {"way": "desk"},
        {"surprise": 1},
    ],
)
def test_bad_input_is_refused_with_its_field(desk: Desk, changes: dict[str, Any]) -> None:
    site = on_site(desk)
    desk.refused(site.check(AGENT, **changes), 422, "invalid_input")
    assert site.shown()["check_ins"] == []


def sign(site: OnSite, member: Any, started: Any = None, ended: Any = None) -> Any:
    body = {
        "id": new_id(),
        "started_at": (started or local(10)).isoformat(),
        "ended_at": (ended or local(10, 30)).isoformat(),
    }
    return site.desk.post(member, f"{site.path}/desk-sign", body)


def confirm(site: OnSite, member: Any = MANAGER) -> Any:
    return site.desk.post(member, f"{site.path}/desk-confirm", {"id": new_id()})


def test_at_the_desk_both_sign_and_the_manager_confirms(desk: Desk) -> None:
    site = on_site(desk, devices=False)
    desk.refused(sign(site, TRAINEE), 404, "not_found")
    first = desk.ok(sign(site, AGENT), 201)
    assert (first["present"], first["check_in"]["provisional"]) == ([], True)
    desk.refused(sign(site, AGENT), 409, "another_check_in_counts")
    desk.refused(confirm(site), 422, "desk_needs_both")
    assert desk.ok(sign(site, PARTNER), 201)["present"] == []
    desk.refused(confirm(site, DISPATCHER), 403, "forbidden")
    desk.refused(confirm(site, OUTSIDE_MANAGER), 404, "not_found")
    confirmed = desk.ok(confirm(site))
    assert (confirmed["state"], confirmed["desk_confirmed_by"]) == ("completed", MANAGER.id)
    desk.refused(confirm(site), 409, "wrong_state")
    assert site.shown()["present"] == [AGENT.id, PARTNER.id]


def test_the_desk_is_no_way_when_one_checked_in_on_a_device(desk: Desk) -> None:
    site = on_site(desk)
    desk.ok(site.check(AGENT), 201)
    desk.refused(sign(site, PARTNER), 422, "desk_needs_both")


def test_a_signature_although_a_device_was_issued_is_found(desk: Desk) -> None:
    site = on_site(desk)
    assert [f["code"] for f in desk.ok(sign(site, AGENT), 201)["findings"]] == ["other_way_despite_device"]


def test_what_began_offline_is_kept_with_what_stood_against_it(desk: Desk) -> None:
    site = on_site(desk, state=VisitState.ACCEPTED)
    kept = desk.ok(site.check(AGENT, at=local(7, 59).isoformat(), began_offline=True), 201)
    assert kept["visit"]["state"] == "in_progress"
    found = {f["code"]: f["clause"] for f in kept["findings"]}
    assert found == {"visit_not_planned": "R12", "lease_not_yet": "R12", "outside_hours": "V9"}
    incidents = desk.ok(desk.get(QA, "/api/v1/incidents"))["items"]
    assert [(i["kind"], i["clause"]) for i in incidents] == [("outside_hours", "V9")]


def test_a_hold_that_came_after_the_start_is_no_breach_and_told(desk: Desk) -> None:
    site = on_site(desk)
    hold(site)  # placed at noon; the visit began ten minutes before, out of reach
    kept = desk.ok(site.check(AGENT, began_offline=True), 201)
    assert [(f["code"], f["note"]) for f in kept["findings"]] == [("started_before_told", "complaint")]
    assert desk.ok(site.check(PARTNER), 201)["present"] == [AGENT.id, PARTNER.id]


def test_a_visit_cancelled_meanwhile_is_kept_when_it_took_place(desk: Desk) -> None:
    site = on_site(desk, state=VisitState.CANCELLED)
    desk.refused(site.check(AGENT), 422, "visit_not_planned")
    kept = desk.ok(site.check(AGENT, began_offline=True), 201)
    assert (kept["visit"]["state"], kept["findings"][0]["code"]) == ("in_progress", "visit_not_planned")


def test_the_leads_check_out_ends_the_visit_and_says_what_is_missing(desk: Desk) -> None:
    site = on_site(desk)
    desk.refused(site.check(AGENT, direction="out"), 409, "visit_not_started")
    desk.ok(site.check(AGENT), 201)
    ended = site.end()
    assert (ended["visit"]["state"], ended["visit"]["ended_at"]) == ("completed", "2026-03-10T04:00:00Z")
    assert [(m["code"], m["clause"]) for m in ended["missing"]] == [
        ("second_agent", "V1"),
        ("photo", "X3"),
        ("recording", "X3"),
    ]


def test_a_partners_check_in_that_arrives_after_the_end_counts(desk: Desk) -> None:
    site = on_site(desk)
    desk.ok(site.check(AGENT), 201)
    site.end()
    late = desk.ok(site.check(PARTNER, began_offline=True), 201)
    assert (late["visit"]["state"], late["present"]) == ("completed", [AGENT.id, PARTNER.id])


def test_the_partners_check_out_does_not_end_what_the_lead_goes_on_with(desk: Desk) -> None:
    site = on_site(desk)
    site.begin()
    left = desk.ok(site.check(PARTNER, direction="out", at=local(11, 58).isoformat()), 201)
    assert left["visit"]["state"] == "in_progress"
    again = desk.ok(site.check(PARTNER, direction="out", at=local(11, 59).isoformat()), 201)
    assert code_of(again) == "another_check_in_counts"


def test_visits_without_two_stand_on_the_list_of_qa(desk: Desk) -> None:
    alone, both, planned = on_site(desk), on_site(desk), on_site(desk)
    desk.ok(alone.check(AGENT), 201)
    both.begin()
    listed = desk.ok(desk.get(QA, "/api/v1/qa/visits-without-two"))["items"]
    assert [line["id"] for line in listed] == [alone.visit.id]
    assert planned.visit.id not in {line["id"] for line in listed}
    desk.refused(desk.get(AGENT, "/api/v1/qa/visits-without-two"), 403, "forbidden")
    desk.refused(desk.get(QA, "/api/v1/qa/visits-without-two?day=2026-03-10"), 422, "invalid_input")


def test_a_start_is_a_fact_for_the_scoring(desk: Desk) -> None:
    site = on_site(desk)
    desk.ok(site.check(AGENT), 201)
    with desk.installation.house.units.write() as uow:
        job = uow.jobs.claim(uow.now, local(13), [FLAGS_JOB])
        assert job is not None
        assert (job.kind, job.payload["placement_id"]) == ("credit.placement", site.placement.id)
