"""On the spot: calls, messages, what is learnt, the partner's code; each reaches the case (V1, V9, V12, V18, V19)."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from server.domain.placements import CallLine, PhoneOwner
from tests.phone.conftest import Field
from tests.phone.test_visit import begin, check_out, wait_until_sent
from tests.support.builders import make_phone
from tests.support.cast import AGENT, PARTNER, QA, Member
from tests.support.visit_builders import make_template

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("environment", ["sqlite"], indirect=True)]

NUMBER = "13912345678"


def test_calls_messages_and_what_is_learnt_become_records_of_the_case(field: Field) -> None:
    number = make_phone(field.desk, field.site.placement, PhoneOwner.DEBTOR, number=NUMBER)
    make_template(field.desk)
    phone = field.take()
    phone.enter(AGENT)
    begin(phone)
    phone.tap("step-phones")
    phone.sees("今天还可呼出债务人 5 次")
    expect(phone.page.locator("body")).not_to_contain_text(NUMBER)
    phone.picture("phones")
    assert phone.violations() == []
    phone.tap_until("call", NUMBER)
    phone.picture("calling")
    assert phone.violations() == []
    phone.tap("unanswered")
    phone.sees_at("phone", "未接通 1")
    phone.tap("message")
    phone.page.fill("[name=number]", "13800000001")
    phone.tap("keep-phone")
    phone.page.fill("[name=address]", "河南省郑州市金水区花园路1号")
    phone.tap("keep-address")
    phone.sees("已记 2 条")
    phone.tap("call")
    phone.tap("answered")
    phone.sees("接电话的是谁")
    phone.tap("who-debtor")
    phone.at("keep").dblclick()  # an impatient thumb; one contact is met all the same
    expect(phone.at("keep")).to_have_count(0)  # written down; the outbox may show one item before it as well
    phone.page.goto(f"{phone.url}/app/#/outbox")
    expect(phone.page.locator("[data-test=item]")).to_have_count(1)  # the recording goes on
    told = field.site.shown(AGENT)
    assert [(call["answered"], call["line"]) for call in told["calls"]] == [
        (False, CallLine.COMPANY_DEVICE),
        (True, CallLine.COMPANY_DEVICE),
    ]
    assert [one["phone_id"] for one in told["messages"]] == [number.id]
    (contact,) = told["contacts"]
    assert (contact["who"], contact["channel"], contact["phone_id"]) == ("debtor", "phone_on_site", number.id)
    assert told["calls_today"]["left"] == 1, "reached today: three calls in all (V9)"
    assert len(told["phones"]) == 2, "the new number is on file (V19)"
    shelves = [
        row for name in ("meta", "sealed", "outbox", "pieces", "entries") for row in phone.on_disk(name)
    ]
    assert [row for row in shelves if NUMBER in row] == [], "the clear number was never written down"


def code_of(field: Field, member: Member) -> str:
    told = field.desk.ok(field.desk.get(member, f"{field.site.path}/presence-code"))
    return str(told["code"])


def test_a_partner_without_a_phone_checks_in_by_code(field: Field) -> None:
    phone = field.take()
    phone.enter(AGENT)
    begin(phone)
    phone.sees("搭档没有手机")
    codes = {code_of(field, AGENT)}
    phone.tap("my-code")
    expect(phone.at("shown-code")).to_be_visible()
    codes.add(code_of(field, AGENT))  # the half minute may have turned meanwhile
    assert phone.at("shown-code").inner_text()[:6] in codes
    phone.page.fill("[name=partner-code]", "000000")
    phone.tap("partner-in")
    phone.sees("口令不对或已过期")
    phone.picture("partner-code")
    assert phone.violations() == []
    phone.page.fill("[name=partner-code]", code_of(field, PARTNER))
    phone.tap("partner-in")
    phone.sees("两人已到")
    assert sorted(field.site.shown(AGENT)["present"]) == sorted([AGENT.id, PARTNER.id])


def test_a_follow_up_to_an_address_learnt_at_the_door_begins_without_plan_or_network(field: Field) -> None:
    phone = field.take()
    phone.enter(AGENT)
    phone.wait_until_installed()
    phone.offline()
    begin(phone)
    phone.tap("step-phones")
    phone.page.fill("[name=address]", "河南省郑州市金水区花园路1号")
    phone.picture("follow-up")
    phone.tap("follow-up")
    phone.sees("另一次外访还在录音")
    assert phone.at("next").is_disabled(), "one recording at a time"
    follow_up = phone.page.url.rsplit("/", 1)[1]
    phone.page.evaluate("visit => { location.hash = '#/visit/' + visit; }", field.site.visit.id)
    check_out(phone)
    phone.page.evaluate("visit => { location.hash = '#/visit/' + visit; }", follow_up)
    phone.sees("花园路1号")
    phone.tap("next")
    phone.sees_at("next", "拍远景")
    check_out(phone)
    phone.offline(False)
    wait_until_sent(phone)
    path = f"/api/v1/visits/{follow_up}"
    told = field.desk.ok(field.desk.get(AGENT, path))
    assert (told["brief"]["parent_id"], told["brief"]["state"]) == (field.site.visit.id, "completed")
    assert field.site.shown(AGENT)["moment"]["superseded_by"] == follow_up
    chain = field.desk.ok(field.desk.get(QA, f"{path}/chain"))
    assert (chain["findings"], chain["awaited"]) == ([], []), "the nonce is that of the follow-up"
