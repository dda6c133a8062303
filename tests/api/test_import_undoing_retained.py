"""An import that retained or repeated a case undone: its former end comes back, and the former case stays (W4, S20)."""

from __future__ import annotations

from datetime import date, timedelta

from server.domain.placements import HoldReason
from tests.api.test_imports import case, import_placements
from tests.conftest import Desk
from tests.support.builders import change, make_promise, make_request
from tests.support.case_builders import make_hold
from tests.support.cast import QA
from tests.support.sheets import placement_row
from tests.support.undoing import WHOLE, all_that_counts, held, kept, path_of, undone


def test_a_retention_by_file_goes_back_to_the_end_that_was(desk: Desk) -> None:
    import_placements(desk, placement_row(1))
    before = all_that_counts(desk)
    path = path_of(
        import_placements(
            desk, placement_row(1, 再次委案="留案", 留案至="2026-10-31", **WHOLE), placement_row(2)
        )
    )
    assert case(desk, "WA000001")[0].retained_until == date(2026, 10, 31)
    told = desk.ok(desk.get(QA, path))
    assert (told["restored"], told["cases"]) == (1, 2)
    undone(desk, path)
    assert all_that_counts(desk) == before
    again = import_placements(desk, placement_row(1, 再次委案="留案", 留案至="2026-10-31"))
    assert again["changed"] == {"placements": 1}


def test_files_that_retained_a_case_one_after_the_other_go_in_turn_and_the_case_after_them(
    desk: Desk,
) -> None:
    start = all_that_counts(desk)
    first = path_of(import_placements(desk, placement_row(1)))
    second = path_of(import_placements(desk, placement_row(1, 再次委案="留案", 留案至="2026-10-31")))
    third = path_of(import_placements(desk, placement_row(1, 再次委案="留案", 留案至="2026-12-31")))
    kept(desk, second, "import_undo_changed")
    items = kept(desk, first, "import_undo_leaned_on_by_import")
    assert {item["id"] for item in items} == {path.split("/")[4] for path in (second, third)}
    for path, until in ((third, date(2026, 10, 31)), (second, None)):
        undone(desk, path)
        assert case(desk, "WA000001")[0].retained_until == until
    undone(desk, first)
    assert all_that_counts(desk) == start


def test_a_retention_that_woke_an_ended_case_puts_its_end_and_its_hold_back(desk: Desk) -> None:
    import_placements(desk, placement_row(1))
    (placement,) = case(desk, "WA000001")
    change(desk, "placements", placement.id, ended_on=date(2026, 3, 9))
    hold = make_hold(desk, placement, reason=HoldReason.ENDED)
    before = all_that_counts(desk)
    path = path_of(import_placements(desk, placement_row(1, 再次委案="留案", 留案至="2026-10-31")))
    assert held(desk, "holds", released_at=None) == []
    undone(desk, path)
    assert all_that_counts(desk) == before
    assert [one.id for one in held(desk, "holds", released_at=None)] == [hold.id]


def test_a_retained_case_that_went_on_keeps_the_file(desk: Desk) -> None:
    import_placements(desk, placement_row(1))
    make_promise(desk, case(desk, "WA000001")[0], date(2026, 3, 20))
    desk.clock.move_to(desk.clock.now() + timedelta(minutes=5))
    path = path_of(import_placements(desk, placement_row(1, 再次委案="留案", 留案至="2026-10-31")))
    assert desk.ok(desk.get(QA, path))["obstacles"]["total"] == 0
    desk.clock.move_to(desk.clock.now() + timedelta(minutes=5))
    make_request(desk, case(desk, "WA000001")[0], [])
    kept(desk, path, "import_undo_leaned_on")


def test_a_retained_case_that_was_changed_since_keeps_the_file(desk: Desk) -> None:
    import_placements(desk, placement_row(1))
    path = path_of(import_placements(desk, placement_row(1, 再次委案="留案", 留案至="2026-10-31")))
    change(desk, "placements", case(desk, "WA000001")[0].id, retained_until=date(2026, 12, 31))
    kept(desk, path, "import_undo_changed")


def test_a_repeated_case_goes_and_the_former_one_stays(desk: Desk) -> None:
    first = path_of(import_placements(desk, placement_row(1, 开案日期="2026-01-05", 退案日期="2026-02-01")))
    again = placement_row(1, 再次委案="重复委案", 开案日期="2026-03-02")
    second = path_of(import_placements(desk, again))
    assert len(case(desk, "WA000001")) == 2
    items = kept(desk, first, "import_undo_leaned_on_by_import")
    assert {item["id"] for item in items} == {second.split("/")[4]}
    undone(desk, second)
    assert len(case(desk, "WA000001")) == 1
    undone(desk, first)
    assert case(desk, "WA000001") == []
