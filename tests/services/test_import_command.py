"""`fieldvisit import`: the command line brings facts in by the same rules (S20)."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from server.cli import main
from tests.conftest import Desk
from tests.support.cast import COLLECTOR, DISPATCHER, QA
from tests.support.sheets import csv_bytes, placement_row


@pytest.fixture
def command(desk: Desk, environment: dict[str, str]) -> CliRunner:
    return CliRunner(env=environment)


def placements_file(tmp_path: Path, *numbers: int) -> str:
    path = tmp_path / "placements.csv"
    path.write_bytes(csv_bytes([placement_row(number) for number in numbers]))
    return str(path)


def run(command: CliRunner, *words: str) -> Result:
    return command.invoke(main, list(words))


def stored(desk: Desk) -> int:
    with desk.installation.house.units.read() as uow:
        return len(uow.placements.having())


def test_placements_ask_who_of_qa_confirms(desk: Desk, command: CliRunner, tmp_path: Path) -> None:
    file = placements_file(tmp_path, 1)
    asked = run(command, "import", "placements", file)
    assert asked.exit_code == 2
    assert "--confirmed-by" in asked.stderr
    for words, code in (
        (("--confirmed-by", DISPATCHER.username), "import_not_of_qa"),
        (("--confirmed-by", "nobody"), "import_not_of_qa"),
        (("--confirmed-by", QA.username, "--uploaded-by", COLLECTOR.username), "import_not_of_dispatch"),
    ):
        refused = run(command, "import", "placements", file, *words)
        assert refused.exit_code == 1
        assert code in refused.stderr
        assert "S20" in refused.stderr
    assert stored(desk) == 0


def test_one_person_does_not_do_both(desk: Desk, command: CliRunner, tmp_path: Path) -> None:
    with desk.installation.house.units.write() as uow:
        qa = uow.accounts.need(QA.id)
        uow.accounts.save(dataclasses.replace(qa, posts=(*qa.posts, *DISPATCHER.posts)))
        uow.commit()
    both = ("--uploaded-by", QA.username, "--confirmed-by", QA.username)
    refused = run(command, "import", "placements", placements_file(tmp_path, 1), *both)
    assert (refused.exit_code, "import_same_person" in refused.stderr) == (1, True)


def test_a_confirmed_file_is_applied_and_the_second_time_changes_nothing(
    desk: Desk, command: CliRunner, tmp_path: Path
) -> None:
    file = placements_file(tmp_path, 1, 2)
    words = ("--uploaded-by", DISPATCHER.username, "--confirmed-by", QA.username)
    checked = run(command, "import", "placements", file, "--dry-run")
    assert (checked.exit_code, stored(desk)) == (0, 0)
    assert checked.stdout.startswith("checked: 2 rows, 2 debtors, 2 placements")
    applied = run(command, "import", "placements", file, *words)
    assert (applied.exit_code, stored(desk)) == (0, 2)
    again = run(command, "import", "placements", file, *words)
    assert (again.exit_code, again.stdout, stored(desk)) == (0, "unchanged: 2 rows\n", 2)


def test_problems_are_listed_by_row_and_column_and_the_exit_status_says_so(
    desk: Desk, command: CliRunner, tmp_path: Path
) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(csv_bytes([placement_row(1), placement_row(2, 开案日期="2026-02-30")]))
    refused = run(command, "import", "placements", str(path), "--dry-run")
    assert refused.exit_code == 1
    assert "row 3 开案日期: " in refused.stderr
    assert refused.stdout == "refused: 1 rows, 1 problems\n"
    assert run(command, "import", "placements", str(tmp_path / "nowhere.csv"), "--dry-run").exit_code == 2


def test_a_template_is_written_to_a_file_or_shown(command: CliRunner, tmp_path: Path) -> None:
    shown = run(command, "import", "repayments", "--template")
    assert "回款流水号" in shown.stdout
    book, text = tmp_path / "people.xlsx", tmp_path / "people.csv"
    assert run(command, "import", "people", str(book), "--template").exit_code == 0
    assert run(command, "import", "people", str(text), "--template", "--language", "en").exit_code == 0
    assert book.read_bytes().startswith(b"PK")
    assert "employee number" in text.read_text("utf-8-sig")
