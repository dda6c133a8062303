"""Starting again: nothing is migrated or loaded that is there already, and what was left by half is thrown away."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import click
import pytest

from server.bootstrap import Installation
from server.cli.demo import clear_unfinished, load_where_empty
from server.demo.staff import PASSWORD
from server.settings import SettingsError, read_settings
from tests.support.server import free_port

_BRING_UP = """
import sys
from server.cli.installed import bring_up, installed
with installed() as installation:
    bring_up(installation)
print("alembic" in sys.modules)
"""


def brought_up(environment: dict[str, str]) -> bool:
    """Bring a database up in a process of its own; whether that took Alembic, which is slow to import."""
    told = subprocess.run(
        [sys.executable, "-c", _BRING_UP],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return told.stdout.strip() == "True"


def test_only_a_database_that_is_behind_is_migrated(environment: dict[str, str], tmp_path: Path) -> None:
    empty = {"FIELDVISIT_DATA_DIR": str(tmp_path / "empty")}
    assert brought_up(empty)
    assert not brought_up(empty)
    assert not brought_up(environment)


def test_a_web_process_more_than_processors_answers_up_to_three(tmp_path: Path) -> None:
    given = {"FIELDVISIT_DATA_DIR": str(tmp_path)}
    for wrong in ("0", "-1", "two", ""):
        with pytest.raises(SettingsError, match="FIELDVISIT_WEB_PROCESSES"):
            read_settings({**given, "FIELDVISIT_WEB_PROCESSES": wrong})
    assert read_settings({**given, "FIELDVISIT_WEB_PROCESSES": "1"}).web_processes == 1
    assert read_settings(given).web_processes == min(3, (os.cpu_count() or 1) + 1)


def test_where_people_have_accounts_no_demo_is_loaded(
    installation: Installation, capfd: pytest.CaptureFixture[str]
) -> None:
    load_where_empty(installation)
    assert capfd.readouterr() == ("", "")  # the accounts are a firm's own: there is nothing to tell
    (installation.settings.data_dir / "demo-seed").write_text("1")
    load_where_empty(installation)
    told = capfd.readouterr()
    assert PASSWORD in told.out
    assert "manager1" in told.out
    assert told.err == ""  # a load tells its steps there
    assert installation.engine.pool.checkedin() == 0  # type: ignore[attr-defined]


@pytest.mark.parametrize("environment", ["sqlite"], indirect=True)
def test_half_a_demo_is_thrown_away_and_the_secrets_stay(environment: dict[str, str]) -> None:
    settings = read_settings(environment)
    clear_unfinished(settings)  # nothing was interrupted: nothing goes
    assert (settings.data_dir / "db" / "fieldvisit.db").exists()
    mark = settings.data_dir / "demo-unfinished"
    mark.touch()
    clear_unfinished(settings)
    assert not mark.exists()
    assert not (settings.data_dir / "db").exists()
    assert read_settings(environment).secrets == settings.secrets


def test_half_a_demo_in_a_database_of_its_own_is_left_to_people(tmp_path: Path) -> None:
    settings = read_settings(
        {"FIELDVISIT_DATA_DIR": str(tmp_path), "FIELDVISIT_DATABASE_URL": "postgresql://127.0.0.1/nowhere"}
    )
    mark = settings.data_dir / "demo-unfinished"
    mark.touch()
    with pytest.raises(click.ClickException, match="empty the database"):
        clear_unfinished(settings)
    assert mark.exists()


@pytest.mark.slow
def test_who_stops_the_start_stops_the_demo_that_it_loads(tmp_path: Path) -> None:
    mark = tmp_path / "demo-unfinished"
    environment = {**os.environ, "FIELDVISIT_DATA_DIR": str(tmp_path), "FIELDVISIT_PORT": str(free_port())}
    starting = subprocess.Popen(
        [sys.executable, "-m", "server.cli", "run", "--demo"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        deadline = time.monotonic() + 60
        while not mark.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        starting.terminate()
        # Each process of the start holds this pipe: it ends when the last of them has.
        starting.communicate(timeout=30)
        assert mark.exists()
    finally:
        with suppress(ProcessLookupError):
            os.killpg(starting.pid, signal.SIGKILL)
