"""Imports undone: two people (S20), all or nothing, kept while something stands on a row; the file may come again."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from server.app import create_app
from server.domain.imports import ImportKind, ImportState
from server.domain.placements import HoldReason, Placement
from server.services.ports.paging import PageRequest
from storage.rows.tables.placements import repayments as repayment_rows
from tests.conftest import Desk
from tests.support.builders import make_placement
from tests.support.case_builders import make_import
from tests.support.cast import CLIENT, COLLECTOR, DISPATCHER, MANAGER, OUTSIDE_DISPATCHER, QA
from tests.support.months import published
from tests.support.sheets import bring
from tests.support.undoing import REASON, held, path_of, undone


@pytest.fixture
def placement(desk: Desk) -> Placement:
    return make_placement(desk, case_number="AJ1")


def repayment(reference: str, amount: str = "100.00", **changes: str) -> dict[str, str]:
    return {
        "案件编号": "AJ1", "委托方": CLIENT, "回款流水号": reference, "回款日期": "2026-03-05", "回款金额": amount,
        **changes,
    }  # fmt: skip


def brought(desk: Desk, *rows: dict[str, str]) -> str:
    """The path of the undoing of a file of repayments that was applied."""
    return path_of(bring(desk, "repayments", rows))


def all_rows(desk: Desk) -> int:
    with desk.installation.engine.connect() as connection:
        return len(connection.execute(repayment_rows.select()).all())


def test_who_may_not_ask_or_confirm(desk: Desk, placement: Placement) -> None:
    path = brought(desk, repayment("P1"))
    for member in (COLLECTOR, MANAGER):
        desk.refused(desk.post(member, path, REASON), 403, "forbidden")
    desk.refused(desk.post(OUTSIDE_DISPATCHER, path, REASON), 404, "not_found")
    desk.refused(desk.post(QA, f"{path}/confirm"), 409, "wrong_state")
    desk.refused(desk.post(DISPATCHER, path, {"reason": " "}), 422, "invalid_input")
    desk.ok(desk.post(DISPATCHER, path, REASON))
    desk.refused(desk.post(QA, path, REASON), 409, "wrong_state")
    desk.refused(desk.post(DISPATCHER, f"{path}/confirm"), 403, "forbidden")
    assert len(held(desk, "repayments")) == 1


def test_who_asks_does_not_confirm(desk: Desk, placement: Placement) -> None:
    path = brought(desk, repayment("P1"))
    desk.ok(desk.post(QA, path, REASON))
    told = desk.refused(desk.post(QA, f"{path}/confirm"), 422, "import_undone_by_one")
    assert told["errors"][0]["clause"] == "S20"
    assert len(held(desk, "repayments")) == 1


def test_the_rows_count_no_more_and_the_same_file_comes_again(desk: Desk, placement: Placement) -> None:
    rows = [repayment("P1"), repayment("P2", "50.00"), repayment("R1", "-20.00", 冲回原流水号="P2")]
    path = brought(desk, *rows)
    before = desk.ok(desk.get(QA, path))
    assert (before["rows"], before["sum"], before["cases"]) == ({"repayments": 3}, "130.00", 1)
    assert before["obstacles"] == {"total": 0, "items": []}
    answer = undone(desk, path)
    assert answer["file"]["state"] == "undone"
    assert (answer["file"]["undo_asked_by"], answer["file"]["undone_by"]) == (DISPATCHER.id, QA.id)
    assert held(desk, "repayments") == []
    assert all_rows(desk) == 3
    (run,) = held(desk, "credit_runs", placement_id=placement.id, current=True)
    assert held(desk, "credit_lines", run_id=run.id) == []
    desk.refused(desk.post(QA, f"{path}/confirm"), 409, "wrong_state")
    again = bring(desk, "repayments", rows)
    assert (again["file"]["state"], again["created"]) == ("applied", {"repayments": 3})
    assert (len(held(desk, "repayments")), all_rows(desk)) == (3, 6)
    (run,) = held(desk, "credit_runs", placement_id=placement.id, current=True)
    assert len(held(desk, "credit_lines", run_id=run.id)) == 3


def test_the_trail_says_who_when_why_and_how_many(desk: Desk, placement: Placement) -> None:
    path = brought(desk, repayment("P1"), repayment("P2"))
    undone(desk, path)
    with desk.installation.house.units.read() as uow:
        lines = uow.trail.page(PageRequest(), subject_id=path.split("/")[4], actor_id=None).items
    by_action = {line.action: line for line in lines}
    assert by_action["import.undo_asked"].actor_id == DISPATCHER.id
    last = by_action["import.undone"]
    assert last.actor_id == QA.id
    assert (last.detail["reason"], last.detail["asked_by"]) == (REASON["reason"], DISPATCHER.id)
    assert (last.detail["rows"], last.detail["cases"]) == ({"repayments": 2}, 1)


def test_a_published_statement_keeps_the_whole_file(desk: Desk, placement: Placement) -> None:
    path = brought(desk, repayment("P1"), repayment("P2"))
    desk.ok(desk.post(DISPATCHER, path, REASON))
    published(desk)
    told = desk.refused(desk.post(QA, f"{path}/confirm"), 422, "import_undo_in_statement")
    assert [error["clause"] for error in told["errors"]] == ["M4", "M4"]
    assert "P1" in told["errors"][0]["message"]["zh"]
    (one, _) = desk.ok(desk.get(QA, path))["obstacles"]["items"]
    assert (one["at"], one["id"]) == ("statement", "2026-03")
    assert len(held(desk, "repayments")) == 2


def test_a_reversal_of_another_file_goes_first(desk: Desk, placement: Placement) -> None:
    first = brought(desk, repayment("P1"))
    second = brought(desk, repayment("R1", "-40.00", 冲回原流水号="P1"))
    desk.refused(desk.post(DISPATCHER, first, REASON), 422, "import_undo_reversed")
    (one,) = desk.ok(desk.get(QA, first))["obstacles"]["items"]
    assert (one["at"], one["id"]) == ("import", second.split("/")[4])
    undone(desk, second)
    undone(desk, first)
    assert held(desk, "repayments") == []


def test_a_hold_goes_with_its_repayment_and_none_comes_back(desk: Desk, placement: Placement) -> None:
    def in_force() -> int:
        return len(held(desk, "holds", reason=HoldReason.REPAID, released_at=None))

    paid = brought(desk, repayment("P1", "10000.00"))
    assert in_force() == 1
    assert desk.ok(desk.get(QA, paid))["holds_released"] == 1
    back = brought(desk, repayment("R1", "-0.01", 冲回原流水号="P1"))
    assert in_force() == 0
    desk.refused(desk.post(DISPATCHER, back, REASON), 422, "import_undo_would_hold")
    again = brought(desk, repayment("P2", "0.01"))
    assert in_force() == 1
    undone(desk, again)
    assert in_force() == 0


def test_turned_down_it_stays_and_may_be_asked_for_anew(desk: Desk, placement: Placement) -> None:
    path = brought(desk, repayment("P1"))
    desk.ok(desk.post(DISPATCHER, path, REASON))
    kept = desk.ok(desk.post(QA, f"{path}/turn-down", {"reason": "文件没有错"}))
    assert (kept["file"]["state"], kept["file"]["undo_asked_by"]) == ("applied", None)
    assert len(held(desk, "repayments")) == 1
    undone(desk, path)


def test_people_are_not_undone_by_file(desk: Desk) -> None:
    file = make_import(desk, kind=ImportKind.PEOPLE, state=ImportState.APPLIED)
    path = f"/api/v1/imports/{file.id}/undoing"
    told = desk.refused(desk.post(QA, path, REASON), 422, "import_not_undoable")
    assert told["errors"][0]["clause"] == "S1"
    desk.refused(desk.get(QA, path), 422, "import_not_undoable")


def test_of_two_who_confirm_at_once_one_undoes(desk: Desk, placement: Placement) -> None:
    path = brought(desk, repayment("P1"))
    desk.ok(desk.post(DISPATCHER, path, REASON))
    headers = {"Authorization": f"Bearer {desk.token(QA)}"}
    application, answers, together = create_app(desk.installation), [], threading.Barrier(2)

    def confirms() -> None:
        client = application.test_client()
        together.wait()
        answers.append(client.post(f"{path}/confirm", headers=headers).status_code)

    threads = [threading.Thread(target=confirms) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200, 409]
    with desk.installation.house.units.read() as uow:
        lines = uow.trail.page(PageRequest(), subject_id=path.split("/")[4], actor_id=None).items
    assert [line.action for line in lines].count("import.undone") == 1


def test_cut_before_the_end_nothing_is_taken_back(
    desk: Desk, placement: Placement, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = brought(desk, repayment("P1"))
    desk.ok(desk.post(DISPATCHER, path, REASON))

    def cut(*_args: Any) -> None:
        raise OSError("the power is gone")

    with monkeypatch.context() as patch:
        patch.setattr("server.services.import_undoing.credit.facts_changed", cut)
        assert desk.post(QA, f"{path}/confirm").status_code == 500
    assert len(held(desk, "repayments")) == 1
    desk.ok(desk.post(QA, f"{path}/confirm"))
    assert held(desk, "repayments") == []
