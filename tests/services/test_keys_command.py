"""`fieldvisit keys`, and how the installation begins with its keys (S6)."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from server.bootstrap import build
from server.cli import main
from server.settings import SettingsError, read_settings
from tests.conftest import Desk
from tests.support import evidence as files
from tests.support.cast import AGENT


@pytest.fixture
def command(desk: Desk, environment: dict[str, str]) -> CliRunner:
    return CliRunner(env=environment)


def run(command: CliRunner, *words: str) -> Result:
    return command.invoke(main, ["keys", *words])


def master(desk: Desk) -> Path:
    return desk.installation.settings.master_key_file


def key_files(desk: Desk) -> list[Path]:
    folder = desk.installation.settings.data_dir / "keys" / "objects"
    return sorted((folder / "objects").glob("*/*"))


def kept(desk: Desk) -> str:
    """A photo, with its receipt; its id."""
    answer = files.send(desk, AGENT, files.make_visited(desk), files.photo())
    return str(desk.ok(answer, 201)["id"])


def test_a_master_key_is_not_made_anew_where_keys_are(desk: Desk, environment: dict[str, str]) -> None:
    kept(desk)
    master(desk).unlink()
    with pytest.raises(SettingsError, match="restore the file from its backup"):
        build(read_settings(environment))
    assert not master(desk).exists()


def test_a_master_key_that_others_can_read_stops_the_start(desk: Desk, command: CliRunner) -> None:
    master(desk).chmod(0o640)
    refused = run(command, "check")
    assert refused.exit_code == 2
    assert "chmod 600" in refused.stderr


def test_keys_lie_not_where_the_bytes_lie(desk: Desk, environment: dict[str, str], tmp_path: Path) -> None:
    for both in (str(tmp_path / "both"), "s3://evidence"):
        place = {"FIELDVISIT_OBJECT_STORE": both, "FIELDVISIT_KEY_STORE": both}
        with pytest.raises(SettingsError, match="FIELDVISIT_KEY_STORE"):
            build(read_settings(environment | place))
    settings = replace(read_settings(environment), key_store="s3://keys")
    with pytest.raises(SettingsError, match="FIELDVISIT_S3_ENDPOINT"):
        build(settings)


def test_keys_may_lie_elsewhere(desk: Desk, environment: dict[str, str], tmp_path: Path) -> None:
    elsewhere = {
        "FIELDVISIT_KEY_STORE": str(tmp_path / "stick" / "keys"),
        "FIELDVISIT_MASTER_KEY_FILE": str(tmp_path / "token" / "master"),
    }
    build(read_settings(environment | elsewhere)).engine.dispose()
    assert stat.S_IMODE((tmp_path / "token" / "master").stat().st_mode) == 0o600
    assert (tmp_path / "stick" / "keys" / "objects").is_dir()


def test_evidence_lies_sealed_and_a_rotation_rewrites_none_of_it(desk: Desk, command: CliRunner) -> None:
    id_ = kept(desk)
    (item,) = files.kept(desk)
    folder = desk.installation.settings.data_dir / "objects" / "objects"
    (path,) = folder.glob(f"*/{item.object_key.replace('/', '!')}")
    sealed = path.read_bytes()
    assert files.photo()[:200] not in sealed
    old, keys = master(desk).read_text(), key_files(desk)
    rotated = run(command, "rotate")
    assert (rotated.exit_code, rotated.stdout) == (0, "1 keys wrapped anew\n")
    assert path.read_bytes() == sealed
    assert len(master(desk).read_text().splitlines()) == 1
    assert master(desk).read_text() != old
    assert (len(key_files(desk)), key_files(desk) == keys) == (1, False)
    assert desk.get(AGENT, f"/api/v1/evidence/{id_}/content").data == files.photo()
    checked = run(command, "check")
    assert (checked.exit_code, checked.stdout[:7]) == (0, "1 keys,")


def test_what_does_not_open_is_named_and_keeps_the_old_master_key(desk: Desk, command: CliRunner) -> None:
    kept(desk)
    (item,) = files.kept(desk)
    (path,) = key_files(desk)
    path.write_bytes(b"torn")
    for words in ("check", "rotate"):
        refused = run(command, words)
        assert refused.exit_code == 1
        assert path.name.replace("!", "/") in refused.stderr
    assert item.object_key in run(command, "check").stderr
    assert len(master(desk).read_text().splitlines()) == 2
    assert "run `fieldvisit keys rotate` again" in run(command, "check").stderr
