"""What happens at the door: contacts and what may be said, calls and limits, messages, letters, answers."""

from __future__ import annotations

from typing import Any

import pytest

from server.domain.placements import ContactBlock, Phone, PhoneOwner
from server.domain.visits import MessageTemplate
from server.services.ports.paging import PageRequest
from tests.conftest import Desk
from tests.support.builders import make_phone, make_placement, make_repayment
from tests.support.cast import AGENT, COLLECTOR, DISPATCHER, MANAGER, OTHER_AGENT, PARTNER, QA
from tests.support.on_site import OnSite, local, new_id, on_site
from tests.support.visit_builders import make_template
from tests.support.visit_values import call_note

NOW = local(11, 55).isoformat()


@pytest.fixture
def site(desk: Desk) -> OnSite:
    """Both agents are there."""
    site = on_site(desk)
    site.begin()
    return site


def contact(site: OnSite, who: str = "direct_relative", **changes: Any) -> Any:
    body = {"who": who, "channel": "in_person", "name": "张建国", "communicated": True, "at": NOW}
    return site.write(AGENT, "contacts", **body | changes)


def call(site: OnSite, phone: Phone, **changes: Any) -> Any:
    body = {
        "phone_id": phone.id,
        "at": NOW,
        "answered": False,
        "seconds": 0,
        "line": "company_device",
        "recording_offset_ms": 1000,
    }
    return site.write(AGENT, "calls", **body | changes)


def block(desk: Desk, phone: Phone) -> None:
    with desk.installation.house.units.write() as uow:
        uow.contact_blocks.add(
            ContactBlock(uow.new_id(), phone.number, None, "本人要求", uow.now, None, None, 1)
        )
        uow.commit()


def incidents(desk: Desk) -> list[tuple[str, str]]:
    return [(i["kind"], i["clause"]) for i in desk.ok(desk.get(QA, "/api/v1/incidents"))["items"]]


def test_nothing_happens_at_a_visit_that_has_not_begun(desk: Desk) -> None:
    site = on_site(desk)
    body = {"id": new_id(), "who": "debtor", "channel": "in_person", "communicated": True, "at": NOW}
    desk.refused(desk.post(AGENT, f"{site.path}/contacts", body), 409, "visit_not_started")


def test_who_is_not_of_the_team_writes_nothing(site: OnSite) -> None:
    body = {"id": new_id(), "who": "debtor", "channel": "in_person", "communicated": True, "at": NOW}
    site.desk.refused(site.desk.post(OTHER_AGENT, f"{site.path}/contacts", body), 404, "not_found")
    site.desk.refused(site.desk.post(COLLECTOR, f"{site.path}/contacts", body), 403, "forbidden")


@pytest.mark.parametrize(
    ("who", "knew", "offered", "shown"),
    [
        ("direct_relative", False, False, None),
        ("direct_relative", True, False, None),
        ("other_contact", False, True, None),
        ("stranger", False, False, None),
        ("direct_relative", True, True, "9000.00"),
        ("debtor", False, False, "9000.00"),
    ],
)
def test_v10_the_total_debt_shows_as_the_contact_allows(
    site: OnSite, who: str, knew: bool, offered: bool, shown: str | None
) -> None:
    make_repayment(site.desk, site.placement, local(9).date(), 100_000)
    assert site.shown()["total_debt"] is None
    kept = contact(site, who, knew_of_debt=knew, offered_to_repay=offered)
    assert kept["total_debt_visible"] is (shown is not None)
    assert ("total_debt" in [topic["code"] for topic in kept["may_say"]]) is (shown is not None)
    whole = site.shown()
    assert whole["total_debt"] == shown
    assert whole["contacts"][0]["name"] == "张*国"


def test_a_contact_is_completed_while_one_talks_and_not_by_who_read_an_older_one(site: OnSite) -> None:
    kept = contact(site)
    path = f"/api/v1/visit-contacts/{kept['id']}"
    match = {"If-Match": '"1"'}
    changed = {"knew_of_debt": True, "offered_to_repay": True}
    edited = site.desk.ok(site.desk.request("PATCH", PARTNER, path, json=changed, headers=match))
    assert (edited["total_debt_visible"], edited["version"]) == (True, 2)
    site.desk.refused(site.desk.request("PATCH", AGENT, path, json=changed, headers=match), 412, "stale")
    site.desk.refused(
        site.desk.request("PATCH", OTHER_AGENT, path, json=changed, headers=match), 404, "not_found"
    )


def test_v14_a_contact_is_asked_for_whereabouts_and_a_relay(site: OnSite) -> None:
    kept = contact(site, "other_contact")
    assert [topic["code"] for topic in kept["may_ask"]] == ["whereabouts", "relay"]
    assert kept["may_ask"][0]["words"]["zh"] == "欠款人的家庭地址、电话号码和工作地点"


def test_v18_four_unanswered_calls_are_four_records(site: OnSite) -> None:
    phone = make_phone(site.desk, site.placement)
    for minute in range(4):
        assert call(site, phone, at=local(11, 50 + minute).isoformat())["findings"] == []
    assert len(site.shown()["calls"]) == 4


@pytest.mark.parametrize(("answered", "allowed"), [(True, 3), (False, 5)])
def test_v9_the_call_over_the_limit_is_kept_found_and_looked_into(
    site: OnSite, answered: bool, allowed: int
) -> None:
    phone = make_phone(site.desk, site.placement)
    for minute in range(allowed):
        made = call(site, phone, at=local(11, 40 + minute).isoformat(), answered=answered and minute == 0)
        assert made["findings"] == []
    limits = site.desk.ok(site.desk.get(AGENT, f"{site.path}/call-limits"))
    assert limits["day"] == {"made": allowed, "reached": answered, "limit": allowed, "left": 0}
    assert [a["code"] for a in limits["phones"][0]["against"]] == ["call_limit_reached"]
    dialled = site.desk.post(AGENT, f"{site.path}/dial", {"phone_id": phone.id})
    assert site.desk.refused(dialled, 422, "call_limit_reached")["clause"] == "V9"
    over = call(site, phone, at=local(11, 50).isoformat())
    assert [f["code"] for f in over["findings"]] == ["call_limit_reached"]
    assert incidents(site.desk) == [("call_limit_reached", "V9")]


def test_v9_the_collectors_calls_of_the_day_count_too(site: OnSite) -> None:
    phone = make_phone(site.desk, site.placement)
    again = make_placement(site.desk, debtor_id=site.placement.debtor_id)
    with site.desk.installation.house.units.write() as uow:
        for minute in range(3):
            uow.call_notes.add(call_note(again, phone, local(9, minute), answered=minute == 0))
        uow.commit()
    limits = site.desk.ok(site.desk.get(AGENT, f"{site.path}/call-limits"))
    assert (limits["day"]["made"], limits["day"]["left"]) == (3, 0)


def test_the_number_is_given_in_clear_only_to_dial_and_that_is_logged(site: OnSite) -> None:
    phone = make_phone(site.desk, site.placement, number="13912345678")
    assert site.shown()["phones"][0]["number"] == "139****5678"
    dialled = site.desk.ok(site.desk.post(AGENT, f"{site.path}/dial", {"phone_id": phone.id}))
    assert dialled["number"] == "13912345678"
    with site.desk.installation.house.units.read() as uow:
        lines = uow.trail.page(PageRequest(), subject_id=phone.id, actor_id=None).items
    assert [(line.action, line.purpose) for line in lines] == [("phone.unmasked", "on-site call")]
    stranger = make_phone(site.desk, make_placement(site.desk))
    site.desk.refused(site.desk.post(AGENT, f"{site.path}/dial", {"phone_id": stranger.id}), 404, "not_found")


def test_v12_a_call_by_a_private_telephone_is_an_incident(site: OnSite) -> None:
    made = call(site, make_phone(site.desk, site.placement), line="other")
    assert [(f["code"], f["clause"]) for f in made["findings"]] == [("line_not_recorded", "V12")]
    assert incidents(site.desk) == [("line_not_recorded", "V12")]


def test_v13_a_blocked_number_is_neither_dialled_nor_sent_a_message(site: OnSite) -> None:
    phone = make_phone(site.desk, site.placement)
    template = make_template(site.desk)
    block(site.desk, phone)
    site.desk.refused(
        site.desk.post(AGENT, f"{site.path}/dial", {"phone_id": phone.id}), 422, "contact_blocked"
    )
    message = {"id": new_id(), "phone_id": phone.id, "template_id": template.id, "at": NOW}
    site.desk.refused(site.desk.post(AGENT, f"{site.path}/messages", message), 422, "contact_blocked")
    assert [f["code"] for f in call(site, phone)["findings"]] == ["contact_blocked"]


def test_v15_only_approved_templates_are_sent_and_the_debt_goes_to_the_debtor_alone(site: OnSite) -> None:
    own, relative = (
        make_phone(site.desk, site.placement, owner) for owner in (PhoneOwner.DEBTOR, PhoneOwner.RELATIVE)
    )
    draft = make_template(site.desk, approved=False)
    debt = make_template(site.desk, body="{client}：您尚欠{balance}元，案号{case_number}")

    def send(phone: Phone, template: MessageTemplate) -> Any:
        body = {"id": new_id(), "phone_id": phone.id, "template_id": template.id, "at": NOW}
        return site.desk.post(AGENT, f"{site.path}/messages", body)

    assert site.desk.refused(send(own, draft), 422, "template_not_approved")["clause"] == "V15"
    assert site.desk.refused(send(relative, debt), 422, "template_tells_debt")["clause"] == "V10"
    assert site.desk.ok(send(own, debt), 201)["state"] == "queued"
    with site.desk.installation.house.units.read() as uow:
        [message] = uow.text_messages.having(visit_id=site.visit.id)
    assert message.text == f"示例银行：您尚欠10000.00元，案号{site.placement.case_number}"


def leave(site: OnSite) -> Any:
    return site.write(AGENT, "letter", left_at="visited_address", manner="信箱", at=NOW)


def test_v6_there_is_one_letter_and_the_dispatcher_ticks_its_counterfoil_off(site: OnSite) -> None:
    letter = leave(site)
    again = {"id": new_id(), "left_at": "visited_address", "manner": "门缝", "at": NOW}
    site.desk.refused(site.desk.post(AGENT, f"{site.path}/letter", again), 409, "letter_exists")
    assert "counterfoil" in [m["code"] for m in site.end()["missing"]]
    path = f"/api/v1/letters/{letter['id']}/counterfoil"
    site.desk.refused(site.desk.post(AGENT, path, {"id": new_id()}), 403, "forbidden")
    site.desk.ok(site.desk.post(DISPATCHER, path, {"id": new_id()}))
    site.desk.refused(site.desk.post(DISPATCHER, path, {"id": new_id()}), 409, "counterfoil_received")
    assert "counterfoil" not in [m["code"] for m in site.shown()["missing"]]


@pytest.mark.parametrize(("day", "told"), [(13, 0), (14, 1)])
def test_v6_a_counterfoil_goes_to_the_manager_when_its_three_days_are_over(
    site: OnSite, day: int, told: int
) -> None:
    leave(site)
    site.desk.clock.move_to(local(0, day=day))
    site.desk.work()
    site.desk.work()
    with site.desk.installation.house.units.read() as uow:
        messages = uow.inbox_messages.having(account_id=MANAGER.id, kind="counterfoil_overdue")
    assert len(messages) == told


def test_v6_a_counterfoil_that_is_back_is_not_escalated(site: OnSite) -> None:
    letter = leave(site)
    site.desk.ok(site.desk.post(DISPATCHER, f"/api/v1/letters/{letter['id']}/counterfoil", {"id": new_id()}))
    site.desk.clock.move_to(local(0, day=20))
    site.desk.work()
    with site.desk.installation.house.units.read() as uow:
        assert uow.inbox_messages.having(account_id=MANAGER.id, kind="counterfoil_overdue") == []


PLAIN = {
    "identity_shown_at": local(11, 51).isoformat(),
    "entered": False,
    "vulnerable_person": False,
    "asked_to_leave": False,
    "benefits_offered": False,
    "cash_offered": False,
}


def test_v17_v4_adverse_answers_become_findings_and_incidents_of_ones_own_telling(site: OnSite) -> None:
    told = site.write(PARTNER, "answers", **PLAIN | {"cash_offered": True, "entered": True, "unsafe": True})
    found = {f["code"]: (f["clause"], f["self_reported"]) for f in told["findings"]}
    assert found == {
        "entered_without_consent": ("V17", True),
        "unsafe": ("V17", True),
        "cash_offered": ("V4", True),
    }
    assert set(incidents(site.desk)) == {("cash_offered", "V4"), ("entered_without_consent", "V17")}
    again = PLAIN | {"id": new_id()}
    site.desk.refused(site.desk.post(AGENT, f"{site.path}/answers", again), 409, "wrong_state")


def test_answers_of_a_quiet_visit_find_nothing(site: OnSite) -> None:
    assert site.write(AGENT, "answers", **PLAIN)["findings"] == []
    assert site.shown()["answers"]["identity_shown_at"] == "2026-03-10T03:51:00Z"


def test_v19_what_is_learnt_is_added_and_a_repeat_hidden(site: OnSite) -> None:
    known = make_phone(site.desk, site.placement, number="13800000001")
    phone = {"owner": "debtor", "at": NOW}
    fresh = site.write(AGENT, "information/phones", number="+86 138-0000-0002", **phone)
    assert (fresh["number"], fresh["duplicate_of_id"]) == ("138****0002", None)
    repeat = site.write(AGENT, "information/phones", number="138 0000 0001", **phone)
    assert (repeat["duplicate_of_id"], repeat["source_visit_id"]) == (known.id, site.visit.id)
    shown = [held["id"] for held in site.shown()["phones"]]
    assert shown == [known.id, fresh["id"]]
    body = {"id": new_id(), "number": "12", **phone}
    site.desk.refused(site.desk.post(AGENT, f"{site.path}/information/phones", body), 422, "invalid_input")


def test_v19_an_address_is_added_as_far_as_it_resolves(site: OnSite) -> None:
    address = {"kind": "home", "at": NOW}
    fresh = site.write(AGENT, "information/addresses", text="河南省新乡市封丘县东大街8号", **address)
    assert (fresh["county"], fresh["duplicate_of_id"]) == ("封丘县", None)
    repeat = site.write(AGENT, "information/addresses", text=site.address.text, kind="household", at=NOW)
    assert repeat["duplicate_of_id"] == site.address.id
    # a household registration stands for itself: hidden behind it, the home would count as one
    home = site.write(AGENT, "information/addresses", text=site.address.text, **address)
    assert home["duplicate_of_id"] is None
    vague = site.write(AGENT, "information/addresses", text="城东老粮站后面", **address)
    assert vague["county_code"] == ""


def test_a_fact_that_arrives_after_the_end_is_kept(site: OnSite) -> None:
    site.end()
    contact(site)
    assert len(site.shown()["contacts"]) == 1


def test_lists_show_an_agents_own_day_masked(site: OnSite, desk: Desk) -> None:
    on_site(desk, valid_from=local(9, day=11), valid_until=local(17, day=11))
    day = desk.ok(desk.get(AGENT, "/api/v1/visits?day=2026-03-10&state=in_progress"))["items"]
    assert [line["id"] for line in day] == [site.visit.id]
    assert day[0]["debtor_name"].startswith("张*")
    assert len(desk.ok(desk.get(AGENT, "/api/v1/visits"))["items"]) == 2
    assert desk.ok(desk.get(OTHER_AGENT, "/api/v1/visits"))["items"] == []
    assert len(desk.ok(desk.get(COLLECTOR, "/api/v1/visits?county_code=410725"))["items"]) == 2
    assert desk.ok(desk.get(COLLECTOR, "/api/v1/visits?county_code=410102"))["items"] == []
    first = desk.ok(desk.get(AGENT, "/api/v1/visits?limit=1"))
    rest = desk.ok(desk.get(AGENT, f"/api/v1/visits?limit=1&after={first['next']}"))
    assert (len(rest["items"]), rest["next"]) == (1, None)
