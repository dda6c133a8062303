"""Imports at the desk: refusals first; a dry run, QA's confirmation, the findings by row, how far a file has come."""

from __future__ import annotations

import io
import re
from datetime import date

from werkzeug.test import TestResponse

from server.domain.imports import ImportKind, ImportState
from tests.conftest import Desk
from tests.desk.conftest import Browser, seen
from tests.support.builders import change, make_placement, make_repayment
from tests.support.case_builders import make_import
from tests.support.cast import COLLECTOR, DISPATCHER, IT, MANAGER, OUTSIDE_DISPATCHER, PERSONNEL, QA
from tests.support.sheets import csv_bytes, placement_row
from tests.support.statements import statements_of

LIST = "/desk/imports"


def brought(browser: Browser, content: bytes, kind: str = "placements", **fields: str) -> TestResponse:
    """The form as a browser sends it."""
    sent = {"csrf_token": browser.token, "kind": kind, "file": (io.BytesIO(content), "三月<b>.csv"), **fields}
    return browser.client.post(LIST, data=sent, content_type="multipart/form-data")


def placed(browser: Browser, *rows: dict[str, object], **fields: str) -> str:
    """The page of a file of placements that was taken."""
    answer = brought(browser, csv_bytes(rows), **fields)
    assert answer.status_code == 303, seen(answer.text)
    return answer.headers["Location"]


def cases(desk: Desk) -> int:
    with desk.installation.house.units.read() as uow:
        return len(uow.placements.having())


def objects(desk: Desk) -> list[str]:
    return list(desk.installation.house.objects.keys("imports/"))


def test_who_may_not_bring_a_file_leaves_nothing_behind(desk: Desk) -> None:
    content = csv_bytes([placement_row(1)])
    assert Browser(desk, COLLECTOR).get(LIST).status_code == 403
    for member in (COLLECTOR, MANAGER, QA):
        assert brought(Browser(desk, member), content).status_code == 403
    assert brought(Browser(desk, PERSONNEL), content).status_code == 403
    dispatcher = Browser(desk, DISPATCHER)
    assert brought(dispatcher, content, "people").status_code == 403
    assert brought(dispatcher, content, csrf_token="0" * 64).status_code == 403
    assert 'type="file"' not in Browser(desk, QA).page(LIST)
    assert objects(desk) == []


def test_a_form_that_is_none_is_refused_by_its_field(desk: Desk) -> None:
    dispatcher, content = Browser(desk, DISPATCHER), csv_bytes([placement_row(1)])
    for kind, fields in (("whistles", {}), ("placements", {"dry_run": "maybe"}), ("placements", {"x": "1"})):
        answer = brought(dispatcher, content, kind, **fields)
        assert answer.status_code == 422, (kind, fields)
    bare = dispatcher.client.post(LIST, data={"csrf_token": dispatcher.token, "kind": "placements"})
    assert bare.status_code == 422
    too_large = dispatcher.post("/desk/search", {"q": "x" * (1 << 20)})
    assert too_large.status_code == 413
    assert "没有完成" in seen(too_large.text)
    assert objects(desk) == []


def test_a_dry_run_tells_and_writes_nothing(desk: Desk) -> None:
    dispatcher = Browser(desk, DISPATCHER)
    path = placed(dispatcher, placement_row(1), dry_run="true")
    waiting = dispatcher.page(path)
    assert f'hx-get="{path}/progress"' in waiting
    assert "正在检查文件" in seen(waiting)
    part = dispatcher.get(f"{path}/progress", part=True)
    assert "HX-Refresh" not in part.headers
    desk.work()
    part = dispatcher.get(f"{path}/progress", part=True)
    assert part.headers["HX-Refresh"] == "true"
    told = seen(dispatcher.page(path))
    assert "检查通过，没有导入" in told
    assert "将写入" in told
    assert "委案 1 0" in told
    assert (cases(desk), objects(desk)) == (0, [])


def test_findings_stand_by_row_and_can_be_taken_along(desk: Desk) -> None:
    dispatcher = Browser(desk, DISPATCHER)
    path = placed(dispatcher, placement_row(1), placement_row(2, 委案金额="=1+1", 开案日期="昨天"))
    desk.work()
    told = seen(dispatcher.page(path))
    assert "没有导入：请按下列问题更正后重新上传" in told
    assert "问题（2）" in told
    assert "3 委案金额" in told
    assert "3 开案日期" in told
    answer = dispatcher.get(f"{path}/findings.csv")
    text = answer.get_data().decode("utf-8-sig")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="findings-20260310-')
    assert text.splitlines()[0] == "行,列,条款,问题,如何更正"
    assert len(text.splitlines()) == 3
    assert text.splitlines()[1].startswith("3,")
    assert Browser(desk, OUTSIDE_DISPATCHER).get(f"{path}/findings.csv").status_code == 404
    assert cases(desk) == 0


def test_qa_confirms_once_and_the_file_is_destroyed(desk: Desk) -> None:
    dispatcher = Browser(desk, DISPATCHER)
    path = placed(dispatcher, placement_row(1), placement_row(2))
    desk.work()
    assert "确认导入" not in seen(dispatcher.page(path))
    assert dispatcher.post(f"{path}/confirm").status_code == 403
    qa = Browser(desk, QA)
    assert "待确认导入 1" in seen(qa.page("/desk"))
    assert "等待品管确认" in seen(qa.page(path))
    assert "三月<b>.csv" in seen(qa.page(f"{LIST}?state=waiting"))
    qa.done(f"{path}/confirm", part=False)
    assert qa.post(f"{path}/confirm").status_code == 409
    desk.work()
    told = seen(qa.page(path))
    assert "已导入" in told
    assert "文件已销毁" in told
    assert "委案 2 0" in told
    assert (cases(desk), objects(desk)) == (2, [])
    again = placed(dispatcher, placement_row(1), placement_row(2))
    assert "内容相同的文件已导入过" in seen(dispatcher.page(again))
    assert f'href="{path}"' in dispatcher.page(again)


def test_qa_turns_a_file_down_with_the_reason(desk: Desk) -> None:
    path = placed(Browser(desk, DISPATCHER), placement_row(1))
    desk.work()
    qa = Browser(desk, QA)
    assert qa.post(f"{path}/turn-down", {"reason": ""}).status_code == 422
    qa.done(f"{path}/turn-down", {"reason": "批次不对"}, part=False)
    desk.work()
    assert "品管未确认：批次不对" in seen(qa.page(path))
    assert (cases(desk), objects(desk)) == (0, [])


def test_personnel_bring_people_and_see_their_own_files_alone(desk: Desk) -> None:
    make_import(desk)
    personnel = Browser(desk, PERSONNEL)
    assert "没有导入记录" in seen(personnel.page(LIST))
    template = personnel.get(f"{LIST}/templates/people.csv")
    assert template.status_code == 200
    assert personnel.get(f"{LIST}/templates/people.exe").status_code == 404
    answer = brought(personnel, template.get_data(), "people", dry_run="true")
    desk.work()
    assert answer.status_code == 303
    assert "人员" in seen(personnel.page(LIST))
    assert Browser(desk, IT).get(answer.headers["Location"]).status_code == 200


def test_tabs_chips_and_one_more_file_ask_no_more(desk: Desk) -> None:
    dispatcher = Browser(desk, DISPATCHER)
    make_import(desk, kind=ImportKind.REPAYMENTS, state=ImportState.APPLIED, filename="回款.csv")
    dispatcher.page(LIST)
    with statements_of(desk) as few:
        dispatcher.page(LIST)
    make_import(desk, filename="委案.csv", confirmed_by=QA.id, confirmed_at=desk.clock.now())
    with statements_of(desk) as many:
        both = seen(dispatcher.page(LIST))
    assert len(many) == len(few)
    assert "回款.csv" in both
    assert "委案.csv" in both
    only = dispatcher.page(f"{LIST}?kind=repayments&state=applied")
    assert "回款.csv" in only
    assert "委案.csv" not in only
    assert 'href="/desk/imports?state=applied"' in only


def test_an_import_is_undone_by_two_and_shows_what_stands_on_it(desk: Desk) -> None:
    placement = make_placement(desk, case_number="AJ1")
    file = make_import(desk, kind=ImportKind.REPAYMENTS, state=ImportState.APPLIED, filename="回款.csv")
    original = make_repayment(desk, placement, date(2026, 3, 5), 10_000, reference="P1", import_id=file.id)
    dispatcher, qa, path = Browser(desk, DISPATCHER), Browser(desk, QA), f"{LIST}/{file.id}/undoing"
    assert Browser(desk, COLLECTOR).get(path).status_code == 403
    assert f'href="{path}"' in dispatcher.page(f"{LIST}/{file.id}")
    free = seen(dispatcher.page(path))
    assert "没有妨碍撤回的内容" in free
    assert "回款 1 条，合计 ¥100.00" in free
    assert dispatcher.post(path, {"reason": ""}).status_code == 422
    dispatcher.done(path, {"reason": "发错了文件"}, part=False)
    assert "申请撤回" not in [b.strip() for b in re.findall(r">([^<]*)</button>", dispatcher.page(path))]
    reversal = make_repayment(
        desk, placement, date(2026, 3, 6), -10_000, reference="R1", reverses_id=original.id
    )
    kept = qa.page(path)
    assert "回款 P1 已被另一份导入的流水号 R1 冲回" in seen(kept)
    assert f'href="/desk/cases/{placement.id}"' in kept
    assert f"{path}/confirm" not in kept
    assert qa.post(f"{path}/confirm").status_code == 422
    change(desk, "repayments", reversal.id, undone_at=desk.clock.now())
    assert "发错了文件" in seen(qa.page(path))
    qa.done(f"{path}/confirm", part=False)
    assert "已整份撤回" in seen(qa.page(path))
    assert "已整份撤回" in seen(dispatcher.page(f"{LIST}/{file.id}"))


def test_who_asked_sees_no_button_to_confirm_and_qa_may_decline(desk: Desk) -> None:
    file = make_import(desk, kind=ImportKind.REPAYMENTS, state=ImportState.APPLIED)
    qa, path = Browser(desk, QA), f"{LIST}/{file.id}/undoing"
    qa.done(path, {"reason": "发错了文件"}, part=False)
    own = qa.page(path)
    assert f"{path}/confirm" not in own
    assert "申请人和确认人须为两人" in seen(own)
    assert qa.post(f"{path}/confirm").status_code == 422
    qa.done(f"{path}/turn-down", {"reason": "文件没有错"}, part=False)
    assert "可以申请撤回" in seen(qa.page(path))


def test_the_page_of_a_case_that_was_taken_back_says_with_which_file(desk: Desk) -> None:
    dispatcher, qa = Browser(desk, DISPATCHER), Browser(desk, QA)
    path = placed(dispatcher, placement_row(1), placement_row(2))
    desk.work()
    qa.done(f"{path}/confirm", part=False)
    desk.work()
    with desk.installation.house.units.read() as uow:
        (placement,) = uow.placements.having(case_number="WA000001")
    page = f"/desk/cases/{placement.id}"
    assert "已撤回" not in seen(dispatcher.page(page))
    free = seen(dispatcher.page(f"{path}/undoing"))
    assert "债务人 2 条、委案 2 条" in free
    dispatcher.done(f"{path}/undoing", {"reason": "发错了文件"}, part=False)
    qa.done(f"{path}/undoing/confirm", part=False)
    gone = dispatcher.page(page)
    assert "随导入文件 三月<b>.csv 整份撤回" in seen(gone)
    assert "发错了文件" in seen(gone)
    assert f'href="{path}"' in gone
    assert f'href="{path}"' not in Browser(desk, COLLECTOR).page(page)
    assert Browser(desk, OUTSIDE_DISPATCHER).get(page).status_code == 404
    assert dispatcher.post(f"{page}/hold", {"reason": "complaint", "note": ""}).status_code in (404, 422)
    assert "WA000001" not in dispatcher.page("/desk/cases")
