"""Texts and letters: checked while typed, drafted by one, approved by another, printed with what they state (V15)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from admin_ui.words import WORDS
from server.domain.calendar import local_day
from server.domain.placements import HoldReason
from server.domain.plans import VisitPlan
from server.domain.visits import MessageTemplate, PaperKind, Visit, VisitState
from server.domain.wording import (
    BLANKS_IN_CHINESE,
    DEBT_PLACEHOLDERS,
    LETTER_PLACEHOLDERS,
    LETTER_STATES,
    OPEN_PLACEHOLDERS,
    body_findings,
    by_name,
    in_chinese,
    is_letter,
)
from tests.conftest import Desk
from tests.desk.conftest import Browser, seen
from tests.support import builders, case_builders, plan_builders, visit_builders
from tests.support.cast import AGENT, COLLECTOR, DISPATCHER, MANAGER, OUTSIDE_DISPATCHER, PARTNER
from tests.support.on_site import new_id
from tests.support.requests import fresh
from tests.support.statements import statements_of

# Each line states one of the things that a letter states; a test takes them out one by one.
LINES = (
    "{debtor_name}：", "余额{balance}元。", "事由与依据：领用合约。", "您的权利和义务如下。",
    "咨询、还款、异议：请致电。", "{client}联系电话见卡背。", "受托告知。", "{date}", "{seal}",
)  # fmt: skip
LETTER = "\n".join(LINES)


@pytest.fixture
def manager(desk: Desk) -> Browser:
    return Browser(desk, MANAGER)


def drafted(browser: Browser, body: str, name: str = "提醒") -> str:
    sent = {"id": fresh(), "name": name, "body": body}
    for _ in range(2):  # the same form sent twice is one text
        browser.done("/desk/texts", sent)
    return sent["id"]


def kept(desk: Desk, id_: str) -> MessageTemplate:
    with desk.installation.house.units.read() as uow:
        return uow.message_templates.need(id_)


def planned(desk: Desk, count: int = 1, in_days: int = 1) -> tuple[VisitPlan, list[Visit]]:
    plan = plan_builders.make_plan(desk, local_day(desk.clock.now()) + timedelta(days=in_days))
    team = plan_builders.make_team(desk, plan, AGENT, PARTNER)
    visits = []
    for _ in range(count):
        placement = builders.make_placement(desk)
        visits.append(
            builders.make_visit(
                desk,
                placement,
                builders.make_address(desk, placement),
                VisitState.PUBLISHED,
                AGENT,
                PARTNER,
                plan_id=plan.id,
                team_id=team.id,
            )
        )
    return plan, visits


@pytest.mark.parametrize("line", range(len(LINES) - 1))
def test_a_letter_without_one_of_its_statements_is_refused(line: int) -> None:
    body = "\n".join(one for number, one in enumerate(LINES) if number != line)
    (finding,) = body_findings(body)
    assert (finding.kind.code, finding.params["missing_zh"]) == ("letter_incomplete", LETTER_STATES[line][0])


def test_a_whole_letter_is_fine_and_without_its_seal_it_is_a_message() -> None:
    assert body_findings(LETTER) == []
    (finding,) = body_findings(LETTER.replace("{seal}", ""))
    assert finding.kind.code == "placeholder_unknown"  # the date is a letter's
    assert not is_letter("{debtor_name}您好")


def test_words_are_looked_for_while_one_types(dispatcher: Browser) -> None:
    said = dispatcher.done("/desk/texts/check", {"body": "公 安机关将上门，请还{amount}"})
    assert "公安" in seen(said)
    assert "amount" in seen(said)
    assert "没有禁用词语" in seen(
        dispatcher.done("/desk/texts/check", {"body": "{debtor_name}您好，请回电。"})
    )
    assert "含欠款信息" in seen(dispatcher.done("/desk/texts/check", {"body": LETTER}))
    assert "信函缺少" in seen(dispatcher.done("/desk/texts/check", {"body": "您好{seal}"}))
    assert "<script" not in dispatcher.done("/desk/texts/check", {"body": "<script>window.hurt=1</script>"})
    assert dispatcher.post("/desk/texts/check", {"body": "长" * 1001}, part=True).status_code == 422


def test_blanks_are_written_in_chinese_and_kept_by_name(desk: Desk, dispatcher: Browser) -> None:
    said = seen(dispatcher.done("/desk/texts/check", {"body": "请还{金额}，{盖章处}"}))
    assert "可用的占位：送达地址、外访员、欠款余额" in said
    assert "debtor_name" not in said
    assert "没有禁用词语" in seen(dispatcher.done("/desk/texts/check", {"body": in_chinese(LETTER)}))
    own = drafted(dispatcher, in_chinese(LETTER))
    assert kept(desk, own).body == LETTER
    form = dispatcher.page(f"/desk/texts?on={own}").partition("<textarea")[2]
    assert "{债务人姓名}：\n余额{欠款余额}元。" in form
    assert "{debtor_name}" not in form


def test_the_blanks_of_a_list_are_called_as_those_of_a_form() -> None:
    listed = {name: WORDS[f"blank.{name}"][0] for name in BLANKS_IN_CHINESE}
    assert listed == BLANKS_IN_CHINESE
    assert set(listed) == OPEN_PLACEHOLDERS | DEBT_PLACEHOLDERS | LETTER_PLACEHOLDERS
    for name, chinese in listed.items():
        assert (by_name(f"{{{chinese}}}"), in_chinese(f"{{{name}}}")) == (f"{{{name}}}", f"{{{chinese}}}")
    assert by_name("{谁}{") == in_chinese("{谁}{") == "{谁}{"


def test_who_drafts_does_not_approve(desk: Desk, dispatcher: Browser, manager: Browser) -> None:
    assert Browser(desk, AGENT).get("/desk/texts").status_code == 403
    assert Browser(desk, COLLECTOR).post("/desk/texts", {"id": fresh()}).status_code == 403
    bad = {"id": fresh(), "name": "提醒", "body": "法院传票"}
    for wrong in ({}, {"body": ""}, {"name": ""}, {"name": "长" * 61}, {"id": "1"}):
        assert dispatcher.post("/desk/texts", bad | wrong, part=True).status_code == 422, wrong
    own, other = drafted(manager, "您好，请回电。"), drafted(dispatcher, "您好，请来电。", "来电")
    answer = manager.post(f"/desk/texts/{own}/approve", part=True)
    assert answer.status_code == 422
    assert "起草人不能批准自己起草的模板" in seen(answer.text)
    refused = desk.post(MANAGER, f"/api/v1/message-templates/{own}/approve", {"id": new_id()})
    desk.refused(refused, 422, "template_of_ones_own")
    assert dispatcher.post(f"/desk/texts/{other}/approve").status_code == 403
    manager.done(f"/desk/texts/{other}/approve")
    assert manager.post(f"/desk/texts/{other}/approve", part=True).status_code == 409
    page = seen(manager.page("/desk/texts"))
    assert f"{DISPATCHER.name} 起草" in page
    assert f"{MANAGER.name} 2026-03-10" in page
    assert "请来电" in dispatcher.page(f"/desk/texts?on={other}").partition("<textarea")[2]
    manager.done(f"/desk/texts/{other}/retire")
    assert manager.post(f"/desk/texts/{other}/retire", part=True).status_code == 409
    assert "已停用" in seen(manager.page("/desk/texts?which=others"))
    assert kept(desk, own).approved_at is None


def test_a_letter_is_no_message(desk: Desk) -> None:
    visit = builders.make_visit(
        desk, placement := builders.make_placement(desk), builders.make_address(desk, placement),
        VisitState.IN_PROGRESS, started_at=desk.clock.now(),
    )  # fmt: skip
    phone = builders.make_phone(desk, placement)
    sent = {"id": new_id(), "phone_id": phone.id, "at": desk.clock.now().isoformat()}
    letter = visit_builders.make_template(desk, LETTER)
    answer = desk.post(AGENT, f"/api/v1/visits/{visit.id}/messages", sent | {"template_id": letter.id})
    desk.refused(answer, 422, "template_is_letter")


def test_letters_are_printed_with_name_balance_and_room_for_the_seal(desk: Desk, dispatcher: Browser) -> None:
    plan, (visit, held) = planned(desk, 2)
    path = f"/desk/plans/{plan.id}/letters"
    assert Browser(desk, COLLECTOR).get(path).status_code == 403
    assert Browser(desk, OUTSIDE_DISPATCHER).get(path).status_code == 404
    assert "还没有批准的信函文本" in seen(dispatcher.page(path))
    visit_builders.make_template(desk)  # a message
    text = visit_builders.make_template(desk, LETTER)
    with desk.installation.house.units.read() as uow:
        case = uow.placements.need(visit.placement_id)
        name = uow.debtors.need(case.debtor_id).name
        on_hold = uow.placements.need(held.placement_id)
    builders.make_repayment(desk, case, local_day(desk.clock.now()), 250_000)
    hold = case_builders.make_hold(desk, on_hold, reason=HoldReason.COMPLAINT)
    builders.change(desk, "visits", held.id, hold_id=hold.id)
    page = dispatcher.page(path)
    text_seen = seen(page)
    assert f"{name}：" in text_seen
    assert "余额7500.00元" in text_seen
    assert "1 户没有信函" in text_seen
    assert page.count('class="paper letter"') == 1
    assert page.count('class="seal"') == 1
    assert on_hold.case_number not in text_seen
    with desk.installation.house.units.read() as uow:
        (line,) = uow.trail.done_to(("letter.printed",), "message_template", [text.id])
    assert (line.detail["ids"], line.actor_id) == ([visit.id], DISPATCHER.id)
    dispatcher.client.set_cookie("desk_language", "en", path="/desk")
    in_english = seen(dispatcher.page(path))
    assert "Print this page" in in_english
    assert re.search("盖章处.*留存联", in_english), "the paper is in Chinese, whoever prints it"


def test_printed_letters_are_listed_as_issued_once(desk: Desk, dispatcher: Browser, manager: Browser) -> None:
    plan, visits = planned(desk, 2)
    text = visit_builders.make_template(desk, LETTER)
    path = f"/desk/plans/{plan.id}/letters"
    assert manager.post(path, {"template": text.id}).status_code == 403
    for wrong in ({}, {"template": "x"}):
        assert dispatcher.post(path, wrong).status_code == 422
    assert dispatcher.post(path, {"template": visit_builders.make_template(desk).id}).status_code == 404
    for _ in range(2):
        dispatcher.done(path, {"template": text.id}, part=False)
    with desk.installation.house.units.read() as uow:
        issued = uow.papers.having_any("visit_id", [visit.id for visit in visits])
    assert sorted(paper.visit_id for paper in issued) == sorted(visit.id for visit in visits)
    assert {(paper.kind, paper.purpose) for paper in issued} == {(PaperKind.LETTER, text.name)}
    assert "2 份中已登记 2 份" in seen(dispatcher.page(path))
    second = visit_builders.make_template(desk, LETTER)
    assert "请选择信函文本" in seen(dispatcher.page(path))
    assert "余额10000.00元" in seen(dispatcher.page(f"{path}?template={second.id}"))


def test_the_letter_of_one_visit_is_printed_from_its_page(desk: Desk, dispatcher: Browser) -> None:
    _, (visit, other) = planned(desk, 2)
    text = visit_builders.make_template(desk, LETTER)
    path = f"/desk/visits/{visit.id}/letters"
    assert Browser(desk, COLLECTOR).get(path).status_code == 403
    assert Browser(desk, OUTSIDE_DISPATCHER).get(path).status_code == 404
    assert Browser(desk, OUTSIDE_DISPATCHER).post(path, {"template": text.id}).status_code == 404
    assert path in dispatcher.page(f"/desk/visits/{visit.id}")
    page = dispatcher.page(path)
    assert page.count('class="paper letter"') == 1
    assert f'action="{path}"' in page
    assert dispatcher.post(path, {"template": "x"}).status_code == 422
    for _ in range(2):
        dispatcher.done(path, {"template": text.id}, part=False)
    with desk.installation.house.units.read() as uow:
        issued = uow.papers.having_any("visit_id", [visit.id, other.id])
    assert [paper.visit_id for paper in issued] == [visit.id]
    with desk.installation.house.units.read() as uow:
        held = uow.placements.need(visit.placement_id)
    hold = case_builders.make_hold(desk, held, reason=HoldReason.COMPLAINT)
    builders.change(desk, "visits", visit.id, hold_id=hold.id)
    assert "此次外访不能带信函" in seen(dispatcher.page(path)), "who is on hold is told nothing (V13)"


def test_more_letters_ask_no_more_queries(desk: Desk, dispatcher: Browser) -> None:
    plan, _ = planned(desk, 1)
    more, _ = planned(desk, 5, in_days=2)
    visit_builders.make_template(desk, LETTER)
    dispatcher.page(f"/desk/plans/{plan.id}/letters")
    with statements_of(desk) as few:
        dispatcher.page(f"/desk/plans/{plan.id}/letters")
    with statements_of(desk) as many:
        shown = dispatcher.page(f"/desk/plans/{more.id}/letters")
    assert shown.count('class="paper letter"') == 5
    assert len(many) == len(few)
