"""Papers and counterfoils at the desk: refusals first; ticked off, released, escalated, shredded (V6, V21)."""

from __future__ import annotations

from datetime import date

from admin_ui.words import Words
from server.domain.visits import Letter, Visit, VisitState
from tests.conftest import Desk
from tests.desk.conftest import Browser, seen
from tests.support import builders, plan_builders, visit_builders
from tests.support.cast import (
    ADMINISTRATION,
    AGENT,
    COLLECTOR,
    DISPATCHER,
    IT,
    MANAGER,
    OUTSIDE_DISPATCHER,
    PARTNER,
)
from tests.support.statements import statements_of

PAPERS, COUNTERFOILS = "/desk/papers", "/desk/counterfoils"


def visited(desk: Desk, number: str) -> Visit:
    placement = builders.make_placement(desk, case_number=number)
    address = builders.make_address(desk, placement)
    return builders.make_visit(
        desk, placement, address, VisitState.COMPLETED, AGENT, PARTNER,
        started_at=desk.clock.now(), ended_at=desk.clock.now(),
    )  # fmt: skip


def left(desk: Desk, number: str, on: date = date(2026, 3, 10)) -> Letter:
    return visit_builders.make_letter(
        desk, visited(desk, number), manner="门缝<b>", left_on=on, counterfoil_returned_at=None
    )


def test_who_has_nothing_to_do_with_papers_sees_none(desk: Desk) -> None:
    letter = left(desk, "AJ-1")
    paper = plan_builders.make_paper(desk, visited(desk, "AJ-2"))
    for member in (COLLECTOR, AGENT, IT):
        for path in (PAPERS, COUNTERFOILS):
            assert Browser(desk, member).get(path).status_code == 403
    administration = Browser(desk, ADMINISTRATION)
    assert administration.get(COUNTERFOILS).status_code == 403
    assert "AJ-2" not in seen(administration.page(PAPERS)), "who only shreds sees what was handed over"
    outside = Browser(desk, OUTSIDE_DISPATCHER)
    assert "AJ-1" not in seen(outside.page(COUNTERFOILS))
    for act in ("counterfoil", "escalate"):
        assert outside.post(f"/desk/letters/{letter.id}/{act}").status_code == 404
        assert Browser(desk, MANAGER).post(f"/desk/letters/{letter.id}/{act}").status_code == 403
    for act in ("return", "leave"):
        assert outside.post(f"{PAPERS}/{paper.id}/{act}").status_code == 404
    assert Browser(desk, DISPATCHER).post(f"{PAPERS}/{paper.id}/release").status_code == 403
    assert Browser(desk, DISPATCHER).post(f"{PAPERS}/{paper.id}/shred").status_code == 403


def test_counterfoils_are_ticked_off_the_longest_awaited_first(desk: Desk) -> None:
    later, earlier = left(desk, "AJ-1"), left(desk, "AJ-2", date(2026, 3, 8))
    dispatcher = Browser(desk, DISPATCHER)
    page = seen(dispatcher.page(COUNTERFOILS))
    assert page.index("AJ-2") < page.index("AJ-1")
    assert "2026-03-14 00:00 自动上报" in page
    assert "门缝<b>" in page
    assert dispatcher.post(f"/desk/letters/{earlier.id}/counterfoil").headers["Location"] == COUNTERFOILS
    assert dispatcher.post(f"/desk/letters/{earlier.id}/counterfoil").status_code == 409
    assert dispatcher.post(f"/desk/letters/{earlier.id}/escalate").status_code == 409
    listed = desk.ok(desk.get(MANAGER, "/api/v1/counterfoils"))["items"]
    assert [(one["letter_id"], one["escalates_at"]) for one in listed] == [(later.id, "2026-03-13T16:00:00Z")]


def test_the_manager_hears_of_it_before_its_days_are_over_once(desk: Desk) -> None:
    letter = left(desk, "AJ-1")
    dispatcher, path = Browser(desk, DISPATCHER), f"/desk/letters/{letter.id}/escalate"
    assert dispatcher.post(path).status_code == 303
    assert dispatcher.post(path).status_code == 409
    assert "2026-03-10 今天 12:00 已上报" in seen(dispatcher.page(COUNTERFOILS))
    with desk.installation.house.units.read() as uow:
        assert uow.inbox_messages.unread_count(MANAGER.id) == 1


def test_a_paper_goes_out_released_comes_back_and_is_shredded(desk: Desk) -> None:
    paper = plan_builders.make_paper(desk, visited(desk, "AJ-1"))
    dispatcher, manager = Browser(desk, DISPATCHER), Browser(desk, MANAGER)
    one = f"{PAPERS}/{paper.id}"
    assert "批准带出 AJ-1" in seen(manager.page(f"{PAPERS}?listed=unreleased"))
    assert manager.post(f"{one}/release").status_code == 303
    assert manager.post(f"{one}/release").status_code == 409
    assert "没有材料" in seen(manager.page(f"{PAPERS}?listed=unreleased"))
    assert Browser(desk, ADMINISTRATION).post(f"{one}/shred").status_code == 409
    assert "收回 AJ-1" in seen(dispatcher.page(f"{PAPERS}?listed=out"))
    assert dispatcher.post(f"{one}/return").headers["Location"] == f"{PAPERS}?listed=out"
    assert dispatcher.post(f"{one}/leave").status_code == 409
    administration = Browser(desk, ADMINISTRATION)
    page = administration.page(f"{PAPERS}?listed=to_shred")
    assert "AJ-1" in seen(page)
    assert f"/desk/visits/{paper.visit_id}" not in page, "a door that would not open"
    assert administration.post(f"{one}/shred").status_code == 303
    assert "已销毁" in seen(administration.page(f"{PAPERS}?listed=shredded"))


def test_a_letter_is_left_and_a_sheet_is_not(desk: Desk) -> None:
    visit = visited(desk, "AJ-1")
    letter = plan_builders.make_paper(desk, visit)
    sheet = plan_builders.make_paper(desk, visit, plan_builders.PaperKind.CASE_SHEET)
    dispatcher = Browser(desk, DISPATCHER)
    assert dispatcher.page(PAPERS).count("/leave") == 1
    assert dispatcher.post(f"{PAPERS}/{sheet.id}/leave").status_code == 422
    assert dispatcher.post(f"{PAPERS}/{letter.id}/leave").status_code == 303
    assert "已留置" in seen(dispatcher.page(f"{PAPERS}?listed=left"))


def test_longer_lists_ask_no_more(desk: Desk) -> None:
    dispatcher = Browser(desk, DISPATCHER)
    for path in (PAPERS, COUNTERFOILS):
        plan_builders.make_paper(desk, visited(desk, f"AJ-1{len(path)}"))
        left(desk, f"AJ-2{len(path)}")
        dispatcher.page(path)
        with statements_of(desk) as few:
            dispatcher.page(path)
        plan_builders.make_paper(desk, visited(desk, f"AJ-3{len(path)}"))
        left(desk, f"AJ-4{len(path)}")
        with statements_of(desk) as many:
            dispatcher.page(path)
        assert len(many) == len(few), path


def test_papers_are_released_together_each_with_its_own_outcome(desk: Desk) -> None:
    papers = [plan_builders.make_paper(desk, visited(desk, f"AJ-{number}")) for number in range(3)]
    ticked = {paper.id: "1" for paper in papers}
    for member, status in ((DISPATCHER, 403), (ADMINISTRATION, 403), (IT, 403)):
        assert Browser(desk, member).post(f"{PAPERS}/release", ticked).status_code == status
    assert f"{PAPERS}/release" not in Browser(desk, DISPATCHER).page(f"{PAPERS}?listed=unreleased")
    manager = Browser(desk, MANAGER)
    assert "没有勾选材料" in seen(manager.done(f"{PAPERS}/release", {"colour": "red"}, part=False))
    manager.done(f"{PAPERS}/{papers[1].id}/release")
    page = manager.page(f"{PAPERS}?listed=unreleased")
    assert [f'name="{paper.id}"' in page for paper in papers] == [True, False, True]
    unknown = "01234567-89ab-7def-8123-456789abcdef"
    text = seen(manager.done(f"{PAPERS}/release", {**ticked, unknown: "1"}, part=False))
    assert "已批准带出 2 份，共 4 份" in text
    assert text.index(f"AJ-1 {Words('zh').of(papers[1].kind)} 没有完成") < text.index("AJ-2 "), (
        "one released before does not stop the others"
    )
    assert "没有找到 没有完成" in text
    with desk.installation.house.units.read() as uow:
        kept = uow.papers.by_ids(ticked)
    assert {paper.released_by for paper in kept.values()} == {MANAGER.id}
    assert sorted(paper.version for paper in kept.values()) == [2, 2, 2]
    again = seen(manager.done(f"{PAPERS}/release", ticked, part=False))
    assert "已批准带出 0 份，共 3 份" in again


def test_counterfoils_and_papers_come_back_in_one_go_each_with_its_own_outcome(desk: Desk) -> None:
    foils = [left(desk, f"AJ-{number}") for number in range(3)]
    papers = [plan_builders.make_paper(desk, visited(desk, f"AJ-{number}")) for number in range(3, 6)]
    unknown = "01234567-89ab-7def-8123-456789abcdef"
    dispatcher = Browser(desk, DISPATCHER)
    for path, one, rows, list_, told in (
        (f"{COUNTERFOILS}/receive", "/desk/letters/{}/counterfoil", foils, COUNTERFOILS, "已交回留存联"),
        (f"{PAPERS}/return", f"{PAPERS}/{{}}/return", papers, f"{PAPERS}?listed=out", "已收回"),
    ):
        ticked = {row.id: "1" for row in rows}
        for member in (MANAGER, ADMINISTRATION, IT):
            assert Browser(desk, member).post(path, ticked).status_code == 403
            assert path not in Browser(desk, member).get(list_).text
        outside = seen(Browser(desk, OUTSIDE_DISPATCHER).done(path, ticked, part=False))
        assert f"{told} 0 份，共 3 份" in outside
        assert "AJ-" not in outside, "a ticked row out of reach tells nothing of its case (S13)"
        assert "没有勾选材料" in seen(dispatcher.done(path, {"colour": "red"}, part=False))
        page = dispatcher.page(list_)
        assert path in page
        assert all(f'name="{row.id}"' in page for row in rows)
        dispatcher.done(one.format(rows[1].id), part=False)
        text = seen(dispatcher.done(path, {**ticked, unknown: "1"}, part=False))
        assert f"{told} 2 份，共 4 份" in text
        assert path == f"{COUNTERFOILS}/receive" or f"AJ-3 {Words('zh').of(papers[0].kind)}" in text
        assert text.count("没有完成") == 2, "who was handed over before, and who there is not, stop nobody"
        assert not any(f'name="{row.id}"' in dispatcher.page(list_) for row in rows)
        assert f"{told} 0 份，共 3 份" in seen(dispatcher.done(path, ticked, part=False))
    with desk.installation.house.units.read() as uow:
        letters = uow.letters.by_ids(one.id for one in foils).values()
        back = uow.papers.by_ids(one.id for one in papers).values()
    assert {(one.counterfoil_received_by, one.counterfoil_returned_at) for one in letters} == {
        (DISPATCHER.id, desk.clock.now())
    }
    assert {(one.received_by, one.returned_at) for one in back} == {(DISPATCHER.id, desk.clock.now())}
