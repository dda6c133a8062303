"""Imports of cases and their facts undone (S20): what stands on a row keeps all, what is gone is found nowhere."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from server.domain.access import Reach, Scope
from server.domain.calendar import local_day
from server.domain.import_undoing import LEANING
from server.domain.placements import Placement
from server.services.placements import end_due
from storage.rows.tables.placements import placements as placement_rows
from tests.api.test_imports import case, import_placements
from tests.conftest import Desk
from tests.support.builders import (
    change,
    make_address,
    make_confirmation,
    make_phone,
    make_placement,
    make_promise,
    make_repayment,
    make_request,
    make_visit,
)
from tests.support.case_builders import make_block, make_hold, make_referral
from tests.support.cast import CLIENT, COLLECTOR, DISPATCHER, MANAGER, OTHER_COLLECTOR, QA
from tests.support.months import published
from tests.support.sheets import bring, placement_row
from tests.support.undoing import REASON, WHOLE, all_that_counts, held, kept, path_of, undone

# what is gone is found nowhere


def test_placements_that_are_undone_are_found_nowhere_and_may_come_again(desk: Desk) -> None:
    before = all_that_counts(desk)
    rows = [placement_row(1, **WHOLE), placement_row(2)]
    path = path_of(import_placements(desk, *rows))
    (first,), (second,) = case(desk, "WA000001"), case(desk, "WA000002")
    told = desk.ok(desk.get(QA, path))
    assert told["rows"] == {"addresses": 1, "debtors": 2, "phones": 1, "placements": 2}
    assert (told["cases"], told["restored"], told["obstacles"]["total"]) == (2, 0, 0)
    assert undone(desk, path)["file"]["state"] == "undone"
    assert all_that_counts(desk) == before
    assert case(desk, "WA000001") == []
    for narrowed in ({}, {"number": "13800001234"}, {"debtor_name": "张三"}, {"case_number": "WA000001"}):
        assert desk.ok(desk.post(DISPATCHER, "/api/v1/placements/search", narrowed))["items"] == []
    gone = desk.refused(desk.get(DISPATCHER, f"/api/v1/placements/{first.id}"), 404, "placement_undone")
    assert gone["errors"][0]["facts"] == {"case_number": "WA000001", "filename": "rows.csv"}
    stop = {"recall_on": "2026-03-20", "reason": "退案"}
    answer = desk.post(
        DISPATCHER, f"/api/v1/placements/{second.id}/recall", stop, headers={"If-Match": '"1"'}
    )
    desk.refused(answer, 404, "placement_undone")
    again = import_placements(desk, *rows)
    assert (again["file"]["state"], again["created"]) == ("applied", told["rows"])
    with desk.installation.engine.connect() as connection:
        assert len(connection.execute(placement_rows.select()).all()) == 4


def test_search_finds_neither_case_nor_person_nor_number_nor_address(desk: Desk) -> None:
    path = path_of(import_placements(desk, placement_row(1, **WHOLE)))

    def found() -> int:
        reached = Reach(Scope.ALL, DISPATCHER.id, None, None, None)
        with desk.installation.house.units.read() as uow:
            return (
                len(uow.search.cases("WA000001", reached, 9))
                + len(uow.search.named("张三", reached, 9))
                + len(uow.search.numbered("13800001234", reached, 9))
                + len(uow.search.at_address("建设路1号", reached, 9))
            )

    assert found() == 4
    undone(desk, path)
    assert found() == 0


def test_a_last_day_that_passes_meanwhile_changes_nothing(desk: Desk) -> None:
    row = placement_row(1, 开案日期="2026-01-05", 退案日期="2026-03-01")
    path = path_of(import_placements(desk, row))
    with desk.installation.house.units.write() as uow:
        assert end_due(uow) == 1
        uow.commit()
    undone(desk, path)
    assert case(desk, "WA000001") == []


# what stands on a row keeps all


def by_address(desk: Desk, placement: Placement) -> Any:
    (address,) = held(desk, "addresses", debtor_id=placement.debtor_id)
    return address


def by_phone(desk: Desk, placement: Placement) -> Any:
    (phone,) = held(desk, "phones", debtor_id=placement.debtor_id)
    return phone


Leans = Callable[[Desk, Placement], Any]
STANDING: dict[str, Leans] = {
    "visit_requests": lambda desk, one: make_request(desk, one, []),
    "request_addresses": lambda desk, one: make_request(
        desk, make_placement(desk, debtor_id=one.debtor_id), [by_address(desk, one)]
    ),
    "visits": lambda desk, one: make_visit(desk, one, by_address(desk, one)),
    "promises": lambda desk, one: make_promise(desk, one, date(2026, 3, 20)),
    "repayments": lambda desk, one: make_repayment(desk, one, date(2026, 3, 5), 100),
    "holds": make_hold,
    "contact_blocks": make_block,
    "police_referrals": make_referral,
    "address_confirmations": lambda desk, one: make_confirmation(desk, by_address(desk, one)),
    "phones": lambda desk, one: make_phone(
        desk, one, number="13800001234", duplicate_of_id=by_phone(desk, one).id
    ),
    "placements": lambda desk, one: make_placement(desk, debtor_id=one.debtor_id),
    "addresses": make_address,
}  # fmt: skip


@pytest.mark.parametrize("what", STANDING)
def test_one_thing_on_one_row_keeps_the_whole_file(desk: Desk, what: str) -> None:
    path = path_of(import_placements(desk, placement_row(1, **WHOLE), placement_row(2)))
    (placement,) = case(desk, "WA000001")
    STANDING[what](desk, placement)
    items = kept(desk, path, "import_undo_leaned_on")
    words = LEANING[what][0]
    assert any(item["at"] == "placement" and f"已有{words} 1 条" in item["message"]["zh"] for item in items)
    assert len(case(desk, "WA000002")) == 1


def test_a_block_of_the_number_and_a_call_of_another_file_keep_it(desk: Desk) -> None:
    path = path_of(import_placements(desk, placement_row(1, **WHOLE)))
    (placement,) = case(desk, "WA000001")
    make_block(desk, placement, number="13800001234", debtor_id=None)
    call = {"案件编号": "WA000001", "电话": "13800001234", "通话时间": "2026-03-09 10:20", "是否接通": "是"}
    second = path_of(bring(desk, "call_notes", [call]))
    items = kept(desk, path, "import_undo_leaned_on_by_import")
    assert {item["code"] for item in items} == {"import_undo_leaned_on", "import_undo_leaned_on_by_import"}
    assert (second.split("/")[4], "import") in {(item["id"], item["at"]) for item in items}


def test_what_was_asked_for_is_looked_at_again_when_it_is_confirmed(desk: Desk) -> None:
    path = path_of(import_placements(desk, placement_row(1)))
    desk.ok(desk.post(DISPATCHER, path, REASON))
    (placement,) = case(desk, "WA000001")
    make_request(desk, placement, [])
    desk.refused(desk.post(QA, f"{path}/confirm"), 422, "import_undo_leaned_on")
    assert len(case(desk, "WA000001")) == 1


@pytest.mark.parametrize("act", ["retain", "recall", "collector"])
def test_what_was_decided_on_a_case_since_keeps_it(desk: Desk, act: str) -> None:
    path = path_of(import_placements(desk, placement_row(1)))
    (placement,) = case(desk, "WA000001")
    bodies = {
        "retain": ("retain", {"until": "2026-12-31"}),
        "recall": ("recall", {"recall_on": "2026-03-20", "reason": "委托方退案"}),
        "collector": ("collector", {"collector_id": OTHER_COLLECTOR.id, "reason": "调整"}),
    }
    end, body = bodies[act]
    answer = desk.post(
        DISPATCHER, f"/api/v1/placements/{placement.id}/{end}", body, headers={"If-Match": '"1"'}
    )
    assert answer.status_code == 200, answer.text
    (item,) = kept(desk, path, "import_undo_changed")
    assert (item["at"], item["id"]) == ("placement", placement.id)


def test_many_obstacles_are_counted_and_the_first_fifty_told(desk: Desk) -> None:
    path = path_of(import_placements(desk, *(placement_row(number) for number in range(1, 61))))
    for number in range(1, 61):
        (placement,) = case(desk, f"WA{number:06d}")
        make_promise(desk, placement, date(2026, 3, 20))
    told = desk.refused(desk.post(DISPATCHER, path, REASON), 422, "import_undo_leaned_on")
    assert len(told["errors"]) == 50
    obstacles = desk.ok(desk.get(QA, path))["obstacles"]
    assert (obstacles["total"], len(obstacles["items"])) == (60, 50)


def test_of_many_kinds_each_is_told_first_and_other_imports_by_their_name(desk: Desk) -> None:
    path = path_of(import_placements(desk, *(placement_row(number) for number in range(1, 56))))
    for number in range(1, 53):
        make_promise(desk, case(desk, f"WA{number:06d}")[0], date(2026, 3, 20))
    make_hold(desk, case(desk, "WA000055")[0])
    paid = [
        {"案件编号": f"WA{n:06d}", "回款流水号": f"P{n}", "回款日期": "2026-03-05", "回款金额": "1.00"}
        for n in (1, 2)
    ]
    later = path_of(bring(desk, "repayments", paid))
    obstacles = desk.ok(desk.get(QA, path))["obstacles"]
    assert (obstacles["total"], len(obstacles["items"])) == (54, 50)
    told = [item["message"]["zh"] for item in obstacles["items"][:3]]
    assert any("停催 1 条" in one for one in told)
    assert any("承诺还款 1 条" in one for one in told)
    assert "另一份导入 rows.csv 的回款 2 条以它的委案为依据" in told
    assert later.split("/")[4] in {item["id"] for item in obstacles["items"][:3]}


def test_rows_that_do_not_name_their_import_keep_it_and_it_is_said(desk: Desk) -> None:
    path = path_of(import_placements(desk, placement_row(1), placement_row(2)))
    (one,) = case(desk, "WA000001")
    change(desk, "placements", one.id, import_id=None)
    items = kept(desk, path, "import_undo_no_origin")
    assert any("委案有 1 条没有记下来自哪份导入" in item["message"]["zh"] for item in items)


# repayments that were undone first stand on nothing


def test_a_case_goes_after_its_repayments_went(desk: Desk) -> None:
    path = path_of(import_placements(desk, placement_row(1)))
    paid = {"案件编号": "WA000001", "回款流水号": "P1", "回款日期": "2026-03-05", "回款金额": "10000.00"}
    second = path_of(bring(desk, "repayments", [paid]))
    (item,) = kept(desk, path, "import_undo_leaned_on_by_import")
    assert (item["at"], item["id"]) == ("import", second.split("/")[4])
    undone(desk, second)
    undone(desk, path)
    assert case(desk, "WA000001") == []
    assert held(desk, "credit_runs", current=True) == []
    for shown in ("", "?in_force=false"):
        assert desk.ok(desk.get(MANAGER, f"/api/v1/holds{shown}"))["items"] == []


# facts and contacts of cases on file


def facts(number: int = 1) -> dict[str, dict[str, str]]:
    of = {"案件编号": f"AJ{number}", "委托方": CLIENT}
    return {
        "phones": of | {"电话": f"1390000{number:04d}", "机主": "亲属"},
        "addresses": of
        | {
            "地址类型": "家庭", "地址": f"河南省新乡市原阳县福宁集镇建设路{number}号", "确认人": "张三",
            "确认日期": "2026-03-05", "确认方式": "电话",
        },
        "promises": of
        | {
            "承诺日期": "2026-03-01", "承诺还款日期": "2026-03-15", "承诺金额": "500.00", "电话承诺": "是",
            "有能力还款": "是",
        },
        "police_referrals": of | {"报经侦日期": "2026-03-01"},
        "call_notes": of
        | {"电话": f"1370000{number:04d}", "机主": "本人", "通话时间": "2026-03-09 10:20", "是否接通": "是"},
        "repayments": of
        | {"回款流水号": f"P{number}", "回款日期": "2026-03-05", "回款金额": f"{number}00.00"},
    }  # fmt: skip


@pytest.mark.parametrize("what", facts())
def test_facts_and_contacts_come_and_go_without_a_trace_in_what_counts(desk: Desk, what: str) -> None:
    make_placement(desk, case_number="AJ1")
    before = all_that_counts(desk)
    row = facts()[what]
    shown = bring(desk, what, [row])
    path = path_of(shown)
    told = desk.ok(desk.get(QA, path))
    assert (told["rows"], told["cases"]) == (shown["created"], 1)
    assert all_that_counts(desk) != before
    undone(desk, path)
    assert all_that_counts(desk) == before
    assert bring(desk, what, [row])["created"] == shown["created"]


def test_a_visit_asked_for_on_the_strength_of_a_confirmation_keeps_it(desk: Desk) -> None:
    placement = make_placement(desk, case_number="AJ1")
    first = path_of(bring(desk, "addresses", [facts()["addresses"]]))
    address = by_address(desk, placement)
    desk.clock.move_to(desk.clock.now() + timedelta(minutes=5))
    second = path_of(
        bring(desk, "addresses", [facts()["addresses"] | {"确认日期": "2026-03-08", "确认人": "李四"}])
    )
    assert len(held(desk, "address_confirmations", address_id=address.id)) == 2
    desk.clock.move_to(desk.clock.now() + timedelta(minutes=5))
    make_request(desk, placement, [address])
    kept(desk, second, "import_undo_leaned_on")
    kept(desk, first, "import_undo_leaned_on")


def test_an_accepted_explanation_and_a_corrected_address_keep_their_files(desk: Desk) -> None:
    placement = make_placement(desk, case_number="AJ1")
    referral = path_of(bring(desk, "police_referrals", [facts()["police_referrals"]]))
    address = path_of(bring(desk, "addresses", [facts()["addresses"]]))
    (held_one,) = held(desk, "police_referrals", placement_id=placement.id)
    change(desk, "police_referrals", held_one.id, early_accepted_by=DISPATCHER.id)
    change(desk, "addresses", by_address(desk, placement).id, detail="建设路9号")
    for path in (referral, address):
        kept(desk, path, "import_undo_changed")


def test_a_newer_table_of_divisions_is_nobodys_change(desk: Desk) -> None:
    placement = make_placement(desk, case_number="AJ1")
    path = path_of(bring(desk, "addresses", [facts()["addresses"]]))
    change(desk, "addresses", by_address(desk, placement).id, recheck_since=desk.clock.now())
    undone(desk, path)
    assert held(desk, "addresses", debtor_id=placement.debtor_id) == []


def test_a_month_published_since_keeps_what_its_lines_saw(desk: Desk) -> None:
    placement = make_placement(desk, case_number="AJ1")
    make_repayment(desk, placement, date(2026, 3, 5), 100)
    path = path_of(bring(desk, "police_referrals", [facts()["police_referrals"]]))
    promise = path_of(bring(desk, "promises", [facts()["promises"]]))
    published(desk)
    (item,) = kept(desk, path, "import_undo_case_in_statement")
    assert (item["clause"], item["at"], item["id"]) == ("M4", "statement", "2026-03")
    undone(desk, promise)


@pytest.mark.parametrize("seed", range(4))
def test_any_files_undone_in_the_order_in_which_it_is_allowed_leave_all_that_counts(
    desk: Desk, seed: int
) -> None:
    """Files of random kinds, some leaning on others: undone as each becomes free, nothing is left of any of them."""
    dice = random.Random(seed)
    for number in range(1, 4):
        make_placement(desk, case_number=f"AJ{number}", placed_fen=10_000 * number)
    before = all_that_counts(desk)
    waiting, kinds = list[str](), [*facts(), "placements"]
    for turn in range(7):
        what = dice.choice(kinds)
        if what == "placements":
            rows = [placement_row(10 * turn + one, **WHOLE) for one in range(1, dice.randint(2, 4))]
            if turn % 2:
                rows.append(placement_row(2, 案件编号="AJ2", 再次委案="留案", 留案至="2026-12-31"))
            shown = import_placements(desk, *rows)
        else:
            shown = bring(desk, what, [facts(n)[what] for n in dice.sample((1, 2, 3), dice.randint(1, 3))])
        if shown["file"]["state"] == "applied":
            waiting.append(path_of(shown))
    assert len(waiting) > 2
    for _ in range(len(waiting)):
        free = [path for path in waiting if not desk.ok(desk.get(QA, path))["obstacles"]["total"]]
        assert free, "whatever came last is free"
        chosen = dice.choice(free)
        waiting.remove(chosen)
        undone(desk, chosen)
    assert all_that_counts(desk) == before


def test_today_is_the_day_of_these_files(desk: Desk) -> None:
    """What the rows above say lies before the day on which they come."""
    assert local_day(desk.clock.now()) == date(2026, 3, 10)
    assert COLLECTOR.branch == OTHER_COLLECTOR.branch
