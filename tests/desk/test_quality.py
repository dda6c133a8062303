"""QA at the desk: refusals first; a month drawn once and again, the check list, a proposal to void, what came late."""

from __future__ import annotations

import dataclasses
import re
from datetime import timedelta

from tests.conftest import Desk
from tests.desk.conftest import Browser, seen
from tests.support import evidence as files
from tests.support.case_builders import make_quality
from tests.support.cast import AGENT, COLLECTOR, DISPATCHER, GENERAL_MANAGER, MANAGER, OUTSIDE_MANAGER, QA
from tests.support.requests import fresh
from tests.support.statements import statements_of

LIST = "/desk/quality"
MARCH = {"month": "2026-03"}


def drawn(desk: Desk, visits: int = 12) -> tuple[Browser, list[str]]:
    """March with visits, drawn in April: QA's window and the pages of what was drawn."""
    for _ in range(visits):
        files.make_visited(desk)
    desk.clock.advance(timedelta(days=23))
    qa = Browser(desk, QA)
    qa.done(LIST, MARCH, part=False)
    return qa, re.findall(
        r'class="open" href="(/desk/quality/[0-9a-f-]{36})"', qa.page(f"{LIST}?month=2026-03")
    )


def test_only_qa_draws_and_checks_and_a_month_once(desk: Desk) -> None:
    files.make_visited(desk)
    for member in (COLLECTOR, DISPATCHER, AGENT):
        assert Browser(desk, member).get(LIST).status_code == 403
    for member in (MANAGER, GENERAL_MANAGER):
        browser = Browser(desk, member)
        assert "抽取 2026" not in seen(browser.page(LIST))
        assert browser.post(LIST, MARCH).status_code == 403
    qa = Browser(desk, QA)
    assert qa.post(LIST, MARCH).status_code == 422, "the month is not over"
    assert qa.post(LIST, {"month": "2026-02"}).status_code == 422, "nothing was visited then"
    for month in ("2026-13", "", "3"):
        assert qa.post(LIST, {"month": month}).status_code == 422
    desk.clock.advance(timedelta(days=22))  # 1 April
    qa = Browser(desk, QA)
    assert "抽取 2026-03" in seen(qa.page(LIST))
    qa.done(LIST, MARCH, part=False)
    assert qa.post(LIST, MARCH).status_code == 409


def test_the_seed_is_shown_and_draws_the_same_again(desk: Desk) -> None:
    qa, items = drawn(desk)
    assert len(items) == 10
    page = qa.page(LIST)
    assert "待查 10" in seen(page)
    assert re.search(r'<dd class="code">[0-9a-f]{16}</dd>', page)
    redraw = re.search(r'href="(/desk/quality/samples/[0-9a-f-]+/redraw)"', page)
    assert redraw is not None
    assert "重新抽取的结果与记录一致" in seen(qa.page(redraw[1], part=True))
    files.make_visited(desk)
    assert "当月名单与抽取时不符" in seen(qa.page(redraw[1]))
    assert "待查样本 10" in seen(qa.page("/desk"))


def test_what_waits_is_counted_once_a_visit_and_the_oldest_month_that_has_some_is_shown(desk: Desk) -> None:
    make_quality(desk, files.make_visited(desk), "2026-02")
    qa, items = drawn(desk)
    for path, times in ((items[0], 1), (items[1], 2)):
        for _ in range(times):
            qa.done(f"{path}/check", {"id": fresh(), "verdict": "compliant"}, part=False)
    for window in (qa, Browser(desk, MANAGER)):  # who reaches everything, and who a branch
        assert "2026-03" in window.page(LIST).partition("</h1>")[0]
        page = window.page(f"{LIST}?checked=false")
        assert "2026-03" in page.partition("</h1>")[0], "February is checked"
        assert "待查 8" in seen(page)
    assert "待查样本 8" in seen(qa.page("/desk"))
    for path in items[2:]:
        qa.done(f"{path}/check", {"id": fresh(), "verdict": "compliant"}, part=False)
    assert "2026-03" in qa.page(f"{LIST}?checked=false").partition("</h1>")[0], "nothing waits: the latest"
    assert re.search(r"待查样本 \d", seen(qa.page("/desk"))) is None
    visit = files.make_visited(desk)
    with desk.installation.house.units.write() as uow:
        earlier = uow.quality_items.having(sample_id=uow.quality_samples.having(month="2026-02")[0].id)[0]
        uow.quality_items.add(dataclasses.replace(earlier, id=fresh(), visit_id=visit.id, position=2))
        uow.commit()
    assert "2026-02" in qa.page(f"{LIST}?checked=false").partition("</h1>")[0]


def test_a_check_that_contradicts_itself_is_refused_beside_the_form(desk: Desk) -> None:
    visit = files.make_visited(desk)
    item = make_quality(desk, visit, "2026-02")["item_id"]
    qa, path = Browser(desk, QA), f"{LIST}/{item}/check"
    form = {
        "id": fresh(),
        "verdict": "serious",
        "note": "录音 12:05 冒充法院",
        "breach_false_authority": "true",
    }
    for wrong in (
        {"verdict": "compliant"}, {"note": " "}, {"verdict": "perhaps"}, {"breach_false_authority": "yes"},
        {"breach_unknown": "true"}, {"void_proposed": "false"},
    ):  # fmt: skip
        assert qa.post(path, form | wrong).status_code == 422, wrong
    assert Browser(desk, MANAGER).post(path, form).status_code == 403
    assert Browser(desk, OUTSIDE_MANAGER).get(f"{LIST}/{item}").status_code == 404
    assert qa.get(f"{LIST}/{fresh()}").status_code == 404
    with desk.installation.house.units.read() as uow:
        assert len(uow.quality_checks.having(item_id=item)) == 1
        assert uow.incidents.having(visit_id=visit.id) == []


def test_a_serious_finding_opens_an_incident_and_a_proposal_goes_before_the_manager(desk: Desk) -> None:
    visit = files.make_visited(desk)
    item = make_quality(desk, visit, "2026-02")["item_id"]
    qa = Browser(desk, QA)
    form = {"id": fresh(), "verdict": "serious", "note": "照片为旧图 <b>", "breach_forged_facts": "true"}
    qa.done(f"{LIST}/{item}/check", form | {"void_proposed": "true"}, part=False)
    qa.done(f"{LIST}/{item}/check", form | {"void_proposed": "true"}, part=False)
    page = seen(qa.page(f"{LIST}/{item}"))
    assert "严重 · " in page
    assert "轻微 · " in page, "the earlier check stays"
    assert "利用PS等软件伪造事实进行催收 · 劝退" in page
    with desk.installation.house.units.read() as uow:
        (incident,) = uow.incidents.having(visit_id=visit.id)
        (flag,) = uow.evidence_flags.having(visit_id=visit.id)
    assert "照片为旧图 <b>" in incident.note
    manager = Browser(desk, MANAGER)
    assert "品管抽查后建议作废：照片为旧图 <b>" in seen(manager.page("/desk/flags"))
    assert "严重" in seen(manager.page(f"{LIST}?month=2026-02"))
    manager.done(f"/desk/flags/{flag.id}/decide", {"decision": "void", "reason": "核实无误"}, part=False)
    with desk.installation.house.units.read() as uow:
        assert uow.visits.need(visit.id).voided_at is not None


def test_a_larger_sample_asks_no_more_queries(desk: Desk) -> None:
    qa, _ = drawn(desk)
    qa.page(LIST)
    with statements_of(desk) as few:
        qa.page(f"{LIST}?limit=2")
    with statements_of(desk) as many:
        assert qa.page(LIST).count("data-row ") == 10
    assert len(many) == len(few)


def test_what_came_late_is_listed_with_its_visit(desk: Desk) -> None:
    visit = files.make_visited(desk)
    dispatcher = Browser(desk, DISPATCHER)
    assert "没有迟到的证据" in seen(dispatcher.page("/desk/evidence-late"))
    desk.clock.advance(timedelta(days=2))
    desk.ok(files.send(desk, AGENT, visit, files.photo(1)), 201)
    page = Browser(desk, DISPATCHER).page("/desk/evidence-late")
    assert f"/desk/visits/{visit.id}" in page
    assert "门口" in seen(page)
