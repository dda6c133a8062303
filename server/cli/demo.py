"""`fieldvisit demo`: an invented branch of three months, to look at and to try things on."""

from __future__ import annotations

import sys
import time
from datetime import datetime

import click

from server.cli.installed import installed
from server.cli.operate import bring_up
from server.clock import SystemClock
from server.demo.load import SEED, DemoRefused, load_demo
from server.demo.staff import PASSWORD, Member
from server.domain.calendar import local_day


@click.command()
@click.option("--seed", default=SEED, show_default=True, help="The same seed and day make the same branch.")
@click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The day on which the desk finds it; today by default."
)
@click.option("--small", is_flag=True, help="A few dozen cases instead of two thousand.")
def demo(seed: int, as_of: datetime | None, small: bool) -> None:
    """Load the demo branch into an empty installation and print its logins."""
    try:
        tell_logins(make_demo(seed=seed, as_of=as_of, small=small))
    except DemoRefused as refused:
        click.echo(f"fieldvisit: {refused}", err=True)
        sys.exit(1)


def make_demo(*, seed: int = SEED, as_of: datetime | None = None, small: bool = False) -> list[Member]:
    """Migrate and load, with progress on standard error."""
    with installed() as installation:
        bring_up(installation)
        installation.engine.dispose()
        settings = installation.settings
    today = local_day(SystemClock().now()) if as_of is None else as_of.date()
    started = time.monotonic()

    def tell(words: str) -> None:
        click.echo(f"· {time.monotonic() - started:5.1f} s  {words}", err=True)

    return load_demo(settings, seed=seed, today=today, small=small, tell=tell)


def tell_logins(members: list[Member]) -> None:
    """One line a post; everybody has the same password."""
    click.echo(f"演示账号 / demo logins · 密码 / password: {PASSWORD}")
    posts: dict[str, list[str]] = {}
    for member in members:
        posts.setdefault(member.post.value, []).append(member.username)
    for post, names in posts.items():
        shown = names[0] if len(names) == 1 else f"{names[0]} … {names[-1]}"
        click.echo(f"  {post:<18} {shown}")
