"""`fieldvisit simulate`: what it tells, and how it stops."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from server.cli import main
from tests.conftest import Desk
from tests.support.paid import Paid


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    path = tmp_path / "policy.toml"
    path.write_text('month_end = "same_day"\n')
    return path


@pytest.fixture
def command(desk: Desk, environment: dict[str, str]) -> CliRunner:
    return CliRunner(env=environment)


def _run(command: CliRunner, *words: str) -> Result:
    return command.invoke(main, ["simulate", *words])


def test_it_tells_what_moves_and_why(desk: Desk, command: CliRunner, policy: Path) -> None:
    paid = Paid(desk)
    told = _run(command, str(policy), "--from", "2026-01-01", "--to", "2026-12-31", "--fresh")
    assert told.exit_code == 0, told.output
    assert "0 lines of 0.00 yuan move" in told.output
    paid.pay(date(2026, 4, 10), 70_003)
    told = _run(command, str(policy), "--from", "2026-01-01", "--to", "2026-12-31", "--fresh")
    assert "1 lines of 700.03 yuan move" in told.output
    assert f"{paid.placement.case_number} 2026-04-10 700.03" in told.output
    assert "陈磊" in told.output


def test_what_cannot_be_read_or_compared_ends_it_in_words(command: CliRunner, policy: Path) -> None:
    missing = _run(command, str(policy.with_name("none.toml")))
    assert (missing.exit_code, "none.toml" in missing.output) == (2, True)
    none_yet = _run(command, str(policy))
    assert (none_yet.exit_code, "no_fact_snapshot" in none_yet.output) == (1, True)
    policy.write_text("relay_dayz = 1\n")
    unknown = _run(command, str(policy))
    assert (unknown.exit_code, "relay_dayz" in unknown.output) == (1, True)
