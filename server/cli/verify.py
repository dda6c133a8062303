"""`fieldvisit verify`: is an evidence pack what was packed? Needs no server, no database and no settings (S16)."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Never

import click

from server.verify.checking import check_pack, told
from server.verify.faults import ALTERED, UNREADABLE, PackUnreadable

_SHA256 = re.compile(r"[0-9a-fA-F]{64}")


@click.command("verify")
@click.argument("pack", type=click.Path(path_type=Path))
@click.option(
    "--password-file",
    type=click.Path(path_type=Path),
    help="A file whose first line is the password; without it the password is asked for.",
)
@click.option(
    "--sha256", "expected", help="The digest of the whole pack, as the register or the letter has it."
)
def verify(pack: Path, password_file: Path | None, expected: str | None) -> None:
    """Check PACK byte by byte: its form, every digest, every receipt, every signature of a phone.

    Exit status 0: whole. 1: altered; each line names an item and what is wrong. 2: nothing can be said, as the file or
    the password is not right.
    """
    if expected is not None and _SHA256.fullmatch(expected) is None:
        _stop("--sha256：须为64位十六进制摘要", "--sha256: must be a digest of 64 hexadecimal digits")
    try:
        checked = check_pack(pack, _password(password_file), expected)
    except PackUnreadable as unreadable:
        _stop(f"{pack}: {unreadable.zh}", unreadable.en)
    for line in told(checked):
        click.echo(line)
    click.echo(f"sha256 {checked.sha256}")
    if checked.faults:
        click.echo(f"有 {len(checked.faults)} 处不符 / {len(checked.faults)} faults", err=True)
        sys.exit(ALTERED)
    click.echo(f"{checked.items} 个文件，全部完整 / {checked.items} files, all whole")


def _password(file: Path | None) -> str:
    if file is None:
        return str(click.prompt("密码 / password", hide_input=True, err=True))
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        _stop(f"{file}: 无法读取密码文件", f"the password file cannot be read: {error}")
    if not lines or not lines[0]:
        _stop(f"{file}: 第一行应为密码", "its first line must be the password")
    return lines[0]


def _stop(zh: str, en: str) -> Never:
    click.echo(f"{zh} / {en}", err=True)
    sys.exit(UNREADABLE)
