"""Authorisations and visit sheets given out: refusals first, once each, printed without a debtor (V10, V21)."""

from __future__ import annotations

import re

from server.domain.visits import Paper, PaperKind, Visit, VisitState
from server.services.ports.paging import PageRequest
from tests.conftest import Desk
from tests.desk.conftest import Browser, seen
from tests.desk.test_board import Day, waiting
from tests.support import builders
from tests.support.cast import AGENT, COLLECTOR, DISPATCHER, MANAGER, OUTSIDE_DISPATCHER, PARTNER, QA
from tests.support.statements import statements_of

GIVEN = {"kind": "authorisation", "purpose": "送达<b>还款提醒函</b>"}


def held(desk: Desk, *visits: Visit) -> list[Paper]:
    with desk.installation.house.units.read() as uow:
        return uow.papers.having_any("visit_id", [visit.id for visit in visits])


def planned(desk: Desk, browser: Browser, count: int) -> tuple[Day, list[Visit]]:
    """A draft of tomorrow with so many visits on its one team."""
    day = Day(desk, browser)
    visits = [waiting(desk) for _ in range(count)]
    for visit in visits:
        assert day.place(visit) == 303
    return day, visits


def test_papers_are_given_out_by_the_dispatcher_of_the_branch_alone(desk: Desk) -> None:
    day, visits = planned(desk, Browser(desk, DISPATCHER), 1)
    paths = (f"{day.path}/papers", f"/desk/visits/{visits[0].id}/papers")
    for member, status in (
        (AGENT, 403),
        (COLLECTOR, 403),
        (QA, 403),
        (MANAGER, 403),
        (OUTSIDE_DISPATCHER, 404),
    ):
        browser = Browser(desk, member)
        for path in paths:
            assert browser.get(path).status_code == status, (member.username, path)
            assert browser.post(path, GIVEN).status_code == status, (member.username, path)
    assert held(desk, *visits) == []


def test_a_letter_an_unknown_kind_and_no_purpose_are_refused(desk: Desk, dispatcher: Browser) -> None:
    day, visits = planned(desk, dispatcher, 1)
    for wrong in (
        {"kind": "letter"},
        {"kind": "cheque"},
        {"purpose": " "},
        {"purpose": "长" * 301},
        {"more": "1"},
    ):
        assert dispatcher.post(f"{day.path}/papers", GIVEN | wrong).status_code == 422, wrong
    assert held(desk, *visits) == []


def test_nothing_is_given_out_for_a_visit_that_is_over(desk: Desk, dispatcher: Browser) -> None:
    placement = builders.make_placement(desk)
    over = builders.make_visit(
        desk, placement, builders.make_address(desk, placement), VisitState.COMPLETED, AGENT, PARTNER,
        started_at=desk.clock.now(), ended_at=desk.clock.now(),
    )  # fmt: skip
    path = f"/desk/visits/{over.id}/papers"
    assert "没有待外访的案件" in seen(dispatcher.page(path))
    dispatcher.done(path, GIVEN)
    assert held(desk, over) == []


def test_each_visit_has_one_of_a_kind_until_it_is_back(desk: Desk, dispatcher: Browser) -> None:
    day, visits = planned(desk, dispatcher, 2)
    path = f"{day.path}/papers"
    for _ in range(2):
        dispatcher.done(path, GIVEN)
    dispatcher.done(path, {"kind": "case_sheet", "purpose": "当日外访"})
    kinds = sorted((paper.visit_id, paper.kind.value) for paper in held(desk, *visits))
    assert kinds == sorted((visit.id, kind) for visit in visits for kind in ("authorisation", "case_sheet"))
    (spoilt,) = [one for one in held(desk, visits[0]) if one.kind is PaperKind.AUTHORISATION]
    dispatcher.done(f"/desk/papers/{spoilt.id}/return", {}, part=False)
    dispatcher.done(f"/desk/visits/{visits[0].id}/papers", GIVEN)
    again = [one for one in held(desk, visits[0]) if one.kind is PaperKind.AUTHORISATION]
    assert len(again) == 2
    assert len([one for one in held(desk, visits[1]) if one.kind is PaperKind.AUTHORISATION]) == 1
    printed = dispatcher.page(f"/desk/visits/{visits[0].id}/papers")
    assert printed.count(' id="authorisation-') == 1, "the spoilt one is not printed"


def test_an_authorisation_names_team_case_and_purpose_and_no_debtor(desk: Desk, dispatcher: Browser) -> None:
    day, visits = planned(desk, dispatcher, 1)
    dispatcher.done(f"{day.path}/papers", GIVEN)
    page = dispatcher.page(f"{day.path}/papers")
    (paper,) = held(desk, *visits)
    with desk.installation.house.units.read() as uow:
        placement = uow.placements.need(visits[0].placement_id)
        debtor = uow.debtors.need(placement.debtor_id)
        address = uow.addresses.need(visits[0].address_id)
        lines = uow.trail.page(PageRequest(), subject_id=None, actor_id=DISPATCHER.id).items
    sheet = seen(page.partition('<section class="paper letter"')[2])
    for told in (AGENT.name, PARTNER.name, placement.case_number, GIVEN["purpose"], "存根", "专案专用"):
        assert told in sheet
    number = paper.id[24:].upper()
    assert len(re.findall(number, sheet)) == 2, "on the paper and on its counterfoil"
    for hidden in (debtor.name, debtor.id_number, address.detail or address.text):
        assert hidden not in sheet
    assert "<b>还款" not in page
    printed = [line.detail for line in lines if line.action == "authorisation.printed"]
    assert printed == [{"ids": [visits[0].id]}]


def test_an_authorisation_is_in_chinese_whoever_prints_it(desk: Desk, dispatcher: Browser) -> None:
    day, _ = planned(desk, dispatcher, 1)
    dispatcher.done(f"{day.path}/papers", GIVEN)
    opening = '<section class="paper letter" lang="zh-CN"'
    chinese = dispatcher.page(f"{day.path}/papers").partition(opening)[2].partition("</section>")[0]
    dispatcher.client.set_cookie("desk_language", "en", path="/desk")
    page = dispatcher.page(f"{day.path}/papers")
    assert "Print the authorisations" in seen(page)
    assert "专案专用" in chinese
    assert page.partition(opening)[2].partition("</section>")[0] == chinese


def test_more_visits_ask_no_more_questions(desk: Desk, dispatcher: Browser) -> None:
    counted = []
    day, _ = planned(desk, dispatcher, 1)
    for _ in range(2):
        dispatcher.done(f"{day.path}/papers", GIVEN)
        dispatcher.page(f"{day.path}/papers")
        with statements_of(desk) as asked:
            dispatcher.page(f"{day.path}/papers")
        counted.append(len(asked))
        for visit in [waiting(desk) for _ in range(4)]:
            assert day.place(visit) == 303
    assert counted[0] == counted[1]
