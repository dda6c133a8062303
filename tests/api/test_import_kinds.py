"""Each kind of import: what its rows must say, what they change, what coming twice does."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from server.domain.placements import HoldReason, Placement
from server.domain.visits import VisitState
from storage.rows.tables.jobs import jobs
from tests.conftest import Desk
from tests.support.builders import make_address, make_phone, make_placement, make_repayment, make_visit
from tests.support.cast import AGENT, CLIENT, COLLECTOR, DISPATCHER, PASSWORD, PERSONNEL, Member, known_id
from tests.support.sheets import bring, placement_row, places


@pytest.fixture
def placement(desk: Desk) -> Placement:
    return make_placement(desk, case_number="AJ1")


def held(desk: Desk, rows: str, **equal: Any) -> list[Any]:
    with desk.installation.house.units.read() as uow:
        return list(getattr(uow, rows).having(**equal))


def jobs_for(desk: Desk, placement: Placement) -> int:
    """Runs of credit that saw the placement after its facts changed."""
    return len(held(desk, "credit_runs", placement_id=placement.id))


# phones and addresses


def test_a_phone_that_is_on_file_is_stored_hidden(desk: Desk, placement: Placement) -> None:
    original = make_phone(desk, placement, number="13800001234")
    rows = [
        {"案件编号": "AJ1", "电话": "+86 138 0000 1234", "机主": "债务人"},
        {"案件编号": "AJ1", "电话": "0371-66001234", "机主": "亲属", "机主姓名": "李四",
         "与债务人关系": "母亲", "紧急联系人": "是"},
    ]  # fmt: skip
    assert bring(desk, "phones", rows)["created"] == {"phones": 2}
    phones = {phone.number: phone for phone in held(desk, "phones", duplicate_of_id=None)}
    assert phones["037166001234"].emergency_contact
    assert phones["037166001234"].relation == "母亲"
    assert len(held(desk, "phones", duplicate_of_id=original.id)) == 1


def test_an_address_comes_with_a_whole_confirmation_or_none(desk: Desk, placement: Placement) -> None:
    row = {"案件编号": "AJ1", "地址类型": "家庭", "地址": "河南省新乡市原阳县福宁集镇建设路1号"}
    half = row | {"确认人": "本人", "确认日期": "2026-03-01"}
    assert places(bring(desk, "addresses", [half])) == [(2, "确认人", "import_confirmation_incomplete")]
    ahead = half | {"确认方式": "电话", "确认日期": "2026-03-11"}
    assert places(bring(desk, "addresses", [ahead])) == [(2, "确认日期", "import_day_ahead")]
    whole = half | {"确认方式": "电话", "确认日期": "2026-03-10"}
    assert bring(desk, "addresses", [whole])["created"] == {"addresses": 1, "address_confirmations": 1}
    [address] = held(desk, "addresses", debtor_id=placement.debtor_id)
    assert (address.county_code, address.kind) == ("410725", "home")
    [confirmation] = held(desk, "address_confirmations", address_id=address.id)
    assert confirmation.confirmed_on == date(2026, 3, 10)
    again = bring(desk, "addresses", [whole | {"确认方式": "短信"}])
    assert again["file"]["state"] == "applied"
    assert len(held(desk, "addresses", duplicate_of_id=address.id)) == 1
    assert len(held(desk, "address_confirmations", address_id=address.id)) == 2


def test_a_household_is_never_hidden_behind_a_home(desk: Desk, placement: Placement) -> None:
    text = "河南省新乡市原阳县福宁集镇建设路1号"
    rows = [{"案件编号": "AJ1", "地址类型": kind, "地址": text} for kind in ("家庭", "户籍", "其他", "户籍")]
    bring(desk, "addresses", rows)
    shown = held(desk, "addresses", debtor_id=placement.debtor_id, duplicate_of_id=None)
    assert sorted(address.kind for address in shown) == ["home", "household"]


# which case


def test_a_case_number_of_two_clients_asks_for_the_client(desk: Desk, placement: Placement) -> None:
    with desk.installation.house.units.write() as uow:
        uow.organisation.add_client(known_id("second client"), "第二银行")
        uow.commit()
    other = make_placement(desk, case_number="AJ1", client_id=known_id("second client"))
    row = {"案件编号": "AJ1", "电话": "13800001234", "机主": "其他"}
    assert places(bring(desk, "phones", [row])) == [(2, "案件编号", "import_case_ambiguous")]
    bring(desk, "phones", [row | {"委托方": "第二银行"}])
    assert [phone.debtor_id for phone in held(desk, "phones")] == [other.debtor_id]
    assert places(bring(desk, "phones", [row | {"委托方": "第三银行"}])) == [
        (2, "委托方", "import_reference_unknown")
    ]


def test_a_fact_belongs_to_the_placement_that_was_open_on_its_day(desk: Desk) -> None:
    first = make_placement(desk, case_number="AJ1", ended_on=date(2026, 2, 1))
    second = make_placement(
        desk, case_number="AJ1", debtor_id=first.debtor_id, opened_on=date(2026, 2, 10), repeat_of_id=first.id
    )
    rows = [
        {"案件编号": "AJ1", "报经侦日期": day}
        for day in ("2026-01-20", "2026-02-09", "2026-02-10", "2026-03-01")
    ]
    bring(desk, "police_referrals", rows)
    assert len(held(desk, "police_referrals", placement_id=first.id)) == 2
    assert len(held(desk, "police_referrals", placement_id=second.id)) == 2


# promises, referrals, call notes


def test_a_promise_is_not_due_before_it_was_made_nor_made_tomorrow(desk: Desk, placement: Placement) -> None:
    row = {
        "案件编号": "AJ1", "承诺日期": "2026-03-10", "承诺还款日期": "2026-03-10", "承诺金额": "500", "电话承诺": "是",
        "有能力还款": "否",
    }  # fmt: skip
    early = row | {"承诺还款日期": "2026-03-09"}
    ahead = row | {"承诺日期": "2026-03-11", "承诺还款日期": "2026-03-11"}
    assert places(bring(desk, "promises", [early, ahead])) == [
        (2, "承诺还款日期", "import_dates_contradict"),
        (3, "承诺日期", "import_day_ahead"),
    ]
    assert bring(desk, "promises", [row])["created"] == {"promises": 1}
    again = bring(desk, "promises", [row, row | {"承诺金额": "600.00"}])
    assert (again["created"], again["unchanged"]) == ({"promises": 1}, 1)
    assert {promise.judged_able for promise in held(desk, "promises", placement_id=placement.id)} == {False}


def test_a_referral_keeps_its_explanation_until_a_dispatcher_accepts_it(
    desk: Desk, placement: Placement
) -> None:
    row = {"案件编号": "AJ1", "报经侦日期": "2026-03-05", "提前说明": "债务人准备出境"}
    assert places(bring(desk, "police_referrals", [row | {"报经侦日期": "2026-03-11"}])) == [
        (2, "报经侦日期", "import_day_ahead")
    ]
    bring(desk, "police_referrals", [row])
    [referral] = held(desk, "police_referrals", placement_id=placement.id)
    assert (referral.early_explanation, referral.early_accepted_by) == ("债务人准备出境", None)
    assert bring(desk, "police_referrals", [row, row])["unchanged"] == 2


def test_a_call_note_adds_a_number_that_says_whose_it_is(desk: Desk, placement: Placement) -> None:
    phone = make_phone(desk, placement, number="13800001234")
    row = {"案件编号": "AJ1", "电话": "13800001234", "通话时间": "2026-03-09 10:20", "是否接通": "是"}
    nameless = row | {"电话": "13900009999"}
    ahead = row | {"通话时间": "2026-03-10 12:01"}
    stranger = row | {"呼叫人工号": "N-nobody"}
    assert places(bring(desk, "call_notes", [nameless, ahead, stranger])) == [
        (2, "机主", "import_phone_owner_needed"),
        (3, "通话时间", "import_day_ahead"),
        (4, "呼叫人工号", "import_reference_unknown"),
    ]
    caller = row | {"呼叫人工号": f"N-{COLLECTOR.username}", "通话秒数": "35"}
    named = nameless | {"机主": "其他", "呼叫方向": "呼入", "是否接通": "否"}
    shown = bring(desk, "call_notes", [caller, named, caller])
    assert (shown["created"], shown["unchanged"]) == ({"call_notes": 2, "phones": 1}, 1)
    [note] = held(desk, "call_notes", phone_id=phone.id)
    assert (note.at, note.seconds, note.account_id) == (
        datetime(2026, 3, 9, 2, 20, tzinfo=UTC),
        35,
        COLLECTOR.id,
    )


# repayments


def repayment(reference: str, amount: str, **changes: str) -> dict[str, str]:
    return {
        "案件编号": "AJ1", "委托方": CLIENT, "回款流水号": reference, "回款日期": "2026-03-05", "回款金额": amount,
        **changes,
    }  # fmt: skip


def test_repayments_are_positive_and_reversals_name_an_original(desk: Desk, placement: Placement) -> None:
    other = make_placement(desk, case_number="AJ2")
    make_repayment(desk, other, date(2026, 3, 1), 10_000, reference="OTHER")
    original = make_repayment(desk, placement, date(2026, 3, 1), 10_000, reference="OLD")
    make_repayment(desk, placement, date(2026, 3, 2), -4_000, reference="OLDR", reverses_id=original.id)
    rows = [
        repayment("A", "0.00"),
        repayment("B", "-5.00"),
        repayment("C", "5.00", 冲回原流水号="OLD"),
        repayment("D", "-5.00", 冲回原流水号="NOWHERE"),
        repayment("E", "-5.00", 冲回原流水号="OTHER"),
        repayment("F", "-5.00", 冲回原流水号="OLDR"),
        repayment("G", "-60.01", 冲回原流水号="OLD"),
        repayment("H", "5.00", 回款时间="2026-03-06 00:00"),
        repayment("I", "5.00", 回款日期="2026-03-11"),
        repayment("OLD", "5.00"),
    ]
    shown = bring(desk, "repayments", rows)
    assert places(shown) == [
        (2, "回款金额", "repayment_not_positive"),
        (3, "回款金额", "repayment_not_positive"),
        (4, "回款金额", "reversal_not_negative"),
        (5, "冲回原流水号", "reversal_original_unknown"),
        (6, "冲回原流水号", "reversal_original_unknown"),
        (7, "冲回原流水号", "reversal_of_reversal"),
        (8, "回款金额", "reversal_too_much"),
        (9, "回款时间", "repayment_time_of_other_day"),
        (10, "回款日期", "import_day_ahead"),
        (11, "回款流水号", "repayment_differs"),
    ]
    assert shown["problems"]["items"][0]["clause"] == "A5"
    assert len(held(desk, "repayments")) == 3


def test_a_reversal_may_stand_before_its_original_and_take_it_back_whole(
    desk: Desk, placement: Placement
) -> None:
    rows = [
        repayment("R1", "-60.00", 冲回原流水号="P1", 回款日期="2026-03-08"),
        repayment("R2", "-40.00", 冲回原流水号="P1", 回款日期="2026-03-09"),
        repayment("P1", "100.00", 回款时间="2026-03-05 23:59:59"),
    ]
    shown = bring(desk, "repayments", rows)
    assert shown["created"] == {"repayments": 3}
    [original] = held(desk, "repayments", reference="P1")
    assert original.paid_at == datetime(2026, 3, 5, 15, 59, 59, tzinfo=UTC)
    assert len(held(desk, "repayments", reverses_id=original.id)) == 2
    again = bring(desk, "repayments", [*rows, repayment("P2", "1.00")])
    assert (again["created"], again["unchanged"]) == ({"repayments": 1}, 3)
    assert places(bring(desk, "repayments", [repayment("P3", "1.00"), repayment("P3", "1.00")])) == [
        (3, "回款流水号", "import_row_twice")
    ]


def test_a_reversal_belongs_to_the_placement_of_its_original(desk: Desk) -> None:
    first = make_placement(desk, case_number="AJ1", ended_on=date(2026, 2, 1))
    make_placement(desk, case_number="AJ1", debtor_id=first.debtor_id, opened_on=date(2026, 2, 10))
    make_repayment(desk, first, date(2026, 1, 20), 10_000, reference="P1")
    shown = bring(desk, "repayments", [repayment("R1", "-100.00", 冲回原流水号="P1", 回款日期="2026-03-01")])
    assert shown["file"]["state"] == "applied", shown
    assert len(held(desk, "repayments", placement_id=first.id)) == 2


def test_repaid_in_full_holds_the_visits_and_a_reversal_lets_them_go_on(
    desk: Desk, placement: Placement
) -> None:
    visit = make_visit(desk, placement, make_address(desk, placement), VisitState.PUBLISHED)
    bring(desk, "repayments", [repayment("P1", "9999.99")])
    assert held(desk, "holds", placement_id=placement.id) == []
    bring(desk, "repayments", [repayment("P2", "0.01")])
    [hold] = held(desk, "holds", placement_id=placement.id)
    assert (hold.reason, hold.released_at) == (HoldReason.REPAID, None)
    assert held(desk, "visits", id=visit.id)[0].hold_id == hold.id
    bring(desk, "repayments", [repayment("R1", "-0.01", 冲回原流水号="P2")])
    assert held(desk, "holds", placement_id=placement.id)[0].released_at is not None
    assert held(desk, "visits", id=visit.id)[0].hold_id is None


def test_repayments_are_scored_after_the_import(desk: Desk, placement: Placement) -> None:
    assert jobs_for(desk, placement) == 0
    bring(desk, "repayments", [repayment("P1", "100.00")])
    assert jobs_for(desk, placement) == 1


# people


def person(number: str, username: str, **changes: str) -> dict[str, str]:
    return {
        "工号": number, "用户名": username, "姓名": "新人", "岗位": "外访员", "分公司": "郑州分公司",
        "保密协议签订日期": "2026-03-01", **changes,
    }  # fmt: skip


def test_people_need_an_agreement_a_free_name_and_posts_that_exist(desk: Desk) -> None:
    rows = [
        person("N1", "one", 保密协议签订日期="2026-03-11"),
        person("N2", AGENT.username),
        person(f"N-{AGENT.username}", "another"),
        person("N4", "four", 岗位="司机"),
        person("N5", "five", 分公司="没有的分公司"),
        person("N6", "six", 法务组="没有的组"),
        person("N7", "seven", 初始密码="short1"),
        person("N8", "eight", 考核分数="90"),
        person("N9", "nine", 考核分数="101", 批准人="江涛", 批准日期="2026-03-01", 月度考核合格="是",
               上岗证有效期至="2026-04-01"),
        person("N9", "ten"),
    ]  # fmt: skip
    shown = bring(desk, "people", rows[:3] + rows[4:], by=PERSONNEL)
    assert places(shown) == [
        (2, "保密协议签订日期", "agreement_missing"),
        (3, "用户名", "username_taken"),
        (4, "工号", "username_taken"),
        (5, "分公司", "import_reference_unknown"),
        (6, "法务组", "import_reference_unknown"),
        (7, "初始密码", "password_weak"),
        (8, "考核分数", "import_certificate_incomplete"),
        (9, "考核分数", "import_score_out_of_range"),
        (10, "工号", "import_row_twice"),
    ]
    assert places(bring(desk, "people", [rows[3]], by=PERSONNEL)) == [(2, "岗位", "import_cell_invalid")]


def test_people_come_with_posts_and_certificates_and_must_change_their_password(desk: Desk) -> None:
    certificate = {
        "考核分数": "88", "批准人": "江涛", "批准日期": "2026-03-01", "月度考核日期": "2026-03-02", "月度考核合格":
        "是", "上岗证有效期至": "2026-04-02",
    }  # fmt: skip
    rows = [
        person("N1", "one", 初始密码=PASSWORD, **certificate),
        person("N2", "two", 岗位="法务、法务组长", 法务组="法务一组"),
    ]
    shown = bring(desk, "people", rows, by=PERSONNEL)
    assert shown["created"] == {"accounts": 2, "certificates": 1}
    [two] = held(desk, "accounts", username="two")
    assert two.posts == ("collector", "team_lead")
    for username, code in (("one", "password_expired"), ("two", "wrong_credentials")):
        answer = desk.client.post("/api/v1/auth/login", json={"username": username, "password": PASSWORD})
        assert answer.get_json()["title"] == code
    renewed = [rows[0] | {"月度考核日期": "2026-03-09", "上岗证有效期至": "2026-05-02"}, rows[1]]
    shown = bring(desk, "people", renewed, by=PERSONNEL)
    assert (shown["changed"], shown["unchanged"]) == ({"certificates": 1}, 1)
    [one] = held(desk, "accounts", username="one")
    assert held(desk, "certificates", account_id=one.id)[0].valid_until == date(2026, 5, 2)


def test_a_new_person_signs_in_after_changing_the_initial_password(desk: Desk) -> None:
    bring(desk, "people", [person("N1", "one", 初始密码=PASSWORD)], by=PERSONNEL)
    body = {"username": "one", "password": PASSWORD, "new_password": "harvest2027"}
    assert desk.client.post("/api/v1/auth/password", json=body).status_code == 204
    answer = desk.client.post("/api/v1/auth/login", json={"username": "one", "password": "harvest2027"})
    desk.ok(answer)
    assert Member("one", "新人", ()).id != held(desk, "accounts", username="one")[0].id


def test_a_file_that_has_ended_is_whole_though_its_job_has_not_told_its_last_step(desk: Desk) -> None:
    """The job tells a step after the commit that ends the file: who looks between the two sees no half."""
    shown = bring(desk, "placements", [placement_row(1)], dry_run=True)
    with desk.installation.engine.begin() as connection:
        connection.execute(sa.update(jobs).values(done_steps=1))
    seen = desk.ok(desk.get(DISPATCHER, f"/api/v1/imports/{shown['file']['id']}"))
    assert seen["progress"] == {"done": 2, "total": 2}
