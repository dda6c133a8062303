"""Any list as a file: refusals first; as on the page, masked, formula-safe, encrypted, logged (S11)."""

from __future__ import annotations

import csv
import dataclasses
import io
import re
from html import unescape

import openpyxl
import pytest
from werkzeug.test import TestResponse

from admin_ui.page import LISTS
from admin_ui.shown_rows import read_table
from api_schemas.desk_month import PLOTS
from server.services.ports.paging import PageRequest
from tests.conftest import Desk
from tests.desk.conftest import Browser, seen
from tests.desk.test_requests import waiting
from tests.house.world import build_world
from tests.support import evidence as files
from tests.support import visit_builders
from tests.support.cast import AGENT, COLLECTOR, DISPATCHER, IT, MANAGER, OUTSIDE_MANAGER, QA
from tests.support.packs import opened
from tests.support.paid import Paid

BOX = 'action="/desk/export"'
EXPORT = "/desk/export"
FORM = {
    "path": "/desk/requests", "query": "state=filed", "extent": "all", "ending": "csv", "purpose": "月度核对",
}  # fmt: skip


def password_of(browser: Browser) -> str:
    """That of the newest file, among the unread messages."""
    found = re.search(r'<p class="message-text small">([^<]+)</p>', browser.page("/desk"))
    assert found is not None
    return found[1].replace("&amp;", "&")


def taken(browser: Browser, **changes: str) -> tuple[str, bytes]:
    """The table in the archive: its name and its bytes."""
    answer = browser.post(EXPORT, FORM | changes)
    assert answer.status_code == 200, seen(answer.text)
    ((name, content),) = opened(answer.get_data(), password_of(browser)).items()
    return name, content


def lines(content: bytes) -> list[str]:
    return content.decode("utf-8-sig").splitlines()


def test_who_may_not_has_no_button_and_is_refused(desk: Desk) -> None:
    waiting(desk)
    for member in (DISPATCHER, COLLECTOR):
        browser = Browser(desk, member)
        assert EXPORT not in browser.page("/desk/requests")
        assert browser.post(EXPORT, FORM).status_code == 403
    it = Browser(desk, IT)
    assert it.post(EXPORT, FORM).status_code == 403, "IT exports what IT may read, and no requests"
    assert EXPORT in Browser(desk, MANAGER).page("/desk/requests")


@pytest.mark.parametrize(
    "wrong",
    [{"purpose": " "}, {"extent": "some"}, {"ending": "exe"}, {"query": "state=nonsense"}, {"query": "colour=red"},
     {"path": "/desk/requests/../account"}, {"path": "//evil.example"}, {"query": "limit=0", "extent": "page"},
     {"extra": "1"}],
)  # fmt: skip
def test_a_form_that_is_none_is_refused(desk: Desk, wrong: dict[str, str]) -> None:
    waiting(desk)
    assert Browser(desk, MANAGER).post(EXPORT, FORM | wrong).status_code == 422


def test_what_is_no_list_or_has_no_row_makes_no_file(desk: Desk) -> None:
    manager = Browser(desk, MANAGER)
    assert manager.post(EXPORT, FORM | {"path": "/desk/account"}).status_code == 404
    for nothing in ({}, {"extent": "chosen", "chosen": "/desk/requests/none"}):
        assert manager.post(EXPORT, FORM | nothing).status_code == 422
    assert BOX not in manager.page("/desk/requests?state=filed"), "an empty list offers no file"
    waiting(desk)
    assert BOX in manager.page("/desk/requests?state=filed")
    assert Browser(desk, OUTSIDE_MANAGER).post(EXPORT, FORM).status_code == 422, "out of reach"
    with desk.installation.house.units.read() as uow:
        assert uow.inbox_messages.having(kind="list_exported") == []


def test_all_is_more_than_the_page_and_stands_as_it_is_shown(desk: Desk) -> None:
    numbers = {waiting(desk, note="=1+1")[0].case_number for _ in range(5)}
    manager = Browser(desk, MANAGER)
    shown = read_table(manager.page("/desk/requests?state=filed"))
    name, content = taken(manager, query="state=filed&limit=2")
    assert re.fullmatch(r"requests-20260310-1200\.csv", name)
    told = lines(content)
    assert told[0].split(",")[0] == "案件"
    assert {line.split(",")[0] for line in told[1:]} == numbers
    assert {row.cells[shown.headings.index("案件")] for row in shown.rows} == numbers
    assert len(lines(taken(manager, query="state=filed&limit=2", extent="page")[1])) == 3
    with desk.installation.house.units.read() as uow:
        entries = uow.trail.following("list.exported", 0, 10)
    assert [line.purpose for line in entries] == ["月度核对"] * 2
    assert entries[0].detail["rows"] == 5


def test_the_ticked_rows_alone_as_a_workbook_of_texts(desk: Desk) -> None:
    requests = [waiting(desk)[2] for _ in range(3)]
    chosen = " ".join(f"/desk/requests/{request.id}" for request in requests[:2])
    name, content = taken(Browser(desk, MANAGER), extent="chosen", chosen=chosen, ending="xlsx", query="")
    assert name.endswith(".xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert len(rows) == 3
    assert all(isinstance(cell, str) for row in rows for cell in row if cell is not None)
    assert all(cell.data_type == "s" for row in sheet.iter_rows() for cell in row if cell.value is not None)


def test_what_is_typed_like_a_formula_is_text_in_the_file(desk: Desk) -> None:
    visit_builders.make_incident(desk, files.make_visited(desk), note="=HYPERLINK(1)")
    _, content = taken(Browser(desk, MANAGER), path="/desk/incidents", query="")
    (line,) = lines(content)[1:]
    assert "=HYPERLINK(1)" in line
    assert not any(cell.strip('"').startswith("=") for cell in line.split(","))


def test_every_list_of_the_desk_can_be_taken_by_who_may_read_it(desk: Desk) -> None:
    build_world(desk)
    assert len(LISTS) > 8
    browsers = [Browser(desk, member) for member in (MANAGER, QA, IT)]
    for path in LISTS:
        answers = [browser.post(EXPORT, FORM | {"path": path, "query": ""}) for browser in browsers]
        assert all(good(answer) for answer in answers), (path, [answer.status_code for answer in answers])


def good(answer: TestResponse) -> bool:
    """A file, or words that say why there is none."""
    return answer.status_code in (200, 403) or (
        answer.status_code == 422 and "没有可以导出的行" in answer.text
    )


def test_each_plot_of_a_months_figures_is_a_list_and_a_file(desk: Desk) -> None:
    case = Paid(desk)
    with desk.installation.house.units.write() as uow:
        uow.accounts.save(dataclasses.replace(uow.accounts.need(AGENT.id), display_name="=1+1"))
        uow.commit()
    manager, address = Browser(desk, MANAGER), "/desk/figures/table"
    assert Browser(desk, IT).get(address).status_code == 403
    assert manager.get(f"{address}?plot=share").status_code == 422
    page = manager.page("/desk/figures?month=2026-03")
    plots = re.findall(r'href="(/desk/figures/table\?[^"]+)"', page)
    assert sorted(re.findall(r"plot=([a-z]+)", " ".join(plots))) == sorted(set(PLOTS) - {"errors"}), (
        "errors have a table once there are any"
    )
    for plot in (unescape(one) for one in plots):
        query = plot.partition("?")[2]
        shown = read_table(manager.page(plot))
        assert shown.rows, plot
        asked = {"path": address, "query": query}
        name, content = taken(manager, **asked)
        assert re.fullmatch(r"table-20260310-1200\.csv", name)
        assert content.startswith(b"\xef\xbb\xbf"), "a BOM, or a spreadsheet reads the Chinese wrongly"
        told = list(csv.reader(lines(content)))
        assert told[0] == shown.headings
        assert len(told) == len(shown.rows) + 1
        if "plot=agents" in plot:
            assert "'=1+1" in [row[0] for row in told], "a name is no formula"
        sheet = openpyxl.load_workbook(io.BytesIO(taken(manager, **asked, ending="xlsx")[1])).active
        assert sheet is not None
        assert sheet.max_row == len(told)
    with desk.installation.house.units.read() as uow:
        trail = uow.trail.page(PageRequest(limit=200), subject_id=None, actor_id=MANAGER.id).items
    exported = [line for line in trail if line.action == "list.exported"]
    assert len(exported) == 2 * len(plots)
    assert {line.purpose for line in exported} == {"月度核对"}
    assert case.met.id not in page
