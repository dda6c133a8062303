"""`fieldvisit demo`: an invented branch of three months, to look at and to try things on."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import click

from server.bootstrap import Installation
from server.cli.installed import bring_up, installed
from server.cli.policy_option import stop
from server.clock import SystemClock
from server.demo.load import SEED, DemoRefused, load_demo
from server.demo.names import Inventor
from server.demo.staff import PASSWORD, staff
from server.domain.access import Post
from server.domain.calendar import local_day
from server.parent import end_with_parent
from server.settings import Settings, read_settings


@click.command()
@click.option("--seed", default=SEED, show_default=True, help="The same seed and day make the same branch.")
@click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The day on which the desk finds it; else today."
)
@click.option("--small", is_flag=True, help="A few dozen cases instead of two thousand.")
@click.option(
    "--tables", metavar="FOLDER", help="Write big Parquet tables for `score --tables` there, nothing else."
)
@click.option(
    "--placements", type=click.IntRange(min=0), help="With --tables: how many placements, 1,000 without it."
)
def demo(seed: int, as_of: datetime | None, small: bool, tables: str | None, placements: int | None) -> None:
    """Load the demo branch into an empty installation and print its logins."""
    if tables is not None:
        if small or as_of is not None:
            raise click.UsageError("--tables goes with --placements and --seed alone")
        _write_tables(Path(tables), 1000 if placements is None else placements, seed)
        return
    if placements is not None:
        raise click.UsageError("--placements goes with --tables")
    clear_unfinished(read_settings())
    with installed() as installation:
        bring_up(installation)
        installation.engine.dispose()
        settings = installation.settings
    today = local_day(SystemClock().now()) if as_of is None else as_of.date()
    started = time.monotonic()

    def tell(words: str) -> None:
        click.echo(f"· {time.monotonic() - started:5.1f} s  {words}", err=True)

    try:
        unfinished = settings.data_dir / "demo-unfinished"
        load_demo(settings, seed=seed, today=today, small=small, tell=tell, begun=unfinished.touch)
    except DemoRefused as refused:
        click.echo(f"fieldvisit: {refused}", err=True)
        sys.exit(1)
    (settings.data_dir / "demo-seed").write_text(str(seed))
    unfinished.unlink()
    tell_logins(settings)


def _write_tables(folder: Path, placements: int, seed: int) -> None:
    # Loaded here: a demo branch needs no library of columns.
    from server.bulk.demo import write_demo_tables
    from server.bulk.engine import TablesUnreadableError

    try:
        for name, rows in write_demo_tables(folder, placements=placements, seed=seed).items():
            click.echo(f"{name}\t{rows}")
    except TablesUnreadableError as error:
        stop(str(error))


def load_where_empty(installation: Installation) -> None:
    """For `run --demo`: load the demo where nobody has an account yet, in a process of its own; tell its logins.

    The database is up already. An interrupted load throws it away, so no connection to it may stay open here.
    """
    with installation.house.units.read() as uow:
        empty = not uow.accounts.with_post(Post.IT)
    installation.engine.dispose()
    if empty or (installation.settings.data_dir / "demo-unfinished").exists():
        # Between fork and exec only one thread runs yet.
        loading = subprocess.run(
            [sys.executable, "-m", "server.cli", "demo"], check=False, preexec_fn=end_with_parent
        )
        if loading.returncode != 0:
            sys.exit(loading.returncode)
    else:
        tell_logins(installation.settings)


def tell_logins(settings: Settings) -> None:
    """One line a post; everybody has the same password. Silent where the accounts are a firm's own."""
    remembered = settings.data_dir / "demo-seed"
    if not remembered.exists():
        return
    click.echo(f"演示账号 / demo logins · 密码 / password: {PASSWORD}")
    posts: dict[str, list[str]] = {}
    for member in staff(Inventor(int(remembered.read_text()))):
        posts.setdefault(member.post.value, []).append(member.username)
    for post, names in posts.items():
        shown = names[0] if len(names) == 1 else f"{names[0]} … {names[-1]}"
        click.echo(f"  {post:<18} {shown}")


def clear_unfinished(settings: Settings) -> None:
    """A load that was interrupted leaves half a demo: it is thrown away, for nothing else was ever in it."""
    mark = settings.data_dir / "demo-unfinished"
    if not mark.exists():
        return
    if not settings.embedded:
        raise click.ClickException(f"a demo was interrupted: empty the database, then remove {mark}")
    for part in ("db", "objects", "uploads", "cache", "keys/objects"):
        shutil.rmtree(settings.data_dir / part, ignore_errors=True)
    mark.unlink()
