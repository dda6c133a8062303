"""`fieldvisit audit`: is the trail whole?"""

from __future__ import annotations

import sys

import click

from server.cli.installed import installed


@click.group()
def audit() -> None:
    """The audit trail."""


@audit.command()
def verify() -> None:
    """Check that every line follows from the one before it; exit status 1 names the first that does not."""
    with installed() as installation, installation.house.units.read() as uow:
        broken = uow.trail.first_break()
        count = uow.trail.count()
    if broken is not None:
        click.echo(f"the trail breaks at line {broken} of {count}", err=True)
        sys.exit(1)
    click.echo(f"{count} lines, whole")
