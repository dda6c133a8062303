"""`fieldvisit verify`: its three ends, its words, and that it needs nothing of the house."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from server.cli import main
from tests.conftest import Desk
from tests.support import evidence as files
from tests.support import packs
from tests.support.cast import AGENT

pytestmark = pytest.mark.parametrize("environment", ["sqlite"], indirect=True)


@pytest.fixture
def pack(desk: Desk, tmp_path: Path) -> tuple[Path, Path]:
    """The file, and the file of its password."""
    visit = files.make_visited(desk)
    desk.ok(files.send(desk, AGENT, visit, files.photo()), 201)
    content, password = packs.taken(desk, packs.made(desk, visit))
    secret = tmp_path / "password"
    secret.write_text(password + "\n", encoding="utf-8")
    return packs.written(tmp_path, content), secret


def verify(pack: Path, secret: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["verify", str(pack), "--password-file", str(secret), *options])


def test_what_is_no_pack_ends_with_two(pack: tuple[Path, Path], tmp_path: Path) -> None:
    path, secret = pack
    empty, other = tmp_path / "empty", tmp_path / "other.txt"
    empty.write_bytes(b"")
    other.write_text("no archive at all, but long enough for an end", encoding="utf-8")
    for wrong in (empty, other, tmp_path / "missing.zip", tmp_path):
        ended = verify(wrong, secret)
        assert (ended.exit_code, ended.stdout) == (2, ""), wrong
        assert str(wrong) in ended.stderr
    assert verify(path, tmp_path / "missing").exit_code == 2
    assert verify(path, empty).exit_code == 2
    assert verify(path, secret, "--sha256", "abc").exit_code == 2


def test_another_password_ends_with_two_and_says_so(pack: tuple[Path, Path], tmp_path: Path) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text("Abcd-23456", encoding="utf-8")
    ended = verify(pack[0], wrong)
    assert ended.exit_code == 2
    assert "密码不对" in ended.stderr
    assert "this is not its password" in ended.stderr


def test_an_altered_item_ends_with_one_and_is_named_in_both_languages(pack: tuple[Path, Path]) -> None:
    path, secret = pack
    contents = packs.opened(path.read_bytes(), secret.read_text(encoding="utf-8").strip())
    name = next(name for name in contents if name.startswith("originals/"))
    contents[name] += b"."
    path.write_bytes(packs.packed_again(contents, secret.read_text(encoding="utf-8").strip()))
    ended = verify(path, secret)
    assert ended.exit_code == 1
    assert f"{name}: 摘要不符" in ended.stdout
    assert "the digest differs" in ended.stdout


def test_a_whole_pack_ends_with_nought(pack: tuple[Path, Path]) -> None:
    path, secret = pack
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    ended = verify(path, secret, "--sha256", digest)
    assert (ended.exit_code, ended.stderr) == (0, "")
    assert digest in ended.stdout
    assert "7 个文件，全部完整 / 7 files, all whole" in ended.stdout
    asked = CliRunner().invoke(main, ["verify", str(path)], input=secret.read_text(encoding="utf-8"))
    assert asked.exit_code == 0


def test_the_digest_of_another_pack_ends_with_one(pack: tuple[Path, Path]) -> None:
    ended = verify(*pack, "--sha256", "0" * 64)
    assert ended.exit_code == 1
    assert "register" in ended.stdout


def test_it_runs_without_settings_and_loads_nothing_of_the_house(pack: tuple[Path, Path]) -> None:
    path, secret = pack
    asked = (
        "import sys; from server.cli import main; main(sys.argv[1:], standalone_mode=False);"
        "print([name for name in sys.modules if name.startswith(('storage', 'flask', 'sqlalchemy', 'pyzipper',"
        " 'Cryptodome', 'server.services', 'server.domain', 'server.settings'))])"
    )
    command = [sys.executable, "-c", asked, "verify", str(path), "--password-file", str(secret)]
    ended = subprocess.run(command, env={"PATH": ""}, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines()[-1] == "[]"


def test_stock_tools_check_what_is_unpacked(pack: tuple[Path, Path], tmp_path: Path) -> None:
    folder = tmp_path / "unpacked"
    contents = packs.opened(pack[0].read_bytes(), pack[1].read_text(encoding="utf-8").strip())
    for name, content in contents.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    tool = shutil.which("sha256sum")
    assert tool is not None, "coreutils' sha256sum is part of every Debian"
    command = [tool, "--check", "--strict", "sha256sums.txt"]
    assert subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode == 0
    (folder / "guide.txt").write_bytes(b"other words")
    assert subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode == 1
