"""The month's rebuild: what scoring was not told of is found and scored; what agrees keeps its run (M1)."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from server.cli import main
from server.domain.problems import Problem
from server.services.ports.paging import PageRequest
from server.services.rebuilding import CAUSE, Rebuilt, rebuild
from tests.conftest import Desk
from tests.support.paid import Paid
from tests.support.rows import change

MARCH = "2026-03"


@pytest.fixture
def paid(desk: Desk) -> Paid:
    return Paid(desk)


def rebuilt(desk: Desk, month: str = MARCH) -> Rebuilt:
    return rebuild(desk.installation.house, month, lambda _done, _total: None)


def current(paid: Paid) -> tuple[str, str, list[str]]:
    """The current run, its cause, and each of its lines in short."""
    with paid.desk.installation.house.units.read() as uow:
        (run,) = uow.credit_runs.having(placement_id=paid.placement.id, current=True)
        lines = uow.credit_lines.page_of_run(PageRequest(200), run.id).items
        return run.id, run.cause, [line.clause or str(line.reason) for line in lines]


def test_a_month_that_is_none_is_refused(desk: Desk) -> None:
    with pytest.raises(Problem) as refused:
        rebuilt(desk, "2026-13")
    assert refused.value.findings[0].kind.code == "month_unreadable"


def test_what_agrees_keeps_its_run(desk: Desk, paid: Paid) -> None:
    before = current(paid)
    assert rebuilt(desk) == Rebuilt(MARCH, 1, [])
    assert current(paid) == before


def test_a_fact_that_scoring_was_not_told_of_is_found_and_scored(desk: Desk, paid: Paid) -> None:
    other = Paid(desk)
    change(desk, paid.met, voided_at=desk.clock.now(), voided_by=None, void_reason="翻录")
    assert current(paid)[2] == ["C1"]
    assert rebuilt(desk, "2026-04") == Rebuilt("2026-04", 0, [])
    assert rebuilt(desk) == Rebuilt(MARCH, 2, [paid.placement.id])
    assert current(paid)[1:] == (CAUSE, ["voided"])
    assert current(other)[2] == ["C1"]
    assert rebuilt(desk) == Rebuilt(MARCH, 2, [])


def test_a_line_that_its_facts_do_not_give_is_computed_again_from_the_same_facts(
    desk: Desk, paid: Paid, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As an older version of the product may have left it: its run has the digest that the next one has."""
    explain = "server.services.credit.explain"
    with monkeypatch.context() as patched:
        patched.setattr(explain, lambda _facts, _book: [])
        change(desk, paid.paid, amount_fen=50_002)
        paid.score()
    assert current(paid)[2] == []
    run_id = current(paid)[0]
    assert rebuilt(desk) == Rebuilt(MARCH, 1, [paid.placement.id])
    assert current(paid)[2] == ["C1"]
    assert current(paid)[0] != run_id


def test_the_trail_says_what_was_computed_and_what_differed(desk: Desk, paid: Paid) -> None:
    rebuilt(desk)
    change(desk, paid.met, voided_at=desk.clock.now(), voided_by=None, void_reason="翻录")
    rebuilt(desk)
    with desk.installation.house.units.read() as uow:
        lines = [line for line in uow.trail.history(MARCH) if line.action == "credit.rebuilt"]
    assert [line.detail for line in lines] == [
        {"cases": 1, "differing": []},
        {"cases": 1, "differing": [paid.placement.id]},
    ]


def test_the_command_names_the_cases_and_stops_at_a_month_that_is_none(
    desk: Desk, paid: Paid, environment: dict[str, str]
) -> None:
    change(desk, paid.met, voided_at=desk.clock.now(), voided_by=None, void_reason="翻录")
    command = CliRunner(env=environment)
    told = command.invoke(main, ["rebuild", MARCH])
    assert told.exit_code == 0, told.output
    assert f"{MARCH}: 1 cases computed, 1 differed and are scored again" in told.output
    assert paid.placement.case_number in told.output
    refused = command.invoke(main, ["rebuild", "March"])
    assert refused.exit_code == 1
    assert "month_unreadable" in refused.output
