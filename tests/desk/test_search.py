"""Search from everywhere and a case's own page: refusals first, reach, masks, what stands on the trail, few queries."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa

from server.domain.placements import Debtor, HoldReason, Placement
from server.domain.visits import VisitState
from server.services.ports.paging import PageRequest
from tests.conftest import Desk
from tests.desk.conftest import Browser, seen
from tests.support import builders
from tests.support.cast import (
    AGENT,
    COLLECTOR,
    DISPATCHER,
    MANAGER,
    OTHER_AGENT,
    OUTSIDE_COLLECTOR,
    OUTSIDE_DISPATCHER,
    PARTNER,
    TRAINER,
)
from tests.support.rows import fresh_id

ID, TELEPHONE, CARD = "410102199003070038", "13911112222", "6222020200112233445"


def case(desk: Desk, name: str = "欧阳明轩", number: str = "E-104", **changes: object) -> Placement:
    with desk.installation.house.units.write() as uow:
        debtor = uow.debtors.add(Debtor(uow.new_id(), str(changes.pop("id_number", ID)), name, uow.now, 1))
        uow.commit()
    return builders.make_placement(desk, debtor_id=debtor.id, case_number=number, **changes)


def found(browser: Browser, text: str) -> str:
    return browser.done("/desk/search", {"q": text})


@pytest.mark.parametrize("text", ["", "   ", "长" * 101, "a\x00b"])
def test_no_search_for_nothing_and_none_over_a_hundred(dispatcher: Browser, text: str) -> None:
    assert dispatcher.post("/desk/search", {"q": text}, part=True).status_code == 422


def test_who_may_see_neither_cases_nor_visits_has_no_search(desk: Desk) -> None:
    trainer = Browser(desk, TRAINER)
    assert 'id="search"' not in trainer.page("/desk")
    assert trainer.post("/desk/search", {"q": "E-104"}).status_code == 403


def test_one_character_is_told_to_be_too_few_and_nothing_found_says_where_it_looked(
    dispatcher: Browser,
) -> None:
    assert "至少输入两个字符" in seen(found(dispatcher, "张"))
    assert "后四位" in seen(found(dispatcher, "没有此人"))


BY_HAND = (
    "E-104", "e-10", "欧阳", "欧阳明轩", ID, ID[-4:], ID.lower(), TELEPHONE, "139 1111 2222", "2222", CARD, "3445",
    "柳林村", "原阳县柳林",
)  # fmt: skip
NO_ENDING_AND_NO_PATTERN = ("-104", "阳明", "911112222", "33445", "%", "__", "E_104", "E-1040")


def test_a_case_is_found_by_what_people_have_at_hand_masked_and_on_the_trail(
    desk: Desk, dispatcher: Browser
) -> None:
    placement = case(desk, card_number=CARD)
    builders.make_phone(desk, placement, number=TELEPHONE)
    builders.make_address(desk, placement, detail="柳林村17号")
    for text in BY_HAND:
        page = found(dispatcher, text)
        assert f'href="/desk/cases/{placement.id}"' in page, text
        for clear in ("欧阳明轩", ID, TELEPHONE, CARD):
            assert clear not in page, text
    with desk.installation.house.units.read() as uow:
        lines = uow.trail.page(PageRequest(limit=100), subject_id=None, actor_id=DISPATCHER.id).items
    searched = [line.detail for line in lines if line.action == "placement.searched"]
    assert [detail["ids"] for detail in searched] == [[placement.id]] * len(BY_HAND)
    written = json.dumps([dict(detail) for detail in searched], ensure_ascii=False)
    assert [text for text in (*BY_HAND, "13911112222") if len(text) > 4 and text in written] == []
    for text in NO_ENDING_AND_NO_PATTERN:
        assert placement.id not in found(dispatcher, text), text


def test_out_of_reach_is_not_found_by_anything(desk: Desk) -> None:
    placement = case(desk)
    builders.make_phone(desk, placement, number=TELEPHONE)
    address = builders.make_address(desk, placement, detail="柳林村17号")
    visit = builders.make_visit(desk, placement, address, VisitState.PUBLISHED, AGENT, PARTNER)
    for member in (OUTSIDE_DISPATCHER, OUTSIDE_COLLECTOR):
        browser = Browser(desk, member)
        for text in ("E-104", "欧阳明轩", TELEPHONE, ID, "柳林村", visit.id):
            page = found(browser, text)
            assert placement.id not in page
            assert visit.id not in page
        assert browser.get(f"/desk/cases/{placement.id}").status_code == 404


def test_an_agent_finds_the_own_visits_by_case_number_and_no_cases(desk: Desk) -> None:
    placement = case(desk)
    address = builders.make_address(desk, placement, detail="柳林村17号")
    visit = builders.make_visit(desk, placement, address, VisitState.PUBLISHED, AGENT, PARTNER)
    other = builders.make_visit(desk, placement, address, VisitState.ACCEPTED, OTHER_AGENT, None)
    agent = Browser(desk, AGENT)
    page = found(agent, "E-104")
    assert f'href="/desk/visits/{visit.id}"' in page
    assert other.id not in page
    assert placement.id not in page
    assert visit.id in found(agent, visit.id[:13])
    assert visit.id not in found(agent, "欧阳明轩")
    assert agent.get(f"/desk/cases/{placement.id}").status_code == 403


def test_six_are_shown_and_the_seventh_is_said(desk: Desk, dispatcher: Browser) -> None:
    for number in range(6):
        case(desk, number=f"M-{number}", id_number=f"4101021990030701{number:02d}")
    assert "还有更多" not in seen(found(dispatcher, "M-"))
    case(desk, number="M-6", id_number="410102199003070170")
    page = found(dispatcher, "M-")
    assert page.count("data-hit") == 6
    assert "还有更多" in seen(page)


def test_as_many_queries_for_six_as_for_one(desk: Desk, dispatcher: Browser) -> None:
    counts = []
    for number in range(6):
        placement = case(desk, number=f"E-104{number}", id_number=f"4101021990030702{number:02d}")
        builders.make_phone(desk, placement, number=TELEPHONE)
        if number in (0, 5):
            asked: list[str] = []

            def note(
                _c: object, _cursor: object, statement: str, *_rest: object, asked: list[str] = asked
            ) -> None:
                asked.append(statement)

            sa.event.listen(desk.installation.engine, "before_cursor_execute", note)
            found(dispatcher, TELEPHONE)
            sa.event.remove(desk.installation.engine, "before_cursor_execute", note)
            counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_case_is_stopped_led_reported_and_released_from_its_page(desk: Desk, dispatcher: Browser) -> None:
    placement = case(desk)
    path = f"/desk/cases/{placement.id}"
    assert Browser(desk, AGENT).post(f"{path}/hold", {}).status_code == 422
    assert dispatcher.post(f"{path}/hold", {"id": fresh_id(), "reason": "repaid"}).status_code == 422
    dispatcher.done(
        f"{path}/hold", {"id": fresh_id(), "reason": "complaint", "note": "要求<b>停止"}, part=False
    )
    page = dispatcher.page(path)
    assert "已停催：投诉倾向" in seen(page)
    assert "<b>停止" not in page
    with desk.installation.house.units.read() as uow:
        (hold,) = uow.holds.having(placement_id=placement.id)
    assert hold.reason is HoldReason.COMPLAINT
    assert Browser(desk, COLLECTOR).post(f"/desk/holds/{hold.id}/release", {"reason": "x"}).status_code == 403
    assert Browser(desk, OUTSIDE_DISPATCHER).post(f"/desk/holds/{hold.id}/reported").status_code == 404
    assert dispatcher.post(f"/desk/holds/{hold.id}/lead", {"lead_id": AGENT.id}).status_code == 404
    dispatcher.done(f"/desk/holds/{hold.id}/lead", {"lead_id": MANAGER.id}, part=False)
    dispatcher.done(f"/desk/holds/{hold.id}/reported", part=False)
    assert dispatcher.post(f"/desk/holds/{hold.id}/reported").status_code == 409
    assert f"主管 {MANAGER.name}" in seen(dispatcher.page(path))
    assert dispatcher.post(f"/desk/holds/{hold.id}/release", {"reason": ""}).status_code == 422
    dispatcher.done(f"/desk/holds/{hold.id}/release", {"reason": "已安抚"}, part=False)
    assert "已停催" not in seen(dispatcher.page(path))
