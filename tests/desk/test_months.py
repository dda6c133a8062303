"""The month at the desk: refusals first; published, objected to, ruled on and closed; a line's theatre; few queries."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

import pytest

from server.domain.credit import StatementState
from tests.conftest import Desk
from tests.desk.conftest import Browser, seen
from tests.support import visit_values as values
from tests.support.cases import TEN, Case
from tests.support.cast import AGENT, COLLECTOR, DISPATCHER, MANAGER, OTHER_AGENT, OUTSIDE_DISPATCHER, PARTNER
from tests.support.months import lines_of, published, turn_to
from tests.support.paid import Paid
from tests.support.rows import at, changed, fresh_id, keep
from tests.support.statements import statements_of

MARCH = "/desk/months/2026-03"


@pytest.fixture
def paid(desk: Desk) -> Paid:
    """A case visited twice and repaid once: 陈磊 and 王强 have the repayment, 何伟 met nobody on 11 March."""
    case = Paid(desk)
    case.visit(started_at=at("2026-03-11"), lead=OTHER_AGENT)
    case.score()
    return case


def line_of(browser: Browser, month: str = MARCH) -> str:
    found = re.search(r'data-drawer="([0-9a-f-]{36})"', browser.page(month))
    assert found is not None, "the month shows no line"
    return found[1]


def visits_of(theatre: str) -> list[str]:
    return re.findall(r'<option value="([0-9a-f-]{36})"', theatre)


def state_of(desk: Desk) -> list[StatementState]:
    with desk.installation.house.units.read() as uow:
        return [one.state for one in uow.monthly_statements.having(month="2026-03")]


def test_a_month_that_is_not_over_is_not_published_and_says_why(desk: Desk, paid: Paid) -> None:
    dispatcher = Browser(desk, DISPATCHER)
    shown = dispatcher.page(MARCH)
    assert "公布本月" not in shown
    assert "2026-04-01 起可公布" in seen(shown)
    answer = dispatcher.post(f"{MARCH}/publish")
    assert answer.status_code == 422
    assert "尚未结束" in seen(answer.text)
    assert Browser(desk, MANAGER).post(f"{MARCH}/publish").status_code == 403
    assert dispatcher.get("/desk/months/2026-13").status_code == 422
    assert dispatcher.get("/desk/months/%3Cscript%3E").status_code == 422
    assert state_of(desk) == []


def test_the_sums_come_after_the_lines_and_narrow_the_list_further(desk: Desk, paid: Paid) -> None:
    dispatcher = Browser(desk, DISPATCHER)
    page = dispatcher.page(f"{MARCH}?credited=true")
    assert "分毫不差" not in page
    assert f'hx-get="{MARCH}/sums?credited=true"' in page
    without_script = re.search(r"<noscript><a href=\"([^\"]+)\"", page)
    assert without_script is not None
    assert "分毫不差" in seen(dispatcher.page(unescape(without_script[1])))
    sums = dispatcher.page(f"{MARCH}/sums?credited=true", part=True)
    assert "分毫不差" in seen(sums)
    assert f'href="{MARCH}?credited=true&amp;agent={AGENT.id}"' in sums
    assert "<html" not in sums
    assert "分毫不差" in seen(Browser(desk, OUTSIDE_DISPATCHER).page(f"{MARCH}/sums"))
    assert AGENT.id not in Browser(desk, OUTSIDE_DISPATCHER).page(f"{MARCH}/sums")


def test_a_line_is_out_of_reach_for_who_neither_has_nor_visited_the_case(desk: Desk, paid: Paid) -> None:
    line = line_of(Browser(desk, DISPATCHER))
    assert Browser(desk, OUTSIDE_DISPATCHER).get(f"/desk/lines/{line}").status_code == 404
    assert "不计入" not in seen(Browser(desk, AGENT).page(f"/desk/lines/{line}")).split("依据")[1]


def test_a_theatre_shows_the_winner_the_loser_and_the_rule(desk: Desk, paid: Paid) -> None:
    dispatcher = Browser(desk, DISPATCHER)
    page = dispatcher.page(f"/desk/lines/{line_of(dispatcher)}", part=True)
    assert page.count('class="winner"') == 2  # its window and its day
    assert page.count('class="loser"') == 1  # without a window
    assert "外访见到借款人，或见到借款人直系亲属" in seen(page)
    assert "没有见到、联系到或可转告的人" in seen(page)
    assert not re.search(r">[^<]*[0-9a-f]{8}-[0-9a-f]{4}-", page), "an id among the words"


def test_a_telephone_in_a_reason_is_named_by_its_masked_number(desk: Desk) -> None:
    case = Case(desk)
    visit = case.visit()
    keep(
        desk,
        values.letter(visit, counterfoil_returned_at=TEN),
        *values.letter_photos(visit),
        values.repayment(case.placement, date(2026, 3, 12)),
    )
    case.phone(number="13800001234")
    changed(desk, [case.placement])
    desk.work()
    dispatcher = Browser(desk, DISPATCHER)
    line = line_of(dispatcher)
    for path in (MARCH, f"/desk/lines/{line}", f"/desk/visits/{visit.id}"):
        words = seen(dispatcher.page(path))
        assert "138****1234 发送短信" in words, path
        assert "13800001234" not in words


def test_published_objected_to_ruled_on_and_closed_by_five_people(desk: Desk, paid: Paid) -> None:
    turn_to(desk, "2026-04-02")
    dispatcher, agent = Browser(desk, DISPATCHER), Browser(desk, OTHER_AGENT)
    dispatcher.done(f"{MARCH}/publish", part=False)
    assert dispatcher.post(f"{MARCH}/publish").status_code == 409
    line = line_of(dispatcher)
    claim = {"id": fresh_id(), "ground": "contact", "words": "见到本人 <b>x</b>"}
    assert dispatcher.post(f"/desk/lines/{line}/disputes", claim).status_code == 403
    assert agent.post(f"/desk/lines/{line}/disputes", claim | {"words": " "}).status_code == 422
    drawer = agent.page(f"/desk/lines/{line}")
    visit = visits_of(drawer)[0]
    agent.done(f"/desk/lines/{line}/disputes", claim | {"claimed_visit_id": visit}, part=False)
    assert "见到本人 <b>x</b>" in seen(agent.page("/desk/disputes?month=2026-03")).replace("&lt;", "<")
    turn_to(desk, "2026-04-20")
    manager = Browser(desk, MANAGER)
    page = manager.page("/desk/disputes")
    dispute = re.search(r'name="outcome\.([0-9a-f-]{36})"', page)
    assert dispute is not None
    sitting = {f"outcome.{dispute[1]}": "dismissed", f"reasons.{dispute[1]}": "录音不能证明"}
    rulings = f"{MARCH}/rulings"
    assert Browser(desk, COLLECTOR).post(rulings, sitting).status_code == 403
    assert manager.post(rulings, {f"outcome.{dispute[1]}": "dismissed"}).status_code == 422
    manager.done(rulings, sitting, part=False)
    assert "录音不能证明" in seen(agent.page("/desk/disputes?month=2026-03"))
    manager.done(f"{MARCH}/close", part=False)
    assert state_of(desk) == [StatementState.CLOSED]
    assert "已关账" in seen(manager.page(MARCH))


def test_an_objection_is_upheld_in_part_at_the_desk(desk: Desk, paid: Paid) -> None:
    """M3: the manager names the visit that counts and who has how much of it, to the fen."""
    published(desk)
    agent = Browser(desk, OTHER_AGENT)
    line = line_of(agent, f"{MARCH}?all=true")
    claim = {"id": fresh_id(), "ground": "contact", "words": "见到本人", "claimed_visit_id": paid.met.id}
    assert agent.post(f"/desk/lines/{line}/disputes", claim).status_code == 422  # not a visit of 何伟
    again = next(id_ for id_ in visits_of(agent.page(f"/desk/lines/{line}")) if id_ != paid.met.id)
    agent.done(f"/desk/lines/{line}/disputes", claim | {"claimed_visit_id": again}, part=False)
    turn_to(desk, "2026-04-20")
    manager = Browser(desk, MANAGER)
    page = manager.page("/desk/disputes")
    assert "合计须为 ¥500.01" in seen(page)
    assert f'<option value="{again}" selected>2026-03-11 外访' in page
    (dispute,) = re.findall(r'name="outcome\.([0-9a-f-]{36})"', page)
    shared = set(re.findall(rf'name="share\.{dispute}\.([0-9a-f-]{{36}})"', page))
    assert shared == {AGENT.id, PARTNER.id, OTHER_AGENT.id}
    sitting = {
        f"outcome.{dispute}": "partly",
        f"reasons.{dispute}": "两次外访都有贡献",
        f"visit.{dispute}": again,
        f"share.{dispute}.{AGENT.id}": "100",
        f"share.{dispute}.{OTHER_AGENT.id}": " 400.00 ",
        f"share.{dispute}.{PARTNER.id}": "",
    }
    refused = manager.post(f"{MARCH}/rulings", sitting, part=True)
    assert refused.headers["HX-Retarget"] == "#note-body", "what was typed stays on the page"
    answer = manager.post(f"{MARCH}/rulings", sitting)
    assert answer.status_code == 422
    assert "合计须等于 500.01 元" in seen(answer.text)
    manager.done(f"{MARCH}/rulings", sitting | {f"share.{dispute}.{AGENT.id}": "100.01"}, part=False)
    assert "部分支持" in seen(manager.page("/desk/disputes?month=2026-03"))
    ruled = lines_of(desk, "2026-03")[2]
    assert (ruled["visit_id"], ruled["by"]) == (again, {AGENT.name: "100.01", OTHER_AGENT.name: "400.00"})


def test_what_was_typed_for_a_ruling_in_part_does_not_go_with_another_ruling(desk: Desk, paid: Paid) -> None:
    published(desk)
    agent = Browser(desk, AGENT)
    claim = {"id": fresh_id(), "ground": "share", "words": "应归我", "claimed_visit_id": paid.met.id}
    agent.done(f"/desk/lines/{line_of(agent)}/disputes", claim, part=False)
    turn_to(desk, "2026-04-20")
    manager = Browser(desk, MANAGER)
    sitting = {f"outcome.{claim['id']}": "dismissed", f"reasons.{claim['id']}": "不成立"}
    left = {f"visit.{claim['id']}": paid.met.id, f"share.{claim['id']}.{AGENT.id}": "500.01"}
    manager.done(f"{MARCH}/rulings", sitting | left, part=False)
    assert "驳回" in seen(agent.page("/desk/disputes?month=2026-03"))


def test_a_longer_month_asks_no_more_queries_and_filters_are_chips(desk: Desk, paid: Paid) -> None:
    dispatcher = Browser(desk, DISPATCHER)
    dispatcher.page(MARCH)
    with statements_of(desk) as few:
        dispatcher.page(MARCH)
    for _ in range(6):
        Paid(desk).score()
    with statements_of(desk) as many:
        shown = dispatcher.page(MARCH)
    assert shown.count("<tr data-row ") == 7
    assert len(many) == len(few)
    narrowed = dispatcher.page(f"{MARCH}?agent={AGENT.id}&credited=true")
    assert f"外访员 {AGENT.name}" in seen(narrowed)
    assert f'class="chip" href="{MARCH}?credited=true"' in narrowed
    assert "没有符合筛选的回款" in seen(dispatcher.page(f"{MARCH}?agent={OTHER_AGENT.id}&credited=true"))
