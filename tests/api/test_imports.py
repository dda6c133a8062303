"""Imports by file: S20's two posts, dry runs, all or nothing, the same file twice, W4's question, S5 and S6."""

from __future__ import annotations

import sqlite3
from datetime import date, datetime
from typing import Any

import pytest

from server.domain.placements import Placement
from server.services.ports.paging import PageRequest
from tests.conftest import Desk
from tests.support.builders import identity_number, make_placement
from tests.support.cast import (
    COLLECTOR,
    DISPATCHER,
    IT,
    MANAGER,
    OUTSIDE_DISPATCHER,
    OUTSIDE_MANAGER,
    PERSONNEL,
    QA,
)
from tests.support.sheets import bring, csv_bytes, placement_row, places, upload, xlsx_bytes


def confirm(desk: Desk, import_id: str) -> dict[str, Any]:
    desk.ok(desk.post(QA, f"/api/v1/imports/{import_id}/confirm"), 202)
    desk.work()
    shown: dict[str, Any] = desk.ok(desk.get(QA, f"/api/v1/imports/{import_id}"))
    return shown


def import_placements(desk: Desk, *rows: dict[str, object]) -> dict[str, Any]:
    waiting = bring(desk, "placements", rows)
    if waiting["file"]["state"] != "waiting":
        return waiting
    return confirm(desk, waiting["file"]["id"])


def case(desk: Desk, case_number: str) -> list[Placement]:
    with desk.installation.house.units.read() as uow:
        return sorted(uow.placements.having(case_number=case_number), key=lambda p: p.opened_on)


def objects_left(desk: Desk) -> list[str]:
    return list(desk.installation.house.objects.keys("imports/"))


# who may


@pytest.mark.parametrize("member", [COLLECTOR, MANAGER, QA])
def test_only_a_dispatcher_uploads(desk: Desk, member: Any) -> None:
    answer = upload(desk, "placements", csv_bytes([placement_row(1)]), by=member)
    desk.refused(answer, 403, "forbidden")
    assert objects_left(desk) == []


def test_people_come_through_personnel_and_cases_do_not(desk: Desk) -> None:
    desk.refused(upload(desk, "people", b"x", by=DISPATCHER), 403, "forbidden")
    desk.refused(upload(desk, "placements", b"x", by=PERSONNEL), 403, "forbidden")


def test_a_dispatcher_does_not_confirm_and_qa_confirms_once(desk: Desk) -> None:
    waiting = bring(desk, "placements", [placement_row(1)])
    path = f"/api/v1/imports/{waiting['file']['id']}/confirm"
    assert waiting["file"]["state"] == "waiting"
    assert case(desk, "WA000001") == []
    desk.refused(desk.post(DISPATCHER, path), 403, "forbidden")
    assert confirm(desk, waiting["file"]["id"])["file"]["state"] == "applied"
    assert len(case(desk, "WA000001")) == 1
    desk.refused(desk.post(QA, path), 409, "wrong_state")


def test_qa_turns_a_file_down_and_it_is_destroyed(desk: Desk) -> None:
    waiting = bring(desk, "placements", [placement_row(1)])
    path = f"/api/v1/imports/{waiting['file']['id']}/turn-down"
    desk.refused(desk.post(DISPATCHER, path, {"reason": "批次不对"}), 403, "forbidden")
    shown = desk.ok(desk.post(QA, path, {"reason": "批次不对"}))
    assert shown["file"]["state"] == "refused"
    assert places(shown) == [(1, None, "import_turned_down")]
    desk.refused(desk.post(QA, path, {"reason": "批次不对"}), 409, "wrong_state")
    desk.work()
    assert objects_left(desk) == []
    assert case(desk, "WA000001") == []


def test_another_branch_neither_sees_an_import_nor_brings_in_rows_of_this_one(desk: Desk) -> None:
    waiting = bring(desk, "placements", [placement_row(1)])
    path = f"/api/v1/imports/{waiting['file']['id']}"
    for member in (OUTSIDE_DISPATCHER, OUTSIDE_MANAGER):
        desk.refused(desk.get(member, path), 404, "not_found")
        assert desk.ok(desk.get(member, "/api/v1/imports"))["items"] == []
    foreign = bring(desk, "placements", [placement_row(2)], by=OUTSIDE_DISPATCHER)
    assert (2, "分公司", "import_reference_unknown") in places(foreign)
    make_placement(desk, case_number="EIGEN")
    row = {"案件编号": "EIGEN", "电话": "13800001234", "机主": "亲属"}
    assert places(bring(desk, "phones", [row], by=OUTSIDE_DISPATCHER)) == [
        (2, "案件编号", "import_reference_unknown")
    ]


# what is refused


def test_problems_are_told_by_row_and_column_and_nothing_is_stored(desk: Desk) -> None:
    wrong = [
        placement_row(1, 开案日期="2026-02-30", 委案金额="0"),
        placement_row(2, 身份证号="110105194912310021", 法务工号="N-nobody"),
        placement_row(3, 委托方="没有的银行", 债务人电话="123"),
        placement_row(4, 退案日期="2026-02-28", 卡号="6222020000001234"),
        placement_row(5, 债务人姓名=""),
        placement_row(6),
        placement_row(6),
    ]
    shown = bring(desk, "placements", wrong)
    assert shown["file"]["state"] == "refused"
    assert places(shown) == [
        (2, "委案金额", "import_cell_invalid"),
        (2, "开案日期", "import_cell_invalid"),
        (3, "身份证号", "import_cell_invalid"),
        (4, "债务人电话", "import_cell_invalid"),
        (5, "卡号", "import_cell_invalid"),
        (6, "债务人姓名", "import_cell_empty"),
    ]
    assert "110105194912310021" not in str(shown)
    assert case(desk, "WA000006") == []
    assert shown["file"]["destroyed_at"] is not None


def test_references_dates_and_repeated_rows_are_told_too(desk: Desk) -> None:
    shown = bring(
        desk,
        "placements",
        [
            placement_row(1, 法务工号="N-nobody", 项目="没有的项目"),
            placement_row(2, 委托方="没有的银行"),
            placement_row(3, 退案日期="2026-02-28"),
            placement_row(4),
            placement_row(4, 身份证号=identity_number(5)),
        ],
        dry_run=True,
    )
    assert sorted(places(shown)) == [
        (2, "法务工号", "import_reference_unknown"),
        (2, "项目", "import_reference_unknown"),
        (3, "委托方", "import_reference_unknown"),
        (4, "退案日期", "import_dates_contradict"),
        (6, "案件编号", "import_row_twice"),
    ]


def test_unknown_missing_and_repeated_headers_are_refused(desk: Desk) -> None:
    row = placement_row(1, 备注="x")
    del row["批次"]
    shown = bring(desk, "placements", [row])
    assert places(shown) == [
        (1, "备注", "import_header_unknown"),
        (1, "批次", "import_header_missing"),
    ]
    twice = csv_bytes([placement_row(1)]).replace("批次".encode(), "项目".encode(), 1)
    opened = desk.ok(upload(desk, "placements", twice), 202)
    desk.work()
    shown = desk.ok(desk.get(DISPATCHER, f"/api/v1/imports/{opened['file']['id']}"))
    assert (1, "项目", "import_header_twice") in places(shown)


@pytest.mark.parametrize(
    ("content", "filename"),
    [
        (b"", "rows.csv"),
        (b"PK\x03\x04 no book", "rows.xlsx"),
        (csv_bytes([placement_row(1)]), "rows.xlsx"),
        (csv_bytes([placement_row(1)]), "rows.exe"),
        (xlsx_bytes([placement_row(1)])[:900], "rows.xlsx"),
        (b"\xff\xfe\x00\x81\x30", "rows.csv"),
    ],
)
def test_what_is_no_table_is_refused_with_the_reason(desk: Desk, content: bytes, filename: str) -> None:
    desk.ok(upload(desk, "placements", content, filename=filename), 202)
    desk.work()
    newest = desk.ok(desk.get(DISPATCHER, "/api/v1/imports"))["items"][0]
    assert newest["state"] == "refused"
    shown = desk.ok(desk.get(DISPATCHER, f"/api/v1/imports/{newest['id']}"))
    assert {code for _, _, code in places(shown)} <= {"import_file_refused", "import_empty"}
    assert objects_left(desk) == []


def test_a_form_that_is_wrong_is_refused_with_the_field(desk: Desk) -> None:
    content = csv_bytes([placement_row(1)])
    for form, field in (({"dry_run": "maybe"}, "dry_run"), ({"more": "x"}, "more")):
        body = desk.refused(upload(desk, "placements", content, form=form), 422, "invalid_input")
        assert body["errors"][0]["field"] == field
    body = desk.refused(upload(desk, "fairy_tales", content), 422, "invalid_input")
    assert body["errors"][0]["field"] == "kind"
    answer = desk.request("POST", DISPATCHER, "/api/v1/imports", data={"kind": "placements"})
    assert desk.refused(answer, 422, "invalid_input")["errors"][0]["field"] == "file"
    assert objects_left(desk) == []


def test_a_file_over_the_limit_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.web.import_forms.LARGEST_FILE", 1000)
    desk.refused(upload(desk, "placements", b"x" * 1001), 413, "body_too_large")
    desk.refused(upload(desk, "placements", b"x" * 200_000), 413, "body_too_large")
    assert objects_left(desk) == []


def test_one_bad_row_of_ten_thousand_stores_nothing_and_is_named(desk: Desk) -> None:
    make_placement(desk, case_number="VIELE")
    rows = [
        {"案件编号": "VIELE", "承诺日期": "2026-03-01", "承诺还款日期": "2026-03-15", "承诺金额": f"{n}.00",
         "电话承诺": "是", "有能力还款": "是"}
        for n in range(1, 10_001)
    ]  # fmt: skip
    rows[7_654]["承诺还款日期"] = "2026-02-31"
    shown = bring(desk, "promises", rows)
    assert places(shown) == [(7_656, "承诺还款日期", "import_cell_invalid")]
    assert shown["file"]["state"] == "refused"
    with desk.installation.house.units.read() as uow:
        assert uow.promises.having() == []


def test_every_problem_is_counted_and_a_thousand_are_told(desk: Desk) -> None:
    make_placement(desk, case_number="VIELE")
    rows = [{"案件编号": "VIELE", "电话": "123", "机主": "亲属"} for _ in range(1_001)]
    shown = bring(desk, "phones", rows)
    assert shown["problems"]["total"] == 1_001
    assert len(shown["problems"]["items"]) == 1_000


# what is taken


def test_a_dry_run_says_what_would_be_written_and_writes_nothing(desk: Desk) -> None:
    shown = bring(desk, "placements", [placement_row(1, 债务人电话="13800001234")], dry_run=True)
    assert shown["file"]["state"] == "checked"
    assert shown["progress"] == {"done": 2, "total": 2}  # read, then prepared
    assert shown["created"] == {"debtors": 1, "placements": 1, "phones": 1}
    assert case(desk, "WA000001") == []
    assert shown["file"]["destroyed_at"] is not None
    assert objects_left(desk) == []


def test_placements_come_with_debtor_addresses_and_phones(desk: Desk) -> None:
    shown = import_placements(
        desk,
        placement_row(
            1, 卡号="4532015112830366", 户籍地址="河南省原阳县福宁集镇建设路1号", 家庭地址="郑州市原阳县某处",
            债务人电话="138-0000 1234", 债务人电话2="+86 13800001234",
        ),
    )  # fmt: skip
    assert shown["file"]["state"] == "applied"
    assert shown["created"] == {"debtors": 1, "placements": 1, "addresses": 2, "phones": 2}
    [warning] = shown["warnings"]["items"]
    assert (warning["row"], warning["column"], warning["code"]) == (
        2,
        "家庭地址",
        "import_address_unresolved",
    )
    [placement] = case(desk, "WA000001")
    with desk.installation.house.units.read() as uow:
        assert uow.debtors.need(placement.debtor_id).id_number == identity_number(1)
        household, home = uow.addresses.having(debtor_id=placement.debtor_id)
        if household.kind != "household":
            household, home = home, household
        assert household.normalized == "河南省新乡市原阳县福宁集镇建设路1号"
        assert (home.county_code, home.text) == ("", "郑州市原阳县某处")
        phones = uow.phones.having(debtor_id=placement.debtor_id)
        assert {phone.number for phone in phones} == {"13800001234"}
        assert len([phone for phone in phones if phone.duplicate_of_id is None]) == 1
    assert (placement.card_number, placement.placed_fen) == ("4532015112830366", 1_000_000)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_is_read_in_its_encoding(desk: Desk, encoding: str) -> None:
    content = csv_bytes([placement_row(1, 债务人姓名="阿依古丽·买买提")], encoding)
    waiting = desk.ok(upload(desk, "placements", content), 202)
    desk.work()
    assert confirm(desk, waiting["file"]["id"])["file"]["state"] == "applied"
    with desk.installation.house.units.read() as uow:
        [placement] = uow.placements.having(case_number="WA000001")
        assert uow.debtors.need(placement.debtor_id).name == "阿依古丽·买买提"


def test_an_xlsx_with_days_and_figures_in_english_headers_in_another_order_is_read(desk: Desk) -> None:
    row = {
        "recall on": datetime(2026, 8, 31), "opened on": date(2026, 3, 1), "placed amount": 10000.5, "ID Number":
        identity_number(1), "debtor_name": "张三", "Case Number": "WA000001", "client": "示例银行", "project": "信用卡",
        "branch": "郑州分公司", "batch": "2026-03", "collector": f"N-{COLLECTOR.username}",
    }  # fmt: skip
    waiting = desk.ok(upload(desk, "placements", xlsx_bytes([row]), filename="委案.xlsx"), 202)
    desk.work()
    assert confirm(desk, waiting["file"]["id"])["file"]["state"] == "applied"
    [placement] = case(desk, "WA000001")
    assert (placement.placed_fen, placement.recall_on) == (1_000_050, date(2026, 8, 31))


def test_the_same_file_twice_changes_nothing_and_says_so(desk: Desk) -> None:
    rows = [placement_row(1)]
    first = import_placements(desk, *rows)
    again = bring(desk, "placements", rows)
    assert again["file"]["state"] == "unchanged"
    assert again["applied_before"] == first["file"]["id"]
    assert len(case(desk, "WA000001")) == 1
    assert objects_left(desk) == []


def test_the_same_file_uploaded_twice_before_qa_looks_is_applied_once(desk: Desk) -> None:
    waiting = [bring(desk, "placements", [placement_row(1)])["file"]["id"] for _ in range(2)]
    assert [confirm(desk, id_)["file"]["state"] for id_ in waiting] == ["applied", "unchanged"]
    assert len(case(desk, "WA000001")) == 1


def test_the_bytes_are_destroyed_after_the_import_and_that_is_logged(desk: Desk) -> None:
    waiting = bring(desk, "placements", [placement_row(1)])
    assert len(objects_left(desk)) == 1
    applied = confirm(desk, waiting["file"]["id"])
    assert objects_left(desk) == []
    assert applied["file"]["destroyed_at"] is not None
    with desk.installation.house.units.read() as uow:
        lines = uow.trail.page(PageRequest(), subject_id=waiting["file"]["id"], actor_id=None).items
    assert [line.action for line in reversed(lines)] == [
        "import.uploaded",
        "import.waiting",
        "import.confirmed",
        "import.applied",
        "import.file_destroyed",
    ]
    assert [line.actor_id for line in reversed(lines)][:3] == [DISPATCHER.id, DISPATCHER.id, QA.id]


# W4


def test_a_case_sent_again_is_asked_whether_it_is_retained_or_repeated(desk: Desk) -> None:
    import_placements(desk, placement_row(1))
    asked = import_placements(desk, placement_row(1, 退案日期="2026-12-31"))
    assert places(asked) == [(2, "再次委案", "placement_sent_again")]
    assert asked["problems"]["items"][0]["clause"] == "W4"
    fresh = import_placements(desk, placement_row(2, 再次委案="留案"))
    assert places(fresh) == [(2, "再次委案", "placement_nothing_to_retain")]


def test_a_retained_case_is_the_same_placement_kept_longer(desk: Desk) -> None:
    import_placements(desk, placement_row(1))
    shorter = import_placements(desk, placement_row(1, 再次委案="留案", 留案至="2026-08-31"))
    assert places(shorter) == [(2, "留案至", "placement_not_longer")]
    longer = import_placements(desk, placement_row(1, 再次委案="留案", 留案至="2026-10-31"))
    assert longer["changed"] == {"placements": 1}
    [placement] = case(desk, "WA000001")
    assert placement.retained_until == date(2026, 10, 31)


def test_a_repeated_case_is_another_placement_after_the_first(desk: Desk) -> None:
    import_placements(desk, placement_row(1))
    early = import_placements(desk, placement_row(1, 再次委案="重复委案", 开案日期="2026-08-31"))
    assert places(early) == [(2, "开案日期", "placement_still_open")]
    row = placement_row(1, 再次委案="重复委案", 开案日期="2026-09-01", 退案日期="2026-12-31")
    assert import_placements(desk, row)["file"]["state"] == "applied"
    first, second = case(desk, "WA000001")
    assert second.repeat_of_id == first.id
    assert second.debtor_id == first.debtor_id


# S6


def test_numbers_lie_sealed_in_the_database(desk: Desk) -> None:
    import_placements(desk, placement_row(1, 卡号="4532015112830366", 债务人电话="13800001234"))
    if desk.installation.settings.embedded:
        path = desk.installation.settings.database_url.removeprefix("sqlite:///")
        with sqlite3.connect(path) as connection:
            dumped = "\n".join(connection.iterdump())
        connection.close()
    else:
        with desk.installation.engine.connect() as connection:
            tables = ("debtors", "placements", "phones", "import_files", "audit_lines")
            dumped = "\n".join(
                str(row)
                for table in tables
                for row in connection.exec_driver_sql(f"SELECT * FROM {table}").all()
            )
    for number in (identity_number(1), "4532015112830366", "13800001234"):
        assert number not in dumped


def test_it_sees_imports_and_templates_are_given_out_in_both_languages(desk: Desk) -> None:
    bring(desk, "placements", [placement_row(1)])
    assert len(desk.ok(desk.get(IT, "/api/v1/imports?kind=placements&state=waiting"))["items"]) == 1
    answer = desk.get(DISPATCHER, "/api/v1/imports/templates/placements.csv")
    assert "案件编号" in answer.get_data().decode("utf-8-sig").splitlines()[0]
    answer = desk.get(DISPATCHER, "/api/v1/imports/templates/repayments.csv?language=en")
    assert "case number" in answer.get_data().decode("utf-8-sig").splitlines()[0]
    assert desk.get(DISPATCHER, "/api/v1/imports/templates/people.xlsx").get_data().startswith(b"PK")
    desk.refused(desk.get(DISPATCHER, "/api/v1/imports/templates/people.pdf"), 404, "not_found")
