"""Owns `fieldvisit rebuild`: a month's cases computed anew, and those that differ scored again (M1)."""

from __future__ import annotations

import click

from server.cli.installed import installed
from server.cli.policy_option import stop
from server.services.ports.simulation import FactTablesError
from server.services.rebuilding import rebuild as rebuild_month

_NAMED = 20


@click.command()
@click.argument("month", metavar="YYYY-MM")
def rebuild(month: str) -> None:
    """Compute every case with a repayment in the month anew, and score those again whose credit on record is another.

    Lines of published months stay: what differs comes as an adjustment into the next open month.
    """
    with installed() as installation:
        house = installation.house
        try:
            told = rebuild_month(house, month, _progress)
        except FactTablesError as error:
            stop(str(error))
        with house.units.read() as uow:
            cases = uow.placements.by_ids(told.differing[:_NAMED])
    click.echo(
        f"{told.month}: {told.cases:,} cases computed, {len(told.differing):,} differed and are scored again"
    )
    for id_ in told.differing[:_NAMED]:
        click.echo(f"  {cases[id_].case_number}")
    if len(told.differing) > _NAMED:
        click.echo(f"  … and {len(told.differing) - _NAMED:,} more; `fieldvisit audit` shows all")


def _progress(done: int, total: int) -> None:
    click.echo(f"  {done:,} of {total:,} cases read", err=True)
