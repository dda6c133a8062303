"""Evidence packs at the desk: refusals first; two names, two halves, how far it is, the register."""

from __future__ import annotations

import re

from tests.conftest import Desk
from tests.desk.conftest import Browser, seen
from tests.support import evidence as files
from tests.support.cast import AGENT, COLLECTOR, DISPATCHER, IT, MANAGER, OUTSIDE_DISPATCHER, QA
from tests.support.packs import asked, opened
from tests.support.statements import statements_of

LIST = "/desk/packs"


def photographed(desk: Desk) -> tuple[str, str]:
    """A visit with a photo: its id, and the number of its case."""
    visit = files.make_visited(desk)
    desk.ok(files.send(desk, AGENT, visit, files.photo(1)), 201)
    with desk.installation.house.units.read() as uow:
        return visit.id, uow.placements.need(visit.placement_id).case_number


def form(page: str, **changes: str) -> dict[str, str]:
    """The form as it stands on the page, filled in."""
    hidden = dict(re.findall(r'<input type="hidden" name="(id|placement_id)" value="([^"]+)">', page))
    return hidden | {"recipient": "police", "recipient_name": "郑州市公安局 <b>", "purpose": "立案"} | changes


def proposed(desk: Desk) -> str:
    """The page of a pack of a visit that the dispatcher asked for."""
    visit_id, number = photographed(desk)
    browser = Browser(desk, DISPATCHER)
    page = browser.page(f"{LIST}/new?case_number={number}&visit_id={visit_id}")
    answer = browser.post(LIST, form(page, visit_id=visit_id))
    assert answer.status_code == 303, seen(answer.text)
    return answer.headers["Location"]


def test_who_is_neither_post_or_out_of_reach_gets_no_pack(desk: Desk) -> None:
    visit_id, number = photographed(desk)
    for member in (MANAGER, QA):
        browser = Browser(desk, member)
        assert browser.get(f"{LIST}/new?case_number={number}").status_code == 403
        assert "/desk/packs/new" not in browser.page(LIST)
        assert browser.post(LIST, {"recipient": "police"}).status_code == 403
    assert Browser(desk, COLLECTOR).get(LIST).status_code == 403
    outside = Browser(desk, OUTSIDE_DISPATCHER)
    assert outside.get(f"{LIST}/new?case_number={number}").status_code == 404
    page = Browser(desk, DISPATCHER).page(f"{LIST}/new?case_number={number}")
    assert outside.post(LIST, form(page, visit_id=visit_id)).status_code == 404
    assert outside.post(LIST, form(page)).status_code == 404
    dispatcher = Browser(desk, DISPATCHER)
    for wrong in ({"recipient": "neighbours"}, {"purpose": " "}, {"recipient_name": ""}, {"visit_id": "x"}):
        assert dispatcher.post(LIST, form(page) | wrong).status_code == 422, wrong
    assert dispatcher.get(f"{LIST}/new?case_number=NO-SUCH").status_code == 404


def test_one_person_gives_no_two_names(desk: Desk) -> None:
    path = proposed(desk)
    dispatcher = Browser(desk, DISPATCHER)
    assert "等待 IT 确认" in seen(dispatcher.page(path))
    assert f"{path}/confirm" not in dispatcher.page(path)
    assert dispatcher.post(f"{path}/confirm").status_code == 422
    it = Browser(desk, IT)
    assert it.get(f"{path}/content").status_code == 409
    assert it.post(f"{path}/decline", {"reason": ""}).status_code == 422
    it.done(f"{path}/decline", {"reason": "用途不清"}, part=False)
    assert "用途不清" in seen(dispatcher.page(path))
    assert it.post(f"{path}/confirm").status_code == 409


def test_file_and_password_go_by_two_people(desk: Desk) -> None:
    path = proposed(desk)
    dispatcher, it = Browser(desk, DISPATCHER), Browser(desk, IT)
    it.done(f"{path}/confirm", part=False)
    waiting = it.page(path)
    assert f'hx-get="{path}/progress"' in waiting
    assert "HX-Refresh" not in it.get(f"{path}/progress", part=True).headers
    desk.work()
    assert it.get(f"{path}/progress", part=True).headers["HX-Refresh"] == "true"
    taken = dispatcher.get(f"{path}/content")
    assert taken.status_code == 200
    content = taken.get_data()
    taken.close()
    assert dispatcher.post(f"{path}/password").status_code == 422
    told = dispatcher.page(path)
    assert f"{path}/password" not in told
    assert "您已取得文件" in seen(told)
    shown = it.done(f"{path}/password")
    password = re.search(r'<p class="code figure">([^<]+)</p>', shown)
    assert password is not None
    assert "manifest.json" in opened(content, password[1].replace("&amp;", "&"))
    assert it.get(f"{path}/content").status_code == 422
    assert f"{path}/content" not in it.page(path)
    assert "--sha256" in it.page(path)


def test_the_whole_case_is_one_pack_and_the_same_form_makes_one(desk: Desk) -> None:
    _, number = photographed(desk)
    browser = Browser(desk, IT)
    page = browser.page(f"{LIST}/new?case_number={number}")
    assert "整个案件：1 次外访，1 个文件" in seen(page)
    first, second = browser.post(LIST, form(page)), browser.post(LIST, form(page))
    assert first.headers["Location"] == second.headers["Location"]
    assert "整个案件" in seen(browser.page(LIST))
    assert browser.page(LIST).count("data-row ") == 1
    assert "没有证据包" in seen(browser.page(f"{LIST}?state=ready"))


def test_the_register_is_taken_as_a_table(desk: Desk) -> None:
    proposed(desk)
    qa = Browser(desk, QA)
    text = qa.get(f"{LIST}/register.csv").get_data().decode("utf-8-sig")
    assert "郑州市公安局 <b>" in text
    assert qa.get(f"{LIST}/register.xlsx").get_data()[:2] == b"PK"
    assert "郑州市公安局 <b>" in seen(qa.page(LIST))


def test_a_longer_register_asks_no_more_queries(desk: Desk) -> None:
    def ask() -> None:
        visit_id, _ = photographed(desk)
        desk.ok(desk.post(DISPATCHER, "/api/v1/evidence-packs", asked(visit_id=visit_id)), 201)

    ask()
    browser = Browser(desk, DISPATCHER)
    browser.page(LIST)
    with statements_of(desk) as few:
        browser.page(LIST)
    ask()
    ask()
    with statements_of(desk) as many:
        assert browser.page(LIST).count("data-row ") == 3
    assert len(many) == len(few)
