"""Owns the command `fieldvisit`: its group and what every command shares. Refuses to hold rules of the
policy."""

import click

from server.cli.score import score


@click.group()
def main() -> None:
    """Field visits, planned, evidenced and credited by the written policy."""


main.add_command(score)
